"""Solves persons on the GPU, one after the other: the counterpart of `Scheduler`, where all networks run every time."""

from collections.abc import Callable, Collection
from contextlib import closing
from typing import Final

import numpy as np
from jaxtyping import UInt8
from numpy.typing import ArrayLike

from engines.errors import EngineUnavailable
from engines.expose.agreement import Agreement, agreement_of_bodies, coloured_squares
from engines.expose.backend import Backend
from engines.expose.config import ExposeConfig
from engines.expose.crops import square_in_picture
from engines.expose.gpu_forms import GpuForm
from engines.expose.gpu_frame import GpuFrame
from engines.expose.options import ExposeOptions
from engines.expose.scheduler import Solved
from engines.expose.stagewise import Stagewise
from engines.runtime.cuda import CudaRuntime

USUAL_SIZE: Final = (720, 1280)
"""Height and width of the picture to warm up and to compare with."""
_BOX: Final = (450.0, 60.0, 830.0, 660.0)


class GpuSolver:
    """A release on the GPU. `hands_every` and `head_every` above 1 save nothing here, and count as 1.

    Args:
        cuda: The GPU; closed with this.
        form: The networks; closed with this.
        config: The release's configuration.
        options: The user's settings.
        precision: What the image networks compute in, for people.
    """

    def __init__(
        self,
        cuda: CudaRuntime,
        form: GpuForm,
        config: ExposeConfig,
        options: ExposeOptions,
        *,
        precision: str = "float16",
    ) -> None:
        self._cuda = cuda
        self._precision = precision
        self._form = form
        self.frame = GpuFrame(cuda, form)
        """What runs the networks."""
        self._crop_size = config.body.crop_size
        hands = config.use_hand_network and options.hands_every > 0
        head = config.use_head_network and options.head_every > 0
        self._wanted = np.array([hands, hands, head])

    @property
    def provider(self) -> str:
        """Library and device that are really in use."""
        return (
            f"{self._form.provider} on {self._cuda.device} ({self._cuda.name}), {self._precision}"
        )

    def warm_up(self) -> None:
        """Run everything for a picture of the usual size."""
        self.solve(0, np.zeros((*USUAL_SIZE, 3), np.uint8), _BOX)

    def keep_only(self, track_ids: Collection[int]) -> None:
        """Forget nothing: nothing is held."""

    def solve(
        self, track_id: int, image: UInt8[np.ndarray, "height width 3"], box: ArrayLike
    ) -> Solved:
        """Return the person in a box (x0 y0 x1 y1, pixels) of a BGR picture.

        Raises:
            UsageError: the box has no area, or lies outside the picture.
            StageError: the GPU could not do it.
        """
        square = square_in_picture(box, self._crop_size, *image.shape[:2])
        answer = self.frame.run(image, square, self._wanted)
        return Solved(square, answer.whole, answer.seen)

    def close(self) -> None:
        """Free the networks and the GPU; may be called twice."""
        self.frame.close()
        self._cuda.close()


class WrongAnswers(EngineUnavailable):
    """A device or a precision gives other answers than the reference."""


def check_gpu(
    solver: GpuSolver, open_reference: Callable[[], Backend], config: ExposeConfig
) -> Agreement:
    """Return how far the answer for one picture is off the reference's; its crops stay on the GPU and are not compared.

    Raises:
        WrongAnswers: further than the limits; the message has the figures.
    """
    image = coloured_squares(*USUAL_SIZE, side=16)
    solved = solver.solve(0, image, _BOX)
    with closing(open_reference()) as reference:
        stages = Stagewise(reference, config)
        view = stages.body(image, _BOX)
        hands, head = stages.hands(image, view), stages.head(image, view)
        whole = stages.merge(view, hands, head, solved.seen)
    agreement = agreement_of_bodies(solved.whole, whole)
    if agreement.why_refused is not None:
        raise WrongAnswers(f"{solver.provider}: {agreement.why_refused}; use --device cpu")
    return agreement
