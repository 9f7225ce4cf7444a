#version 330 core

uniform vec3 top;
uniform vec3 bottom;

in vec2 v_place;

out vec4 f_color;

void main() {
    // noise of less than one step hides the steps (Jimenez, SIGGRAPH 2014: interleaved gradient noise)
    float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
    f_color = vec4(mix(bottom, top, smoothstep(0.0, 1.0, v_place.y)) + (noise - 0.5) / 255.0, 1.0);
}
