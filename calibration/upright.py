"""Frames in which a person is upright from head to foot, as what a floor and a body can be measured by."""

import itertools
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.errors import CalibrationError
from engines.landmarks.attachments import BODY_LANDMARKS, attach_body
from engines.landmarks.view import PersonView

_EARS, _SHOULDERS, _HIPS = (7, 8), (11, 12), (23, 24)
_KNEES, _ANKLES = (25, 26), (27, 28)
_SOLES: Final = (29, 30, 31, 32)  # heels, big toes
_TOPS: Final = (_SHOULDERS, _EARS)
_NEEDED: Final = (*_SHOULDERS, *_HIPS, *_KNEES, *_ANKLES)
_SEEN: Final = 0.5
_STRAIGHT: Final = 0.93  # of the straightest posture: less is sitting, crouching, kicking
_STEADY_FRAMES: Final = 5
_ABOUT_AS_LOW_M: Final = 0.03
LEAST_FRAMES: Final = 15
"""Fewer upright frames tell nothing."""


class Proportions(NamedTuple):
    """Heights above the floor of an upright body, in units of its stature."""

    segments: float
    """Length of trunk, thigh and shank together."""
    straightness: float
    """Height of the shoulders above the soles over the length of trunk, thighs and shanks."""
    soles: float
    """Middle between heel and big toe landmarks."""
    shoulders: float
    """Shoulder landmarks."""
    ears: float
    """Ear landmarks."""


class UprightFrames(NamedTuple):
    """What matters of all usable frames; n of them. Rays are (x, y, 1)."""

    views: tuple[PersonView, ...]  # n, whole
    soles: NDArray[np.float64]  # (n, 3) of the foot that stands, or between both
    feet: NDArray[np.float64]  # (n, 3) between both feet
    tops: NDArray[np.float64]  # (n, 2, 3) shoulders, ears
    bend: NDArray[np.float64]  # (n,) height now over height when straight
    axes: NDArray[np.float64]  # (n, 3) from feet to shoulders by MediaPipe's metres
    facing: NDArray[np.float64]  # (n, 3) from the left to the right shoulder, the same
    statures: NDArray[np.float64]  # (n,) height of the person by MediaPipe's metres


def body_proportions(model: BodyModel) -> Proportions:
    """Return the proportions of the mean body."""
    heights = model.v_template[:, 1]
    low, stature = float(heights.min()), float(np.ptp(heights))
    attachments = attach_body(model)
    carriers = attachments.joints[attachments.point_joints]
    points = dict(zip(BODY_LANDMARKS, carriers + attachments.point_offsets, strict=True))

    def height_of(*landmarks: int) -> float:
        return (float(np.mean([points[each][1] for each in landmarks])) - low) / stature

    rest = np.zeros((1, 33, 3))
    rest[0, list(points)] = list(points.values())
    trunk = (height_of(*_SHOULDERS) - height_of(*_SOLES)) * stature
    segments = float(_segments(rest)[0])
    return Proportions(
        segments=segments / stature,
        straightness=trunk / segments,
        soles=height_of(*_SOLES),
        shoulders=height_of(*_SHOULDERS),
        ears=height_of(*_EARS),
    )


def upright_frames(
    views: Sequence[PersonView], proportions: Proportions, *, needed_for: str = "floor"
) -> UprightFrames:
    """Return the frames in which a person is seen upright from shoulders to feet.

    Args:
        views: One for each frame, of one person.
        proportions: Of the body model.
        needed_for: What the message begins with.

    Raises:
        CalibrationError: there are fewer than `LEAST_FRAMES`.
    """
    full = [view for view in views if view.seen[list(_NEEDED)].min() > _SEEN]
    if len(full) < LEAST_FRAMES:
        what = "nobody was seen" if not views else "the person was not seen from head to foot"
        raise CalibrationError(
            f"{needed_for}: {what} in {LEAST_FRAMES} pictures at least; step back until head and feet are in the "
            "picture, and walk slowly towards the camera and back"
        )
    rays = np.array([np.column_stack([view.rays, np.ones(33)]) for view in full])
    world = _steady(np.array([view.world for view in full]))
    axes = _middle(world, _SHOULDERS) - _middle(world, _SOLES)
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    up = axes.mean(axis=0) / np.linalg.norm(axes.mean(axis=0))
    stands = _standing(world, up)
    height = (_middle(world, _SHOULDERS) - _weighted_soles(world, stands)) @ up
    straight = height / (_segments(world) * proportions.straightness)
    use = straight > _STRAIGHT * np.quantile(straight, 0.9)
    if use.sum() < LEAST_FRAMES:
        raise CalibrationError(
            f"{needed_for}: the person hardly ever stood upright; stand straight, or walk slowly towards the camera "
            "and back"
        )
    return UprightFrames(
        views=tuple(full[k] for k in np.flatnonzero(use)),
        soles=_weighted_soles(rays, stands)[use],
        feet=_middle(rays, _SOLES)[use],
        tops=np.stack([_middle(rays, top) for top in _TOPS], axis=1)[use],
        bend=np.clip(straight, None, 1.0)[use],
        axes=axes[use],
        facing=(world[:, 12] - world[:, 11])[use],
        statures=(_segments(world) / proportions.segments)[use],
    )


def _steady(world: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean over a few frames: noise makes every segment look longer and some foot look lower."""
    reach = _STEADY_FRAMES // 2
    padded = np.concatenate([world[:1].repeat(reach, 0), world, world[-1:].repeat(reach, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0)
    mean: NDArray[np.float64] = windows.mean(axis=-1)
    return mean


def _standing(world: NDArray[np.float64], up: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much each of heels and toes (n, 4) stands: the lowest one, or several that are about as low."""
    heights = world[:, list(_SOLES)] @ up
    weights = np.exp((heights.min(axis=1, keepdims=True) - heights) / _ABOUT_AS_LOW_M)
    stands: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    return stands


def _weighted_soles(
    points: NDArray[np.float64], stands: NDArray[np.float64]
) -> NDArray[np.float64]:
    soles: NDArray[np.float64] = np.einsum("np,npa->na", stands, points[:, list(_SOLES)])
    return soles


def _middle(points: NDArray[np.float64], which: tuple[int, ...]) -> NDArray[np.float64]:
    middle: NDArray[np.float64] = points[:, list(which)].mean(axis=1)
    return middle


def _segments(world: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the length of trunk, thighs, shanks and feet's height, as if all were in line."""
    chain = (_SHOULDERS, _HIPS, _KNEES, _ANKLES)
    sides = [
        np.linalg.norm(world[:, upper[side]] - world[:, lower[side]], axis=1)
        for upper, lower in itertools.pairwise(chain)
        for side in (0, 1)
    ]
    total: NDArray[np.float64] = np.sum(sides, axis=0) / 2
    return total
