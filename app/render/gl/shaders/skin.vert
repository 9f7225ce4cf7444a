#version 330 core
// Linear blend skinning with eight weights a vertex (Loper et al., SIGGRAPH Asia 2015).

const int JOINTS = 55;

layout(std140) uniform Bones {
    vec4 rows[3 * JOINTS];   // world from rest, three rows a joint
    vec4 seen[JOINTS];       // x: confidence in [0, 1]
};
uniform mat4 clip_from_world;

in vec3 in_position;         // rest frame, metres
in vec3 in_normal;
in uvec4 in_joints_a;
in vec4 in_weights_a;
in uvec4 in_joints_b;
in vec4 in_weights_b;
in vec4 in_paint;            // rgb: its own colour; a: how much of it covers the person's

out vec3 v_position;         // world, metres
out vec3 v_normal;
out vec4 v_paint;
out float v_seen;

mat3x4 blended = mat3x4(0.0);

void add(uint joint, float weight) {
    int j = int(joint);
    blended[0] += weight * rows[3 * j];
    blended[1] += weight * rows[3 * j + 1];
    blended[2] += weight * rows[3 * j + 2];
    v_seen += weight * seen[j].x;
}

void main() {
    v_seen = 0.0;
    add(in_joints_a.x, in_weights_a.x);
    add(in_joints_a.y, in_weights_a.y);
    add(in_joints_a.z, in_weights_a.z);
    add(in_joints_a.w, in_weights_a.w);
    if (in_weights_b.x > 0.0) {  // heaviest first: few vertices have more than four
        add(in_joints_b.x, in_weights_b.x);
        add(in_joints_b.y, in_weights_b.y);
        add(in_joints_b.z, in_weights_b.z);
        add(in_joints_b.w, in_weights_b.w);
    }
    v_position = vec4(in_position, 1.0) * blended;
    v_normal = in_normal * mat3(blended);
    v_paint = in_paint;
    gl_Position = clip_from_world * vec4(v_position, 1.0);
}
