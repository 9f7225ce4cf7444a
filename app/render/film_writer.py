"""Writes what a camera saw, and beside it the same in little."""

from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import UInt8

from app.render.planes import Planes, data_from_bgr, layers_of_data, scale
from app.render.video_writer import VideoWriter
from app.takes.folder import SMALL_VIDEO_NAME
from engines.errors import TakeError

SMALL_SIDE: Final = 360
"""Shorter side of small pictures, px."""
_MUCH_LARGER: Final = 2
"""Films of so many times this size get a small copy."""
_SHORTEST_STEP_NS: Final = 25_000_000
"""Between two small pictures: each second one of a camera of 60 frames a second, all of one of 30."""


class FilmWriter:
    """The film of a take as a `VideoWriter` writes it, and a small copy of a large one in the same folder.

    Of a long overlay of a film of 720 rows, decoding the film was half the work: H.264 cannot be decoded to fewer rows.
    So about 30 pictures a second are also written small while recording (a proxy, as film editors say), with the
    encoder's least effort: 4 % more work and a third more bytes. Like the film, the copy can be read up to its last
    second if the program dies. Use it on one thread.
    """

    def __init__(self, path: Path, width: int, height: int, *, start_ns: int) -> None:
        """Open the files.

        Args:
            path: Of the film, an .mkv.
            width: Of the camera's pictures.
            height: Of the camera's pictures.
            start_ns: The time stamp of the first picture, kept under `START_TAG`.

        Raises:
            TakeError: they cannot be written there.
        """
        self._size = width, height
        self._film = VideoWriter(path, width, height, start_ns=start_ns)
        self._small: _SmallWriter | None = None
        if min(width, height) < _MUCH_LARGER * SMALL_SIDE:
            return
        try:
            self._small = _SmallWriter(
                path.with_name(SMALL_VIDEO_NAME), small_size(width, height), start_ns
            )
        except TakeError:
            self._film.close()
            raise

    def write(self, image: UInt8[np.ndarray, "height width 3"], timestamp_ns: int) -> None:
        """Add a BGR picture as `VideoWriter.write` does. Raises `TakeError`; what was written is kept."""
        width, height = self._size
        data = data_from_bgr(image[:height, :width])
        self._film.write_planes(data, timestamp_ns)
        if self._small is not None:
            self._small.write(data, timestamp_ns)

    def close(self) -> None:
        """Finish the files; may be called twice. Raises `TakeError`."""
        if self._small is None:
            self._film.close()
            return
        with closing(self._small):
            self._film.close()


class _SmallWriter:
    """Some of a film's pictures, made smaller."""

    def __init__(self, path: Path, size: tuple[int, int], start_ns: int) -> None:
        self._writer = VideoWriter(path, *size, start_ns=start_ns, effort="fast")
        self._picture = Planes(*size)
        self._next_ns = start_ns

    def write(self, data: UInt8[np.ndarray, "rows width"], timestamp_ns: int) -> None:
        if timestamp_ns >= self._next_ns:
            self._next_ns = timestamp_ns + _SHORTEST_STEP_NS
            scale(layers_of_data(data), self._picture.layers)
            self._writer.write_planes(self._picture.data, timestamp_ns)

    def close(self) -> None:
        self._writer.close()


def small_size(width: int, height: int) -> tuple[int, int]:
    """Return width and height of a picture whose shorter side is `SMALL_SIDE`, or shorter."""
    return even_size(width, height, SMALL_SIDE / min(width, height))


def even_size(width: float, height: float, share: float = 1.0) -> tuple[int, int]:
    """Return the next lower size that videos can have to a share of one; never a larger one."""
    share = min(share, 1.0)
    return max(2, int(share * width / 2 + 1e-6) * 2), max(2, int(share * height / 2 + 1e-6) * 2)
