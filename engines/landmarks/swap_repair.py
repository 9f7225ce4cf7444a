"""Undo MediaPipe's confusions of left and right, which turn the whole body front to back."""

import math
from dataclasses import replace
from typing import Final

import numba
import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.landmarks.view import PersonView

_PAIRS: Final = (
    (1, 4), (2, 5), (3, 6), (7, 8), (9, 10), (11, 12), (13, 14), (15, 16), (17, 18), (19, 20), (21, 22),
    (23, 24), (25, 26), (27, 28), (29, 30), (31, 32),
)  # fmt: skip
MIRRORED: Final = np.arange(33)
"""Index of each pose landmark's counterpart on the other side; central ones give themselves."""
for _left, _right in _PAIRS:
    MIRRORED[[_left, _right]] = _right, _left
_CORE: Final = np.array([11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28])

# Labels are exchanged where the limbs are then nearer to where they were expected and the person turns less. Both are
# weighed in parts of what the limbs are off at best.
_EXACT: Final = 0.05  # of what is off, in torso lengths, so much is the detector's noise
_CHANGE: Final = (
    0.5  # MediaPipe's own labels are believed unless there is more than this against them
)
_TURN: Final = (
    3.0  # what it says that somebody who faced the camera shows the back in the next frame
)
_JUMP: Final = 0.2  # if all are off by this, in torso lengths; it says less of limbs that go where they were expected
_ELSEWHERE: Final = (
    0.5  # so far off, in torso lengths, nothing continues, and a turn must be this clear
)
_TURNED: Final = 0.5
_SPEED_S: Final = 0.035  # the track's speed is averaged over about this time
_HEADING_S: Final = (
    0.25  # and where its person faces over about this: nobody turns round in a few frames
)
_FIRST_S: Final = 0.2  # a jump at so young an age makes the track begin anew

# Whether the track itself is the right way round is weighed in log odds, averaged over about this time.
_MEMORY_S: Final = 1.5
_LABELS: Final = 0.6  # what MediaPipe's own labels say
_FACE: Final = 3.0  # what a face mesh says, which exists only for faces turned to the camera
_DOUBT: Final = 0.5  # a track is turned when it is less likely right than this
_FIRST_FRAME_S: Final = (
    1 / 30
)  # the first frame, before which no time has passed, counts for as long as this

# Toes lower in the picture than their heels, in torso lengths: of 1,000 rendered people who face the camera 0.2, of
# those who turn the back -0.04, and in both cases +-0.1.
_TOES: Final = 40.0  # what one torso length would say
_FARTHEST_TOES: Final = 0.1
_LEVEL_TOES: Final = 0.02  # of a foot that is seen from the side
_UPRIGHT: Final = 1.5  # torso lengths from shoulders to ankles: if less, legs point to the camera
_STEEPEST_TOES: Final = 0.3  # a foot that points further down or up does not stand
_TREMBLES: Final = 0.5  # a foot that seems slower than this, in torso lengths a second, may stand
_SWINGS: Final = 0.7  # one that is faster by this does so in every fourth case
_BOTH_FEET: Final = 0.2  # weight of two feet that agree, whether they move or not
_LEAST_TOES_S: Final = 0.03  # one standing foot is believed half after so long

_FACE_COSINE: Final = 0.4
_LEFT_EYE_MESH, _RIGHT_EYE_MESH = 263, 33  # outer corners in the face mesh
_LEAST_ACROSS: Final = 0.1


def swap_sides(view: PersonView) -> PersonView:
    """Return the view with left and right exchanged and front and back turned over, as MediaPipe confuses them.

    The mirror stands upright, not across the line of sight: MediaPipe takes a front for a back, but not a camera that
    looks down for one that looks up (seen on pictures that were made unclear until it confused them).
    """
    world = view.world[MIRRORED]
    normal = _mirror_normal(world, view.sight)
    return replace(
        view,
        rays=view.rays[MIRRORED],
        world=world - 2 * np.outer(world @ normal, normal),
        seen=view.seen[MIRRORED],
    )


class SwapRepair:
    """Keeps left and right of one person apart over time.

    A swap is undone when the exchanged labels continue the track in the picture better and turn the person less, which
    counts the more the less the landmarks continue anything. Whether the track itself is the right way round is told by
    what does not depend on the labels: a face mesh, and toes, which lie lower in the picture than their heels on
    somebody who faces the camera, and higher on somebody who turns the back, wherever the camera is above the floor
    they stand on. Both are weighed over time, and the toes by how still a foot is, for one in the air points anywhere.
    """

    def __init__(self) -> None:
        self._rays: NDArray[np.float64] | None = None
        self._speed = np.zeros((33, 2))
        self._speed_is_known = False
        self._heading = 0.0
        self._forget()
        self.has_turned = False
        """With the latest frame the track turned out to have been the wrong way round until then."""

    def repair(
        self, view: PersonView, face_rays: Float64[np.ndarray, "468 2"] | None, step_s: float
    ) -> PersonView:
        """Return the view, its sides exchanged where they are the wrong way round."""
        swap = self._rays is not None and self._continues_swapped(view, self._rays, step_s)
        repaired = swap_sides(view) if swap else view
        told = 0.0 if face_rays is None else _face_agrees(repaired.rays, face_rays)
        told = _FACE * told + (-_LABELS if swap else _LABELS)
        counts_s = max(step_s, _FIRST_FRAME_S) if self._rays is None else step_s
        self.has_turned = self._is_wrong_way_round(repaired, told, counts_s)
        if self.has_turned:
            repaired = view if swap else swap_sides(view)
            self._turn_round(repaired)
        self._follow(repaired, step_s)
        return repaired

    def _continues_swapped(
        self, view: PersonView, rays: NDArray[np.float64], step_s: float
    ) -> bool:
        kept, swapped = _distances(view.rays, rays, self._speed, step_s, MIRRORED, _CORE)
        nearest = min(kept, swapped)
        if nearest > _JUMP and self._age_s < _FIRST_S:  # two pictures of nothing in particular
            self._forget()
            return False
        nearer = (kept - swapped) / (_EXACT + nearest)
        turned = -_heading(view.world, view.sight) * self._heading
        if nearest > _ELSEWHERE:
            return turned > _TURNED
        return nearer + min(nearest / _JUMP, 1.0) * _TURN * turned > _CHANGE

    def _forget(self) -> None:
        self._labels = self._labels_s = self._toes = self._toes_s = self._age_s = 0.0

    def _is_wrong_way_round(self, view: PersonView, told: float, step_s: float) -> bool:
        """Take in what one frame tells of the track's labels; return whether they are more likely wrong.

        Args:
            view: With the labels of the track.
            told: Log odds that these are right, of all but the toes.
            step_s: Time since the last frame.
        """
        kept = math.exp(-step_s / _MEMORY_S)
        self._labels = kept * self._labels + step_s * told
        self._labels_s = kept * self._labels_s + step_s
        speed = self._speed
        if self._rays is not None and not self._speed_is_known:
            speed = (view.rays - self._rays) / step_s
        lower, weight = _toes_below_heels(view.rays, speed, view.seen, self._rays is not None)
        toes = -_TOES * lower * _heading(view.world, view.sight)
        self._toes = kept * self._toes + step_s * weight * toes
        self._toes_s = kept * self._toes_s + step_s * weight
        belief = self._labels / self._labels_s + self._toes / (self._toes_s + _LEAST_TOES_S)
        self._age_s += step_s
        return belief < -_DOUBT

    def _turn_round(self, view: PersonView) -> None:
        """Exchange the sides of all that is remembered; the view already has the new ones."""
        self._labels, self._toes = -self._labels, -self._toes
        self._speed = self._speed[MIRRORED]
        self._heading = -self._heading
        if self._rays is not None:
            self._rays = self._rays[MIRRORED]

    def _follow(self, view: PersonView, step_s: float) -> None:
        part = 1.0
        if self._rays is not None:
            part = min(1.0, step_s / _HEADING_S)
            share = 0.5 * min(1.0, step_s / _SPEED_S) if self._speed_is_known else 1.0
            self._speed += share * ((view.rays - self._rays) / step_s - self._speed)
            self._speed_is_known = True
        self._heading += part * (_heading(view.world, view.sight) - self._heading)
        self._rays = view.rays


def _mirror_normal(
    world: NDArray[np.float64], sight: NDArray[np.float64]
) -> Float64[np.ndarray, "3"]:
    """Return the line of sight, made level by the body's own upright (from ankles to shoulders)."""
    up = world[11] + world[12] - world[27] - world[28]
    up = up / max(float(np.sqrt(up @ up)), 1e-6)
    across: NDArray[np.float64] = sight - (sight @ up) * up
    length = float(np.sqrt(across @ across))
    return across / length if length > _LEAST_ACROSS else sight


@numba.njit(cache=True)
def _distances(
    rays: NDArray[np.float64],
    before: NDArray[np.float64],
    speed: NDArray[np.float64],
    step_s: float,
    mirrored: NDArray[np.int64],
    core: NDArray[np.int64],
) -> tuple[float, float]:
    """Return how far the limbs are from where they were expected, as labelled and exchanged, in torso lengths."""
    across = 0.5 * (rays[11, 0] + rays[12, 0] - rays[23, 0] - rays[24, 0])
    along = 0.5 * (rays[11, 1] + rays[12, 1] - rays[23, 1] - rays[24, 1])
    size = max(np.hypot(across, along), 1e-6)
    kept = swapped = 0.0
    for i in core:
        x, y = before[i, 0] + speed[i, 0] * step_s, before[i, 1] + speed[i, 1] * step_s
        j = mirrored[i]
        kept += min(np.hypot(rays[i, 0] - x, rays[i, 1] - y) / size, 1.0)
        swapped += min(np.hypot(rays[j, 0] - x, rays[j, 1] - y) / size, 1.0)
    return kept / len(core), swapped / len(core)


@numba.njit(cache=True)
def _toes_below_heels(
    rays: NDArray[np.float64],
    speed: NDArray[np.float64],
    seen: NDArray[np.float64],
    speed_is_known: bool,
) -> tuple[float, float]:
    """Return how much lower toes are than heels, in torso lengths, and how much that weighs.

    Down in the picture is from shoulders to ankles. While speeds are not known, both feet must agree.
    """
    x = 0.5 * (rays[27, 0] + rays[28, 0] - rays[11, 0] - rays[12, 0])
    y = 0.5 * (rays[27, 1] + rays[28, 1] - rays[11, 1] - rays[12, 1])
    across = 0.5 * (rays[23, 0] + rays[24, 0] - rays[11, 0] - rays[12, 0])
    along = 0.5 * (rays[23, 1] + rays[24, 1] - rays[11, 1] - rays[12, 1])
    torso = max(np.hypot(across, along), 1e-6)
    height = np.hypot(x, y)
    if height < _UPRIGHT * torso:
        return 0.0, 0.0
    unit = height * torso
    total = lower = 0.0
    both, nearest = 1.0, np.inf
    for heel, toe in ((29, 31), (30, 32)):
        foot = ((rays[toe, 0] - rays[heel, 0]) * x + (rays[toe, 1] - rays[heel, 1]) * y) / unit
        foot -= _LEVEL_TOES
        weight = min(seen[heel], seen[toe]) if abs(foot) <= _STEEPEST_TOES else 0.0
        foot = min(max(foot, -_FARTHEST_TOES), _FARTHEST_TOES)
        agrees = not np.isfinite(nearest) or foot * nearest >= 0
        both = min(both, weight) if agrees else 0.0
        nearest = foot if abs(foot) < abs(nearest) else nearest
        if speed_is_known:
            moved = max(np.hypot(speed[heel, 0], speed[heel, 1]) / torso - _TREMBLES, 0.0)
            weight /= (1 + (moved / _SWINGS) ** 2) ** 2
            total += weight
            lower += weight * foot
    both *= _BOTH_FEET if speed_is_known else 1.0
    total += both
    lower += both * nearest
    return lower / max(total, 1e-9), total


@numba.njit(cache=True)
def _heading(world: NDArray[np.float64], sight: NDArray[np.float64]) -> float:
    """Return how far a person turns the back by the labels: from 1, to the camera, to -1, which is facing it.

    A cosine in the level plane, so that it is as large when the sides are exchanged, wherever the person leans.
    """
    up = world[11] + world[12] - world[27] - world[28]
    up = up / max(np.sqrt((up * up).sum()), 1e-6)
    front = np.cross(world[11] - world[12] + world[23] - world[24], up)
    level = sight - (sight * up).sum() * up
    size = np.sqrt((front * front).sum() * (level * level).sum())
    return (front * level).sum() / max(size, 1e-9)


@numba.njit(cache=True)
def _face_agrees(rays: NDArray[np.float64], face_rays: NDArray[np.float64]) -> float:
    """Return 1 where pose and face mesh agree about which eye is the left one, -1 where they do not, else 0."""
    low, high = face_rays[0].copy(), face_rays[0].copy()
    for k in range(1, len(face_rays)):
        for a in range(2):
            low[a], high[a] = min(low[a], face_rays[k, a]), max(high[a], face_rays[k, a])
    size = max(high[0] - low[0], high[1] - low[1])
    mesh = face_rays[_LEFT_EYE_MESH] - face_rays[_RIGHT_EYE_MESH]
    pose = rays[3] - rays[6]  # outer corners of the eyes
    lengths = np.hypot(mesh[0], mesh[1]), np.hypot(pose[0], pose[1])
    if min(lengths[0], lengths[1]) < 0.2 * size:  # a profile: too narrow to tell
        return 0.0
    cosine = (mesh[0] * pose[0] + mesh[1] * pose[1]) / (lengths[0] * lengths[1])
    return float(np.sign(cosine)) if abs(cosine) > _FACE_COSINE else 0.0
