"""Small bodies in the formats of SMPL-X and SMPL: one blob of twelve vertices around each joint."""

from pathlib import Path

import numpy as np

from engines.body.model import load_body
from engines.body.skeleton import PARENTS

OPEN_BODY = Path(__file__).parents[3] / "assets" / "open_body.npz"
BLOB = 12

_GOLDEN = (1 + 5**0.5) / 2
_ICOSAHEDRON = np.array(
    [
        np.roll([0, a, b * _GOLDEN], k)
        for k in range(3)
        for a in (-1, 1)
        for b in (-1, 1)
    ]
)  # fmt: skip
_BLOB_FACES = np.array(
    [
        (i, j, k)
        for i in range(BLOB)
        for j in range(i + 1, BLOB)
        for k in range(j + 1, BLOB)
        if all(
            np.isclose(np.linalg.norm(_ICOSAHEDRON[p] - _ICOSAHEDRON[q]), 2)
            for p, q in ((i, j), (j, k), (k, i))
        )
    ]
)


def tiny_arrays(joints=55, seed=0):
    """Arrays of a body with the first `joints` joints of SMPL-X, 12 vertices a joint."""
    rng = np.random.default_rng(seed)
    parents = np.array(PARENTS[:joints])
    centres = load_body(OPEN_BODY).joint_template[:joints].astype(np.float64)
    size = np.where(np.arange(joints) < 22, 0.04, 0.008)[:, None, None]
    axes = rng.uniform(0.6, 1.4, (joints, 1, 3))
    vertices = (centres[:, None] + size * axes * _ICOSAHEDRON).reshape(-1, 3)
    owner = np.repeat(np.arange(joints), BLOB)
    weights = np.zeros((len(vertices), joints))
    weights[np.arange(len(owner)), np.maximum(parents[owner], 0)] = 0.2
    weights[np.arange(len(owner)), owner] += 0.8
    regressor = np.zeros((joints, len(vertices)))
    regressor[owner, np.arange(len(owner))] = 1 / BLOB
    shapedirs = rng.normal(0, 0.003, (len(vertices), 3, 20))
    shapedirs[:, :, 0] = 0.05 * vertices  # taller
    shapedirs[:, :, 1] = 0.05 * vertices * [1, 0, 1]  # wider
    return {
        "v_template": vertices,
        "f": np.concatenate([_BLOB_FACES + BLOB * joint for joint in range(joints)]),
        "weights": weights,
        "J_regressor": regressor,
        "shapedirs": shapedirs,
        "posedirs": rng.normal(0, 0.001, (len(vertices), 3, 9 * (joints - 1))),
        "kintree_table": np.stack([np.where(parents < 0, 2**32 - 1, parents), np.arange(joints)]),
    }


def save_tiny_smplx(path, seed=0):
    """Write the small SMPL-X body and return it loaded."""
    np.savez(path, **tiny_arrays(seed=seed))
    return load_body(path)
