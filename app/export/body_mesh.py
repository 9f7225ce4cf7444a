"""The skin on a take's skeleton: the open body, which is free to give away, or the user's own SMPL-X."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float32, Int32, UInt8
from numpy.typing import NDArray

from app.export.motion import Motion
from app.export.options import ExportOptions
from app.render.costume import dress
from app.render.shading import normals_at_rest
from app.takes.take import Take
from engines.body.face import ARKIT_NAMES
from engines.body.model import BodyModel, OpenBodyExtras, load_body
from engines.errors import UsageError
from engines.model_store import model_path
from engines.types import EXPRESSION_COUNT

logger = logging.getLogger(__name__)

WEIGHTS_PER_VERTEX: Final = 4
"""What every reader can do."""
SMPLX_NOTICE: Final = "The mesh is SMPL-X: Max-Planck-Gesellschaft, non-commercial use only, see https://smpl-x.is.tue.mpg.de"
"""Goes with every file that holds a licensed mesh."""

_OPEN_BODY: Final = "open_body"
_DRIVEN_BY_JOINTS: Final = ("jaw", "eyeLook")
"""Face actions that jaw and eye joints already make: their weights stay 0."""
_SKIN_COLOR: Final = (0.55, 0.42, 0.36)


@dataclass(frozen=True, slots=True, eq=False)
class BodyMesh:
    """A mesh at rest with its ties to the 55 joints and its face."""

    vertices: Float32[np.ndarray, "V 3"]
    """Body rest frame, metres."""
    normals: Float32[np.ndarray, "V 3"]
    """Unit length."""
    colors: Float32[np.ndarray, "V 3"]
    """Linear RGB in [0, 1]."""
    faces: Int32[np.ndarray, "F 3"]
    """Triangles."""
    joints: UInt8[np.ndarray, "V 4"]
    """The heaviest joints of each vertex."""
    weights: Float32[np.ndarray, "V 4"]
    """Their weights; each row sums to 1."""
    target_names: tuple[str, ...]
    """Names of the face's morph targets."""
    targets: Float32[np.ndarray, "V 3 K"]
    """Offsets of the vertices for a weight of 1, metres."""
    notice: str
    """Whose it is, where that must be said; else empty."""

    def target_weights(self, motion: Motion) -> Float32[np.ndarray, "M K"]:
        """Return the weights of the targets in each frame."""
        if self.target_names != ARKIT_NAMES:
            return motion.expression
        driven = np.array([name.startswith(_DRIVEN_BY_JOINTS) for name in ARKIT_NAMES])
        return np.where(driven, np.float32(0), motion.blendshapes)


def body_mesh(take: Take, options: ExportOptions) -> BodyMesh | None:
    """Return the mesh that the options ask for; None for a skeleton only.

    A take that was solved for another body than the open one has a mesh only where the user gives the model file.

    Raises:
        UsageError: the model file is not that of the body the take was solved for.
        ModelError: the model file cannot be used.
    """
    if options.skeleton_only:
        return None
    if options.body_file is not None:
        return _licensed_mesh(take, options.body_file)
    if take.body_model != _OPEN_BODY:
        logger.warning(
            "%s: solved for '%s', whose mesh is written only from your own file: add --body FILE",
            take.path,
            take.body_model,
        )
        return None
    body = load_body(model_path(_OPEN_BODY))
    return None if body.extras is None else _open_mesh(take, body, body.extras)


def _open_mesh(take: Take, body: BodyModel, extras: OpenBodyExtras) -> BodyMesh:
    costume = dress(body)
    vertices = body.rest_vertices(take.betas) + costume.thickness
    colors = (costume.colors[:, ::-1] / 255) ** 2.2  # BGR to linear RGB
    return _mesh(body, vertices, colors.astype(np.float32), extras.arkit_names, extras.arkit_dirs)


def _licensed_mesh(take: Take, path: Path) -> BodyMesh:
    body = load_body(path)
    if body.name != take.body_model:
        raise UsageError(
            f"--body {path}: is '{body.name}', but the take was solved for '{take.body_model}'; "
            "leave the option out, or record with that body"
        )
    logger.warning("%s", SMPLX_NOTICE)
    vertices = body.rest_vertices(take.betas)
    colors = np.tile(np.array(_SKIN_COLOR, np.float32), (len(vertices), 1))
    names = tuple(f"expression_{k}" for k in range(EXPRESSION_COUNT))
    return _mesh(body, vertices, colors, names, body.expressiondirs, notice=SMPLX_NOTICE)


def _mesh(
    body: BodyModel,
    vertices: NDArray[np.float32],
    colors: NDArray[np.float32],
    target_names: tuple[str, ...],
    targets: NDArray[np.float32],
    *,
    notice: str = "",
) -> BodyMesh:
    weights = body.weights[:, :WEIGHTS_PER_VERTEX]
    weights = weights / weights.sum(axis=1, keepdims=True)
    joints = np.where(weights > 0, body.weight_joints[:, :WEIGHTS_PER_VERTEX], 0)
    return BodyMesh(
        vertices=vertices,
        normals=normals_at_rest(vertices, body.faces),
        colors=colors,
        faces=body.faces,
        joints=joints.astype(np.uint8),
        weights=weights,
        target_names=tuple(target_names),
        targets=targets,
        notice=notice,
    )
