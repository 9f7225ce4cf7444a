"""Smoothing with the future known: no lag, gaps bridged. For recordings, not for live frames.

Each value is replaced by that of a parabola fitted to its neighbours in time, weighted by a Gaussian and by how far
each neighbour can be trusted (local quadratic regression; Cleveland and Devlin, JASA 1988). A parabola keeps peaks that
an average would cut; rotations are fitted in the tangent space of the one in the middle.
"""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from jaxtyping import Bool, Float64
from numpy.typing import NDArray

from engines.body.rotations import (
    axis_angle_from_quaternion,
    conjugate_quaternion,
    multiply_quaternions,
    quaternion_from_axis_angle,
    slerp,
)

REACH_SIGMAS: Final = 2.5
"""Neighbours further away than this have no weight."""
_ROWS_AT_ONCE: Final = 1024
_RIDGE: Final = 1e-6
"""Of the weight of the middle: what holds the fit where there are too few neighbours for a parabola."""


def fill_rotations(
    times_s: Float64[np.ndarray, "N"],
    rotations: Float64[np.ndarray, "N C 4"],
    valid: Bool[np.ndarray, "N C"],
    max_gap_s: float,
) -> tuple[Float64[np.ndarray, "N C 4"], Bool[np.ndarray, "N C"]]:
    """Bridge the gaps of each channel the short way round, and return the rotations and which are valid now.

    A gap longer than `max_gap_s`, or one at an end, stays as it is.
    """
    filled, known = rotations.copy(), valid.copy()
    for channel in range(rotations.shape[1]):
        for start, end in _gaps(times_s, valid[:, channel], max_gap_s):
            rows = np.arange(start + 1, end)
            share = (times_s[rows] - times_s[start]) / (times_s[end] - times_s[start])
            filled[rows, channel] = slerp(rotations[start, channel], rotations[end, channel], share)
            known[rows, channel] = True
    return filled, known


def fill_values(
    times_s: Float64[np.ndarray, "N"],
    values: Float64[np.ndarray, "N C"],
    valid: Bool[np.ndarray, "N"],
    max_gap_s: float,
) -> tuple[Float64[np.ndarray, "N C"], Bool[np.ndarray, "N"]]:
    """Bridge gaps along straight lines, as `fill_rotations` does; all channels are valid or not together."""
    filled, known = values.copy(), valid.copy()
    for start, end in _gaps(times_s, valid, max_gap_s):
        rows = np.arange(start + 1, end)
        share = ((times_s[rows] - times_s[start]) / (times_s[end] - times_s[start]))[:, None]
        filled[rows] = (1 - share) * values[start] + share * values[end]
        known[rows] = True
    return filled, known


def smooth_rotations(
    times_s: Float64[np.ndarray, "N"],
    rotations: Float64[np.ndarray, "N C 4"],
    trust: Float64[np.ndarray, "N C"],
    sigma_s: float,
) -> Float64[np.ndarray, "N C 4"]:
    """Return the smoothed rotations.

    Args:
        times_s: Rising times of the frames.
        rotations: Unit quaternions.
        trust: Weight of each, 0 or more.
        sigma_s: Width of the Gaussian; 0 smooths nothing.
    """
    if sigma_s <= 0:
        return rotations
    smoothed = np.empty_like(rotations)
    for rows in _blocks(len(times_s)):
        middle = rotations[rows]
        away = conjugate_quaternion(middle)

        def difference(
            others: NDArray[np.intp], away: NDArray[np.floating] = away
        ) -> NDArray[np.floating]:
            return axis_angle_from_quaternion(multiply_quaternions(away, rotations[others]))

        turn = _fitted(times_s, rows, trust, sigma_s, difference)
        moved = multiply_quaternions(middle, quaternion_from_axis_angle(turn))
        smoothed[rows] = moved / np.linalg.norm(moved, axis=-1, keepdims=True)
    return smoothed


def smooth_values(
    times_s: Float64[np.ndarray, "N"],
    values: Float64[np.ndarray, "N C"],
    trust: Float64[np.ndarray, "N"],
    sigma_s: float,
) -> Float64[np.ndarray, "N C"]:
    """Return the smoothed values, as `smooth_rotations` does; `trust` is that of all channels."""
    if sigma_s <= 0:
        return values
    smoothed = np.empty_like(values)
    for rows in _blocks(len(times_s)):
        middle = values[rows]

        def difference(
            others: NDArray[np.intp], middle: NDArray[np.floating] = middle
        ) -> NDArray[np.floating]:
            return (values[others] - middle)[:, None]

        smoothed[rows] = middle + _fitted(times_s, rows, trust[:, None], sigma_s, difference)[:, 0]
    return smoothed


def _fitted(
    times_s: NDArray[np.float64],
    rows: NDArray[np.intp],
    trust: NDArray[np.float64],
    sigma_s: float,
    difference: Callable[[NDArray[np.intp]], NDArray[np.floating]],
) -> NDArray[np.floating]:
    """Return the parabolas' values (rows, C, 3 or more) in the middle, relative to the value there.

    With moments s_k = sum w t^k and d_k = sum w t^k r, the value at t = 0 is the first unknown of a 3 x 3 system.
    """
    moments: list[NDArray[np.floating]] = [np.zeros((len(rows), trust.shape[1])) for _ in range(5)]
    sums: list[NDArray[np.floating]] = []
    for offset in _offsets(times_s, sigma_s):
        others = np.clip(rows + offset, 0, len(times_s) - 1)
        t = (times_s[others] - times_s[rows]) / sigma_s
        inside = (others == rows + offset) & (np.abs(t) <= REACH_SIGMAS)
        weight = (np.exp(-0.5 * t * t) * inside)[:, None] * trust[others]
        relative = difference(others)
        if not sums:
            sums = [np.zeros_like(relative) for _ in range(3)]
        for k in range(5):
            moments[k] += weight * t[:, None] ** k
        for k in range(3):
            sums[k] += (weight * t[:, None] ** k)[..., None] * relative
    s0, s1, s2, s3, s4 = moments
    # the ridge pulls slope and curvature to 0, and a value nobody vouches for to itself
    system = np.stack([s0, s1, s2, s1, s2, s3, s2, s3, s4], axis=-1).reshape(*s0.shape, 3, 3)
    system = system + _RIDGE * np.eye(3)
    return np.linalg.solve(system, np.stack(sums, axis=-2))[..., 0, :]


def _offsets(times_s: NDArray[np.float64], sigma_s: float) -> range:
    """Return the offsets of rows that can lie within reach."""
    steps = np.diff(times_s)
    usual = float(np.median(steps)) if len(steps) else sigma_s
    reach = min(len(times_s) - 1, int(np.ceil(1.5 * REACH_SIGMAS * sigma_s / max(usual, 1e-3))))
    return range(-reach, reach + 1)


def _blocks(count: int) -> Iterator[NDArray[np.intp]]:
    for start in range(0, count, _ROWS_AT_ONCE):
        yield np.arange(start, min(start + _ROWS_AT_ONCE, count))


def _gaps(
    times_s: NDArray[np.float64], valid: NDArray[np.bool_], max_gap_s: float
) -> Iterator[tuple[int, int]]:
    """Give the valid rows before and after each gap that may be bridged."""
    rows = np.flatnonzero(valid)
    for start, end in zip(rows[:-1].tolist(), rows[1:].tolist(), strict=True):
        if end > start + 1 and times_s[end] - times_s[start] <= max_gap_s:
            yield start, end
