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

_BOX: Final = (16, 4, 112, 188)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a runtime's answers for one frame are from the reference's, all the way from the picture."""

    degrees: float
    """Largest angle between two rotations of one joint."""
    pixels: float
    """Largest difference of the crops' centres and sides, in pixels of the picture."""
    coefficients: float
    """Largest difference of the coefficients of shape and expression."""

    @property
    def is_good(self) -> bool:
        """Whether all of it is within the limits; what is not a number is not."""
        return (
            self.degrees <= MOST_DEGREES
            and self.pixels <= MOST_PIXELS
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
        return (
            f"{self.degrees:.2g}\N{DEGREE SIGN} on a joint, {self.pixels:.2g} px in a crop, "
            f"{self.coefficients:.2g} in a coefficient"
        )


LIMITS: Final = str(Agreement(MOST_DEGREES, MOST_PIXELS, MOST_EXPRESSION))
"""The limits, for people."""


def measure_agreement(backend: Backend, reference: Backend, config: ExposeConfig) -> Agreement:
    """Return how far a runtime's answers are from the reference's for one frame."""
    image = _picture()
    stages = Stagewise(backend, config)
    if not np.isfinite(stages.body(image, _BOX).answer.boxes).all():  # nowhere to cut the hands out
        return Agreement(np.inf, np.inf, np.inf)
    return _difference(stages.whole(image, _BOX), Stagewise(reference, config).whole(image, _BOX))


def _difference(own: tuple[BodyView, WholeBody], wanted: tuple[BodyView, WholeBody]) -> Agreement:
    boxes = np.abs(own[0].answer.boxes - wanted[0].answer.boxes)
    shape = [
        np.abs(getattr(own[1], name) - getattr(wanted[1], name)).max()
        for name in ("betas", "expression")
    ]
    angles = angles_between(own[1].rotations, wanted[1].rotations)
    return Agreement(float(np.degrees(angles.max())), float(boxes.max()), float(np.max(shape)))


def angles_between(
    a: Float[np.ndarray, "joints 3 3"], b: Float[np.ndarray, "joints 3 3"]
) -> Float[np.ndarray, "joints"]:
    """Return the angles from one rotation to another in radians, exact also for small ones.

    The Frobenius norm of the difference of two rotations is `sqrt(8) sin(angle / 2)`.
    """
    chord = np.linalg.norm((a.astype(np.float64) - b).reshape(len(a), 9), axis=1)
    return np.asarray(2 * np.arcsin(np.minimum(chord / np.sqrt(8), 1)))


def _picture() -> UInt8[np.ndarray, "192 128 3"]:
    """Return coloured squares: edges and plain areas, the same in every run."""
    squares = np.random.default_rng(0).integers(0, 256, (24, 16, 3), dtype=np.uint8)
    return np.ascontiguousarray(squares.repeat(8, axis=0).repeat(8, axis=1))
