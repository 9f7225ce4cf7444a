"""Light of a panorama as nine spherical harmonics, and one shadow map along its strongest direction.

Ramamoorthi and Hanrahan, An Efficient Representation for Irradiance Environment Maps, SIGGRAPH 2001.
"""

from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Float32, Float64
from numpy.typing import NDArray

_LUMA: Final = np.array([0.2126, 0.7152, 0.0722])


class Lighting(NamedTuple):
    """The light of a scene."""

    harmonics: Float32[np.ndarray, "9 3"]
    """Irradiance divided by pi: order 1, y, z, x, xy, yz, 3z2-1, xz, x2-y2."""
    shadow_strength: float
    """Share of light that a shadow takes, 0 for no shadows."""
    shadow_map: Float32[np.ndarray, "size size"]
    """1 / depth as the light sees the scene; 0 where nothing is."""
    centre: Float64[np.ndarray, "3"]
    """Middle of the scene, metres."""
    axes: Float64[np.ndarray, "3 3"]
    """Rows: right, up and towards the light."""
    half_extent: float
    """The shadow map reaches so far from the centre, metres."""
    far: float
    """Depth of the centre in the shadow map, metres."""


def unshadowed(harmonics: NDArray[np.floating]) -> Lighting:
    """Return light that casts no shadows."""
    nothing = np.zeros((1, 1), np.float32)
    return Lighting(harmonics.astype(np.float32), 0.0, nothing, np.zeros(3), np.eye(3), 1.0, 10.0)


def main_light(harmonics: NDArray[np.floating]) -> tuple[Float64[np.ndarray, "3"], float]:
    """Return the direction to the strongest light, a unit vector, and how much of the light comes from there."""
    luma = harmonics @ _LUMA
    direction = np.array([luma[3], luma[1], luma[2]]) / 0.488603 * 0.282095
    length = float(np.linalg.norm(direction))
    return direction / max(length, 1e-9), length / max(float(luma[0]), 1e-6)


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


def turned(harmonics: NDArray[np.floating], angle: float) -> Float64[np.ndarray, "9 3"]:
    """Return the light of a panorama turned about the y axis by an angle from x to z."""
    cosine, sine = np.cos(angle), np.sin(angle)
    turn = np.array([[cosine, 0, -sine], [0, 1, 0], [sine, 0, cosine]])
    return _PROBES_INVERSE @ (basis(_PROBES @ turn) @ harmonics)  # a row d becomes (turn' d)'


def _probes() -> NDArray[np.float64]:
    directions = np.random.default_rng(0).normal(size=(40, 3))
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


_PROBES: Final = _probes()
_PROBES_INVERSE: Final = np.linalg.pinv(basis(_PROBES))
