"""The SMPL-X arrays of a release: those of the checkpoint, and what it lacks from the user's SMPL-X file."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float32, Int64
from numpy.typing import NDArray

from engines.body.skeleton import PARENTS
from engines.errors import ModelError
from engines.expose.config import ExposeConfig
from engines.expose.smplx_file import CONTOUR_SHAPE, EXTRA_VERTICES, LANDMARK_COUNT, SmplxFile
from engines.expose.weights import Weights
from engines.types import BETA_COUNT, EXPRESSION_COUNT, JOINT_COUNT

logger = logging.getLogger(__name__)

_OTHER_BODY_M: Final = 0.02
"""Root mean square distance of two templates in metres above which they are not the same body."""


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """Landmarks on the outline of the face, which depend on the turn of the head."""

    faces: Int64[np.ndarray, "79 17"]
    """Triangles by degrees of turn: rows 0 to 39 to one side, 40 to 78 to the other."""
    weights: Float32[np.ndarray, "79 17 3"]
    """Barycentric weights."""


@dataclass(frozen=True, slots=True, eq=False)
class BodyArrays:
    """An SMPL-X body in the layout of the checkpoint. Metres."""

    v_template: Float32[np.ndarray, "vertices 3"]
    shapedirs: Float32[np.ndarray, "vertices 3 betas"]
    expr_dirs: Float32[np.ndarray, "vertices 3 expression"]
    posedirs: Float32[np.ndarray, "486 vertices3"] | None
    """For (R - I) of joints 1 to 54, row by row; None for the open body, which has none."""
    J_regressor: Float32[np.ndarray, "55 vertices"]
    lbs_weights: Float32[np.ndarray, "vertices 55"]
    faces: Int64[np.ndarray, "faces 3"]
    extra_vertices: Int64[np.ndarray, "21"]
    """Vertices that count as joints, see `EXTRA_VERTICES`."""
    landmark_faces: Int64[np.ndarray, "51"]
    landmark_weights: Float32[np.ndarray, "51 3"]
    contour: Contour | None
    """None when the configuration has no contour landmarks."""
    open_body: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    """What the open body carries beyond SMPL-X; empty for SMPL-X itself."""

    def smplx_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the arrays under the names and in the layout of an SMPL-X 1.0 file."""
        vertices = len(self.v_template)
        correctives: dict[str, NDArray[np.generic]] = {}
        if self.posedirs is not None:
            by_joint = self.posedirs.reshape(-1, vertices, 3)
            correctives["posedirs"] = by_joint.transpose(1, 2, 0)
        return {
            "v_template": self.v_template,
            "f": self.faces,
            "shapedirs": np.concatenate([self.shapedirs, self.expr_dirs], axis=2),
            "J_regressor": self.J_regressor,
            "weights": self.lbs_weights,
            "kintree_table": np.array([PARENTS, range(JOINT_COUNT)]),
            **correctives,
            **self.open_body,
        }


def read_body(weights: Weights, file: Path, config: ExposeConfig) -> BodyArrays:
    """Return the body of a release.

    The checkpoint's arrays win over the file's: the network was trained with them (SMPL-X 1.0), while the file that
    can be downloaded today is another version.

    Args:
        weights: The checkpoint's `body_model.` entries.
        file: The user's SMPL-X npz.
        config: Says how many coefficients, and whether there is a contour.

    Raises:
        ModelError: the file is not SMPL-X, or arrays are missing or do not fit together.
    """
    with SmplxFile(file) as smplx:
        smplx.check_joint_tree()
        source = _Source(weights, smplx)
        body = _assemble(source, config, smplx.open_body_arrays())
        _warn_of_another_body(smplx, body)
    _check_indices(file, body)
    return body


class _Source:
    """Takes each array from the checkpoint where it has it, else from the SMPL-X file."""

    def __init__(self, weights: Weights, file: SmplxFile) -> None:
        self._weights = weights
        self._file = file

    def reals(self, key: str, *shape: int) -> NDArray[np.float32]:
        if key in self._weights:
            return self._weights.tensor(key, *shape).numpy()
        return self._file.reals(key, *shape)

    def indices(self, key: str, *shape: int) -> NDArray[np.int64]:
        if key in self._weights:
            return self._weights.indices(key, *shape).numpy()
        return self._file.indices(key, *shape)


def _assemble(
    source: _Source, config: ExposeConfig, open_body: Mapping[str, NDArray[np.generic]]
) -> BodyArrays:
    template = source.reals("v_template", -1, 3)
    vertices = len(template)
    extra = "vertex_joint_selector.extra_joints_idxs"
    contour = None
    if config.face_contour:
        contour = Contour(
            faces=source.indices("dynamic_lmk_faces_idx", *CONTOUR_SHAPE),
            weights=source.reals("dynamic_lmk_bary_coords", *CONTOUR_SHAPE, 3),
        )
    posedirs = None
    if not open_body:
        posedirs = source.reals("posedirs", 9 * (JOINT_COUNT - 1), 3 * vertices)
    return BodyArrays(
        v_template=template,
        shapedirs=source.reals("shapedirs", vertices, 3, BETA_COUNT),
        expr_dirs=source.reals("expr_dirs", vertices, 3, EXPRESSION_COUNT),
        posedirs=posedirs,
        J_regressor=source.reals("J_regressor", JOINT_COUNT, vertices),
        lbs_weights=source.reals("lbs_weights", vertices, JOINT_COUNT),
        faces=source.indices("faces_tensor", -1, 3),
        extra_vertices=source.indices(extra, len(EXTRA_VERTICES)),
        landmark_faces=source.indices("lmk_faces_idx", LANDMARK_COUNT),
        landmark_weights=source.reals("lmk_bary_coords", LANDMARK_COUNT, 3),
        contour=contour,
        open_body=open_body,
    )


def _warn_of_another_body(file: SmplxFile, body: BodyArrays) -> None:
    """Say so when the file's body is another one, such as the female; it changes no answer."""
    template = file.reals("v_template", *body.v_template.shape)
    distance = float(np.sqrt(np.mean(np.sum((template - body.v_template) ** 2, axis=1))))
    if distance > _OTHER_BODY_M:
        logger.warning(
            "%s: another body than the checkpoint was trained with (%.0f mm apart); the checkpoint's is used",
            file.path,
            1000 * distance,
        )


def _check_indices(file: Path, body: BodyArrays) -> None:
    """Raise where an array points beyond another."""
    vertices, faces = len(body.v_template), len(body.faces)
    limits = [
        ("f", body.faces, vertices),
        ("extra_joints_idxs", body.extra_vertices, vertices),
        ("lmk_faces_idx", body.landmark_faces, faces),
    ]
    if body.contour is not None:
        limits.append(("dynamic_lmk_faces_idx", body.contour.faces, faces))
    for key, indices, limit in limits:
        if indices.min() < 0 or indices.max() >= limit:
            raise ModelError(
                f"{file}: '{key}', here or in the checkpoint, points beyond {limit} entries; "
                "use SMPLX_NEUTRAL.npz and the checkpoint of the release"
            )
