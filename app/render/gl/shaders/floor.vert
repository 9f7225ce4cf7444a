#version 330 core

uniform mat4 clip_from_world;
uniform vec4 area;           // world: x, z of the middle, half width, half depth
uniform float height;        // of the floor, metres

in vec2 in_corner;           // -1 to 1

out vec3 v_position;

void main() {
    vec2 place = area.xy + in_corner * area.zw;
    v_position = vec3(place.x, height, place.y);
    gl_Position = clip_from_world * vec4(v_position, 1.0);
}
