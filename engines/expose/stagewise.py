"""ExPose step by step for one person: body, hands, head, merge. Hands and head can be left out or held."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from numpy.typing import ArrayLike

from engines.expose.backend import Backend, BodyAnswer, WholeBody
from engines.expose.config import ExposeConfig
from engines.expose.crops import BodySquare, CropSampler, square_in_picture

RIGHT_HAND: Final = 0
LEFT_HAND: Final = 1
HEAD: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class BodyView:
    """A person as the body network sees them."""

    square: BodySquare
    """Where the body crop was cut."""
    answer: BodyAnswer
    """What the network says."""
    parts_in_picture: Bool[np.ndarray, "3"]
    """The centres of right hand, left hand and head are in the picture."""


class Stagewise:
    """The steps of one release. Keeps its crops between calls, so it is for one thread."""

    def __init__(self, backend: Backend, config: ExposeConfig) -> None:
        self._backend = backend
        self.provider = backend.provider
        """Library and device that are really in use."""
        self._config = config
        self._sampler = CropSampler(config)
        self._body_crop = _crops(1, config.body.crop_size)[0]
        self._hand_crops = _crops(2, config.hand.crop_size)
        self._head_crop = _crops(1, config.head.crop_size)[0]

    def body(self, image: UInt8[np.ndarray, "height width 3"], box: ArrayLike) -> BodyView:
        """Return the body in a BGR picture.

        Args:
            image: The picture.
            box: The person's box x0 y0 x1 y1 in pixels; it may leave the picture.

        Raises:
            UsageError: the box has no area, or lies outside the picture.
        """
        height, width = image.shape[:2]
        square = square_in_picture(box, self._config.body.crop_size, height, width)
        self._sampler.body(image, square, self._body_crop)
        answer = self._backend.body(self._body_crop, square.image_from_crop, square.side)
        centres = answer.boxes[:, :2]
        inside = np.all((centres >= 0) & (centres < (width, height)), axis=1)
        return BodyView(square, answer, np.asarray(inside))

    def hands(
        self, image: UInt8[np.ndarray, "height width 3"], view: BodyView
    ) -> Float32[np.ndarray, "2 hand"] | None:
        """Return the vectors of right and left hand; None when conf.yaml leaves the hand network out."""
        if not self._config.use_hand_network:
            return None
        boxes = view.answer.boxes
        self._sampler.part(image, boxes[RIGHT_HAND], self._hand_crops[0])
        self._sampler.part(image, boxes[LEFT_HAND], self._hand_crops[1], mirrored=True)
        return self._backend.hands(self._hand_crops, view.answer.hand_start)

    def head(
        self, image: UInt8[np.ndarray, "height width 3"], view: BodyView
    ) -> Float32[np.ndarray, "head"] | None:
        """Return the vector of the head; None when conf.yaml leaves the head network out."""
        if not self._config.use_head_network:
            return None
        self._sampler.part(image, view.answer.boxes[HEAD], self._head_crop)
        return self._backend.head(self._head_crop, view.answer.head_start)

    def merge(
        self,
        view: BodyView,
        hands: Float32[np.ndarray, "2 hand"] | None,
        head: Float32[np.ndarray, "head"] | None,
        wanted: Bool[np.ndarray, "3"] | None = None,
    ) -> WholeBody:
        """Return the whole body.

        Args:
            view: The body.
            hands: The hands, of this picture or an earlier one; None keeps the body's.
            head: The head, of this picture or an earlier one; None keeps the body's.
            wanted: For right hand, left hand, head: False keeps the body's all the same.
        """
        given = np.array([hands is not None, hands is not None, head is not None])
        answer = view.answer
        return self._backend.merge(
            answer.vector,
            answer.hand_start if hands is None else hands,
            answer.head_start if head is None else head,
            given if wanted is None else given & wanted,
        )

    def whole(
        self, image: UInt8[np.ndarray, "height width 3"], box: ArrayLike
    ) -> tuple[BodyView, WholeBody]:
        """Return the body with all its parts, as the authors' code gives it. Raises like `body`."""
        view = self.body(image, box)
        return view, self.merge(view, self.hands(image, view), self.head(image, view))

    def close(self) -> None:
        """Free the networks; may be called twice."""
        self._backend.close()


def _crops(count: int, side: int) -> Float32[np.ndarray, "count 3 side side"]:
    return np.zeros((count, 3, side, side), np.float32)
