"""The camera pane: the picture, what was found in it, and what went wrong with it."""

from typing import Final

import numpy as np
from jaxtyping import UInt8
from PyQt5.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PyQt5.QtWidgets import QSizePolicy, QWidget
from PyQt5.sip import voidptr

from app.pipeline.packet import Packet
from app.viewer.body_layer import BodyLayer, BodyLook, DrawnPicture
from app.viewer.camera_actions import CameraActions
from app.viewer.camera_bar import CameraBar
from app.viewer.camera_overlay import draw_overlays
from app.viewer.camera_words import paint_badge, paint_message
from app.viewer.empty_camera import EmptyCamera
from app.viewer.picture_fit import PictureFit, PictureScaler, Size
from app.viewer.settings import WindowSettings
from app.viewer.studio import Studio
from app.viewer.theme import current_colours

_LEAST_SIZE: Final = QSize(200, 150)
_USUAL_SIZE: Final = QSize(640, 400)
_BADGE_MARGIN: Final = 10.0


class CameraView(QWidget):
    """Shows packets. Cheap: a packet is only kept, and drawn once Qt finds the time."""

    source_wanted = pyqtSignal()
    """The person wants to choose a source: show the panel for it."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("camera_view")
        self.setMinimumSize(_LEAST_SIZE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Camera picture"))
        self._studio = studio
        self._packet: Packet | None = None
        self._drawn: DrawnPicture | None = None
        self._awaits_body = False
        self._message = ""
        self._scaler = PictureScaler()
        self._scaled: tuple[object, ...] = ()
        self._image = QImage()
        self._layer = BodyLayer(self)
        self.actions_of_view = CameraActions(studio, self)
        self._empty = EmptyCamera(studio, self)
        self._bar = CameraBar(self.actions_of_view.bar, self)
        self._empty.source_wanted.connect(self.source_wanted)
        self._layer.drawn.connect(self._take_drawn)
        studio.closing.connect(self._layer.shut_down)
        studio.settings_changed.connect(self._take_settings)
        studio.frozen_changed.connect(self._take_frozen)
        studio.state_changed.connect(self._take_state)
        studio.playback_changed.connect(self._take_playback)
        self._show_empty()

    @property
    def packet(self) -> Packet | None:
        """What is shown."""
        return self._packet

    @property
    def message(self) -> str:
        """What is said over the picture."""
        return self._message

    def show_packet(self, packet: Packet) -> None:
        """Show a packet soon; costs nothing while hidden."""
        if not self.isVisible() or packet.frame.image.size == 0:
            return
        model = self._studio.body if self._studio.settings.view.show_body else None
        self._awaits_body = model is not None and bool(packet.estimates)
        if not self._awaits_body:
            self._drawn = None
        elif model is not None:
            self._layer.offer(packet, model, self._look(packet))
            if self._drawn is not None:
                return  # it comes with its body; until then the picture before stays
        self._set_packet(packet)

    def show_message(self, text: str) -> None:
        """Say something over the picture; nothing for an empty text."""
        if text != self._message:
            self._message = text
            self._show_empty()
            self.update()

    def clear(self) -> None:
        """Show no picture."""
        self._packet = None
        self._drawn = None
        self._awaits_body = False
        self._show_empty()
        self.update()

    def _set_packet(self, packet: Packet) -> None:
        self._packet = packet
        self._show_empty()
        self.update()

    def _look(self, packet: Packet) -> BodyLook:
        settings = self._studio.settings
        return BodyLook(
            self._fit(packet).device_size(self.devicePixelRatioF()),
            settings.view.mirror_picture,
            settings.tracking.mirror_motion,
        )

    def _fit(self, packet: Packet) -> PictureFit:
        height, width = packet.frame.image.shape[:2]
        pane = Size(max(1, self.width()), max(1, self.height()))
        is_mirrored = self._studio.settings.view.mirror_picture
        return PictureFit.into(Size(width, height), pane, is_mirrored=is_mirrored)

    # ---- what happens

    def _take_drawn(self, drawn: DrawnPicture) -> None:
        is_right_way = drawn.is_mirrored == self._studio.settings.view.mirror_picture
        if self._packet is not None and self._awaits_body and is_right_way:
            self._drawn = drawn
            self._set_packet(drawn.packet)

    def _take_frozen(self, _is_frozen: bool) -> None:
        self.update()

    def _take_settings(self, _settings: WindowSettings) -> None:
        self._drawn = None
        if self._packet is not None:
            self.show_packet(self._packet)

    def _take_state(self, state: str) -> None:
        if state in ("starting", "stopped"):
            self.clear()
        self._show_empty()
        self._empty.refresh()

    def _take_playback(self, _is_on: bool) -> None:
        self.clear()

    def _show_empty(self) -> None:
        is_idle = (
            self._studio.state == "stopped"
            and not self._message
            and not self._studio.is_playing_back
        )
        self._empty.setVisible(self._packet is None and is_idle)
        self._bar.set_has_picture(self._packet is not None)

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802  # Qt's name
        """Take over the colours of another theme."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self.actions_of_view.refresh_icons()

    def enterEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Show the bar."""
        self._bar.refresh()

    def leaveEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Hide it."""
        self._bar.refresh()

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:  # noqa: N802
        """Offer all switches."""
        if event is not None:
            menu = self.actions_of_view.menu(self)
            menu.exec_(event.globalPos())
            menu.deleteLater()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Keep the parts in place."""
        self._empty.setGeometry(self.rect())
        self._bar.place()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return a usual size."""
        return _USUAL_SIZE

    # ---- painting

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw the newest packet, and words over it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(current_colours().field))
        if self._packet is not None:
            self._paint_picture(painter, self._packet)
        words = self._message or self._words_of_playback()
        if words:
            paint_message(painter, QRectF(self.rect()), words)
        if self._studio.is_frozen and self._packet is not None:
            paint_badge(painter, QPointF(_BADGE_MARGIN, _BADGE_MARGIN), self.tr("Frozen"))
        painter.end()

    def _words_of_playback(self) -> str:
        """Return why there is no picture, although something is played."""
        if self._packet is not None or not self._studio.is_playing_back:
            return ""
        return self.tr("This take has no video. Close it to see the camera again.")

    def _paint_picture(self, painter: QPainter, packet: Packet) -> None:
        fit = self._fit(packet)
        target = QRectF(fit.x, fit.y, fit.width, fit.height)
        image = self._picture(packet, fit)
        is_enlarged = QSize(*fit.device_size(self.devicePixelRatioF())) != image.size()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_enlarged)
        painter.drawImage(target, image, QRectF(image.rect()))
        painter.setClipRect(target)
        draw_overlays(painter, packet, fit, self._studio.settings.view)
        painter.setClipping(False)

    def _picture(self, packet: Packet, fit: PictureFit) -> QImage:
        """Return the picture for the screen; scaled once, however often it is painted."""
        drawn = self._drawn
        if drawn is not None and drawn.packet is packet:
            return _image_of(drawn.image)
        size = fit.device_size(self.devicePixelRatioF())
        key = (packet.frame, size, fit.is_mirrored)
        if self._scaled != key:
            pixels = self._scaler.scale(packet.frame.image, size, is_mirrored=fit.is_mirrored)
            self._scaled, self._image = key, _image_of(pixels)
        return self._image


def _image_of(pixels: UInt8[np.ndarray, "height width 4"]) -> QImage:
    """Return pixels (BGRX) as Qt's, not copied: they have to live as long."""
    height, width = pixels.shape[:2]
    address = voidptr(pixels.ctypes.data)
    return QImage(address, width, height, pixels.strides[0], QImage.Format.Format_RGB32)
