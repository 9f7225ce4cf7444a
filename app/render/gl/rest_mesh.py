"""A person's unposed skin, made anew only when shape or face have changed enough to be seen."""

from typing import Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from app.render.gl.scene_pose import ScenePose
from app.render.shading import vertex_normals
from engines.body.face import ARKIT_INDEX
from engines.body.model import BodyModel
from engines.body.skeleton import LEFT_EYE, RIGHT_EYE

_SMALLEST_STEP: Final = 0.004
"""Changes of the coefficients that are not worth a new mesh: they move the skin by 0.1 mm at most."""
_JAW_ACTIONS: Final = [ARKIT_INDEX[name] for name in ("jawOpen", "jawLeft", "jawRight")]
"""The jaw's joint does these."""


class RestShape:
    """How one body model is shaped, for all persons.

    Args:
        model: The body.
        thickness: What clothes add to each vertex (V, 3), metres; None for a body that has none.
    """

    def __init__(self, model: BodyModel, thickness: NDArray[np.float32] | None) -> None:
        self.model = model
        self.thickness = thickness
        self.expression = _Directions(model.expressiondirs)
        self.actions = None if model.extras is None else _Directions(_face_actions(model))
        self.correctives = None
        if model.posedirs is not None:
            self.correctives = model.posedirs.reshape(-1, model.posedirs.shape[2])

    def vertices(self, pose: ScenePose, *, dressed: bool) -> Float32[np.ndarray, "vertices 3"]:
        """Return the unposed skin of a person, metres, rest frame."""
        vertices = self.model.rest_vertices(pose.betas)
        if self.actions is not None and pose.blendshapes is not None:
            self.actions.add(vertices, pose.blendshapes)
        else:
            self.expression.add(vertices, pose.expression)
        if self.correctives is not None:
            feature = pose.local_rotations[1:] - np.eye(3, dtype=np.float32)
            vertices += (self.correctives @ feature.reshape(-1)).reshape(-1, 3)
        if dressed and self.thickness is not None:
            vertices += self.thickness
        return vertices

    def coefficients(self, pose: ScenePose, *, dressed: bool) -> NDArray[np.float32]:
        """Return all numbers that the unposed skin depends on, as one row."""
        parts = [np.array([dressed], np.float32), pose.betas]
        if self.actions is not None and pose.blendshapes is not None:
            parts.append(pose.blendshapes)
        else:
            parts.append(pose.expression)
        if self.correctives is not None:
            parts.append(pose.local_rotations[1:].reshape(-1))
        return np.concatenate(parts)


class RestMesh:
    """The unposed skin of one person, as rows for a vertex buffer."""

    def __init__(self, shape: RestShape) -> None:
        self._shape = shape
        self._coefficients: NDArray[np.float32] | None = None
        self.rows: Float32[np.ndarray, "vertices 6"]
        """Position and unit normal of each vertex, rest frame."""
        self.rows = np.zeros((len(shape.model.v_template), 6), np.float32)

    def update(self, pose: ScenePose, *, dressed: bool) -> bool:
        """Fit the rows to a pose of the person, and return whether they have changed."""
        new = self._shape.coefficients(pose, dressed=dressed)
        old = self._coefficients
        if old is not None and len(old) == len(new) and np.abs(new - old).max() < _SMALLEST_STEP:
            return False
        self._coefficients = new
        vertices = self._shape.vertices(pose, dressed=dressed)
        self.rows[:, :3] = vertices
        self.rows[:, 3:] = vertex_normals(vertices, self._shape.model.faces)
        return True


class _Directions:
    """Vertex offsets of some coefficients, kept for those vertices only that they move."""

    def __init__(self, directions: NDArray[np.float32]) -> None:
        self._moved = np.flatnonzero(directions.any(axis=(1, 2)))
        self._flat = np.ascontiguousarray(directions[self._moved].reshape(-1, directions.shape[2]))

    def add(self, vertices: NDArray[np.float32], coefficients: NDArray[np.float32]) -> None:
        vertices[self._moved] += (self._flat @ coefficients).reshape(-1, 3)


def _face_actions(model: BodyModel) -> NDArray[np.float32]:
    """Return the offsets of the 52 face actions, without what the joints of jaw and eyes do already."""
    if model.extras is None:
        raise ValueError(f"{model.name}: only the open body knows face actions")
    directions = model.extras.arkit_dirs.copy()
    directions[:, :, _JAW_ACTIONS] = 0
    directions[np.isin(model.weight_joints[:, 0], (LEFT_EYE, RIGHT_EYE))] = 0
    return directions
