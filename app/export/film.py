"""The camera's video of a take, as an export shows it."""

import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Int64
from numpy.typing import NDArray

from app.render.planes import Layers, layers_of_frame
from app.takes.folder import SMALL_VIDEO_NAME, VIDEO_NAME
from app.takes.pictures import TakePictures
from app.takes.take import Take
from app.takes.video import picture_times
from engines.errors import TakeError, UsageError

logger = logging.getLogger(__name__)

_MOST: Final = 0.95
"""Share of the wanted times that need a picture of the cheap kind within half a step."""
_MUCH_LARGER: Final = 2
"""A video of so many times the rows that are shown need not be decoded with every care."""


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """Some pictures of a video; M is their number."""

    path: Path
    """The video."""
    start_ns: int
    """Time of its first picture on the source's axis, where it does not tell."""
    times_ns: Int64[np.ndarray, "M"]
    """Their times on the source's axis."""
    is_rough: bool
    """They are shown small, and no other picture is needed than those that others are made from."""

    def __len__(self) -> int:
        return len(self.times_ns)

    def rows(self, rows: slice) -> "Film":
        """Return some of the pictures."""
        return replace(self, times_ns=self.times_ns[rows])

    def pictures(self) -> Iterator[Layers]:
        """Give the pictures; each is valid until the next. Raises `TakeError`."""
        pictures = TakePictures(self.path, default_start_ns=self.start_ns, is_rough=self.is_rough)
        with closing(pictures):
            for time_ns in self.times_ns:
                frame = pictures.frame_at(int(time_ns))
                if frame is None:
                    return
                yield layers_of_frame(frame)


def video_of(take: Take) -> Path:
    """Return where the camera's video of a take is, if it has one."""
    return take.path.with_name(VIDEO_NAME)


def checked_video_of(take: Take) -> Path:
    """Return the camera's video of a take. Raises `UsageError` where there is none."""
    path = video_of(take)
    if not path.is_file():
        raise UsageError(f"{path}: is not there; record with --video, or choose --view turntable")
    return path


def film_of(take: Take, wanted_ns: Int64[np.ndarray, "M"]) -> Film:
    """Return the pictures of a take's video that are nearest to some times on the source's axis.

    Raises:
        UsageError: the take has no video, or an empty one.
        TakeError: it cannot be read.
    """
    path, start_ns = checked_video_of(take), int(take.source_timestamps_ns[0])
    shown_ns = picture_times(path, default_start_ns=start_ns).times_ns
    if len(shown_ns) == 0:
        raise UsageError(f"{path}: holds no picture; choose --view turntable")
    return Film(path, start_ns, shown_ns[nearest(shown_ns, wanted_ns)], is_rough=False)


def rough_film_of(
    take: Take, wanted_ns: Int64[np.ndarray, "M"], size: tuple[int, int], *, is_long: bool
) -> Film | None:
    """Return pictures near to some times on the source's axis, of those that cost little to read.

    Args:
        take: The take.
        wanted_ns: The times.
        size: Width and height they are shown with. Of a much larger video those are read that others are made from,
            without smoothing their blocks' edges: half the work.
        is_long: Reading must not take long: the small copy of the video will do (`FilmWriter`), where there is one
            that is as large as what is shown.

    Returns:
        The pictures; None where there are none of these kinds, or where they do not come often enough.

    Raises:
        UsageError: the take has no video.
        TakeError: it cannot be read.
    """
    path, start_ns = checked_video_of(take), int(take.source_timestamps_ns[0])
    if is_long and (film := _small_film(path, start_ns, wanted_ns, size)):
        return film
    if take.camera.height < _MUCH_LARGER * size[1]:
        return None
    shown = picture_times(path, default_start_ns=start_ns)
    times_ns = _near(shown.times_ns[shown.is_reference], wanted_ns)
    return None if times_ns is None else Film(path, start_ns, times_ns, is_rough=True)


def _small_film(
    path: Path, start_ns: int, wanted_ns: Int64[np.ndarray, "M"], size: tuple[int, int]
) -> Film | None:
    """Return pictures of the small copy of a video, where it can be used."""
    path = path.with_name(SMALL_VIDEO_NAME)
    if not path.is_file():
        return None
    try:
        small = picture_times(path, default_start_ns=start_ns)
    except TakeError as error:
        logger.warning("%s; the large one is read", error)
        return None
    if small.size[0] < size[0] or small.size[1] < size[1]:
        return None
    times_ns = _near(small.times_ns, wanted_ns)
    return None if times_ns is None else Film(path, start_ns, times_ns, is_rough=True)


def _near(
    times_ns: Int64[np.ndarray, "K"], wanted_ns: Int64[np.ndarray, "M"]
) -> Int64[np.ndarray, "M"] | None:
    """Return the times nearest to others; None where too many lie more than half a step from them."""
    if len(times_ns) == 0:
        return None
    chosen_ns = times_ns[nearest(times_ns, wanted_ns)]
    half_step_ns = np.diff(wanted_ns).mean() / 2 if len(wanted_ns) > 1 else 0
    return chosen_ns if np.mean(np.abs(chosen_ns - wanted_ns) <= half_step_ns) >= _MOST else None


def nearest(
    times_ns: Int64[np.ndarray, "K"], wanted_ns: Int64[np.ndarray, "M"]
) -> Int64[np.ndarray, "M"]:
    """Return the numbers of the rising times that are nearest to others; of two as near, the later one's."""
    return np.searchsorted((times_ns[1:] + times_ns[:-1]) / 2, wanted_ns, side="right")


def frames_at_rate(take: Take, fps: int | None) -> tuple[Int64[np.ndarray, "M"], NDArray[np.intp]]:
    """Return times on the axis of `Take.timestamps_ns`, and the rows nearest to them: a video has no frames in between.

    Args:
        take: The take.
        fps: So many frames a second; None for the take's own frames.
    """
    own_ns = take.timestamps_ns
    if fps is None:
        return own_ns, np.arange(len(take))
    count = int((own_ns[-1] - own_ns[0]) / 1e9 * fps + 1e-6) + 1
    times_ns = own_ns[0] + np.round(np.arange(count) * 1e9 / fps).astype(np.int64)
    return times_ns, nearest(own_ns, times_ns)
