"""Small video files for tests, written with PyAV."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

MILLISECOND = Fraction(1, 1000)


def write_video(
    path: Path,
    images: Sequence[np.ndarray],
    *,
    pts_ms: Sequence[int] | None = None,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    container_format: str | None = None,
    container_options: dict[str, str] | None = None,
    codec_options: dict[str, str] | None = None,
    rotation_deg: int = 0,
    time_base: Fraction = MILLISECOND,
) -> Path:
    """Write pictures of one size; at 25 fps, or at the given presentation times.

    Args:
        path: Where to.
        images: BGR.
        pts_ms: One for each picture, in units of `time_base`.
        codec: FFmpeg's name of the encoder.
        pix_fmt: What the encoder gets.
        container_format: FFmpeg's name; by default from the ending of the path.
        container_options: FFmpeg's options of the format.
        codec_options: FFmpeg's options of the encoder.
        rotation_deg: Turn to be done when it is shown, counter-clockwise.
        time_base: Unit of the presentation times.
    """
    height, width = images[0].shape[:2]
    times = pts_ms if pts_ms is not None else [40 * i for i in range(len(images))]
    with av.open(
        str(path), "w", format=container_format, options=container_options or {}
    ) as container:
        stream = container.add_stream(codec, rate=25, options=codec_options or {})
        stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
        stream.time_base = stream.codec_context.time_base = time_base
        if rotation_deg:
            stream.set_display_rotation(rotation_deg)
        for image, pts in zip(images, times, strict=True):
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = pts, time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_sound(path: Path) -> Path:
    """Write a file with sound and no picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        silence = np.zeros((1, 1024), np.float32)
        frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 44100, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def noise(count: int, width: int = 64, height: int = 48) -> list[np.ndarray]:
    """Return pictures that compress badly, so that a cut falls inside them."""
    generator = np.random.default_rng(0)
    return [generator.integers(0, 255, (height, width, 3), np.uint8) for _ in range(count)]


def grey_steps(count: int, width: int = 64, height: int = 48) -> list[np.ndarray]:
    """Return even pictures, each 8 levels lighter than the one before."""
    return [np.full((height, width, 3), 8 * i + 16, np.uint8) for i in range(count)]


def corners(width: int = 64, height: int = 32) -> np.ndarray:
    """Return a picture with red at the top left and blue at the bottom right."""
    image = np.full((height, width, 3), 128, np.uint8)
    image[: height // 4, : width // 4] = (0, 0, 255)
    image[-(height // 4) :, -(width // 4) :] = (255, 0, 0)
    return image
