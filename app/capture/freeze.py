"""Notices a camera that keeps handing out its last picture, as some drivers do after the plug was pulled."""

import numpy as np
from jaxtyping import UInt8

_SAMPLE_STEP = 16


class FreezeWatch:
    """Tells a stuck camera from one that looks at something still.

    Two pictures of a real sensor are never equal: it has noise. But a covered lens or a virtual camera may well show
    the very same picture for long. So only the first freeze counts: when opening the camera again brings the same
    picture back, the scene is still, and there is no alarm until it has moved.
    """

    def __init__(self, limit_s: float) -> None:
        """Take the time after which a picture counts as frozen; 0 for never."""
        self._limit_ns = round(limit_s * 1e9)
        self._last: UInt8[np.ndarray, "height width 3"] | None = None
        self._changed_ns = 0
        self._alarmed = False

    def is_frozen(self, image: UInt8[np.ndarray, "height width 3"], now_ns: int) -> bool:
        """Take note of a picture, which is kept until the next; return True once for each freeze."""
        if not self._is_same(image):
            self._changed_ns = now_ns
            self._alarmed = False
            self._last = image
            return False
        if self._alarmed or not self._limit_ns or now_ns - self._changed_ns < self._limit_ns:
            return False
        self._alarmed = True
        return True

    def _is_same(self, image: UInt8[np.ndarray, "height width 3"]) -> bool:
        last = self._last
        if last is None or last.shape != image.shape:
            return False
        step = slice(None, None, _SAMPLE_STEP)
        # The sample differs in nearly every picture, and then the whole need not be compared.
        return bool(np.array_equal(last[step, step], image[step, step])) and bool(
            np.array_equal(last, image)
        )
