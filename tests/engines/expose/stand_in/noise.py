"""Numbers that depend on a name alone and are the same on every machine.

They come from the raw stream of NumPy's PCG64, seeded with the CRC-32 of the name, followed by single IEEE operations:
no BLAS, no sine, no library distribution.
"""

import math
import zlib

import numpy as np


def raw16(name, n):
    """n integers 0..65535 that depend on the name alone."""
    words = np.random.PCG64(zlib.crc32(name.encode())).random_raw((n + 3) // 4)
    return words.astype("<u8").view("<u2")[:n]


def unit(name, *shape):
    """float64, uniform in (0, 1)."""
    return (raw16(name, math.prod(shape)).astype(np.float64) + 0.5).reshape(shape) / 65536


def noise(name, *shape, std=1.0):
    """float64, uniform around 0 with the given standard deviation."""
    return (raw16(name, math.prod(shape)).astype(np.float64) - 32767.5).reshape(shape) * (
        std * math.sqrt(3) / 32768
    )


def zero_sum(name, rows, cols, std):
    """float64 (rows, cols); the mean of each row is taken away.  The sum is an integer: exact in any order."""
    r = raw16(name, rows * cols).reshape(rows, cols)
    mean = r.sum(1, dtype=np.int64).astype(np.float64) / cols
    return (r.astype(np.float64) - mean[:, None]) * (std * math.sqrt(3) / 32768)


def convex(name, rows, cols):
    """float64 (rows, cols); positive, each row sums to 1."""
    r = raw16(name, rows * cols).reshape(rows, cols).astype(np.int64) + 4096
    return r / r.sum(1)[:, None]


def f32(x):
    return np.ascontiguousarray(x, dtype=np.float32)


def length2(v):
    return v[..., 0] * v[..., 0] + v[..., 1] * v[..., 1] + v[..., 2] * v[..., 2]


def rotation(v):
    """Rotation matrices from v = axis * tan(angle / 2), by rational functions only."""
    x, y, z = v[..., 0], v[..., 1], v[..., 2]
    n = 1 + length2(v)
    rows = [
        [1 + x * x - y * y - z * z, 2 * (x * y - z), 2 * (x * z + y)],
        [2 * (x * y + z), 1 - x * x + y * y - z * z, 2 * (y * z - x)],
        [2 * (x * z - y), 2 * (y * z + x), 1 - x * x - y * y + z * z],
    ]
    return np.stack([np.stack(r, -1) for r in rows], -2) / n[..., None, None]
