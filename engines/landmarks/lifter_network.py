"""The lifter's network as one compiled function: its weights in 16 bits, read once a frame.

Between two frames the rest of the program drives the weights out of the caches: fetching 4.3 MB of them in single
precision, and waking the 155 nodes of an ONNX runtime, took twice as long as the sums. The answers are the runtime's to
0.02 degrees. What is computed is the network of training/lifter/network.py.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from engines.body.rotations import multiply_matrices_kernel
from engines.landmarks.attachments import BODY_LANDMARKS
from engines.landmarks.view import turn_to_ray

ITERATIONS: Final = 3
"""Corrections by the regressor."""
LEAST_SEEN: Final = 0.05
"""A landmark less likely seen than this fades out of the input."""
LEAST_SPREAD: Final = 1e-3
"""Smallest spread of the rays that they are divided by."""
SIGMA_RANGE: Final = (-3.5, 0.7)
"""Logarithms of the smallest and the largest standard deviation, radians."""

_JOINTS: Final = 22
_USED: Final = np.array(list(BODY_LANDMARKS))
_LEVELS: Final = 32767
_EPSILON: Final = 1e-5  # of torch.nn.LayerNorm
_LOW, _HIGH = SIGMA_RANGE
_TINY: Final = 1e-12


class Dense(NamedTuple):
    """A layer: `(weights @ x) * scale + bias`."""

    weights: NDArray[np.int16]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]


class Norm(NamedTuple):
    """A layer that gives numbers mean and spread."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]


class Block(NamedTuple):
    """A residual block."""

    norm: Norm
    first: Dense
    second: Dense


class Network(NamedTuple):
    """All layers, in the order of use."""

    enter: Dense
    blocks: tuple[Block, ...]
    norm: Norm
    correct_features: Dense
    """What the first layer of the regressor makes of the features: the same in each correction..."""
    correct_numbers: Dense
    """...and of the numbers so far."""
    correct_second: Dense
    correct_last: Dense
    judge: Dense
    mean: NDArray[np.float32]


def network_of(weights: Mapping[str, NDArray[np.float32]]) -> Network:
    """Return the layers of a lifter's file.

    Raises:
        KeyError: a layer is missing.
    """
    last = max(int(name.split(".")[1]) for name in weights if name.startswith("encode."))
    mixed, width = weights["correct.0.weight"], len(weights["correct.0.weight"])
    bias = weights["correct.0.bias"]
    return Network(
        enter=_dense(weights, "encode.0"),
        blocks=tuple(
            Block(
                _norm(weights, f"encode.{k}.norm"),
                _dense(weights, f"encode.{k}.first"),
                _dense(weights, f"encode.{k}.second"),
            )
            for k in range(2, last)
        ),
        norm=_norm(weights, f"encode.{last}"),
        correct_features=_packed(mixed[:, :width], bias),
        correct_numbers=_packed(mixed[:, width:], np.zeros_like(bias)),
        correct_second=_dense(weights, "correct.2"),
        correct_last=_dense(weights, "correct.4"),
        judge=_dense(weights, "judge"),
        mean=weights["mean"],
    )


def _dense(weights: Mapping[str, NDArray[np.float32]], name: str) -> Dense:
    return _packed(weights[f"{name}.weight"], weights[f"{name}.bias"])


def _norm(weights: Mapping[str, NDArray[np.float32]], name: str) -> Norm:
    return Norm(weights[f"{name}.weight"], weights[f"{name}.bias"])


def _packed(numbers: NDArray[np.float32], bias: NDArray[np.float32]) -> Dense:
    scale = np.maximum(np.abs(numbers).max(axis=1), np.finfo(np.float32).tiny * _LEVELS) / _LEVELS
    levels = np.round(numbers / scale[:, None]).astype(np.int16)
    return Dense(np.ascontiguousarray(levels), scale.astype(np.float32), bias)


@numba.njit(cache=True)
def run_network(
    network: Network,
    rays: NDArray[np.float64],
    world: NDArray[np.float64],
    seen: NDArray[np.float64],
    sight: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return rotations (22, 3, 3) and standard deviations (22,) of one view, as `LiftedBody` has them."""
    turn = turn_to_ray(sight[:2] / sight[2])
    features = _affine(network.enter, _inputs(rays, world, seen, turn))
    _silu(features)
    for block in network.blocks:
        inner = _affine(block.first, _normed(block.norm, features))
        _silu(inner)
        features += _affine(block.second, inner)
    features = _normed(network.norm, features)
    from_features = _affine(network.correct_features, features)
    numbers = network.mean.copy()
    for _ in range(ITERATIONS):
        inner = from_features + _affine(network.correct_numbers, numbers)
        _silu(inner)
        inner = _affine(network.correct_second, inner)
        _silu(inner)
        numbers += _affine(network.correct_last, inner)
    rotations = _decoded(numbers)
    root = rotations[0].copy()
    multiply_matrices_kernel(turn, root, rotations[0])
    judged = _affine(network.judge, features)
    sigmas = np.empty(_JOINTS)
    for j in range(_JOINTS):
        sigmas[j] = np.exp(min(max(judged[j], _LOW), _HIGH))
    return rotations, sigmas


@numba.njit(cache=True)
def _inputs(
    rays: NDArray[np.float64],
    world: NDArray[np.float64],
    seen: NDArray[np.float64],
    turn: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Return the landmarks in the sight frame, those not seen blanked; rays about their middle, of unit spread."""
    count = len(_USED)
    flat, gates, middle = np.empty((count, 2)), np.empty(count), np.zeros(2)
    out = np.empty(6 * count + 1, np.float32)
    for i in range(count):
        k = _USED[i]
        gates[i] = min(seen[k] / LEAST_SEEN, 1.0)
        depth = max(rays[k, 0] * turn[0, 2] + rays[k, 1] * turn[1, 2] + turn[2, 2], 0.1)
        for a in range(2):
            flat[i, a] = rays[k, 0] * turn[0, a] + rays[k, 1] * turn[1, a] + turn[2, a]
            flat[i, a] /= depth
            middle[a] += gates[i] * flat[i, a]
    total = max(gates.sum(), 1e-3)
    middle /= total
    spread = 0.0
    for i in range(count):
        for a in range(2):
            flat[i, a] -= middle[a]
            spread += gates[i] * flat[i, a] ** 2 / total
    spread = np.sqrt(max(spread, LEAST_SPREAD**2))
    for i in range(count):
        k = _USED[i]
        for a in range(2):
            out[6 * i + a] = gates[i] * flat[i, a] / spread
        for a in range(3):
            turned = world[k, 0] * turn[0, a] + world[k, 1] * turn[1, a] + world[k, 2] * turn[2, a]
            out[6 * i + 2 + a] = gates[i] * turned
        out[6 * i + 5] = seen[k]
    out[6 * count] = np.log(spread)
    return out


@numba.njit(cache=True, fastmath=True)  # so that sums run in many lanes
def _affine(layer: Dense, x: NDArray[np.float32]) -> NDArray[np.float32]:
    rows, columns = layer.weights.shape
    out = np.empty(rows, np.float32)
    for r in range(rows):
        total, row = np.float32(0), layer.weights[r]
        for c in range(columns):
            total += np.float32(row[c]) * x[c]
        out[r] = total * layer.scale[r] + layer.bias[r]
    return out


@numba.njit(cache=True)
def _silu(x: NDArray[np.float32]) -> None:
    for k in range(len(x)):
        x[k] = x[k] / (np.float32(1) + np.exp(-x[k]))


@numba.njit(cache=True)
def _normed(norm: Norm, x: NDArray[np.float32]) -> NDArray[np.float32]:
    mean, spread = 0.0, 0.0
    for value in x:
        mean += value / len(x)
    for value in x:
        spread += (value - mean) ** 2 / len(x)
    factor = 1 / np.sqrt(spread + _EPSILON)
    out = np.empty_like(x)
    for k in range(len(x)):
        out[k] = (x[k] - mean) * factor * norm.weight[k] + norm.bias[k]
    return out


@numba.njit(cache=True)
def _decoded(numbers: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the matrices of six numbers each, by Gram and Schmidt's method (engines/expose/rotation6d.py)."""
    out = np.empty((_JOINTS, 3, 3))
    for j in range(_JOINTS):
        m = out[j]
        for a in range(3):
            m[a, 0], m[a, 1] = numbers[6 * j + 2 * a], numbers[6 * j + 2 * a + 1]
        _normalise(m[:, 0])
        along = m[0, 0] * m[0, 1] + m[1, 0] * m[1, 1] + m[2, 0] * m[2, 1]
        for a in range(3):
            m[a, 1] -= along * m[a, 0]
        _normalise(m[:, 1])
        for a in range(3):
            b, c = (a + 1) % 3, (a + 2) % 3
            m[a, 2] = m[b, 0] * m[c, 1] - m[c, 0] * m[b, 1]
    return out


@numba.njit(cache=True)
def _normalise(v: NDArray[np.float64]) -> None:
    length = max(np.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]), _TINY)
    for a in range(3):
        v[a] /= length
