"""The owners' index files that the paper's measures need: joints from vertices, and which vertices are which part."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float64, Int64
from numpy.typing import NDArray

from engines.body.model import load_body
from engines.errors import ModelError
from engines.expose.safe_pickle import SparseMatrix, load_pickle

SMPLX_VERTICES: Final = 10475

LSP_FROM_SMPLX: Final = [8, 5, 2, 1, 4, 7, 21, 19, 17, 16, 18, 20, 12, 15]
"""SMPL-X (and SMPL) joints nearest in meaning to the 14 LSP joints: right ankle, knee, hip, left hip, knee, ankle,
right wrist, elbow, shoulder, left shoulder, elbow, wrist, neck, top of head. The last is another point: the joint is
inside the head."""

LSP_HIPS: Final = (2, 3)
"""Right and left hip among the 14; their mean is the paper's root."""

REGRESSOR_FILES: Final = ("SMPLX_to_J14.pkl", "SMPLX_to_J14.npy")
HANDS_FILE: Final = "MANO_SMPLX_vertex_ids.pkl"
FACE_FILE: Final = "SMPL-X__FLAME_vertex_ids.npy"
BODY_FILES: Final = ("body_verts.npy", "SMPL-X__BODY_vertex_ids.npy")


@dataclass(frozen=True, slots=True, eq=False)
class BodyMaps:
    """What is known of SMPL-X's vertices. An absent file leaves its measures out, and a note says so."""

    lsp_regressor: Float64[np.ndarray, "14 10475"] | None = None
    """The 14 LSP joints from vertices, as the paper has them."""
    smplx_regressor: Float64[np.ndarray, "55 10475"] | None = None
    """The model's own joints from vertices: exact in the rest pose, near in others."""
    parts: Mapping[str, Int64[np.ndarray, "n"]] = field(default_factory=dict)
    """Vertices of `body`, `left_hand`, `right_hand`, `face`, as far as known."""
    notes: tuple[str, ...] = ()
    """What is missing, and what that leaves out."""


def load_body_maps(folder: Path, smplx: Path | None = None) -> BodyMaps:
    """Load the files that are there: ExPose's evaluation files and SMPL-X's part correspondences.

    Args:
        folder: With any of `SMPLX_to_J14.pkl` (from ExPose's data), `MANO_SMPLX_vertex_ids.pkl` and
            `SMPL-X__FLAME_vertex_ids.npy` (from the SMPL-X site), `body_verts.npy`.
        smplx: The SMPL-X model, for joints where there is no `SMPLX_to_J14.pkl`.

    Raises:
        ModelError: a file is there, but holds something else.
    """
    notes: list[str] = []
    regressor = _load_lsp_regressor(folder)
    if regressor is None:
        notes.append(
            f"no {REGRESSOR_FILES[0]} in {folder}: the 14 joints are SMPL-X's own, "
            "which the paper's figures cannot be compared with"
        )
    parts = _load_parts(folder, notes)
    return BodyMaps(regressor, _load_smplx_regressor(smplx), parts, tuple(notes))


def _load_lsp_regressor(folder: Path) -> NDArray[np.float64] | None:
    path = next((folder / name for name in REGRESSOR_FILES if (folder / name).is_file()), None)
    if path is None:
        return None
    content = load_pickle(path) if path.suffix == ".pkl" else _load_npy(path)
    matrix = content.toarray() if isinstance(content, SparseMatrix) else content
    if not isinstance(matrix, np.ndarray) or matrix.ndim != 2 or len(matrix) != len(LSP_FROM_SMPLX):
        raise ModelError(f"{path}: not a matrix of 14 joints; take it from ExPose's data folder")
    return matrix.astype(np.float64)


def _load_smplx_regressor(path: Path | None) -> NDArray[np.float64] | None:
    if path is None:
        return None
    load_body(path)  # says what is wrong with a file that is none
    with np.load(path, allow_pickle=False) as archive:
        return archive["J_regressor"].astype(np.float64)


def _load_parts(folder: Path, notes: list[str]) -> dict[str, NDArray[np.int64]]:
    parts: dict[str, NDArray[np.int64]] = {}
    if (folder / HANDS_FILE).is_file():
        content = load_pickle(folder / HANDS_FILE)
        for name in ("left_hand", "right_hand"):
            ids = content.get(name) if isinstance(content, Mapping) else None
            parts[name] = _vertex_ids(folder / HANDS_FILE, ids)
    if (folder / FACE_FILE).is_file():
        parts["face"] = _vertex_ids(folder / FACE_FILE, _load_npy(folder / FACE_FILE))
    body = next((folder / name for name in BODY_FILES if (folder / name).is_file()), None)
    if body is not None:
        parts["body"] = _vertex_ids(body, _load_npy(body))
    elif len(parts) == 3:
        others = np.concatenate(list(parts.values()))
        parts["body"] = np.setdiff1d(np.arange(SMPLX_VERTICES), others)
        notes.append(f"no {BODY_FILES[0]} in {folder}: the body is what is neither hand nor head")
    for name, file in (("left_hand", HANDS_FILE), ("face", FACE_FILE)):
        if name not in parts:
            what = "hands" if name == "left_hand" else "face"
            notes.append(f"no {file} in {folder}: no errors of the {what}; see the SMPL-X site")
    return parts


def _vertex_ids(path: Path, ids: object) -> NDArray[np.int64]:
    array = np.asarray(ids)
    if array.ndim != 1 or array.dtype.kind not in "iuf" or array.size == 0:
        raise ModelError(f"{path}: not lists of vertex numbers; take it from the SMPL-X site")
    whole = array.astype(np.int64)
    if (whole != array).any() or whole.min() < 0 or whole.max() >= SMPLX_VERTICES:
        raise ModelError(
            f"{path}: names vertices that SMPL-X does not have; take it from the SMPL-X site"
        )
    return whole


def _load_npy(path: Path) -> NDArray[np.generic]:
    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ModelError(
            f"{path}: cannot be read ({error}); get it again from its owner"
        ) from error
