"""Cuts the body, the hands and the head out of the full-resolution picture, exactly as ExPose does.

Both kinds of crop are bilinear samples at the crossings of some columns and some rows, so one compiled loop serves
both; it reads the 8-bit picture directly and touches only the pixels that a crop needs. What differs (and is kept):

- body: the square is first rounded to whole pixels; pixel centres are half a pixel in; outside the picture is black;
- parts: the square is exact; the outermost pixels lie on its corners; outside the picture is the mean colour.
"""

from dataclasses import dataclass
from typing import Final

import numba
import numpy as np
from jaxtyping import Float32, UInt8
from numpy.typing import ArrayLike, NDArray

from engines.errors import UsageError
from engines.expose.config import ExposeConfig

BOX_FACTOR: Final = 1.2
"""Side of the body crop over the longer side of the person's box."""


@dataclass(frozen=True, slots=True, eq=False)
class BodySquare:
    """The square around a person that the body crop is cut from."""

    centre: Float32[np.ndarray, "2"]
    """Pixels of the picture."""
    side: float
    """Pixels of the picture."""
    crop_from_image: Float32[np.ndarray, "3 3"]
    """Takes pixels of the picture to pixels of the crop."""
    image_from_crop: Float32[np.ndarray, "3 3"]
    """Its inverse."""
    corners: NDArray[np.int64]
    """Upper left and lower right corner in whole pixels (2, 2): what is really cut out."""


def body_square(box: ArrayLike, crop_size: int) -> BodySquare:
    """Return the square for a person's box x0 y0 x1 y1, which may leave the picture.

    Raises:
        UsageError: the box has no area.
    """
    x0, y0, x1, y1 = (float(value) for value in np.asarray(box, np.float32).reshape(4))
    if not (np.isfinite([x0, y0, x1, y1]).all() and x1 > x0 and y1 > y0):
        raise UsageError(f"box {x0:g},{y0:g},{x1:g},{y1:g}: needs x0 < x1 and y0 < y1, in pixels")
    side = BOX_FACTOR * max(x1 - x0, y1 - y0)
    centre = np.array([(x0 + x1) / 2, (y0 + y1) / 2], np.float32)
    zoom = crop_size / side
    shift = crop_size * (0.5 - centre.astype(np.float64) / side)
    crop_from_image = np.array(
        [[zoom, 0, shift[0]], [0, zoom, shift[1]], [0, 0, 1]], dtype=np.float32
    )
    image_from_crop = np.linalg.inv(crop_from_image)
    ends = np.array([[0, 0, 1], [crop_size, crop_size, 1]], np.float32)
    corners = np.trunc(ends @ image_from_crop.T)[:, :2].astype(np.int64)
    if (corners[1] <= corners[0]).any():
        raise UsageError(
            f"box {x0:g},{y0:g},{x1:g},{y1:g}: smaller than a pixel; give a larger one"
        )
    return BodySquare(centre, side, crop_from_image, image_from_crop, corners)


def square_in_picture(box: ArrayLike, crop_size: int, height: int, width: int) -> BodySquare:
    """Return the square for a person's box in a picture of this size.

    Raises:
        UsageError: the box has no area, or lies outside the picture.
    """
    square = body_square(box, crop_size)
    (left, top), (right, bottom) = square.corners
    if left >= width or top >= height or right <= 0 or bottom <= 0:
        x, y = square.centre
        raise UsageError(f"box around {x:g},{y:g}: outside the picture of {width} x {height}")
    return square


class CropSampler:
    """Makes normalised crops of 8-bit pictures."""

    def __init__(self, config: ExposeConfig) -> None:
        self._mean = np.array(config.mean, np.float32)
        self._std = np.array(config.std, np.float32)
        self._levels = (np.arange(256, dtype=np.float32) / np.float32(255))[None].repeat(3, axis=0)
        self._normalised = (self._levels - self._mean[:, None]) / self._std[:, None]
        self._zero, self._one = np.zeros(3, np.float32), np.ones(3, np.float32)

    def body(
        self,
        image: UInt8[np.ndarray, "height width 3"],
        square: BodySquare,
        out: Float32[np.ndarray, "3 side side"],
    ) -> None:
        """Write the body crop of a BGR picture as normalised RGB; pads with black.

        Equal to cutting out whole pixels, then `cv2.resize(..., INTER_LINEAR)` on float32.
        """
        (left, top), (right, bottom) = square.corners
        columns, column_weights = _resized(int(right - left), out.shape[2])
        rows, row_weights = _resized(int(bottom - top), out.shape[1])
        _sample(
            image,
            self._levels,
            columns + left,
            column_weights,
            rows + top,
            row_weights,
            self._mean,
            self._std,
            out,
        )

    def part(
        self,
        image: UInt8[np.ndarray, "height width 3"],
        box: Float32[np.ndarray, "3"],
        out: Float32[np.ndarray, "3 side side"],
        *,
        mirrored: bool = False,
    ) -> None:
        """Write the crop of a square (centre x, y, side) as normalised RGB; pads with the mean colour.

        Equal to `torch.nn.functional.grid_sample(..., align_corners=True)` on the normalised picture.
        """
        columns, column_weights = _stretched(box[0], box[2], out.shape[2])
        rows, row_weights = _stretched(box[1], box[2], out.shape[1])
        if mirrored:
            columns, column_weights = columns[::-1].copy(), column_weights[::-1].copy()
        _sample(
            image,
            self._normalised,
            columns,
            column_weights,
            rows,
            row_weights,
            self._zero,
            self._one,
            out,
        )


def _resized(extent: int, size: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the pixels before the samples (size, 2 taps) and the weights of the second, as cv2.resize has them."""
    position = ((np.arange(size) + 0.5) * (extent / size) - 0.5).astype(np.float32)
    first = np.floor(position)
    weight = position - first
    weight[(first < 0) | (first >= extent - 1)] = 0  # no taps beyond the ends
    first = np.clip(first, 0, extent - 1).astype(np.int64)
    taps = np.stack([first, np.minimum(first + 1, extent - 1)], axis=1)
    return taps, weight


def _stretched(
    centre: float, side: float, size: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the taps of samples from one edge of a square to the other."""
    steps = np.arange(size, dtype=np.float32) / np.float32(size - 1)
    position = side * steps + (centre - side / 2)
    first = np.floor(position)
    taps = first.astype(np.int64)[:, None] + np.arange(2)
    return taps, (position - first).astype(np.float32)


@numba.njit(cache=True)
def _sample(
    image: NDArray[np.uint8],
    values: NDArray[np.float32],
    columns: NDArray[np.int64],
    column_weights: NDArray[np.float32],
    rows: NDArray[np.int64],
    row_weights: NDArray[np.float32],
    mean: NDArray[np.float32],
    std: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Interpolate `values[channel, level]`, along columns then rows, zero outside; then normalise."""
    height, width = image.shape[0], image.shape[1]
    one = np.float32(1)
    for channel in range(3):
        of_level = values[channel]
        bgr = 2 - channel
        for y in range(rows.shape[0]):
            y0, y1 = rows[y, 0], rows[y, 1]
            inside0, inside1 = 0 <= y0 < height, 0 <= y1 < height
            wy = row_weights[y]
            for x in range(columns.shape[0]):
                x0, x1 = columns[x, 0], columns[x, 1]
                wx = column_weights[x]
                upper, lower = np.float32(0), np.float32(0)
                if 0 <= x0 < width:
                    if inside0:
                        upper += of_level[image[y0, x0, bgr]] * (one - wx)
                    if inside1:
                        lower += of_level[image[y1, x0, bgr]] * (one - wx)
                if 0 <= x1 < width:
                    if inside0:
                        upper += of_level[image[y0, x1, bgr]] * wx
                    if inside1:
                        lower += of_level[image[y1, x1, bgr]] * wx
                value = upper * (one - wy) + lower * wy
                out[channel, y, x] = (value - mean[channel]) / std[channel]
