"""Which networks run in which frame: the part networks may take turns, and their answers are held in between."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from numpy.typing import ArrayLike

from engines.expose.backend import WholeBody
from engines.expose.crops import BodySquare
from engines.expose.options import ExposeOptions
from engines.expose.stagewise import HEAD, LEFT_HAND, RIGHT_HAND, BodyView, Stagewise


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """One person in one frame."""

    square: BodySquare
    """Where the body crop was cut."""
    whole: WholeBody
    """Pose, shape and camera."""
    seen: Bool[np.ndarray, "3"]
    """Right hand, left hand and head come from their own networks."""


class PersonSolver(Protocol):
    """Gives bodies to tracked persons. Opened, used and closed on one thread."""

    @property
    def provider(self) -> str:
        """Library and device that are really in use."""

    def warm_up(self) -> None:
        """Run everything once, since first runs take longer."""

    def keep_only(self, track_ids: Collection[int]) -> None:
        """Forget what is held for other tracks."""

    def solve(
        self, track_id: int, image: UInt8[np.ndarray, "height width 3"], box: ArrayLike
    ) -> Solved:
        """Return the person in a box (x0 y0 x1 y1, pixels) of a BGR picture.

        Raises:
            UsageError: the box has no area, or lies outside the picture.
            StageError: the networks could not be run.
        """

    def close(self) -> None:
        """Free the networks; may be called twice."""


@dataclass(slots=True)
class _Held:
    """The part networks' last answers for one track."""

    frames: int = 0
    hands: Float32[np.ndarray, "2 hand"] | None = None
    head: Float32[np.ndarray, "head"] | None = None


class Scheduler:
    """Runs the steps for tracked persons. Parts whose centre is out of the picture keep the body network's pose."""

    def __init__(self, stages: Stagewise, options: ExposeOptions) -> None:
        self.provider = stages.provider
        """Library and device that are really in use."""
        self._stages = stages
        self._options = options
        self._held: dict[int, _Held] = {}

    def warm_up(self) -> None:
        """Run everything once, since first runs take longer."""
        self._stages.whole(np.zeros((64, 64, 3), np.uint8), (8, 8, 56, 56))

    def keep_only(self, track_ids: Collection[int]) -> None:
        """Forget what is held for other tracks."""
        self._held = {key: held for key, held in self._held.items() if key in track_ids}

    def solve(
        self, track_id: int, image: UInt8[np.ndarray, "height width 3"], box: ArrayLike
    ) -> Solved:
        """Return the person in a box (x0 y0 x1 y1, pixels) of a BGR picture.

        Raises:
            UsageError: the box has no area, or lies outside the picture.
        """
        view = self._stages.body(image, box)
        held = self._held.setdefault(track_id, _Held())
        self._update(image, view, held)
        inside = view.parts_in_picture
        whole = self._stages.merge(view, held.hands, held.head, inside)
        has_hands = held.hands is not None
        return Solved(view.square, whole, inside & [has_hands, has_hands, held.head is not None])

    def close(self) -> None:
        """Free the networks; may be called twice."""
        self._stages.close()

    def _update(
        self, image: UInt8[np.ndarray, "height width 3"], view: BodyView, held: _Held
    ) -> None:
        """Run the part networks whose turn it is; the head's turn is half a period after the hands'."""
        options, inside = self._options, view.parts_in_picture
        if not (inside[RIGHT_HAND] or inside[LEFT_HAND]):
            held.hands = None
        elif _is_turn(held.frames, options.hands_every, held.hands):
            held.hands = self._stages.hands(image, view)
        if not inside[HEAD]:
            held.head = None
        elif _is_turn(held.frames + options.head_every // 2, options.head_every, held.head):
            held.head = self._stages.head(image, view)
        held.frames += 1


def _is_turn(frame: int, every: int, held: object) -> bool:
    """Return whether a part that runs every so many frames runs now: in its turn, or when there is no answer yet."""
    return every > 0 and (held is None or frame % every == 0)
