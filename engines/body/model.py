"""The SMPL-X body model: template, shape and expression spaces, joints and skinning weights.

Loads any SMPL-X npz (version 1.0: 10 + 10 coefficients; version 1.1: 300 + 100) and the open body, which has the same
keys. Rest frame: y up, face towards +z, metres (Pavlakos et al., CVPR 2019).
"""

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from jaxtyping import Float32, Int32
from numpy.typing import NDArray

from engines.body.skeleton import PARENTS
from engines.errors import ModelError, ModelMissing
from engines.types import BETA_COUNT, EXPRESSION_COUNT, JOINT_COUNT

_Scalar = TypeVar("_Scalar", bound=np.generic)

MAX_WEIGHTS_PER_VERTEX: Final = 8
"""Skinning weights kept for each vertex; 8 change the open body by at most 0.07 mm."""

_EXPRESSION_START: Final = {20: 10, 400: 300}
"""Columns of `shapedirs` -> first expression column, for SMPL-X 1.0 and 1.1."""

_REQUIRED: Final = ("v_template", "f", "weights", "J_regressor", "shapedirs", "kintree_table")
OPEN_BODY_KEYS: Final = (
    "arkit_dirs", "arkit_names", "expr_arkit_names", "mp468_faces_idx", "mp468_bary_coords", "vertex_ids",
    "vertex_ids_names",
)  # fmt: skip
"""Arrays that the open body's file has beyond those of SMPL-X."""

_POSE_CORRECTIVES: Final = "posedirs"

_Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True, eq=False)
class OpenBodyExtras:
    """What the open body carries beyond SMPL-X."""

    arkit_dirs: Float32[np.ndarray, "vertices 3 52"]
    """Vertex offsets in metres of the 52 ARKit-named face actions."""
    arkit_names: tuple[str, ...]
    """Their names, in order."""
    expression_from_arkit: Float32[np.ndarray, "10 52"]
    """Least-squares matrix from the 52 actions to the 10 expression numbers; zero for the jaw, gaze and tongue."""
    face_mesh_faces: Int32[np.ndarray, "468"]
    """Face index under each MediaPipe face-mesh point."""
    face_mesh_barycentric: Float32[np.ndarray, "468 3"]
    """Barycentric weights of each face-mesh point."""
    vertex_ids: dict[str, int]
    """Named vertices: nose, eyes, ears, toes, heels, finger tips."""


@dataclass(frozen=True, slots=True, eq=False)
class BodyModel:
    """An SMPL-X body. Arrays are read-only."""

    name: str
    """`open_body`, or the stem of the model file."""
    expression_space: str
    """What the ten expression numbers mean: `openbody-v1` or `smplx`."""
    v_template: Float32[np.ndarray, "vertices 3"]
    """Rest vertices of the mean shape, metres."""
    faces: Int32[np.ndarray, "faces 3"]
    """Triangles, counter-clockwise seen from outside."""
    shapedirs: Float32[np.ndarray, "vertices 3 10"]
    """Vertex offsets for one unit of each of the first ten betas."""
    expressiondirs: Float32[np.ndarray, "vertices 3 10"]
    """Vertex offsets for one unit of each of the first ten expression numbers."""
    posedirs: Float32[np.ndarray, "vertices 3 486"] | None
    """Pose correctives for (R - I) of joints 1 to 54; None when they are absent or all zero."""
    weight_joints: Int32[np.ndarray, "vertices 8"]
    """Joints that move each vertex, heaviest first."""
    weights: Float32[np.ndarray, "vertices 8"]
    """Their weights; each row sums to 1."""
    joint_template: Float32[np.ndarray, "55 3"]
    """Rest joints of the mean shape."""
    joint_shapedirs: Float32[np.ndarray, "55 3 10"]
    """Joint offsets for one unit of each beta."""
    joint_expressiondirs: Float32[np.ndarray, "55 3 10"]
    """Joint offsets for one unit of each expression number."""
    extras: OpenBodyExtras | None = None
    """Present for the open body only."""

    def rest_joints(
        self, betas: NDArray[np.floating], expression: NDArray[np.floating] | None = None
    ) -> Float32[np.ndarray, "55 3"]:
        """Return the rest joints of a shape, metres, rest frame."""
        joints = self.joint_template + _moved(self.joint_shapedirs, betas)
        if expression is not None:
            joints += _moved(self.joint_expressiondirs, expression)
        return joints

    def rest_vertices(
        self, betas: NDArray[np.floating], expression: NDArray[np.floating] | None = None
    ) -> Float32[np.ndarray, "vertices 3"]:
        """Return the unposed vertices of a shape and expression, metres, rest frame."""
        vertices = self.v_template + _offsets(self.shapedirs, betas)
        if expression is not None:
            vertices += _offsets(self.expressiondirs, expression)
        return vertices


def _moved(
    directions: Float32[np.ndarray, "joints 3 n"], coefficients: NDArray[np.floating]
) -> Float32[np.ndarray, "joints 3"]:
    """Return the sum of directions by their coefficients, as one product of a matrix: a third of the time of many."""
    joints, axes, count = directions.shape
    flat = directions.reshape(-1, count) @ np.asarray(coefficients, np.float32)
    return flat.reshape(joints, axes)


def load_body(path: Path) -> BodyModel:
    """Load an SMPL-X npz or the open body. Pickled entries of the official file are never read.

    Raises:
        ModelMissing: no file there.
        ModelError: the file is not an SMPL-X body; the message says what is wrong with it.
    """
    if not path.is_file():
        raise ModelMissing(f"{path}: no body model there; give the path of an SMPL-X .npz file")
    if not zipfile.is_zipfile(path):
        raise ModelError(f"{path}: not an .npz file, or a damaged one; use SMPLX_NEUTRAL.npz")
    try:
        arrays = _read(path)
    except (OSError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelError(
            f"{path}: cannot be read as an SMPL-X .npz file ({error}); download it again"
        ) from error
    return body_from_arrays(path, arrays)


def body_from_arrays(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> BodyModel:
    """Return the body of arrays that are named and laid out as in an SMPL-X file.

    Args:
        path: Where they come from, for messages and for the body's name.
        arrays: The arrays; entries that are not needed are ignored.

    Raises:
        ModelError: the arrays are not an SMPL-X body; the message says what is wrong with them.
    """
    _check(path, arrays)
    return _body(path, arrays)


def _read(path: Path) -> dict[str, NDArray[np.generic]]:
    with np.load(path, allow_pickle=False) as archive:
        wanted = (*_REQUIRED, _POSE_CORRECTIVES, *OPEN_BODY_KEYS)
        return {key: archive[key] for key in wanted if key in archive.files}


def _body(path: Path, arrays: _Arrays) -> BodyModel:
    shapedirs = arrays["shapedirs"]
    start = _EXPRESSION_START[shapedirs.shape[2]]
    shape_part = shapedirs[:, :, :BETA_COUNT].astype(np.float32)
    expression_part = shapedirs[:, :, start : start + EXPRESSION_COUNT].astype(np.float32)
    template = arrays["v_template"].astype(np.float32)
    regressor = arrays["J_regressor"].astype(np.float64)
    weight_joints, weights = _heaviest_weights(arrays["weights"].astype(np.float64))
    is_open = "arkit_dirs" in arrays
    return BodyModel(
        name="open_body" if is_open else path.stem,
        expression_space="openbody-v1" if is_open else "smplx",
        v_template=_frozen(template),
        faces=_frozen(arrays["f"].astype(np.int32)),
        shapedirs=_frozen(shape_part),
        expressiondirs=_frozen(expression_part),
        posedirs=_pose_correctives(arrays),
        weight_joints=weight_joints,
        weights=weights,
        joint_template=_frozen((regressor @ template).astype(np.float32)),
        joint_shapedirs=_regress_directions(regressor, shape_part),
        joint_expressiondirs=_regress_directions(regressor, expression_part),
        extras=_open_body_extras(arrays, expression_part) if is_open else None,
    )


def _check(path: Path, arrays: _Arrays) -> None:
    required = (*_REQUIRED, *OPEN_BODY_KEYS) if "arkit_dirs" in arrays else _REQUIRED
    missing = [key for key in required if key not in arrays]
    if missing:
        raise ModelError(
            f"{path}: not an SMPL-X body: it has no '{missing[0]}'; use SMPLX_NEUTRAL.npz"
        )
    _check_tree(path, arrays["kintree_table"])
    columns = arrays["shapedirs"].shape[-1] if arrays["shapedirs"].ndim else 0
    if columns not in _EXPRESSION_START:
        raise ModelError(
            f"{path}: 'shapedirs' has {columns} columns; SMPL-X 1.0 has 20, SMPL-X 1.1 has 400"
        )
    vertices = arrays["v_template"].size // 3
    shapes = {
        "v_template": (vertices, 3),
        "weights": (vertices, JOINT_COUNT),
        "J_regressor": (JOINT_COUNT, vertices),
        "shapedirs": (vertices, 3, columns),
        _POSE_CORRECTIVES: (vertices, 3, 9 * (JOINT_COUNT - 1)),
    }
    for key in shapes.keys() & arrays.keys():
        _check_array(path, key, arrays[key], shapes[key])
    _check_weights(path, arrays["weights"])
    _check_faces(path, arrays["f"], vertices)


def _check_tree(path: Path, tree: NDArray[np.generic]) -> None:
    joints = tree.shape[1] if tree.ndim == 2 else 0
    if joints != JOINT_COUNT:
        kind = {24: "SMPL", 52: "SMPL-H", 16: "MANO"}.get(joints, "another kind of")
        raise ModelError(
            f"{path}: {kind} model with {joints} joints, not SMPL-X with {JOINT_COUNT}; use SMPLX_NEUTRAL.npz"
        )
    # the pelvis' parent is -1 or 2**32 - 1
    if tuple(tree[0, 1:].tolist()) != PARENTS[1:]:
        raise ModelError(f"{path}: 'kintree_table' is not the SMPL-X joint tree; download it again")


def _check_array(path: Path, key: str, array: NDArray[np.generic], shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise ModelError(
            f"{path}: '{key}' has shape {array.shape}, expected {shape}; download it again"
        )
    if array.dtype.kind not in "fiu" or not np.isfinite(array).all():
        raise ModelError(f"{path}: '{key}' has values that are not numbers; download it again")


def _check_weights(path: Path, weights: NDArray[np.generic]) -> None:
    numbers = weights.astype(np.float64)
    if numbers.min(initial=0) < 0 or np.abs(numbers.sum(axis=1) - 1).max(initial=0) > 0.01:
        raise ModelError(f"{path}: 'weights' of a vertex do not add up to 1; download it again")


def _check_faces(path: Path, faces: NDArray[np.generic], vertices: int) -> None:
    triangles = faces.ndim == 2 and faces.shape[1] == 3 and faces.dtype.kind in "iu"
    if not triangles or faces.size == 0 or faces.min() < 0 or faces.max() >= vertices:
        raise ModelError(
            f"{path}: 'f' is not a list of triangles over {vertices} vertices; download it again"
        )


def _offsets(
    directions: NDArray[np.float32], coefficients: NDArray[np.floating]
) -> NDArray[np.float32]:
    """Return directions (N, 3, K) times coefficients (K,), as one product over a flat view: five times faster."""
    flat = directions.reshape(-1, directions.shape[2])
    return (flat @ np.asarray(coefficients, np.float32)).reshape(-1, 3)


def _heaviest_weights(
    weights: NDArray[np.float64],
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    order = np.argsort(-weights, axis=1, kind="stable")[:, :MAX_WEIGHTS_PER_VERTEX]
    kept = np.take_along_axis(weights, order, axis=1)
    kept /= kept.sum(axis=1, keepdims=True)
    return _frozen(order.astype(np.int32)), _frozen(kept.astype(np.float32))


def _regress_directions(
    regressor: NDArray[np.float64], directions: NDArray[np.float32]
) -> NDArray[np.float32]:
    flat = regressor @ directions.reshape(len(directions), -1)
    return _frozen(flat.reshape(JOINT_COUNT, 3, -1).astype(np.float32))


def _pose_correctives(arrays: _Arrays) -> NDArray[np.float32] | None:
    if _POSE_CORRECTIVES not in arrays:
        return None
    posedirs = arrays[_POSE_CORRECTIVES].astype(np.float32)
    return _frozen(posedirs) if posedirs.any() else None


def _open_body_extras(arrays: _Arrays, expression_dirs: NDArray[np.float32]) -> OpenBodyExtras:
    vertex_names = arrays["vertex_ids_names"].tolist()
    arkit_names = tuple(arrays["arkit_names"].tolist())
    arkit_dirs = _frozen(arrays["arkit_dirs"].astype(np.float32))
    in_expression = np.isin(arkit_names, arrays["expr_arkit_names"])
    return OpenBodyExtras(
        arkit_dirs=arkit_dirs,
        arkit_names=arkit_names,
        expression_from_arkit=_expression_from_arkit(arkit_dirs, in_expression, expression_dirs),
        face_mesh_faces=_frozen(arrays["mp468_faces_idx"].astype(np.int32)),
        face_mesh_barycentric=_frozen(arrays["mp468_bary_coords"].astype(np.float32)),
        vertex_ids=dict(zip(vertex_names, arrays["vertex_ids"].tolist(), strict=True)),
    )


def _expression_from_arkit(
    arkit_dirs: NDArray[np.float32],
    in_expression: NDArray[np.bool_],
    expression_dirs: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return the least-squares fit of expression directions to each action's vertex offsets."""
    basis = expression_dirs.reshape(-1, EXPRESSION_COUNT).astype(np.float64)
    actions = arkit_dirs.reshape(-1, arkit_dirs.shape[2])[:, in_expression]
    matrix = np.zeros((EXPRESSION_COUNT, len(in_expression)), np.float32)
    matrix[:, in_expression] = np.linalg.solve(basis.T @ basis, basis.T @ actions)
    return _frozen(matrix)


def _frozen(array: NDArray[_Scalar]) -> NDArray[_Scalar]:
    contiguous = np.ascontiguousarray(array)
    contiguous.flags.writeable = False
    return contiguous
