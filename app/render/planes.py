"""Pictures as videos keep them: each pixel's brightness, a colour for two by two (I420, BT.601, video levels).

What is drawn in them needs no conversion on its way from a camera's video into another, and has half the bytes.
"""

from typing import Final, NamedTuple

import av
import cv2
import numba
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from jaxtyping import Float32, UInt8
from numpy.typing import NDArray

YUV_FROM_BGR: Final = np.array(
    [[0.098, 0.504, 0.257], [0.439, -0.291, -0.148], [-0.071, -0.368, 0.439]], np.float32
)
"""Rows: brightness, blueness, redness (ITU-R BT.601)."""
YUV_OF_BLACK: Final = np.array([16, 128, 128], np.float32)
"""What is added to them."""
_FORMAT: Final = "yuv420p"


class Layers(NamedTuple):
    """The three parts of a picture, or of a piece of one; sizes of the piece are even."""

    luma: UInt8[np.ndarray, "height width"]
    """Brightness."""
    blue: UInt8[np.ndarray, "half_height half_width"]
    """Blueness."""
    red: UInt8[np.ndarray, "half_height half_width"]
    """Redness."""


class Planes:
    """A picture to draw in, and its memory as encoders want it."""

    def __init__(self, width: int, height: int) -> None:
        """Make a picture; sizes are even."""
        if width % 2 or height % 2:
            raise ValueError(f"a picture of {width} x {height} has half a colour at its end")
        self.data: Final = np.zeros((height * 3 // 2, width), np.uint8)
        """All of it, row after row: brightness, blueness, redness."""
        self.layers: Final = layers_of_data(self.data)
        """The same memory, in parts."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.data.shape[1], len(self.layers.luma)

    def columns(self, start: int, stop: int) -> Layers:
        """Return a piece of the picture, from an even column to another; the same memory."""
        luma, blue, red = self.layers
        half = slice(start // 2, stop // 2)
        return Layers(luma[:, start:stop], blue[:, half], red[:, half])


def yuv_from_bgr(colors: NDArray[np.float32]) -> Float32[np.ndarray, "*colors 3"]:
    """Return brightness, blueness and redness of colours 0 to 255."""
    yuv: NDArray[np.float32] = colors @ YUV_FROM_BGR.T + YUV_OF_BLACK
    return yuv


def data_from_bgr(
    image: UInt8[np.ndarray, "height width 3"],
) -> UInt8[np.ndarray, "rows width"]:
    """Return a picture as `Planes.data` has it; an odd size loses its last row or column."""
    height, width = image.shape[0] // 2 * 2, image.shape[1] // 2 * 2
    return np.asarray(cv2.cvtColor(image[:height, :width], cv2.COLOR_BGR2YUV_I420), np.uint8)


def layers_of_data(data: UInt8[np.ndarray, "rows width"]) -> Layers:
    """Return the parts of a picture as `Planes.data` has it; the same memory."""
    height, width = len(data) // 3 * 2, data.shape[1]
    colors = data[height:].reshape(2, height // 2, width // 2)
    return Layers(data[:height], colors[0], colors[1])


def layers_of_frame(frame: av.VideoFrame) -> Layers:
    """Return a decoded picture, without a copy where its format allows; it belongs to the frame."""
    if frame.format.name != _FORMAT or frame.width % 2 or frame.height % 2:
        frame = frame.reformat(
            width=frame.width // 2 * 2,
            height=frame.height // 2 * 2,
            format=_FORMAT,
            dst_colorspace=Colorspace.ITU601,
            dst_color_range=ColorRange.MPEG,
        )
    parts = [
        np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[
            :, : plane.width
        ]
        for plane in frame.planes
    ]
    return Layers(*parts)


def scale(source: Layers, target: Layers) -> None:
    """Fill a picture with another one of any size."""
    for layer, room in zip(source, target, strict=True):
        if layer.shape == room.shape:
            np.copyto(room, layer)
            continue
        is_half = layer.shape == (2 * room.shape[0], 2 * room.shape[1])
        if is_half and layer.flags.c_contiguous and room.flags.c_contiguous:
            _halve_kernel(layer, room)
            continue
        size = room.shape[1], room.shape[0]
        is_much_smaller = layer.shape[0] >= 2 * room.shape[0]  # then each pixel is a mean
        way = cv2.INTER_AREA if is_much_smaller else cv2.INTER_LINEAR
        cv2.resize(layer, size, dst=room, interpolation=way)


@numba.njit(cache=True, nogil=True)
def _halve_kernel(layer: NDArray[np.uint8], room: NDArray[np.uint8]) -> None:
    """Fill a layer with the means of two by two pixels: two thirds of the time that OpenCV takes."""
    for y in range(np.uint64(room.shape[0])):
        upper, lower, row = layer[2 * y], layer[2 * y + 1], room[y]
        for x in range(np.uint64(room.shape[1])):
            left = np.uint64(2) * x
            right = left + np.uint64(1)
            total = np.uint16(upper[left]) + np.uint16(upper[right])
            total += np.uint16(lower[left]) + np.uint16(lower[right])
            row[x] = np.uint8(np.uint16(total + 2) >> np.uint16(2))
