#version 330 core
// How much of the sky the limbs hide from the floor: a capsule by its nearest sphere (after Inigo Quilez, capsule
// occlusion). Each spot is darkened once, however many limbs are above it.

const int MOST_LIMBS = 16;

uniform vec4 area;
uniform vec4 limb_start[MOST_LIMBS];  // world, metres; w: radius
uniform vec3 limb_end[MOST_LIMBS];
uniform int limbs;
uniform float darkness;

in vec3 v_position;

out vec4 f_color;            // premultiplied black

void main() {
    float open = 1.0;
    for (int i = 0; i < limbs; ++i) {
        vec3 start = limb_start[i].xyz - v_position;
        vec3 along = limb_end[i] - limb_start[i].xyz;
        float share = clamp(-dot(start, along) / max(dot(along, along), 1e-6), 0.0, 1.0);
        vec3 nearest = start + share * along;
        float distance = max(length(nearest), limb_start[i].w);
        float radius = limb_start[i].w;
        open *= 1.0 - max(nearest.y, 0.0) * radius * radius / (distance * distance * distance);
    }
    float rim = 1.0 - smoothstep(0.4, 1.0, length((v_position.xz - area.xy) / area.zw));  // no edge of the area
    f_color = vec4(0.0, 0.0, 0.0, darkness * (1.0 - open) * rim);
}
