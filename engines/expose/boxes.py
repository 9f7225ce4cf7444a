"""Where to cut out each followed person: from the body landmarks, or from ExPose's own last answer, held steady.

As with the authors' OpenPose input, the box ends at the outermost points of the person that are in the picture; ExPose
adds its margin (`engines.expose.crops.BOX_FACTOR`) itself. A crop that shakes makes the body shake, so a box gives way
only to motion that is larger than the landmarks' noise, and then only as far as it has to: a person who stands still
gets the very same crop in every frame, and one who walks is never further off than that play.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Float64
from numpy.typing import NDArray

from engines.types import Detection, Frame, PersonLandmarks

CENTRE_PLAY: Final = 0.02
"""The middle stays while it is off by at most this part of the box's size; the crop has 10 % to spare on each side.
For a photograph with camera noise the landmarks' box had a standard deviation of 0.8 % (middle) and 0.7 % (size)."""
SIZE_PLAY: Final = 0.04
"""The size stays while it is off by at most this part."""
JUMP: Final = 0.5
"""A middle further off than this part of the size, or a size that is this part larger or smaller, is not motion."""

_TRUNK: Final = [11, 12, 23, 24]
"""Shoulders and hips always belong to the box: hips behind a desk come and go, and they are where they have to be."""
_COUNTS_ABOVE: Final = 0.6
"""Another landmark that is this visible belongs to the box from then on..."""
_COUNTS_NO_MORE_BELOW: Final = 0.4
"""...until it is less visible than this."""
_VISIBILITY_TIME_S: Final = 0.5
"""Time constant of the mean visibility that is meant here: MediaPipe's changes by 0.5 between two pictures."""
_FEWEST_POINTS: Final = 4
_LONGEST_STEP_S: Final = 0.2
"""Motion is carried on no further than this."""


@dataclass(slots=True)
class _Track:
    """What is known of one person."""

    centre: Float64[np.ndarray, "2"] | None = None
    """Middle of the steady box; None before the first."""
    size: float = 0.0
    """Longer side of the steady box."""
    corners: Float64[np.ndarray, "2 2"] | None = None
    """Corners of the box before it was steadied."""
    visibility: Float64[np.ndarray, "33"] | None = None
    """Mean visibility of the landmarks over the last half second."""
    visible_ns: int = 0
    """Time of its last change."""
    found: Bool[np.ndarray, "33"] = field(default_factory=lambda: np.zeros(33, bool))
    """Landmarks that belong to the box."""
    solved: Float64[np.ndarray, "2 2"] | None = None
    """Corners around the joints of the last answer, as far as they are in the picture."""
    solved_ns: int = 0
    velocity: Float64[np.ndarray, "2"] = field(default_factory=lambda: np.zeros(2))
    """Of the middle of the answers, pixels a second."""
    offset: Float64[np.ndarray, "2 2"] | None = None
    """`corners` less `solved`, in the frame in which the person was last looked for."""


class PersonBoxes:
    """The boxes of all followed persons. Call `place` and then `learn` for each person in each frame."""

    def __init__(self) -> None:
        self._tracks: dict[int, _Track] = {}

    def keep_only(self, track_ids: Collection[int]) -> None:
        """Forget the other persons: whoever comes back begins anew."""
        self._tracks = {key: track for key, track in self._tracks.items() if key in track_ids}

    def place(self, frame: Frame, detection: Detection) -> Float64[np.ndarray, "4"]:
        """Return a person's box x0 y0 x1 y1 in pixels, without margin.

        A detection without landmarks is somebody's own box, from a file, and is returned as it is.
        """
        if detection.landmarks is None:
            return detection.box.astype(np.float64)
        track = self._tracks.setdefault(detection.track_id, _Track())
        corners = self._expected(track, frame) if detection.held else None
        if corners is None:
            corners = _around_landmarks(track, detection.landmarks, frame)
        if corners is None:
            corners = detection.box.astype(np.float64).reshape(2, 2)
        track.corners = corners
        return _steady(track, corners)

    def learn(
        self, frame: Frame, detection: Detection, joints_px: Float[np.ndarray, "joints 2"]
    ) -> None:
        """Take note of where the answer for this frame puts the joints."""
        track = self._tracks.get(detection.track_id)
        if track is None or track.corners is None:
            return
        before, before_ns = track.solved, track.solved_ns
        track.solved, track.solved_ns = _corners_in_picture(joints_px, frame), frame.timestamp_ns
        elapsed_s = (track.solved_ns - before_ns) * 1e-9
        if before is None or track.solved is None or elapsed_s <= 0:
            track.velocity = np.zeros(2)
        else:
            track.velocity = (track.solved - before).mean(axis=0) / elapsed_s
        if not detection.held:
            track.offset = None if track.solved is None else track.corners - track.solved

    def _expected(self, track: _Track, frame: Frame) -> Float64[np.ndarray, "2 2"] | None:
        """Return where the last answer lets the box be expected; None when it is not where the person was found."""
        if track.solved is None or track.offset is None:
            return None
        elapsed_s = min((frame.timestamp_ns - track.solved_ns) * 1e-9, _LONGEST_STEP_S)
        corners = track.solved + track.offset + track.velocity * max(elapsed_s, 0)
        return None if _is_jump(track, corners) else corners


def _around_landmarks(
    track: _Track, landmarks: PersonLandmarks, frame: Frame
) -> Float64[np.ndarray, "2 2"] | None:
    """Return the corners around trunk and visible landmarks; None when they are out of the picture."""
    newest = landmarks.pose_visibility.astype(np.float64)
    if track.visibility is None:
        track.visibility = newest
    elapsed_s = max(frame.timestamp_ns - track.visible_ns, 0) * 1e-9
    share = 1 - math.exp(-elapsed_s / _VISIBILITY_TIME_S)
    track.visibility = track.visibility + share * (newest - track.visibility)
    track.visible_ns = frame.timestamp_ns
    stays = track.found & (track.visibility >= _COUNTS_NO_MORE_BELOW)
    track.found = (track.visibility > _COUNTS_ABOVE) | stays
    track.found[_TRUNK] = True
    return _clipped(landmarks.pose_px[track.found, :2], frame)


def _corners_in_picture(
    points: NDArray[np.floating], frame: Frame
) -> Float64[np.ndarray, "2 2"] | None:
    """Return the corners around the points in the picture; those out of it are guesses."""
    height, width = frame.image.shape[:2]
    inside = ((points >= 0) & (points <= (width, height))).all(axis=1)
    if np.count_nonzero(inside) < _FEWEST_POINTS:
        return None
    return _clipped(points[inside], frame)


def _clipped(points: NDArray[np.floating], frame: Frame) -> Float64[np.ndarray, "2 2"] | None:
    """Return the corners around points, cut off at the picture's edges; None when nothing is left."""
    height, width = frame.image.shape[:2]
    corners = np.stack([points.min(axis=0), points.max(axis=0)]).astype(np.float64)
    corners = np.clip(corners, 0, (width, height))
    return corners if (np.ptp(corners, axis=0) > 0).all() else None


def _steady(track: _Track, corners: Float64[np.ndarray, "2 2"]) -> Float64[np.ndarray, "4"]:
    """Move the track's box as little as the new corners allow; return it as a square."""
    centre, size = corners.mean(axis=0), float(np.ptp(corners, axis=0).max())
    if track.centre is None or _is_jump(track, corners):
        track.centre, track.size = centre, size
        track.solved = track.offset = None
    else:
        play = CENTRE_PLAY * size
        track.centre = np.clip(track.centre, centre - play, centre + play)
        track.size = min(max(track.size, size * (1 - SIZE_PLAY)), size * (1 + SIZE_PLAY))
    half = track.size / 2
    return np.concatenate([track.centre - half, track.centre + half])


def _is_jump(track: _Track, corners: Float64[np.ndarray, "2 2"]) -> bool:
    centre, size = corners.mean(axis=0), float(np.ptp(corners, axis=0).max())
    moved = 0.0 if track.centre is None else float(np.abs(centre - track.centre).max())
    return moved > JUMP * track.size or abs(size - track.size) > JUMP * track.size
