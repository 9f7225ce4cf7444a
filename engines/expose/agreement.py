"""Whether two runtimes give the same answers: a faster one is used only if it does."""

from typing import Final

import numpy as np
from jaxtyping import UInt8
from numpy.typing import NDArray

from engines.errors import EngineUnavailable
from engines.expose.backend import Backend
from engines.expose.config import ExposeConfig
from engines.expose.stagewise import Stagewise

LARGEST_DIFFERENCE: Final = 1e-3
"""For rotation matrices and coefficients; for larger numbers, such as pixels, a part of the largest. Single precision
in another order gives 1e-5, bfloat16 gives 1e-2."""

_BOX: Final = (16, 4, 112, 188)


def check_agreement(backend: Backend, reference: Backend, config: ExposeConfig) -> float:
    """Return how far a runtime's answers are from the reference's for one frame.

    Every step gets the reference's answers as its input, so that the figure is each step's own.

    Raises:
        EngineUnavailable: they are too far off; the message has the figure.
    """
    image = _picture()
    stages, wanted = Stagewise(backend, config), Stagewise(reference, config)
    view = wanted.body(image, _BOX)
    hands, head = wanted.hands(image, view), wanted.head(image, view)
    whole = wanted.merge(view, hands, head)
    own, own_whole = stages.body(image, _BOX).answer, stages.merge(view, hands, head)
    pairs = [
        (own.vector, view.answer.vector),
        (own.boxes, view.answer.boxes),
        (own.hand_start, view.answer.hand_start),
        (own.head_start, view.answer.head_start),
        (stages.hands(image, view), hands),
        (stages.head(image, view), head),
        (own_whole.rotations, whole.rotations),
        (own_whole.expression, whole.expression),
    ]
    differences = [_difference(got, want) for got, want in pairs]
    worst = float(np.max(differences))
    if not worst <= LARGEST_DIFFERENCE:  # NaN is refused, too
        raise EngineUnavailable(
            f"{backend.provider}: its answers are {worst:.1e} off those of {reference.provider}, where "
            f"{LARGEST_DIFFERENCE:g} is the limit; use --set expose.runtime=onnxruntime"
        )
    return worst


def _difference(got: NDArray[np.float32] | None, want: NDArray[np.float32] | None) -> float:
    if got is None or want is None:  # a part that conf.yaml leaves out
        return 0.0
    return float(np.abs(got - want).max() / max(1.0, float(np.abs(want).max())))


def _picture() -> UInt8[np.ndarray, "192 128 3"]:
    """Return coloured squares: edges and plain areas, the same in every run."""
    squares = np.random.default_rng(0).integers(0, 256, (24, 16, 3), dtype=np.uint8)
    return np.ascontiguousarray(squares.repeat(8, axis=0).repeat(8, axis=1))
