"""A synthetic point cloud with the key names, shapes and index meanings of SMPL-X. Invented numbers."""

import math
from functools import cache
from itertools import combinations

import numpy as np

from engines.body.skeleton import PARENTS
from tests.engines.expose.stand_in.noise import convex, f32, length2, noise, raw16, unit

VERTICES, FACES = 10475, 20908
VERTEX_JOINTS = [
    9120, 9929, 9448, 616, 6, 5770, 5780, 8846, 8463, 8474, 8635,
    5361, 4933, 5058, 5169, 5286, 8079, 7669, 7794, 7905, 8022,
]  # fmt: skip
VERTEX_JOINT_PLACES = [
    (0, .27, .12), (-.03, .31, .09), (.03, .31, .09), (-.075, .28, 0), (.075, .28, 0), (.13, -1.30, .16),
    (.17, -1.30, .13), (.10, -1.30, -.08), (-.13, -1.30, .16), (-.17, -1.30, .13), (-.10, -1.30, -.08),
]  # fmt: skip
CENTRAL = {
    0: (0, -.35, .01), 3: (0, -.24, -.02), 6: (0, -.10, -.01), 9: (0, -.04, 0), 12: (0, .16, -.03),
    15: (0, .25, 0), 22: (0, .24, .02),
}  # fmt: skip
PAIRS = [
    (1, 2, (.06, -.44, 0)), (4, 5, (.11, -.82, 0)), (7, 8, (.10, -1.22, -.04)), (10, 11, (.12, -1.28, .08)),
    (13, 14, (.05, .08, -.02)), (16, 17, (.17, .11, -.03)), (18, 19, (.43, .10, -.05)), (20, 21, (.68, .10, -.05)),
    (23, 24, (.03, .31, .06)),
]  # fmt: skip
FINGERS = [(.11, .025), (.115, 0), (.09, -.045), (.105, -.022), (.03, .035)]  # fmt: skip


def skeleton():
    """55 joints of a figure in T pose (metres, y up), and the five finger tips of the left hand."""
    j = np.zeros((55, 3))

    def pair(left, right, x, y, z):
        j[left], j[right] = (x, y, z), (-x, y, z)

    for k, p in CENTRAL.items():
        j[k] = p
    for left, right, p in PAIRS:
        pair(left, right, *p)
    tips = []
    for f, (dx, dz) in enumerate(FINGERS):
        thumb = f == 4
        for k in range(3):
            x, y = 0.68 + dx + 0.028 * k, 0.09 if thumb else 0.10
            pair(25 + 3 * f + k, 40 + 3 * f + k, x, y, -0.05 + dz + (0.01 * k if thumb else 0))
        tips.append((0.68 + dx + 0.084, 0.10, -0.05 + dz))
    return j, np.array(tips)


def point_cloud(joints, tips):
    """Points around the bones in clusters of five, more of them on the head, and small faces inside the clusters."""
    groups = VERTICES // 5
    bones = [(PARENTS[j], j) for j in range(1, 55)]
    which = _bone_of_each(groups, bones)
    start, end = joints[[b[0] for b in bones]][which], joints[[b[1] for b in bones]][which]
    radius = np.array([_radius(j) for _, j in bones])[which]
    d = noise("body.direction", groups, 3)
    d = d / np.sqrt(length2(d) + 1e-6)[:, None]
    t = unit("body.along", groups, 1)
    centre = start * (1 - t) + end * t + d * radius[:, None]
    spread = np.where(radius < 0.02, 0.004, 0.012)[:, None, None]
    v = (centre[:, None] + spread * noise("body.cluster", groups, 5, 3)).reshape(VERTICES, 3)
    order = _shuffled("body.order", VERTICES)
    place = np.empty(VERTICES, np.int64)
    place[order] = np.arange(VERTICES)
    v = v[order]
    triples = np.array(list(combinations(range(5), 3)))
    f = place[(np.arange(groups)[:, None, None] * 5 + triples).reshape(-1, 3)]
    f = f[_shuffled("body.faces", len(f))][:FACES]
    v[VERTEX_JOINTS[:11]] = VERTEX_JOINT_PLACES
    for k, finger in enumerate([4, 0, 1, 3, 2]):  # thumb index middle ring pinky
        v[VERTEX_JOINTS[11 + k]] = tips[finger]
        v[VERTEX_JOINTS[16 + k]] = tips[finger] * [-1, 1, 1]
    return v, f


def _bone_of_each(groups, bones):
    weight = [(3 if j < 22 else 4) * (12 if j in (15, 22) else 1) for _, j in bones]
    edges, total = np.cumsum(weight), sum(weight)
    return np.searchsorted(edges, unit("body.bone", groups) * total, side="right")


def _radius(joint):
    if joint in (15, 22):
        return 0.10
    return 0.09 if joint < 12 else 0.05 if joint < 22 else 0.012


def _shuffled(name, count):
    return np.argsort(unit(name, count) + np.arange(count) * 2.0**-40, kind="stable")


def nearest(points, targets, count):
    """Indices of the `count` targets next to each point (ties: the lower index)."""
    out = np.empty((len(points), count), np.int64)
    for s in range(0, len(points), 256):
        d = length2(points[s : s + 256, None] - targets[None])
        out[s : s + 256] = (
            d.argmin(1)[:, None] if count == 1 else np.argsort(d, axis=1, kind="stable")[:, :count]
        )
    return out


def skinning(v, joints, soft):
    near = nearest(v, joints, 4)
    d = np.sqrt(length2(v[:, None] - joints[near])) + soft
    w = 1 / (d * d)
    total = w[:, 0] + w[:, 1] + w[:, 2] + w[:, 3]
    out = np.zeros((VERTICES, 55))
    np.put_along_axis(out, near, w / total[:, None], 1)
    return out


def joint_regressor(name, v, joints):
    out = np.zeros((55, VERTICES))
    np.put_along_axis(out, nearest(joints, v, 24), convex(name, 55, 24), 1)
    return out


def triangle_wave(x):
    x = x - np.floor(x)
    return np.where(x < 0.5, 4 * x - 1, 3 - 4 * x)


def blend_shapes(name, v, count, amplitude, mask=None):
    k, ph, m = (
        noise(name + ".k", count, 3, 3, std=0.5),
        unit(name + ".phase", count, 3),
        noise(name + ".m", count, 3, 3),
    )
    out = np.empty((VERTICES, 3, count), np.float32)
    for i in range(count):
        for a in range(3):
            s = triangle_wave(
                v[:, 0] * k[i, a, 0] + v[:, 1] * k[i, a, 1] + v[:, 2] * k[i, a, 2] + ph[i, a]
            )
            s = s + 0.3 * (v[:, 0] * m[i, a, 0] + v[:, 1] * m[i, a, 1] + v[:, 2] * m[i, a, 2])
            out[:, a, i] = amplitude / math.sqrt(1 + i) * s * (1 if mask is None else mask)
    return out


def reflection(name, n):
    """An orthogonal n x n matrix (Householder)."""
    v = noise(name, n)
    return np.eye(n) - v[:, None] * v[None] * (2 / math.fsum(v * v))


@cache
def body_model():
    """Arrays of the model file, and those that the checkpoint holds in their place: all slightly different."""
    joints, tips = skeleton()
    v, faces = point_cloud(joints, tips)
    jr = joint_regressor("file.J_regressor", v, joints)
    shapes = shape_directions(v)
    pose = pose_directions()
    marks, contour = landmarks(v, faces)
    tree = np.stack([PARENTS, np.arange(55)])
    tree[0, 0] = 2**32 - 1
    file = {
        "v_template": f32(v),
        "shapedirs": shapes,
        "posedirs": pose,
        "J_regressor": f32(jr),
        "weights": f32(skinning(v, joints, 0.005)),
        "f": faces.astype(np.uint32),
        "kintree_table": tree.astype(np.uint32),
        "lmk_faces_idx": marks.astype(np.int32),
        "lmk_bary_coords": f32(convex("file.lmk_bary", 51, 3)),
        "dynamic_lmk_faces_idx": contour.astype(np.int64),
        "dynamic_lmk_bary_coords": f32(convex("file.dynamic_bary", 79 * 17, 3).reshape(79, 17, 3)),
        **unused_arrays(),
    }
    checkpoint = {
        "v_template": f32(v + noise("ckpt.v_template", VERTICES, 3, std=0.002)),
        "shapedirs": shapes[:, :, :10] * np.float32(1.05),
        "expr_dirs": shapes[:, :, 300:310] * np.float32(0.75),
        "posedirs": np.ascontiguousarray(pose.reshape(VERTICES * 3, 486).T) * np.float32(1.125),
        "J_regressor": f32(joint_regressor("ckpt.J_regressor", v, joints)),
        "lbs_weights": f32(skinning(v, joints, 0.010)),
        "faces_tensor": faces.astype(np.int64),
        "parents": np.array(PARENTS, np.int64),
        "lmk_faces_idx": np.roll(marks, 1).astype(np.int64),
        "lmk_bary_coords": f32(convex("ckpt.lmk_bary", 51, 3)),
        "dynamic_lmk_faces_idx": np.roll(contour, 1, axis=1).astype(np.int64),
        "neck_kin_chain": np.array([12, 9, 6, 3, 0], np.int64),
        "vertex_joint_selector.extra_joints_idxs": np.array(VERTEX_JOINTS, np.int64),
        "dynamic_lmk_b_coords": file["dynamic_lmk_bary_coords"].copy(),
    }
    j14 = np.stack([jr[j] for j in (8, 5, 2, 1, 4, 7, 21, 19, 17, 16, 18, 20, 12, 15)])
    return file, checkpoint, f32(j14)


def shape_directions(v):
    """The layout of SMPL-X 1.1: 300 shape and 100 expression directions, of which 0:10 and 300:310 are to be used.

    10:20 would be the expression of version 1.0; all others hold one value, so that the file stays small.
    """
    head = 1 / (1 + length2(v - [0, 0.27, 0.05]) / 0.01)
    shapes = np.full((VERTICES, 3, 400), 0.01, np.float32)
    shapes[:, :, :10] = blend_shapes("file.shape", v, 10, 0.015)
    shapes[:, :, 10:20] = blend_shapes("file.shape_unused", v, 10, 0.005)
    shapes[:, :, 300:310] = blend_shapes("file.expression", v, 10, 0.006, head * head)
    return shapes


def pose_directions():
    steps = (raw16("file.posedirs", VERTICES * 3 * 486) % 15).astype(np.float32) - 7
    return steps.reshape(VERTICES, 3, 486) * np.float32(2.0**-13)


def landmarks(v, faces):
    """Faces under 51 landmarks, and under 17 points along the jaw for 79 turns of the head."""
    centres = (v[faces[:, 0]] + v[faces[:, 1]] + v[faces[:, 2]]) / 3
    s = noise("file.landmarks", 51, 3, std=0.02)
    marks = nearest(s * [1.5, 2, 0.5] + [0, 0.25, 0.10], centres, 1)[:, 0]
    across = (8 - np.arange(17)) / 8
    y, z = 0.17 + 0.07 * across * across, 0.05 + 0.03 * (1 - across * across)
    jaw = np.stack([0.075 * across, y, z], 1)
    turned = jaw[None] + (np.arange(79)[:, None, None] - 39) * np.array([0.0006, 0, 0])
    return marks, nearest(turned.reshape(-1, 3), centres, 1).reshape(79, 17)


def unused_arrays():
    """What the real file holds and inference does not need."""
    return {
        "hands_componentsl": f32(reflection("file.hands_l", 45)),
        "hands_componentsr": f32(reflection("file.hands_r", 45)),
        "hands_meanl": f32(noise("file.mean_l", 45, std=0.2)),
        "hands_meanr": f32(noise("file.mean_r", 45, std=0.2)),
        "hands_coeffsl": f32(noise("file.coeffs_l", 20, 45)),
        "hands_coeffsr": f32(noise("file.coeffs_r", 20, 45)),
        "vt": f32(unit("file.vt", 11313, 2)),
        "ft": (raw16("file.ft", FACES * 3) % 11313).astype(np.uint32).reshape(FACES, 3),
        "joint2num": np.array({"Pelvis": 0}, dtype=object),
        "part2num": np.array({"Global": 0}, dtype=object),
    }
