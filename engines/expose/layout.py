"""Which numbers of the parameter vectors mean what."""

from dataclasses import dataclass
from typing import Final

from engines.expose.config import ExposeConfig
from engines.types import BETA_COUNT, EXPRESSION_COUNT


@dataclass(frozen=True, slots=True)
class BodyLayout:
    """The body network's vector. Rotations are six numbers each, relative to the parent."""

    global_orient: slice
    body_pose: slice
    """Joints 1 to 21."""
    left_hand_pose: slice
    right_hand_pose: slice
    jaw_pose: slice
    betas: slice
    expression: slice
    camera: slice
    """Raw scale, x, y."""

    @property
    def size(self) -> int:
        """Length of the vector."""
        return self.camera.stop

    @property
    def rotations(self) -> slice:
        """All rotations: global, body, left hand, right hand, jaw."""
        return slice(0, self.jaw_pose.stop)

    @property
    def shape(self) -> slice:
        """Betas and expression."""
        return slice(self.betas.start, self.expression.stop)


@dataclass(frozen=True, slots=True)
class HandLayout:
    """The hand network's vector, for a right hand; a left hand is written as its mirror image."""

    wrist: slice
    """Global rotation of the wrist."""
    fingers: slice
    betas: slice
    camera: slice

    @property
    def size(self) -> int:
        """Length of the vector."""
        return self.camera.stop


@dataclass(frozen=True, slots=True)
class HeadLayout:
    """The head network's vector."""

    neck: slice
    """Global rotation of the neck."""
    jaw: slice
    betas: slice
    expression: slice
    camera: slice

    @property
    def size(self) -> int:
        """Length of the vector."""
        return self.camera.stop


def hand_layout(config: ExposeConfig) -> HandLayout:
    """Return the layout of the hand network's vector."""
    return HandLayout(*_slices(6, 90, config.hand_betas, 3))


def head_layout(config: ExposeConfig) -> HeadLayout:
    """Return the layout of the head network's vector."""
    return HeadLayout(*_slices(6, 6, config.head_betas, config.head_expression, 3))


def _slices(*sizes: int) -> list[slice]:
    slices, start = [], 0
    for size in sizes:
        slices.append(slice(start, start + size))
        start += size
    return slices


BODY_LAYOUT: Final = BodyLayout(*_slices(6, 126, 90, 90, 6, BETA_COUNT, EXPRESSION_COUNT, 3))
"""The body network's vector."""
