"""Whether two runtimes give the same answers: a faster one is used only if it does."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, UInt8

from engines.expose.backend import Backend, WholeBody
from engines.expose.config import ExposeConfig
from engines.expose.stagewise import BodyView, Stagewise
from engines.runtime.catalog import REFERENCE

MOST_DEGREES: Final = 0.5
"""Limit for the rotation of any joint."""
MOST_PIXELS: Final = 2.0
"""Limit for the crops of hands and head: centre and side."""
MOST_EXPRESSION: Final = 0.05
"""Limit for any coefficient of shape and expression; 1 is one standard deviation."""

_SIZE: Final = (192, 128)
"""Height and width of the picture to compare with."""
_BOX: Final = (16, 4, 112, 188)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a runtime's answers for one frame are from the reference's, all the way from the picture."""

    degrees: float
    """Largest angle between two rotations of one joint."""
    pixels: float | None
    """Largest difference of the crops' centres and sides in pixels of the picture; None: they were not compared."""
    coefficients: float
    """Largest difference of the coefficients of shape and expression."""

    @property
    def is_good(self) -> bool:
        """Whether all of it is within the limits; what is not a number is not."""
        return (
            self.degrees <= MOST_DEGREES
            and (self.pixels is None or self.pixels <= MOST_PIXELS)
            and self.coefficients <= MOST_EXPRESSION
        )

    @property
    def why_refused(self) -> str | None:
        """Why the runtime is not used, with the figures; None where it is."""
        if self.is_good:
            return None
        return (
            f"its answers to one frame are off those of {REFERENCE.title} by {self}, "
            f"where the limits are {LIMITS}"
        )

    def __str__(self) -> str:
        """Give the figures."""
        crops = "" if self.pixels is None else f"{self.pixels:.3g} px in a crop, "
        return f"{self.degrees:.3g}\N{DEGREE SIGN} on a joint, {crops}{self.coefficients:.3g} in a coefficient"


LIMITS: Final = str(Agreement(MOST_DEGREES, MOST_PIXELS, MOST_EXPRESSION))
"""The limits, for people."""


def measure_agreement(backend: Backend, reference: Backend, config: ExposeConfig) -> Agreement:
    """Return how far a runtime's answers are from the reference's for one frame."""
    image = coloured_squares(*_SIZE, side=8)
    stages = Stagewise(backend, config)
    if not np.isfinite(stages.body(image, _BOX).answer.boxes).all():  # nowhere to cut the hands out
        return Agreement(np.inf, np.inf, np.inf)
    return _difference(stages.whole(image, _BOX), Stagewise(reference, config).whole(image, _BOX))


def _difference(own: tuple[BodyView, WholeBody], wanted: tuple[BodyView, WholeBody]) -> Agreement:
    boxes = np.abs(own[0].answer.boxes - wanted[0].answer.boxes)
    return agreement_of_bodies(own[1], wanted[1], float(boxes.max()))


def agreement_of_bodies(
    own: WholeBody, wanted: WholeBody, pixels: float | None = None
) -> Agreement:
    """Return how far one body is from another, whose crops were so many pixels off, where they were compared."""
    shape = [
        np.abs(getattr(own, name) - getattr(wanted, name)).max() for name in ("betas", "expression")
    ]
    angles = angles_between(own.rotations, wanted.rotations)
    return Agreement(float(np.degrees(angles.max())), pixels, float(np.max(shape)))


def angles_between(
    a: Float[np.ndarray, "joints 3 3"], b: Float[np.ndarray, "joints 3 3"]
) -> Float[np.ndarray, "joints"]:
    """Return the angles from one rotation to another in radians, exact also for small ones.

    The Frobenius norm of the difference of two rotations is `sqrt(8) sin(angle / 2)`.
    """
    chord = np.linalg.norm((a.astype(np.float64) - b).reshape(len(a), 9), axis=1)
    return np.asarray(2 * np.arcsin(np.minimum(chord / np.sqrt(8), 1)))


def coloured_squares(
    height: int, width: int, *, side: int
) -> UInt8[np.ndarray, "{height} {width} 3"]:
    """Return a picture of edges and plain areas, the same in every run; the squares' side divides height and width."""
    squares = np.random.default_rng(0).integers(
        0, 256, (height // side, width // side, 3), dtype=np.uint8
    )
    return np.ascontiguousarray(squares.repeat(side, axis=0).repeat(side, axis=1))
