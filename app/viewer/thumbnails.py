"""Small pictures of takes, drawn once and kept in the cache folder."""

import logging
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from PyQt5.QtCore import QObject, pyqtSignal
from PyQt5.QtGui import QImage, QPixmap

from app.paths import cache_folder
from app.render.overlay import OverlayOptions, SideView
from app.takes.folder import TAKE_NAME
from app.takes.library import TakeSummary
from app.takes.load import load_take
from app.takes.replay import packet_at
from app.takes.take import Take
from app.viewer.background import Background
from engines.body.model import BodyModel, load_body
from engines.errors import MocapError
from engines.model_store import model_path

WIDTH_PX: Final = 168
HEIGHT_PX: Final = 224

_OPEN_BODY: Final = "open_body"
_AZIMUTH_DEG: Final = 20.0
_INTO: Final = 0.4
"""Share of the frames before the one that is drawn: by then people have got into place."""
_AT_ONCE: Final = 24

logger = logging.getLogger(__name__)


class Thumbnails(QObject):
    """Draws the pictures that are asked for, one after another."""

    ready = pyqtSignal(object)
    """The folder of a take whose picture is there now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background("thumbnails", self)
        self._pictures: dict[tuple[Path, int], QPixmap | None] = {}
        self._waiting = 0
        self._body: BodyModel | None = None  # of the worker thread

    def picture(self, take: TakeSummary) -> QPixmap | None:
        """Return the picture of a take; None while there is none, and then `ready` may follow."""
        key = take.folder, take.size_bytes
        if take.state != "whole" or key in self._pictures:
            return self._pictures.get(key)
        if self._waiting < _AT_ONCE:  # the others are asked for when they are painted next
            self._waiting += 1
            self._pictures[key] = None
            self._background.run(
                partial(self._load_or_draw, take.folder),
                partial(self._take_image, key),
                self._not_drawn,
            )
        return None

    def shut_down(self) -> None:
        """Draw no more."""
        self._background.shut_down(finish=False)

    def _take_image(self, key: tuple[Path, int], image: QImage) -> None:
        self._waiting -= 1
        self._pictures[key] = QPixmap.fromImage(image)
        self.ready.emit(key[0])

    def _not_drawn(self, error: MocapError) -> None:
        self._waiting -= 1
        logger.debug("no thumbnail: %s", error)

    # ---- on the worker thread

    def _load_or_draw(self, folder: Path) -> QImage:
        cached = _cache_file(folder / TAKE_NAME)
        if cached is not None:
            image = QImage(str(cached))
            if not image.isNull():
                return image
        if self._body is None:
            self._body = load_body(model_path(_OPEN_BODY))
        image = thumbnail(load_take(folder), self._body)
        if cached is not None:
            _save(image, cached)
        return image


def thumbnail(take: Take, body: BodyModel) -> QImage:
    """Draw a take in the midst of its motion; the skin of another body than its own would lie, its bones do not."""
    style = OverlayOptions(azimuth_deg=_AZIMUTH_DEG, swing_deg=0)
    if take.body_model != body.name:
        style = OverlayOptions(style="skeleton", azimuth_deg=_AZIMUTH_DEG, swing_deg=0)
    seen = np.flatnonzero(take.seen)
    row = int(seen[int(len(seen) * _INTO)]) if len(seen) else 0
    picture = np.empty((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    nothing = np.zeros((0, 0, 3), np.uint8)
    packet = packet_at(take, row, timestamp_ns=0, captured_ns=0, image=nothing)
    SideView(body, WIDTH_PX, HEIGHT_PX, style).draw(picture, packet)
    image = QImage(
        picture.data, WIDTH_PX, HEIGHT_PX, picture.strides[0], QImage.Format.Format_BGR888
    )
    return image.copy()


def _cache_file(take: Path) -> Path | None:
    """Return where the picture of an npz is kept: it outlives another name of the take, and no change of it."""
    try:
        facts = take.stat()
    except OSError:
        return None
    return cache_folder() / "thumbnails" / f"{facts.st_mtime_ns:x}-{facts.st_size:x}.png"


def _save(image: QImage, path: Path) -> None:
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if image.save(str(part), "PNG"):
            part.replace(path)
    except OSError as error:
        logger.debug("%s: not kept (%s)", path, error)
