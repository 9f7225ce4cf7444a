"""Pictures: a folder of them, in the order a person would count, or a single one."""

import logging
import re
import time
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from app.capture.frames import FrameMaker
from app.capture.opencv import cv2
from app.capture.options import CaptureOptions
from engines.errors import CaptureError, SourceNotFound
from engines.types import Frame

logger = logging.getLogger(__name__)

PICTURE_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".ppm", ".pgm", ".jp2"}
)
"""Endings of the files that are taken for pictures, in lower case."""


class PictureSource:
    """Frames of a folder of pictures or of one picture, at a given rate.

    Pictures that cannot be read are left out with a warning; the others keep their place: `index` is the picture's
    place in the folder and `timestamp_ns` the time of that place. Sizes may differ. 16 bits, grey and transparency
    become 8-bit BGR, and a photograph is turned as its camera noted.
    """

    is_live = False

    def __init__(self, path: Path, options: CaptureOptions) -> None:
        self._path = path
        self._frames = FrameMaker(options)
        self._period_ns = 1e9 / options.picture_rate_hz
        self._pictures: list[Path] = []
        self._next_index = 0
        self._first: UInt8[np.ndarray, "height width 3"] | None = None

    @property
    def name(self) -> str:
        """The path as given."""
        return str(self._path)

    @property
    def frame_count(self) -> int | None:
        """Number of pictures, unreadable ones included; known once open."""
        return len(self._pictures) or None

    def open(self) -> None:
        """List the pictures and read the first.

        Raises:
            SourceNotFound: there is no such file or folder, or no readable picture in it.
            CaptureError: the folder may not be read.
        """
        self._pictures = self._list()
        self._next_index = 0
        self._first = self._read_next()
        if self._first is None:
            raise SourceNotFound(f"{self._path}: no picture in it can be read; see the warnings")

    def read(self) -> Frame | None:
        """Return the next readable picture; None at the end or once closed."""
        image, self._first = self._first, None
        if image is None:
            image = self._read_next()
        if image is None:
            return None
        index = self._next_index - 1
        timestamp_ns = round(index * self._period_ns)
        return self._frames.make(index, time.perf_counter_ns(), timestamp_ns, image)

    def close(self) -> None:
        """Forget the rest."""
        self._first = None
        self._next_index = len(self._pictures)

    def _list(self) -> list[Path]:
        if self._path.is_file():
            return [self._path]
        if not self._path.is_dir():
            raise SourceNotFound(f"{self._path}: no such file or folder; check the path")
        try:
            files = [file for file in self._path.iterdir() if not file.name.startswith(".")]
        except OSError as error:
            raise CaptureError(
                f"{self._path}: may not be read ({error.strerror}); mend its rights"
            ) from error
        pictures = [file for file in files if file.suffix.lower() in PICTURE_SUFFIXES]
        if not pictures:
            raise SourceNotFound(
                f"{self._path}: holds no pictures; their names end in {', '.join(sorted(PICTURE_SUFFIXES))}"
            )
        return sorted(pictures, key=natural_order)

    def _read_next(self) -> UInt8[np.ndarray, "height width 3"] | None:
        while self._next_index < len(self._pictures):
            path = self._pictures[self._next_index]
            self._next_index += 1
            image = read_picture(path)
            if image is not None:
                return image
            logger.warning("%s: not a readable picture; left out", path)
        return None


def natural_order(path: Path) -> list[tuple[int, str]]:
    """Return a sorting key that puts '9.png' before '10.png'."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part.casefold())
        for part in re.split(r"(\d+)", path.name)
    ]


def read_picture(path: Path) -> UInt8[np.ndarray, "height width 3"] | None:
    """Return a picture in 8-bit BGR; None when it cannot be read."""
    try:
        # Not cv2.imread: on Windows it cannot open names outside the system's code page.
        data = np.fromfile(path, np.uint8)
        if not data.size:
            return None
        return cv2.imdecode(data, cv2.IMREAD_COLOR)
    except (OSError, cv2.error) as error:
        logger.debug("%s: %s", path, error)
        return None
