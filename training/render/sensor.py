"""What a webcam makes of light: motion blur, white balance, noise, tone, sharpening and JPEG, on any device."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float32
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

_BLUR_TAPS: Final = 9
_BLOCK: Final = 8
# ITU-T T.81, tables K.1 and K.2: the quantisation that encoders scale by their quality.
_LUMINANCE: Final = np.array([
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
], np.float32).reshape(8, 8)  # fmt: skip
_CHROMINANCE: Final = np.full((8, 8), 99, np.float32)
_CHROMINANCE[:4, :4] = ((17, 18, 24, 47), (18, 21, 26, 66), (24, 26, 56, 99), (47, 66, 99, 99))
# ITU-R BT.601, as in JFIF
_YCC: Final = np.array(
    [(0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312)], np.float32
)
_RGB: Final = np.linalg.inv(_YCC)


@dataclass(frozen=True, slots=True)
class SensorOptions:
    """Ranges, each drawn anew for each picture.

    The forms are those of the field: Poisson-Gaussian noise of Foi et al., Practical Poissonian-Gaussian Noise Modeling
    and Fitting, 2008; JPEG by ITU-T T.81. The widths are guesses that look like webcams'; none was measured here.
    """

    exposure: tuple[float, float] = (0.4, 0.95)
    """Of what puts a white wall in the mean light on the person at 0.8 of the brightest."""
    white_balance: float = 0.06
    """Standard deviation of the gains of red and blue."""
    gamma: tuple[float, float] = (2.0, 2.5)
    """Of the display curve."""
    shot_noise: tuple[float, float] = (0.0, 6e-4)
    """Variance for a signal of 1: a well of 1,700 electrons and more."""
    read_noise: tuple[float, float] = (0.0, 0.008)
    """Standard deviation in the dark."""
    blurred: float = 0.3
    """Share that something moved in..."""
    blur: float = 0.02
    """...by up to this part of the picture's side."""
    sharpened: float = 0.5
    """Share that the camera sharpens..."""
    sharpening: tuple[float, float] = (0.2, 1.2)
    """...by so much of the difference from the same picture out of focus."""
    compressed: float = 0.8
    """Share that is compressed..."""
    quality: tuple[float, float] = (30, 95)
    """...at this JPEG quality."""


class Settings(NamedTuple):
    """What was drawn for `n` pictures."""

    exposure: Float32[np.ndarray, " n"]
    """Factor of the light."""
    gains: Float32[np.ndarray, "n 3"]
    """White balance."""
    gamma: Float32[np.ndarray, " n"]
    """Display curve."""
    noise: Float32[np.ndarray, "n 2"]
    """Variance for a signal of 1, variance in the dark."""
    blur: Float32[np.ndarray, "n 2"]
    """Movement x and y, in parts of the picture's side."""
    sharpening: Float32[np.ndarray, " n"]
    """0 for none."""
    quality: Float32[np.ndarray, " n"]
    """JPEG quality; 0 for no compression."""


def draw_settings(rng: np.random.Generator, count: int, options: SensorOptions) -> Settings:
    """Return settings for so many pictures."""

    def some(share: float) -> NDArray[np.bool_]:
        return rng.random(count) < share

    low, high = options.exposure
    length = some(options.blurred) * rng.uniform(0, options.blur, count)
    angle = rng.uniform(0, np.pi, count)
    gains = np.ones((count, 3))
    gains[:, ::2] += rng.normal(0, options.white_balance, (count, 2))
    noise = np.stack(
        [rng.uniform(*options.shot_noise, count), rng.uniform(*options.read_noise, count) ** 2],
        axis=1,
    )
    values = (
        np.exp(rng.uniform(np.log(low), np.log(high), count)),
        gains,
        rng.uniform(*options.gamma, count),
        noise,
        length[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1),
        some(options.sharpened) * rng.uniform(*options.sharpening, count),
        some(options.compressed) * rng.uniform(*options.quality, count),
    )
    return Settings(*(value.astype(np.float32) for value in values))


def develop(
    linear: Float[Tensor, "n 3 size size"], settings: Settings, noise_seed: int
) -> Float[Tensor, "n 3 size size"]:
    """Return the pictures that a camera gives of linear RGB in [0, 1]; noise is the same for a seed on one device."""
    device = linear.device
    gains, gamma, noise, _, sharpening, quality = (
        torch.from_numpy(value).to(device) for value in settings[1:]
    )
    seen = _moved(linear, settings.blur) * gains[:, :, None, None]
    generator = torch.Generator(device).manual_seed(noise_seed)
    grain = torch.randn(seen.shape, generator=generator, device=device)
    variance = noise[:, :1, None, None] * seen + noise[:, 1:, None, None]
    seen = (seen + variance.clamp_min(0).sqrt() * grain).clamp(0, 1)
    toned = seen ** (1 / gamma)[:, None, None, None]
    softer = _softer(_softer(toned, 2), 3)
    sharp = (toned + sharpening[:, None, None, None] * (toned - softer)).clamp(0, 1)
    return _compressed(sharp, quality)


def _moved(pictures: Tensor, blur: NDArray[np.float32]) -> Tensor:
    """Return pictures smeared along a line."""
    rows = np.flatnonzero(blur.any(axis=1))
    if not len(rows):
        return pictures
    along = 2 * torch.from_numpy(blur[rows]).to(pictures.device)[:, None, None]
    steps = np.linspace(-0.5, 0.5, _BLUR_TAPS)
    identity = torch.eye(2, 3, device=pictures.device).expand(len(rows), 2, 3)
    grid = functional.affine_grid(identity, [len(rows), *pictures.shape[1:]], align_corners=False)
    total = torch.zeros_like(pictures[rows])
    for step in steps:
        shifted = grid + step * along
        total += functional.grid_sample(
            pictures[rows], shifted, padding_mode="border", align_corners=False
        )
    smeared = pictures.clone()
    smeared[rows] = total / _BLUR_TAPS
    return smeared


def _softer(pictures: Tensor, axis: int) -> Tensor:
    """Return means over three pixels along an axis."""
    last = pictures.shape[axis] - 1
    before = torch.cat([pictures.narrow(axis, 0, 1), pictures.narrow(axis, 0, last)], dim=axis)
    after = torch.cat([pictures.narrow(axis, 1, last), pictures.narrow(axis, last, 1)], dim=axis)
    return (before + pictures + after) / 3


def _compressed(pictures: Tensor, quality: Tensor) -> Tensor:
    """Return what is left of pictures in [0, 1] after JPEG with half the columns and rows of colour."""
    size = pictures.shape[-1]
    beyond = -size % (2 * _BLOCK)
    padded = functional.pad(pictures, (0, beyond, 0, beyond), "replicate")
    matrix = torch.from_numpy(_YCC).to(pictures.device)
    ycc = torch.einsum("ab,nbhw->nahw", matrix, 255 * padded)
    brightness = _quantised(ycc[:, :1] - 128, _tables(_LUMINANCE, quality)) + 128
    rows = ycc[:, 1:, ::2] + ycc[:, 1:, 1::2]
    colour = 0.25 * (rows[..., ::2] + rows[..., 1::2])
    colour = _quantised(colour, _tables(_CHROMINANCE, quality))
    colour = functional.interpolate(colour, scale_factor=2, mode="bilinear", align_corners=False)
    inverse = torch.from_numpy(_RGB).to(pictures.device)
    rgb = torch.einsum("ab,nbhw->nahw", inverse, torch.cat([brightness, colour], dim=1)) / 255
    left = rgb[..., :size, :size].clamp(0, 1)
    return torch.where((quality > 0)[:, None, None, None], left, pictures)


def _tables(table: NDArray[np.float32], quality: Tensor) -> Tensor:
    """Return quantisation steps (n, 8, 8), scaled by quality as libjpeg does."""
    quality = quality.clamp_min(1)
    scale = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality) / 100
    steps = torch.from_numpy(table).to(quality.device) * scale[:, None, None]
    return steps.round().clamp(1, 255)


def _quantised(planes: Tensor, steps: Tensor) -> Tensor:
    """Return planes (n, c, h, w) whose blocks have been rounded in frequency space."""
    count, channels, height, width = planes.shape
    transform = torch.from_numpy(_cosines()).to(planes.device)
    blocks = planes.reshape(count, channels, height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    waves = torch.einsum("ui,nchiwj,vj->nchwuv", transform, blocks, transform)
    steps = steps[:, None, None, None]
    waves = (waves / steps).round() * steps
    restored = torch.einsum("ui,nchwuv,vj->nchiwj", transform, waves, transform)
    return restored.reshape(planes.shape)


def _cosines() -> NDArray[np.float32]:
    """Return the orthonormal discrete cosine transform of eight values."""
    u, x = np.mgrid[0:_BLOCK, 0:_BLOCK]
    waves = np.cos((2 * x + 1) * u * np.pi / (2 * _BLOCK)) * np.sqrt(2 / _BLOCK)
    waves[0] /= np.sqrt(2)
    return waves.astype(np.float32)
