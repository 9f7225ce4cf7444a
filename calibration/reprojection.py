"""Where a slightly bent board shows up in a camera, and how that changes with every unknown; many views at once."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

SHARED_UNKNOWNS: Final = 12
"""log focal, aspect, cx, cy, k1, k2, p1, p2, k3, and how the board is bent: along x, twisted, along y."""


class Points(NamedTuple):
    """Corners of one view."""

    board_m: Float64[np.ndarray, "n 3"]
    """Places on the board, z = 0."""
    pixels: Float64[np.ndarray, "n 2"]
    """Places in the picture."""


class Batch(NamedTuple):
    """All views, padded to the same number of corners."""

    board: NDArray[np.float64]  # (v, n, 3), about the middle of the board
    sag: NDArray[np.float64]  # (v, n, 3), metres off the plane for one unit of each bend
    pixels: NDArray[np.float64]  # (v, n, 2)
    real: NDArray[np.float64]  # (v, n), 1 for a corner and 0 for padding


class State(NamedTuple):
    """One guess at everything."""

    camera: NDArray[np.float64]  # (12,)
    rotations: NDArray[np.float64]  # (v, 3, 3)
    places: NDArray[np.float64]  # (v, 3)


def depths(state: State, batch: Batch) -> NDArray[np.float64]:
    """Return how far each corner is in front of the lens (v, n), metres."""
    return _in_camera(state, batch)[..., 2]


def padded(views: Sequence[Points]) -> Batch:
    """Return the views as one batch; padding repeats a corner and counts for nothing."""
    most = max(len(view.pixels) for view in views)
    board = np.zeros((len(views), most, 3))
    pixels = np.zeros((len(views), most, 2))
    real = np.zeros((len(views), most))
    for row, view in enumerate(views):
        count = len(view.pixels)
        board[row, :count], pixels[row, :count], real[row, :count] = *view, 1
        board[row, count:], pixels[row, count:] = view.board_m[0], view.pixels[0]
    corners = board.reshape(-1, 3)
    board = board - (corners.min(axis=0) + corners.max(axis=0)) / 2
    x, y = board[..., 0], board[..., 1]
    rim = max(float(np.hypot(x, y).max()), 1e-9)
    return Batch(board, np.stack([x * x, x * y, y * y], axis=-1) / rim, pixels, real)


def focals(camera: NDArray[np.float64]) -> tuple[float, float]:
    """Return fx and fy of the shared unknowns."""
    focal = float(np.exp(camera[0]))
    return focal * (1 - camera[1] / 2), focal * (1 + camera[1] / 2)


def _in_camera(state: State, batch: Batch) -> NDArray[np.float64]:
    bent = batch.board.copy()
    bent[..., 2] += batch.sag @ state.camera[9:]
    turned: NDArray[np.float64] = bent @ state.rotations.transpose(0, 2, 1)
    return turned + state.places[:, None]


def residuals(state: State, batch: Batch) -> NDArray[np.float64]:
    """Return projected minus found corners (v, n, 2), px; zero where there is no corner."""
    points = _in_camera(state, batch)
    x, y = points[..., 0] / points[..., 2], points[..., 1] / points[..., 2]
    fx, fy = focals(state.camera)
    cx, cy, k1, k2, p1, p2, k3 = state.camera[2:9]
    r2 = x * x + y * y
    radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
    xd = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
    yd = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
    projected = np.stack([fx * xd + cx, fy * yd + cy], axis=-1)
    return (projected - batch.pixels) * batch.real[..., None]


def jacobians(state: State, batch: Batch) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the derivatives of the residuals by what is shared (v, n, 2, 12) and by pose (v, n, 2, 6: turn, place)."""
    points = _in_camera(state, batch)
    z = points[..., 2]
    x, y = points[..., 0] / z, points[..., 1] / z
    fx, fy = focals(state.camera)
    focal = float(np.exp(state.camera[0]))
    k1, k2, p1, p2, k3 = state.camera[4:9]
    r2 = x * x + y * y
    radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
    slope = 2 * (k1 + r2 * (2 * k2 + 3 * r2 * k3))  # d radial / d x = slope * x
    xd = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
    yd = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
    one, zero = np.ones_like(x), np.zeros_like(x)
    by_camera = np.stack(
        [
            np.stack(
                [fx * xd, -focal / 2 * xd, one, zero, fx * x * r2, fx * x * r2**2, fx * 2 * x * y,
                 fx * (r2 + 2 * x * x), fx * x * r2**3], axis=-1),
            np.stack(
                [fy * yd, focal / 2 * yd, zero, one, fy * y * r2, fy * y * r2**2, fy * (r2 + 2 * y * y),
                 fy * 2 * x * y, fy * y * r2**3], axis=-1),
        ],
        axis=-2,
    )  # fmt: skip
    across = slope * x * y + 2 * p1 * x + 2 * p2 * y
    xx = radial + slope * x * x + 2 * p1 * y + 6 * p2 * x
    yy = radial + slope * y * y + 6 * p1 * y + 2 * p2 * x
    by_ray = np.stack(
        [np.stack([fx * xx, fx * across], axis=-1), np.stack([fy * across, fy * yy], axis=-1)],
        axis=-2,
    )
    by_point = np.zeros((*x.shape, 2, 3))
    by_point[..., 0, 0] = by_point[..., 1, 1] = 1 / z
    by_point[..., 0, 2], by_point[..., 1, 2] = -x / z, -y / z
    by_place = by_ray @ by_point  # (v, n, 2, 3)
    arms = points - state.places[:, None]
    by_bend = (by_place @ state.rotations[:, None, :, 2:]) * batch.sag[..., None, :]  # (v, n, 2, 3)
    by_turn = np.cross(arms[..., None, :], by_place)  # row . (turn x arm) = turn . (arm x row)
    real = batch.real[..., None, None]
    return (
        np.concatenate([by_camera, by_bend], axis=-1) * real,
        np.concatenate([by_turn, by_place], axis=-1) * real,
    )
