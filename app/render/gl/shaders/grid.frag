#version 330 core
// A lighter pool of floor around the bodies, with lines that fade into the distance.

uniform vec4 area;
uniform vec3 floor_color;
uniform vec4 line;           // rgb; a: opacity of the strongest lines
uniform float pool;          // opacity of the pool of floor

in vec3 v_position;

out vec4 f_color;            // premultiplied

float lines(vec2 place, float cell_m) {
    vec2 at = place / cell_m;
    vec2 pixel = fwidth(at);
    vec2 near = abs(fract(at - 0.5) - 0.5) / pixel;
    vec2 strength = (1.0 - min(near, 1.0)) * clamp(0.35 / pixel - 0.35, 0.0, 1.0);  // no moire far away
    return max(strength.x, strength.y);
}

void main() {
    float far = length((v_position.xz - area.xy) / area.zw);
    float near = 1.0 - smoothstep(0.0, 1.0, far);
    float strength = line.a * near * max(lines(v_position.xz, 1.0), 0.45 * lines(v_position.xz, 0.5));
    float ground = pool * near * near;
    vec3 shown = mix(floor_color * ground, line.rgb, strength);
    f_color = vec4(shown, ground + strength - ground * strength);
}
