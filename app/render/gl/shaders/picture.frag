#version 330 core

uniform sampler2D picture;   // BGR, first row at the top

in vec2 v_place;

out vec4 f_color;

void main() {
    f_color = vec4(texture(picture, vec2(v_place.x, 1.0 - v_place.y)).bgr, 1.0);
}
