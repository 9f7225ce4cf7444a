"""One picture: a posed person before a camera, lit and toned."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from jaxtyping import Float64, UInt8
from numpy.typing import NDArray

from engines.types import Camera
from training.render.backdrops import Backdrop
from training.render.light import Lighting, main_light, unshadowed
from training.render.raster import Mesh, rasterise, shade
from training.render.textures import TextureArrays

_SHADOW_PX: Final = 384
_LIGHT_M: Final = 10.0
_LEAST_SHADOW: Final = 0.15
_GAMMA: Final = 2.2
_FILM: Final = 1.6


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """Where the camera stands, and how it exposes."""

    camera: Camera
    """Its intrinsics."""
    eye: Float64[np.ndarray, "3"]
    """Its place, metres, y up; it looks along -z."""
    exposure: float
    """Brightness of a surface in the scene's middling light, about 0.6."""
    grain: float
    """Standard deviation of the picture's noise, in steps of 255."""
    finer: int = 2
    """Samples along each side of a pixel."""


def photograph(
    mesh: Mesh, textures: TextureArrays, backdrop: Backdrop, shot: Shot, rng: np.random.Generator
) -> UInt8[np.ndarray, "height width 3"]:
    """Return a picture, BGR."""
    height, width = shot.camera.height, shot.camera.width
    coverage = rasterise(
        _points(mesh, shot), mesh, textures, height * shot.finer, width * shot.finer
    )
    lighting = _lighting(mesh, textures, backdrop.harmonics)
    colours, luminance = shade(coverage, mesh, textures, lighting, shot.eye.astype(np.float32))
    covered = coverage.faces >= 0
    level = float(np.percentile(luminance[covered], 60)) if covered.any() else 1.0
    share = _smaller(covered.astype(np.float32), width, height)[..., None]
    exposure = _FILM * shot.exposure / max(level, 1e-3)
    front = _toned(_smaller(colours, width, height) / np.maximum(share, 1e-3), exposure)
    behind = _toned(backdrop.picture, exposure) if backdrop.is_panorama else backdrop.picture
    picture = 255 * (front * share + behind * (1 - share))
    picture += rng.normal(0, shot.grain, picture.shape)
    return np.ascontiguousarray(picture.clip(0, 255).astype(np.uint8)[..., ::-1])


def _points(mesh: Mesh, shot: Shot) -> NDArray[np.float32]:
    local = mesh.vertices - shot.eye
    depth = -local[:, 2]
    camera = shot.camera
    x = local[:, 0] * camera.fx / depth + camera.cx
    y = -local[:, 1] * camera.fy / depth + camera.cy
    return np.stack([x * shot.finer, y * shot.finer, depth], axis=1).astype(np.float32)


def _lighting(mesh: Mesh, textures: TextureArrays, harmonics: NDArray[np.floating]) -> Lighting:
    """Return the light with the shadows that the person casts on himself."""
    towards, part = main_light(harmonics)
    strength = min(0.9 * part, 0.75)
    plain = unshadowed(harmonics)
    if strength < _LEAST_SHADOW:
        return plain
    right = np.cross([0, 1, 0.1], towards)
    right /= np.linalg.norm(right)
    axes = np.stack([right, np.cross(towards, right), towards])
    centre = (mesh.vertices.max(axis=0) + mesh.vertices.min(axis=0)) / 2
    seen = (mesh.vertices - centre) @ axes.T
    half = float(np.abs(seen[:, :2]).max() * 1.02)
    pixels = (seen[:, :2] / half * 0.5 + 0.5) * _SHADOW_PX
    points = np.column_stack([pixels, _LIGHT_M - seen[:, 2]]).astype(np.float32)
    shadow = rasterise(points, mesh, textures, _SHADOW_PX, _SHADOW_PX).inverse_depth
    return Lighting(
        plain.harmonics, strength, shadow, centre.astype(np.float64), axes, half, _LIGHT_M
    )


def _toned(linear: NDArray[np.floating], exposure: float) -> NDArray[np.floating]:
    return (1 - np.exp(-exposure * linear)).clip(0, 1) ** (1 / _GAMMA)


def _smaller(picture: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32, copy=False)
