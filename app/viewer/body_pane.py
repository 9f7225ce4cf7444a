"""The 3D side of the window: a viewport for the body that the engine in use has."""

import numpy as np
from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QVBoxLayout, QWidget

from app.pipeline.packet import LEVEL_CAMERA, Packet
from app.render.gl.description import GlDescription
from app.render.gl.scene_pose import ScenePose
from app.viewer.settings import WindowSettings
from app.viewer.studio import Studio
from app.viewer.viewport import Viewport, create_viewport
from engines.body.model import BodyModel


class BodyPane(QWidget):
    """Shows the bodies of packets; makes another viewport where another engine has another body."""

    described = pyqtSignal(object)
    """A `GlDescription`, once OpenGL is known."""

    def __init__(self, studio: Studio, model: BodyModel, parent: QWidget | None = None) -> None:
        """Show `model` until an engine says otherwise."""
        super().__init__(parent)
        self.setObjectName("body_pane")
        self._studio = studio
        self._model = model
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._viewport = self._make_viewport(model)
        studio.settings_changed.connect(self._take_settings)

    @property
    def viewport(self) -> Viewport:
        """The viewport in use, for views from a side."""
        return self._viewport

    def show_packet(self, packet: Packet) -> None:
        """Show the bodies of a packet; costs nothing while hidden."""
        if not self.isVisible():
            return
        model = self._studio.body
        if model is not None and model is not self._model:
            self._exchange(model)
        place = packet.world_from_camera
        poses = [ScenePose.from_estimate(self._model, each, place) for each in packet.estimates]
        is_measured = not np.array_equal(place, LEVEL_CAMERA)
        self._viewport.set_poses(poses, world_is_measured=is_measured)

    def clear(self) -> None:
        """Show nobody."""
        self._viewport.set_poses([])

    def release(self) -> None:
        """Free what OpenGL holds, while its context is there."""
        self._viewport.release()

    def _exchange(self, model: BodyModel) -> None:
        self._model = model
        old, self._viewport = self._viewport, self._make_viewport(model)
        old.deleteLater()

    def _make_viewport(self, model: BodyModel) -> Viewport:
        viewport = create_viewport(model, self)
        viewport.setObjectName("viewport")
        viewport.described.connect(self._describe)
        self._layout.addWidget(viewport)
        self._dress(viewport, self._studio.settings)
        return viewport

    def _describe(self, description: GlDescription) -> None:
        self.described.emit(description)

    def _take_settings(self, settings: WindowSettings) -> None:
        self._dress(self._viewport, settings)
        self.setVisible(settings.view.show_3d)

    def _dress(self, viewport: Viewport, settings: WindowSettings) -> None:
        viewport.set_theme(settings.view.theme)
        viewport.set_style(settings.view.body_view)
