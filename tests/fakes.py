"""A small body file in the form of the licensed SMPL-X files, made on the fly."""

from functools import cache
from pathlib import Path

import numpy as np

from engines.body.model import load_body
from engines.body.skeleton import PARENTS
from engines.model_store import model_path
from engines.types import JOINT_COUNT

CORNERS = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]])
CORNER_FACES = np.array(
    [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]]
)
RADIUS_M = 0.02
VERTEX_COUNT = len(CORNERS) * JOINT_COUNT


class Payload:
    """Unpickling an array that holds one creates a file: the loader must never do so."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return (open, (self.path, "w"))


@cache
def rest_joints():
    return load_body(model_path("open_body")).joint_template.astype(np.float64)


def smplx_arrays(columns=20, seed=0):
    """The arrays of an SMPL-X file: an octahedron round each of the 55 joints.

    Args:
        columns: Of `shapedirs`: 20 as in version 1.0, 400 as in version 1.1.
        seed: Of the invented shape, expression and pose directions.
    """
    rng = np.random.default_rng(seed)
    joints = rest_joints()
    owners = np.repeat(np.arange(JOINT_COUNT), len(CORNERS))
    template = joints[owners] + RADIUS_M * np.tile(CORNERS, (JOINT_COUNT, 1))
    weights = np.zeros((VERTEX_COUNT, JOINT_COUNT))
    parents = np.array(PARENTS)[owners]
    # corners on the x axis belong to their joint alone, the others a quarter to its parent
    shares = np.where((np.arange(VERTEX_COUNT) % len(CORNERS) < 2) | (parents < 0), 1.0, 0.75)
    weights[np.arange(VERTEX_COUNT), owners] = shares
    inner = parents >= 0
    weights[np.arange(VERTEX_COUNT)[inner], parents[inner]] += 1 - shares[inner]
    regressor = np.equal.outer(np.arange(JOINT_COUNT), owners) / len(CORNERS)
    tree = np.stack([np.array(PARENTS) % 2**32, np.arange(JOINT_COUNT)])
    starts = len(CORNERS) * np.arange(JOINT_COUNT)[:, None, None]
    return {
        "v_template": template,
        "f": (starts + CORNER_FACES).reshape(-1, 3).astype(np.uint32),
        "weights": weights,
        "J_regressor": regressor,
        "shapedirs": rng.normal(scale=0.01, size=(VERTEX_COUNT, 3, columns)),
        "posedirs": rng.normal(scale=0.001, size=(VERTEX_COUNT, 3, 9 * (JOINT_COUNT - 1))),
        "kintree_table": tree.astype(np.uint32),
        "hands_meanl": np.zeros(45),
        "hands_meanr": np.zeros(45),
        "hands_componentsl": np.eye(45),
        "hands_componentsr": np.eye(45),
    }


def write_smplx(path: Path, arrays=None, *, tell_tale=None):
    """Write an SMPL-X file with the pickled dictionaries of the official one.

    Args:
        path: The .npz file.
        arrays: Its arrays; those of `smplx_arrays` by default.
        tell_tale: A file that would be created if anyone unpickled them.
    """
    pickled = {"joint2num": np.array({"pelvis": 0}, dtype=object)}
    if tell_tale is not None:
        pickled["part2num"] = np.array([Payload(tell_tale)], dtype=object)
    np.savez(path, **(smplx_arrays() if arrays is None else arrays), **pickled)
    return path
