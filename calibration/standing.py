"""The floor and gravity from a person who stands or walks: feet, body axis and shoulder line.

Each frame gives the rays to the soles, shoulders and ears. With a guess at pitch, roll, camera height and stature, and
at how this person walks and is built, an upright body is put where it fits the three rays best; what is left tells how
wrong the guess is. A walk towards the camera and back makes pitch and height tell apart; where somebody stands in one
place only, the lean of MediaPipe's metric landmarks has to do, and the mark says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from calibration.floor import (
    FloorCalibration,
    matrix_rows,
    pitch_and_roll_deg,
    up_of_camera,
    world_from_up,
)
from calibration.standing_mark import FAIR_HEIGHT_SIGMA, FAIR_PITCH_SIGMA_DEG, quality_of
from calibration.upright import (
    LEAST_FRAMES,
    STEP_LIFT_M,
    Proportions,
    UprightFrames,
    upright_frames,
)
from engines.errors import CalibrationError
from engines.landmarks.view import PersonView

_CELL_M: Final = 0.3
_MEAN_STATURE_M: Final = 1.70
_STATURE_SIGMA: Final = 0.055  # of people, of the stature
_SCALE_SIGMA: Final = 0.03  # of MediaPipe's metres
_GIVEN_SIGMA: Final = 0.002

# standard deviations of the rays to soles, shoulders and ears in one frame, of the person's size in the picture:
# standing still, and in steps, where feet swing
_RAY_SIGMAS: Final = np.array([[0.009, 0.009, 0.009], [0.015, 0.01, 0.01]])
_PLACE_STEPS: Final = 3
_NEAREST_M: Final = 0.3
_ALIKE: Final = 5.0  # so many frames in a row err alike
_PLACE_SHARE: Final = 0.1  # of the variance stays however many frames of one place there are
_FACING_SIGMA: Final = 0.25  # of where the shoulders say that a body faces in one frame, radians
_AXIS_SIGMA: Final = 0.07  # of the depth lean of MediaPipe's landmarks towards one side, radians
_RARE_LEAN: Final = (
    0.2  # radians of lean that hardly anybody shows: it counts for double, and more for much more
)
_PRIOR: Final = np.array([-5.0, 0.0, np.log(1.2)])  # pitch, roll in degrees, log height
_PRIOR_SIGMAS: Final = np.array([20.0, 8.0, 0.7])
# of one person: lift of the feet in steps, m; lean forward; how much lower, then how much further before their feet,
# bodies are in steps than in standing, m; how much higher, then how much further forward, shoulders and ears are than
# the proportions say, m
_HABITS: Final = np.array([STEP_LIFT_M, np.radians(2), 0.003, 0.015, 0.0, 0.0, 0.0, 0.0])
_HABIT_SIGMAS: Final = np.array([0.01, np.radians(4), 0.015, 0.01, 0.012, 0.009, 0.015, 0.015])
_HUBER: Final = 2.5
# small enough for slopes, and to stop at
_STEPS: Final = np.array([0.02, 0.02, 5e-4, 5e-4, *[1e-4] * 8])
_USUAL_ERROR: Final = 1.1  # the largest of a frame's six errors, in the median
_MOST_MISFIT: Final = 3.0  # times as much: not an upright body on a floor
_MOST_LEAN_DEG: Final = 25.0  # between the floor's upright and the mean body's
_START_OFFSETS_DEG: Final = (-12.0, -6.0, 0.0, 6.0, 12.0)
_START_ITERATIONS: Final = 3
_ITERATIONS: Final = 25
_STILL_M: Final = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class StandingFit:
    """A floor and the stature it goes with."""

    floor: FloorCalibration
    """The floor."""
    stature_m: float
    """Height of the person: as given, or estimated."""
    stature_sigma_m: float
    """Its standard deviation."""
    floor_sigma_m: float
    """Standard deviation of the floor's height under the feet, where the person was most."""

    @property
    def is_sure(self) -> bool:
        """Another walk is not needed: the floor is known well, up to the size of the person."""
        floor = self.floor
        return (
            floor.pitch_sigma_deg <= FAIR_PITCH_SIGMA_DEG
            and floor.height_sigma_m <= FAIR_HEIGHT_SIGMA * floor.camera_height_m
        )


class _Problem(NamedTuple):
    frames: UprightFrames
    proportions: Proportions
    prior: NDArray[np.float64]  # (12,) pitch, roll in degrees, log height, log stature, `_HABITS`
    prior_sigmas: NDArray[np.float64]  # (12,)


class _Fit(NamedTuple):
    """An upright body in each of n frames, for one set of unknowns."""

    # (n, 7) left of both axes of soles, shoulders, ears, and how far the body is turned from where the shoulders face;
    # in standard deviations
    errors: NDArray[np.float64]
    lean: NDArray[np.float64]  # (n, 2) of MediaPipe's body axis to the right and backwards, radians
    places: NDArray[np.float64]  # (n, 3) between the feet


def floor_from_person(
    views: Sequence[PersonView],
    proportions: Proportions,
    *,
    rate_hz: float,
    stature_m: float | None = None,
    source: str = "",
) -> StandingFit:
    """Return the floor under a person who stands, better walks, upright in view from head to foot.

    The world's origin is where the person stood most of the time.

    Args:
        views: One for each frame, of one person.
        proportions: Of the body model.
        rate_hz: Views in a second.
        stature_m: Height of the person, where known. Heights and distances are proportional to it.
        source: What the user calls the camera, for the record.

    Raises:
        CalibrationError: too few frames show somebody upright from head to foot.
    """
    frames = upright_frames(views, proportions, rate_hz=rate_hz)
    problem = _Problem(frames, proportions, *_priors(frames, stature_m))
    unknowns, covariance = _solve(problem)
    up = up_of_camera(unknowns[0], unknowns[1])
    fit = _fit(unknowns, problem)
    misfit = float(np.median(np.abs(fit.errors).max(axis=1))) / _USUAL_ERROR
    covariance = covariance * max(1.0, misfit) ** 2
    sigmas = np.sqrt(np.diag(covariance))
    _check_upright(frames, up, misfit)
    height, stature = float(np.exp(unknowns[2])), float(np.exp(unknowns[3]))
    places = fit.places
    under_feet_m = _floor_sigma_m(unknowns, covariance, np.median(places, axis=0))
    origin = np.median(places, axis=0)
    pitch, roll = pitch_and_roll_deg(up)
    matrix = world_from_up(up, height, origin)
    floor = FloorCalibration(
        method="person",
        world_from_camera=matrix_rows(matrix),
        camera_height_m=height,
        pitch_deg=pitch,
        roll_deg=roll,
        pitch_sigma_deg=float(sigmas[0]),
        height_sigma_m=height * float(sigmas[2]),
        frames=len(frames.steps),
        source=source,
        quality=quality_of(
            pitch_sigma_deg=float(sigmas[0]),
            height_sigma=float(sigmas[2]),
            floor_sigma_m=under_feet_m,
            stature_is_given=stature_m is not None,
            frames=len(frames.steps),
        ),
        facing_deg=_facing_deg(frames, places @ matrix[:3, :3].T, matrix[:3, :3]),
    )
    return StandingFit(floor, stature, stature * float(sigmas[3]), under_feet_m)


def _floor_sigma_m(
    unknowns: NDArray[np.float64], covariance: NDArray[np.float64], place: NDArray[np.float64]
) -> float:
    """Return the standard deviation of the height above the floor of a camera-frame point (3,)."""
    tilts = [
        (up_of_camera(unknowns[0] + dp, unknowns[1] + dr) - up_of_camera(*unknowns[:2])) @ place
        for dp, dr in ((1e-3, 0.0), (0.0, 1e-3))
    ]
    slopes = np.array([tilts[0] / 1e-3, tilts[1] / 1e-3, np.exp(unknowns[2])])
    return float(np.sqrt(slopes @ covariance[:3, :3] @ slopes))


def _check_upright(frames: UprightFrames, up: NDArray[np.float64], misfit: float) -> None:
    """Refuse a gravity along which nobody stands: bodies lean a little, and their landmarks a little more."""
    axis = frames.axes.mean(axis=0)
    lean_deg = float(np.degrees(np.arccos(np.clip(axis @ up / np.linalg.norm(axis), -1, 1))))
    what = ""
    if lean_deg > _MOST_LEAN_DEG:
        what = f"the person seems to lean by {lean_deg:.0f} degrees"
    elif misfit > _MOST_MISFIT:
        what = "the pictures do not fit somebody who stands upright on an even floor"
    if what:
        raise CalibrationError(
            f"floor: {what}; stand straight with both feet in the picture, then walk slowly towards the camera and "
            "back, or lay a board on the floor"
        )


def _solve(problem: _Problem) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the unknowns, and their covariance."""
    starts = [
        _descend(problem, _start(problem, offset), _START_ITERATIONS)
        for offset in _START_OFFSETS_DEG
    ]
    best = min(starts, key=lambda unknowns: _cost(problem, unknowns))
    unknowns = _descend(problem, best, _ITERATIONS)
    residuals, weights = _weighted(unknowns, problem)
    jacobian = _jacobian(unknowns, problem, weights, residuals)
    covariance = np.asarray(np.linalg.inv(jacobian.T @ jacobian), np.float64)
    return unknowns, covariance


def _start(problem: _Problem, offset_deg: float) -> NDArray[np.float64]:
    """Return a guess: gravity along the body but for an error of the pitch, and the height that fits the size."""
    frames, proportions = problem.frames, problem.proportions
    unknowns = problem.prior.copy()
    axis = frames.axes.mean(axis=0)
    pitch, roll = pitch_and_roll_deg(axis / np.linalg.norm(axis))
    unknowns[:2] = np.clip(pitch + offset_deg, -60, 60), roll
    length = (proportions.ears - proportions.soles) * np.exp(unknowns[3])
    seen = np.linalg.norm(frames.tops[:, 1] - frames.feet, axis=1)
    heights = -(frames.feet @ up_of_camera(unknowns[0], unknowns[1])) * length / seen
    unknowns[2] = np.log(max(float(np.median(heights)), 0.2))
    return unknowns


def _descend(
    problem: _Problem, unknowns: NDArray[np.float64], iterations: int
) -> NDArray[np.float64]:
    """Return better unknowns, by Levenberg and Marquardt's method on robust weights."""
    damping = 1e-3
    residuals, weights = _weighted(unknowns, problem)
    for _ in range(iterations):
        jacobian = _jacobian(unknowns, problem, weights, residuals)
        normal = jacobian.T @ jacobian
        damped = normal + damping * np.diag(np.diag(normal))
        step = np.linalg.solve(damped, -jacobian.T @ residuals)
        moved = _residuals(unknowns + step, problem, weights)
        if moved @ moved < residuals @ residuals:
            unknowns, damping = unknowns + step, max(damping / 10, 1e-9)
            residuals, weights = _weighted(unknowns, problem)
            if (np.abs(step) < _STEPS).all():
                break
        else:
            damping *= 10
    return unknowns


def _jacobian(
    unknowns: NDArray[np.float64],
    problem: _Problem,
    weights: NDArray[np.float64],
    residuals: NDArray[np.float64],
) -> NDArray[np.float64]:
    columns = [
        (_residuals(unknowns + step, problem, weights) - residuals) / size
        for step, size in zip(np.diag(_STEPS), _STEPS, strict=True)
    ]
    return np.stack(columns, axis=1)


def _cost(problem: _Problem, unknowns: NDArray[np.float64]) -> float:
    residuals, _ = _weighted(unknowns, problem)
    return float(residuals @ residuals)


def _priors(
    frames: UprightFrames, stature_m: float | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if stature_m is not None:
        stature, sigma = stature_m, _GIVEN_SIGMA
    else:
        by_metres = np.median(frames.statures)
        people, metres = 1 / _STATURE_SIGMA**2, 1 / _SCALE_SIGMA**2
        sigma = (people + metres) ** -0.5
        log = (people * np.log(_MEAN_STATURE_M) + metres * np.log(by_metres)) * sigma**2
        stature = float(np.exp(log))
    means = np.concatenate([_PRIOR, [np.log(stature)], _HABITS])
    return means, np.concatenate([_PRIOR_SIGMAS, [sigma], _HABIT_SIGMAS])


def _fit(unknowns: NDArray[np.float64], problem: _Problem) -> _Fit:
    """Put an upright body into each frame where it is seen as the rays are: least squares over its place and its turn.

    Errors count in the picture: those in metres along a ray's plane would shrink with the distance, and draw all to
    the camera. Bodies may turn a little: which way they face is noisy, and a lean towards a wrong side would count
    against all lean.
    """
    frames = problem.frames
    up = up_of_camera(unknowns[0], unknowns[1])
    right = np.cross(up, (0.0, 0.0, 1.0))
    right /= np.linalg.norm(right)
    floor = np.stack([right, np.cross(right, up)])  # two ways along it
    rays = np.concatenate([frames.feet[:, None], frames.tops], axis=1)[..., :2]  # (n, 3, 2)
    points = _bodies(unknowns, problem, up)
    above = points - points[:, :1]
    swings = np.cross(up, above)  # (n, 3, 3) how points move where the body turns
    turns = np.zeros(len(rays))
    scales = 1 / (frames.sizes[:, None] * _RAY_SIGMAS[frames.steps.astype(int)])  # (n, 3)
    depths = np.ones(scales.shape)
    for step in range(_PLACE_STEPS):
        weights = (scales / depths)[..., None]
        errors = ((points[..., :2] - rays * points[..., 2:]) * weights).reshape(len(rays), -1)
        errors = np.column_stack([errors, turns / _FACING_SIGMA])
        seen = rays if step == 0 else points[..., :2] / points[..., 2:]
        slopes = np.stack(
            [
                ((way[..., :2] - seen * way[..., 2:]) * weights).reshape(len(rays), -1)
                for way in (*floor, swings)
            ],
            axis=-1,
        )  # (n, 6, 3)
        turning = np.broadcast_to((0.0, 0.0, 1 / _FACING_SIGMA), (len(rays), 1, 3))
        slopes = np.concatenate([slopes, turning], axis=1)
        normal = np.einsum("nia,nib->nab", slopes, slopes)
        gradient = np.einsum("nia,ni->na", slopes, errors)
        moves = -np.linalg.solve(normal, gradient[..., None])[..., 0]
        points = points + (moves[:, :2] @ floor)[:, None] + moves[:, 2, None, None] * swings
        turns = turns + moves[:, 2]
        depths = np.maximum(points[..., 2], _NEAREST_M)
    left = (points[..., :2] / depths[..., None] - rays) * scales[..., None]
    errors = np.column_stack([left.reshape(len(rays), -1), turns / _FACING_SIGMA])
    return _Fit(errors=errors, lean=frames.axes @ floor.T, places=points[:, 0])


def _bodies(
    unknowns: NDArray[np.float64], problem: _Problem, up: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return soles, shoulders and ears (n, 3, 3) of an upright body straight under the camera, for each frame."""
    frames, proportions = problem.frames, problem.proportions
    height, stature = np.exp(unknowns[2:4])
    lift, lean, dip, before = unknowns[4:8]
    soles = proportions.soles * stature + lift * frames.steps
    heights = np.array([proportions.shoulders, proportions.ears]) * stature + unknowns[8:10]
    above = heights - (soles + dip * frames.steps)[:, None]  # (n, 2) the soles
    ahead = np.array([proportions.shoulders_forward, proportions.ears_forward]) * stature
    ahead = ahead + unknowns[10:] + before * frames.steps[:, None]  # (n, 2)
    forward = np.cross(up, frames.facing)
    forward /= np.linalg.norm(forward, axis=1, keepdims=True)
    standing = -up * (height - soles)[:, None]
    ankles = proportions.ankles_forward * stature  # the feet lean with nobody
    raised = (above * np.cos(lean) - (ahead - ankles) * np.sin(lean))[..., None] * up
    across = ankles + above * np.sin(lean) + (ahead - ankles) * np.cos(lean)
    moved = across[..., None] * forward[:, None]
    return np.concatenate([standing[:, None], standing[:, None] + raised + moved], axis=1)


def _weighted(
    unknowns: NDArray[np.float64], problem: _Problem
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the residuals and the weights of frames they were made with: outliers and crowds of frames count less."""
    fit = _fit(unknowns, problem)
    cells = np.round(np.clip(fit.places[:, [0, 2]], -50, 50) / _CELL_M).astype(np.int64)
    _, which, counts = np.unique(cells @ (1, 1000), return_inverse=True, return_counts=True)
    huber = np.minimum(1, _HUBER / np.maximum(np.abs(fit.errors).max(axis=1), 1e-9))
    weights = np.sqrt(huber / (_ALIKE + _PLACE_SHARE * counts[which]))
    return _residuals(unknowns, problem, weights), weights


def _residuals(
    unknowns: NDArray[np.float64], problem: _Problem, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    fit = _fit(unknowns, problem)
    lean = fit.lean.mean(axis=0)
    by_axis = lean / _AXIS_SIGMA * (1 + (lean / _RARE_LEAN) ** 2)  # no more than that
    pull = (unknowns - problem.prior) / problem.prior_sigmas
    return np.concatenate([(fit.errors * weights[:, None]).ravel(), by_axis, pull])


def _facing_deg(
    frames: UprightFrames, places: NDArray[np.float64], world_from_camera: NDArray[np.float64]
) -> float:
    """Return where the person faced: while standing where they stood most, or else on the mean."""
    still = np.linalg.norm((places - np.median(places, axis=0))[:, [0, 2]], axis=1) < _STILL_M
    lines = frames.facing[still if still.sum() >= LEAST_FRAMES else slice(None)]
    line = (lines @ world_from_camera.T).sum(axis=0)  # from the left to the right shoulder, world
    return float(np.degrees(np.arctan2(line[2], -line[0])))
