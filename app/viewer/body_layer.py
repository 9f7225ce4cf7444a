"""Draws bodies over pictures on a thread of its own: the newest that it can keep up with, never a queue.

By the software rasteriser, because it runs everywhere and costs less where it matters: at 640 x 360 it takes 5.4 ms of
one core, where OpenGL without a graphics card takes 20 ms, and it needs no context on this thread.
"""

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from jaxtyping import UInt8
from PyQt5.QtCore import QObject, pyqtSignal

from app.capture.opencv import cv2
from app.pipeline.packet import Packet
from app.render.overlay import BodyOverlay, OverlayOptions
from app.viewer.background import Background
from app.viewer.picture_fit import Size, scaled_camera
from engines.body.model import BodyModel
from engines.errors import MocapError

_LARGEST: Final = 800 * 450
"""Pixels that are drawn at most; larger panes show it enlarged."""
_OPACITY: Final = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class DrawnPicture:
    """A picture with its bodies."""

    packet: Packet
    """What it was drawn of."""
    image: UInt8[np.ndarray, "height width 4"]
    """BGRX, mirrored where that was asked for; not written to any more."""
    is_mirrored: bool
    """Mirrored."""


@dataclass(frozen=True, slots=True)
class BodyLook:
    """How a packet is to be drawn."""

    size: Size
    """Of the picture on the screen."""
    is_picture_mirrored: bool
    """Show the picture as in a looking glass."""
    is_motion_mirrored: bool
    """The packet's bodies are the looking glass's already."""


class BodyLayer(QObject):
    """Takes packets while it is idle, and hands pictures back on the window's thread."""

    drawn = pyqtSignal(object)
    """A `DrawnPicture`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background("camera-body", self)
        self._is_busy = False
        self._waiting: tuple[Packet, BodyModel, BodyLook] | None = None
        self._brush: _Brush | None = None

    def offer(self, packet: Packet, model: BodyModel, look: BodyLook) -> None:
        """Draw a packet now, or after the one that is being drawn unless a newer one comes meanwhile."""
        if self._is_busy:
            self._waiting = packet, model, look
            return
        self._is_busy = True
        if self._brush is None or self._brush.model is not model:
            self._brush = _Brush(model)
        self._background.run(partial(self._brush.draw, packet, look), self._done, self._failed)

    def shut_down(self) -> None:
        """End the thread, after the picture it is at."""
        self._waiting = None
        self._background.shut_down()

    def _done(self, picture: DrawnPicture) -> None:
        self._is_busy = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.offer(*waiting)
        self.drawn.emit(picture)

    def _failed(self, error: MocapError) -> None:
        self._is_busy = False
        raise error


class _Brush:
    """Lives on the layer's thread, but for its making."""

    def __init__(self, model: BodyModel) -> None:
        self.model = model
        self._overlay = BodyOverlay(model, OverlayOptions(opacity=_OPACITY))
        self._scaled = np.empty((0, 0, 3), np.uint8)

    def draw(self, packet: Packet, look: BodyLook) -> DrawnPicture:
        """Draw the bodies of a packet over its picture.

        Mirrored bodies fit the mirrored picture, seen by the mirrored camera: so the picture is turned to the side of
        the bodies first, and to the side that is shown last.
        """
        size = _affordable(look.size)
        if self._scaled.shape[:2] != (size.height, size.width):
            self._scaled = np.empty((size.height, size.width, 3), np.uint8)
        cv2.resize(packet.frame.image, size, dst=self._scaled)
        if look.is_motion_mirrored:
            cv2.flip(self._scaled, 1, dst=self._scaled)
        camera = scaled_camera(packet.frame.camera, size, is_mirrored=look.is_motion_mirrored)
        self._overlay.draw(self._scaled, packet.estimates, camera)
        if look.is_motion_mirrored != look.is_picture_mirrored:
            cv2.flip(self._scaled, 1, dst=self._scaled)
        shown = cv2.cvtColor(self._scaled, cv2.COLOR_BGR2BGRA)  # new: it leaves this thread
        return DrawnPicture(packet, shown, look.is_picture_mirrored)


def _affordable(size: Size) -> Size:
    shrink = min(1.0, (_LARGEST / (size.width * size.height)) ** 0.5)
    return Size(max(1, round(size.width * shrink)), max(1, round(size.height * shrink)))
