"""Light of a panorama as nine spherical harmonics, and its strongest direction.

Ramamoorthi and Hanrahan, An Efficient Representation for Irradiance Environment Maps, SIGGRAPH 2001.
"""

from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

_LUMA: Final = np.array([0.2126, 0.7152, 0.0722])


def main_light(
    harmonics: NDArray[np.floating],
) -> tuple[Float64[np.ndarray, "n 3"], Float64[np.ndarray, " n"]]:
    """Return unit vectors to the strongest lights of (n, 9, 3), and how much of each light comes from there."""
    luma = harmonics @ _LUMA
    directions = luma[:, [3, 1, 2]] / 0.488603 * 0.282095
    lengths = np.linalg.norm(directions, axis=1)
    return (
        directions / np.maximum(lengths, 1e-9)[:, None],
        lengths / np.maximum(luma[:, 0], 1e-6),
    )


def basis(directions: NDArray[np.floating]) -> Float64[np.ndarray, "*batch 9"]:
    """Return the nine real spherical harmonics of unit vectors (..., 3); y is up."""
    x, y, z = np.moveaxis(np.asarray(directions, np.float64), -1, 0)
    return np.stack(
        [
            np.full_like(x, 0.282095), 0.488603 * y, 0.488603 * z, 0.488603 * x, 1.092548 * x * y, 1.092548 * y * z,
            0.315392 * (3 * z * z - 1), 1.092548 * x * z, 0.546274 * (x * x - y * y),
        ],
        axis=-1,
    )  # fmt: skip


def turned(
    harmonics: NDArray[np.floating], angles: NDArray[np.floating]
) -> Float64[np.ndarray, "n 9 3"]:
    """Return the light of panoramas (n, 9, 3) turned about the y axis by angles (n,) from x to z."""
    cosine, sine = np.cos(angles), np.sin(angles)
    turns = np.zeros((len(angles), 3, 3))
    turns[:, 0, 0] = turns[:, 2, 2] = cosine
    turns[:, 0, 2], turns[:, 2, 0], turns[:, 1, 1] = -sine, sine, 1
    return _PROBES_INVERSE @ (basis(_PROBES @ turns) @ harmonics)  # a row d becomes (turn' d)'


def _probes() -> NDArray[np.float64]:
    directions = np.random.default_rng(0).normal(size=(40, 3))
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


_PROBES: Final = _probes()
_PROBES_INVERSE: Final = np.linalg.pinv(basis(_PROBES))
