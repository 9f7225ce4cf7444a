#version 330 core
// A soft studio: sky and earth, a key lamp, a fill lamp, and a rim where the surface turns away.

uniform vec3 eye;
uniform vec3 key;            // unit vectors towards the lamps
uniform vec3 fill;
uniform vec3 sky;
uniform vec3 earth;
uniform vec3 color;          // of the person, sRGB
uniform vec3 guess;          // of parts that nobody sees, sRGB
uniform vec2 opacity;        // of seen parts, of guessed parts
uniform float dressed;       // 1: all of the paint, 0: only the paint of the eyes
uniform float flat_light;    // 1: no light at all, for lines

in vec3 v_position;
in vec3 v_normal;
in vec4 v_paint;
in float v_seen;

out vec4 f_color;            // premultiplied

void main() {
    float is_eye = step(0.75, v_paint.a);
    vec3 own = mix(color, v_paint.rgb, max(dressed * step(0.25, v_paint.a), is_eye));
    vec3 base = mix(guess, own, mix(0.15, 1.0, v_seen));
    base = mix(base * base, base, flat_light);  // to linear light, nearly
    vec3 n = normalize(v_normal);
    vec3 to_eye = normalize(eye - v_position);
    float wrap = max(0.0, (dot(n, key) + 0.25) / 1.25);
    vec3 light = mix(earth, sky, 0.5 + 0.5 * n.y)
        + vec3(1.06, 1.01, 0.95) * wrap * wrap
        + vec3(0.17, 0.20, 0.26) * max(0.0, dot(n, fill));
    float shine = pow(max(0.0, dot(n, normalize(key + to_eye))), mix(26.0, 90.0, is_eye));
    float away = 1.0 - max(0.0, dot(n, to_eye));
    vec3 lit = base * light + 0.07 * (1.0 + 4.0 * is_eye) * shine
        + away * away * away * 0.22 * (0.35 + 0.65 * base) * (0.6 + 0.4 * n.y);
    lit = lit / (1.0 + 0.18 * lit * lit);      // highlights roll off
    vec3 shown = mix(sqrt(lit), base, flat_light);
    float alpha = mix(opacity.y, opacity.x, v_seen);
    f_color = vec4(shown * alpha, alpha);
}
