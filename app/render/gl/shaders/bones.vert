#version 330 core
// One slim double pyramid for each bone, or one ball for each joint.

uniform mat4 clip_from_world;

in vec3 in_corner;           // x, z: across, in widths; y: along, 0 at the parent, 1 at the child
in vec3 in_start;            // world, metres
in vec3 in_end;
in float in_width;           // metres
in vec4 in_color;            // rgb: sRGB; a: confidence

out vec3 v_position;
out vec4 v_color;

void main() {
    vec3 along = in_end - in_start;
    vec3 axis = along / max(length(along), 1e-6);
    vec3 other = abs(axis.x) < 0.7 ? vec3(1.0, 0.0, 0.0) : vec3(0.0, 1.0, 0.0);
    vec3 side = normalize(cross(axis, other));
    v_position = in_start + in_corner.y * along
        + in_width * (in_corner.x * side + in_corner.z * cross(side, axis));
    v_color = in_color;
    gl_Position = clip_from_world * vec4(v_position, 1.0);
}
