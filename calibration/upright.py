"""Frames in which a person is upright from head to foot, as what a floor and a body can be measured by."""

import itertools
from collections.abc import Sequence
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.errors import CalibrationError
from engines.landmarks.attachments import BODY_LANDMARKS, attach_body
from engines.landmarks.view import PersonView
from engines.types import BETA_COUNT

_Value = TypeVar("_Value", bound=np.generic)

_EARS, _SHOULDERS, _HIPS = (7, 8), (11, 12), (23, 24)
_KNEES, _ANKLES = (25, 26), (27, 28)
_SOLES: Final = (29, 30, 31, 32)  # heels, big toes
_FEET: Final = ((29, 31), (30, 32))
_TOPS: Final = (_SHOULDERS, _EARS)
_NEEDED: Final = (*_SHOULDERS, *_HIPS, *_KNEES, *_ANKLES)
_SEEN: Final = 0.5
_STRAIGHT: Final = 0.93  # of the straightest posture: less is sitting, crouching, kicking
_STRAIGHT_LEG: Final = 0.94  # of thigh and shank together: the knee is bent by 40 degrees at most
_STRAIGHTEST: Final = (
    0.1  # of the pictures show the hips as straight as MediaPipe sees this person's
)
# hips bent by so much more than then: somebody who bows, leans aside or kicks
_BENT_DEG: Final = 20.0  # in one picture, where depth is noisy
_BENT_ACROSS_DEG: Final = 10.0  # the same without depth
_BENT_FOR_LONG_DEG: Final = 10.0  # over a stride
_STRIDE_S: Final = 1.2  # of somebody who walks slowly: left and right step
_NEAREST_M: Final = 0.3
_STILL: Final = 0.03  # of the body's height in the picture
_STILL_S: Final = 0.5  # before and after
_STEADY_FRAMES: Final = 5
_ABOUT_AS_LOW_M: Final = 0.03
STEP_LIFT_M: Final = 0.045
"""How much higher the middle of both feet is, on the mean over a step, than of feet that stand (usual gait curves)."""
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
    shoulders_forward: float
    """How far the shoulders are before the middle between heels and toes."""
    ears_forward: float
    """How far the ears are before it."""
    ankles_forward: float
    """The same of the ankles, about which a body leans; they are behind it, and this is negative."""


class UprightFrames(NamedTuple):
    """What matters of all usable frames; n of them. Rays are (x, y, 1)."""

    views: tuple[PersonView, ...]  # n, whole
    feet: NDArray[np.float64]  # (n, 3) between heels and toes of both feet
    tops: NDArray[np.float64]  # (n, 2, 3) shoulders, ears
    sizes: NDArray[np.float64]  # (n,) in the picture, feet to ears, mean over a stride
    axes: NDArray[np.float64]  # (n, 3) from feet to shoulders by MediaPipe's metres
    facing: NDArray[np.float64]  # (n, 3) from the left to the right shoulder, the same
    steps: NDArray[np.bool_]  # (n,) one foot may be off the floor; False: both stand flat
    statures: NDArray[np.float64]  # (n,) height of the person by MediaPipe's metres


def body_proportions(model: BodyModel, stature_m: float | None = None) -> Proportions:
    """Return the proportions of the most likely body of a height; of the mean body where none is given."""
    attachments = attach_body(model)
    betas = _likeliest_betas(model, stature_m)
    heights = model.rest_vertices(betas)[:, 1].astype(np.float64)
    low, stature = float(heights.min()), float(np.ptp(heights))
    joints = attachments.skeleton(betas).rest_joints
    carriers = joints[attachments.point_joints]
    points = dict(zip(BODY_LANDMARKS, carriers + attachments.point_offsets, strict=True))

    def height_of(*landmarks: int) -> float:
        return (float(np.mean([points[each][1] for each in landmarks])) - low) / stature

    def forward_of(*landmarks: int) -> float:
        ahead = np.mean([points[each][2] for each in landmarks])
        return float(ahead - np.mean([points[each][2] for each in _SOLES])) / stature

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
        shoulders_forward=forward_of(*_SHOULDERS),
        ears_forward=forward_of(*_EARS),
        ankles_forward=forward_of(*_ANKLES),
    )


def _likeliest_betas(model: BodyModel, stature_m: float | None) -> NDArray[np.float64]:
    """Return the betas of greatest prior density among those of a stature, which is about linear in them."""
    if stature_m is None:
        return np.zeros(BETA_COUNT)
    heights = model.v_template[:, 1]
    top, bottom = heights.argmax(), heights.argmin()
    slope = (model.shapedirs[top, 1] - model.shapedirs[bottom, 1])[:BETA_COUNT].astype(np.float64)
    betas: NDArray[np.float64] = slope * (stature_m - float(np.ptp(heights))) / (slope @ slope)
    return betas


def upright_frames(
    views: Sequence[PersonView],
    proportions: Proportions,
    *,
    rate_hz: float,
    needed_for: str = "floor",
) -> UprightFrames:
    """Return the frames in which a person is seen upright from shoulders to feet.

    Args:
        views: One for each frame, of one person.
        proportions: Of the body model.
        rate_hz: Views in a second.
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
    stride = round(_STRIDE_S / 2 * rate_hz)
    for bend_deg, most_deg in (
        (_hip_bend_deg(world, stands), _BENT_DEG),
        (_hip_bend_deg(world * (1, 1, 0), stands), _BENT_ACROSS_DEG),
        (_hip_bend_deg(world, stands, stride), _BENT_FOR_LONG_DEG),
    ):
        use &= bend_deg < np.quantile(bend_deg, _STRAIGHTEST) + most_deg
    reach = round(_STILL_S * rate_hz)
    flat = _stands_flat(rays, world, reach)
    # what is neither standing nor walking for sure, at the ends of a stop, has no lift that is known
    use &= flat | ~_windows(flat, reach).any(axis=-1)
    if use.sum() < LEAST_FRAMES:
        raise CalibrationError(
            f"{needed_for}: the person hardly ever stood upright; stand straight, or walk slowly towards the camera "
            "and back"
        )
    feet = _between_feet(rays, world)
    tops = np.stack([_middle(rays, top) for top in _TOPS], axis=1)
    sizes = np.linalg.norm(tops[:, 1] - feet, axis=1)
    return UprightFrames(
        views=tuple(full[k] for k in np.flatnonzero(use)),
        feet=feet[use],
        tops=tops[use],
        sizes=_windows(sizes, stride).mean(axis=-1)[use],
        axes=axes[use],
        facing=(world[:, 12] - world[:, 11])[use],
        statures=(_segments(world) / proportions.segments)[use],
        steps=~flat[use],
    )


def _steady(world: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean over a few frames: noise makes every segment look longer and some foot look lower."""
    mean: NDArray[np.float64] = _windows(world, _STEADY_FRAMES // 2).mean(axis=-1)
    return mean


def _standing(world: NDArray[np.float64], up: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much each of heels and toes (n, 4) stands: the lowest one, or several that are about as low."""
    heights = world[:, list(_SOLES)] @ up
    weights = np.exp((heights.min(axis=1, keepdims=True) - heights) / _ABOUT_AS_LOW_M)
    stands: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    return stands


def _hip_bend_deg(
    world: NDArray[np.float64], stands: NDArray[np.float64], reach: int = 0
) -> NDArray[np.float64]:
    """Return the angle (n,) between the trunk and the line from the standing foot to the hips, degrees.

    Both are means over so many frames before and after: depths are noisy, and steps bend the hips for a moment.
    """
    hips = _middle(world, _HIPS)
    trunk, legs = (
        _windows(line, reach).mean(axis=-1)
        for line in (_middle(world, _SHOULDERS) - hips, hips - _weighted_soles(world, stands))
    )
    lengths = np.linalg.norm(trunk, axis=1) * np.linalg.norm(legs, axis=1)
    bend: NDArray[np.float64] = np.degrees(
        np.arccos(np.clip((trunk * legs).sum(axis=1) / lengths, -1, 1))
    )
    return bend


def _between_feet(rays: NDArray[np.float64], world: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rays (n, 3) to the middle between heels and toes in space; in a picture nearer feet weigh more."""
    tops, soles = _middle(rays, _SHOULDERS), _middle(rays, _SOLES)
    high, low = _middle(world, _SHOULDERS), _middle(world, _SOLES)
    apart = (tops - soles)[:, :2]
    # rays * (distance + world z) = world xy, but for a shift that both ends share
    across = (high - low - tops * high[:, 2:] + soles * low[:, 2:])[:, :2]
    distance = (across * apart).sum(axis=1) / (apart**2).sum(axis=1)
    depths = np.maximum(distance[:, None] + world[:, list(_SOLES), 2], _NEAREST_M)
    feet: NDArray[np.float64] = np.einsum("np,npa->na", depths, rays[:, list(_SOLES)])
    return feet / feet[:, 2:]


def _stands_flat(
    rays: NDArray[np.float64], world: NDArray[np.float64], reach: int
) -> NDArray[np.bool_]:
    """Return where both feet are on the floor for sure: they keep still in the picture, under straight legs."""
    feet = np.stack([rays[:, list(foot), :2].mean(axis=1) for foot in _FEET], axis=1)
    size = np.linalg.norm(_middle(rays, _SHOULDERS) - _middle(rays, _SOLES), axis=1)
    wander = np.sqrt(_windows(feet, reach).var(axis=-1).sum(axis=-1)).max(axis=1) / size
    hips, knees, ankles = (world[:, list(pair)] for pair in (_HIPS, _KNEES, _ANKLES))
    parts = np.linalg.norm(hips - knees, axis=2) + np.linalg.norm(knees - ankles, axis=2)
    straight = (np.linalg.norm(hips - ankles, axis=2) / parts).min(axis=1)
    flat: NDArray[np.bool_] = (wander < _STILL) & (
        np.median(_windows(straight, reach), axis=-1) > _STRAIGHT_LEG
    )
    return flat


def _windows(values: NDArray[_Value], reach: int) -> NDArray[_Value]:
    """Return for each frame those up to so many frames away, along a last axis; the ends are repeated."""
    padded = np.concatenate([values[:1].repeat(reach, 0), values, values[-1:].repeat(reach, 0)])
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0)


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
