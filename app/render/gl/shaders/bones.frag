#version 330 core

uniform vec3 eye;
uniform vec3 key;
uniform vec3 sky;
uniform vec3 earth;
uniform vec3 guess;
uniform vec2 opacity;        // of seen bones, of guessed bones

in vec3 v_position;
in vec4 v_color;

out vec4 f_color;            // premultiplied

void main() {
    vec3 n = normalize(cross(dFdx(v_position), dFdy(v_position)));  // facets
    vec3 base = mix(guess, v_color.rgb, mix(0.15, 1.0, v_color.a));
    vec3 light = mix(earth, sky, 0.5 + 0.5 * n.y) + vec3(1.0) * max(0.0, dot(n, key));
    vec3 shown = sqrt(min(base * base * light, 1.0));
    float alpha = mix(opacity.y, opacity.x, v_color.a);
    f_color = vec4(shown * alpha, alpha);
}
