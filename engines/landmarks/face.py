"""Head rotation, jaw and face actions from the 468 points of the face mesh."""

from dataclasses import dataclass
from typing import Final

import numba
import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.face import ARKIT_INDEX, ARKIT_MIRROR, ARKIT_NAMES, expression_from_blendshapes
from engines.body.model import BodyModel
from engines.body.pose import read_only
from engines.landmarks.eyelids import EyelidReader
from engines.landmarks.face_actions import ACTIONS, COSTS, LIDS, FaceActions, load_face_actions
from engines.landmarks.face_basis import JAW_OPEN_RAD, JAW_SIDE_RAD, body_face
from engines.landmarks.gaze import Gaze, GazeReader
from engines.landmarks.neutral_face import NeutralFace
from engines.types import Camera

UNOBSERVED: Final[tuple[str, ...]] = (
    "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "jawForward", "tongueOut",
    "mouthDimpleLeft", "mouthDimpleRight", "mouthPressLeft", "mouthPressRight", "mouthShrugUpper",
)  # fmt: skip
"""Actions that stay zero: the mesh has no tongue, its depth is too rough for cheeks and chin, and on it dimples and
pressed lips are small smiles, a shrugging upper lip one that is raised."""

_ASYMMETRY: Final = 3.0
"""Price of the squared difference between the two sides of an action, in the units of `COSTS`..."""
_RIDGE: Final = 0.5
"""...of the squared coefficient..."""
_LID_COST: Final = 0.3
"""...and of a blink, which is measured elsewhere and here only taken out of the way."""
_LEAST_FRONT: Final = 0.4
"""The prices grow as a head turns aside and half of the mesh becomes a guess: by 1/cos2, up to this cosine."""
_PASSES: Final = 2
"""Rounds of placing the head and finding its actions; more change nothing that can be seen."""
_SWEEPS: Final = 60
_MOST_STEPS, _STEADY = 30, 1e-12
"""Steps of the nearest rotation's iteration, and the change that ends it; usual are 8."""
_LEAST_VOLUME: Final = 1e-12
_JAW: Final = ACTIONS.index("jawOpen")
_CLOSE: Final = ACTIONS.index("mouthClose")
_COUNT: Final = len(ACTIONS) + len(LIDS)
_SIDEWAYS: Final = frozenset({"jawLeft", "jawRight", "mouthLeft", "mouthRight"})
"""Actions to one side, which have nothing to do with those to the other."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceFit:
    """What the face mesh says about the head."""

    head_rotation: Float32[np.ndarray, "3 3"]
    """Rotation of the head from the rest frame (y up, face towards +z) to the camera frame (y down, z forward)."""
    jaw_pose: Float32[np.ndarray, "3"]
    """Axis-angle of the jaw joint."""
    eye_pose: Float32[np.ndarray, "3"]
    """Axis-angle of either eye joint; zero where irises were never seen."""
    blendshapes: Float32[np.ndarray, "52"]
    """ARKit-named coefficients in [0, 1], in the order of `ARKIT_NAMES`; those in `UNOBSERVED` are 0."""
    expression: Float32[np.ndarray, "10"]
    """The body model's expression numbers of these blendshapes."""
    residual_mm: float
    """Mean distance in millimetres of the points from where the solution puts them."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadPlace:
    """Where the head is in the picture: picture = scale rotation head + place."""

    scale: float
    """Pixels of a millimetre."""
    rotation: NDArray[np.float64]
    """Head frame (y up) to picture (y down, z away from the camera), (3, 3)."""
    place: NDArray[np.float64]
    """Origin of the head frame in the picture, (3,)."""

    def to_head(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return picture points (468, 3) in millimetres of the head's frame."""
        return ((points - self.place) @ self.rotation) / self.scale


class FaceSolver:
    """Solves the face of one person from picture to picture.

    Each picture: place the head by the points that no action moves, then find the actions by least squares under
    bounds. An action moves the mesh as the detector shows it, movements are weighed against what the detector does
    by chance (`FaceActions`), and each action has a price, so that of two that look alike the plainer one is taken.
    The person's own face at rest is learnt on the way (`NeutralFace`), eyelids and gaze are measured apart
    (`EyelidReader`, `GazeReader`).
    """

    def __init__(self, model: BodyModel) -> None:
        self._model = model
        self._face = body_face(model)
        actions = load_face_actions()
        self._usual = self._face.rest + actions.mean
        self._columns = actions.columns
        self._equations = _Equations(actions)
        self.reset()

    def reset(self) -> None:
        """Forget the person."""
        self._neutral = NeutralFace(len(self._usual))
        self._eyelids = EyelidReader()
        self._gaze_reader = GazeReader()
        self._gaze = Gaze(0.0, 0.0)
        self._plain = np.zeros(_COUNT)
        self._actions = np.zeros(_COUNT)

    def solve(
        self,
        face_px: Float32[np.ndarray, "468 3"],
        camera: Camera,
        irises_px: Float32[np.ndarray, "10 3"] | None = None,
    ) -> FaceFit:
        """Return the head and face of one picture.

        Args:
            face_px: Face mesh; x and y in pixels, z in pixels away from the camera.
            camera: Turns the place in the picture into the direction from which the head is seen.
            irises_px: The irises in the same way; None where they are not known.
        """
        middle = face_px[:, :2].mean(axis=0, dtype=np.float64)
        points = without_perspective(face_px.astype(np.float64), middle, camera)
        self._learn_neutral(points)
        rest = self._usual + self._neutral.offset
        doubt = 1 - self._neutral.belief
        for _ in range(_PASSES):
            placement, moved = self._fit(points, rest, self._actions, doubt)
        residual = np.linalg.norm(moved - rest - self._motion(self._actions), axis=1)
        lids = self._eyelids.read(moved)
        if irises_px is not None:
            irises = without_perspective(irises_px.astype(np.float64), middle, camera)
            blinks = lids["eyeBlinkRight"], lids["eyeBlinkLeft"]
            self._gaze = self._gaze_reader.read(
                points, irises, placement.rotation, placement.scale, blinks
            )
        blendshapes = self._blendshapes(lids)
        side = self._actions[ACTIONS.index("jawLeft")] - self._actions[ACTIONS.index("jawRight")]
        jaw = np.array((self._actions[_JAW] * JAW_OPEN_RAD, side * JAW_SIDE_RAD, 0.0))
        return FaceFit(
            head_rotation=read_only(_from_ray(middle, camera) @ placement.rotation),
            jaw_pose=read_only(jaw),
            eye_pose=read_only(self._gaze.eye_pose()),
            blendshapes=read_only(blendshapes),
            expression=read_only(expression_from_blendshapes(self._model, blendshapes)),
            residual_mm=float(self._face.weight @ residual),
        )

    def _learn_neutral(self, points: NDArray[np.float64]) -> None:
        """Take the face for a stranger's, and learn what no action explains."""
        _, moved = self._fit(points, self._usual, self._plain, doubt=1.0)
        expressed = self._columns[:, : len(ACTIONS)] @ self._plain[: len(ACTIONS)]
        self._neutral.learn(moved - self._usual, expressed.reshape(-1, 3))

    def _fit(
        self,
        points: NDArray[np.float64],
        rest: NDArray[np.float64],
        actions: NDArray[np.float64],
        doubt: float,
    ) -> tuple[HeadPlace, NDArray[np.float64]]:
        """Place the head and update the actions; return the place and the points (468, 3) in the head's frame."""
        placement = place_head(rest + self._motion(actions), points, self._face.steadiness)
        moved = placement.to_head(points)
        facing = -float(placement.rotation[2, 2])
        self._equations.solve((moved - rest).ravel(), facing, doubt, actions)
        return placement, moved

    def _motion(self, actions: NDArray[np.float64]) -> NDArray[np.float64]:
        return (self._columns @ actions).reshape(-1, 3)

    def _blendshapes(self, lids: dict[str, float]) -> NDArray[np.float64]:
        values = dict(zip(ACTIONS, self._actions.tolist(), strict=False))
        values |= lids | self._gaze.actions()
        return np.array([values.get(name, 0.0) for name in ARKIT_NAMES])


class _Equations:
    """The normal equations of the actions, for people who are known and for strangers."""

    def __init__(self, actions: FaceActions) -> None:
        self._pull, self._stranger_pull = actions.pull, actions.stranger_pull
        self._matrix, self._stranger_matrix = (
            0.5 * (product + product.T)
            for product in (pull @ actions.columns for pull in (self._pull, self._stranger_pull))
        )
        self._penalty = np.eye(_COUNT) * _RIDGE
        names = (*ACTIONS, *LIDS)
        for column, name in enumerate(names):
            partner = ARKIT_NAMES[ARKIT_MIRROR[ARKIT_INDEX[name]]]
            if partner != name and name not in _SIDEWAYS:
                self._penalty[column, column] += _ASYMMETRY
                self._penalty[column, names.index(partner)] -= _ASYMMETRY
        self._costs = np.array([*COSTS.values(), *(_LID_COST for _ in LIDS)])

    def solve(
        self,
        moved: NDArray[np.float64],
        facing: float,
        doubt: float,
        actions: NDArray[np.float64],
    ) -> None:
        """Move the actions to the minimum of squared error and price.

        Args:
            moved: Movement (1404,) to explain, head frame, mm.
            facing: Cosine between the way the face points and the way to the camera.
            doubt: How little the person's face at rest is known, 0 to 1.
            actions: Coefficients in [0, 1]; start and result.
        """
        pull = doubt * (self._stranger_pull @ moved)
        if doubt < 1:
            pull += (1 - doubt) * (self._pull @ moved)
        matrix = (1 - doubt) * self._matrix + doubt * self._stranger_matrix
        dear = 1 / max(facing, _LEAST_FRONT) ** 2
        matrix += dear * self._penalty
        pull -= dear * self._costs
        _solve_in_box(matrix, pull, actions, _JAW, _CLOSE, _SWEEPS)


@numba.njit(cache=True)
def _solve_in_box(
    matrix: NDArray[np.float64],
    pull: NDArray[np.float64],
    x: NDArray[np.float64],
    jaw: int,
    close: int,
    sweeps: int,
) -> None:
    """Minimise x'Ax/2 - b'x over 0 <= x <= 1 by coordinate descent, and x[close] <= x[jaw]: lips close an open jaw."""
    for _ in range(sweeps):
        largest = 0.0
        for i in range(len(x)):
            slope = pull[i]
            for j in range(len(x)):
                slope -= matrix[i, j] * x[j]
            upper = x[jaw] if i == close else 1.0
            value = min(max(x[i] + slope / matrix[i, i], 0.0), upper)
            largest = max(largest, abs(value - x[i]))
            x[i] = value
        if largest < 1e-4:
            break


def place_head(
    head: NDArray[np.float64], picture: NDArray[np.float64], weight: NDArray[np.float64]
) -> HeadPlace:
    """Return the similarity that takes head points (n, 3) nearest to picture points (Umeyama, 1991)."""
    head_middle, picture_middle, spread, covariance = _moments(head, picture, weight)
    rotation, is_proper = _polar(covariance)
    if not is_proper:
        u, _, vt = np.linalg.svd(covariance)
        rotation = (u * (1.0, 1.0, np.sign(np.linalg.det(u @ vt)))) @ vt
    scale = max(float((rotation * covariance).sum()) / max(spread, 1e-9), 1e-9)
    return HeadPlace(scale, rotation, picture_middle - scale * rotation @ head_middle)


@numba.njit(cache=True, error_model="numpy")
def _polar(matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64], bool]:
    """Return the rotation (3, 3) nearest to a matrix by Newton's iteration (Higham, 1986), and whether there is one.

    A tenth of the time of a singular value decomposition from Python.
    """
    x = matrix / max(np.sqrt((matrix**2).sum()), 1e-300)
    inverse = np.empty((3, 3))  # transposed
    for _ in range(_MOST_STEPS):
        for i in range(3):
            for a in range(3):
                j, k, b, c = (i + 1) % 3, (i + 2) % 3, (a + 1) % 3, (a + 2) % 3
                inverse[i, a] = x[j, b] * x[k, c] - x[j, c] * x[k, b]
        volume = x[0, 0] * inverse[0, 0] + x[0, 1] * inverse[0, 1] + x[0, 2] * inverse[0, 2]
        if not volume > _LEAST_VOLUME:
            return x, False
        own = other = change = 0.0
        for i in range(3):
            for a in range(3):
                inverse[i, a] /= volume
                own += x[i, a] ** 2
                other += inverse[i, a] ** 2
        stretch = np.sqrt(np.sqrt(other / own))
        for i in range(3):
            for a in range(3):
                moved = 0.5 * (stretch * x[i, a] + inverse[i, a] / stretch)
                change = max(change, abs(moved - x[i, a]))
                x[i, a] = moved
        if change < _STEADY:
            return x, True
    return x, False


@numba.njit(cache=True)
def _moments(
    head: NDArray[np.float64], picture: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float, NDArray[np.float64]]:
    """Return weighted means of two point sets, the variance of the first, and how they vary together.

    The last (3, 3) has the second set in its rows.
    """
    middles = np.zeros((2, 3))
    for i in range(len(weight)):
        for j in range(3):
            middles[0, j] += weight[i] * head[i, j]
            middles[1, j] += weight[i] * picture[i, j]
    covariance = np.zeros((3, 3))
    spread = 0.0
    for i in range(len(weight)):
        for j in range(3):
            offset = head[i, j] - middles[0, j]
            spread += weight[i] * offset * offset
            for k in range(3):
                covariance[k, j] += weight[i] * offset * (picture[i, k] - middles[1, k])
    return middles[0], middles[1], spread, covariance


def without_perspective(
    points: NDArray[np.float64], middle: NDArray[np.float64], camera: Camera
) -> NDArray[np.float64]:
    """Return the face mesh as from far away: what is near the camera is drawn too large, by its depth in pixels / f."""
    flat = points.copy()
    _flatten(flat, middle, camera.fx)
    return flat


@numba.njit(cache=True)
def _flatten(points: NDArray[np.float64], middle: NDArray[np.float64], focal_px: float) -> None:
    for k in range(len(points)):
        share = 1 + points[k, 2] / focal_px
        for a in range(2):
            points[k, a] = middle[a] + (points[k, a] - middle[a]) * share


def _from_ray(pixel: NDArray[np.float64], camera: Camera) -> NDArray[np.float64]:
    """Return the smallest rotation of the camera's axis to the ray through a pixel.

    A small thing off the middle looks as it would in the middle, turned by this (weak perspective).
    """
    ray = np.array(((pixel[0] - camera.cx) / camera.fx, (pixel[1] - camera.cy) / camera.fy, 1.0))
    x, y, z = ray / np.linalg.norm(ray)
    k = 1 / (1 + z)
    return np.array([[1 - k * x * x, -k * x * y, x], [-k * x * y, 1 - k * y * y, y], [-x, -y, z]])
