"""Chooses where the pictures come from: one list of cameras and other kinds, and what belongs to the choice."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.capture.camera_info import CameraInfo
from app.viewer.panels.camera_page import CameraPage
from app.viewer.panels.choice_box import ChoiceBox
from app.viewer.panels.source_pages import AddressPage, FilePage, SyntheticPage
from app.viewer.settings import WindowSettings
from app.viewer.source_choices import (
    CAMERA_PREFIX,
    DEMO,
    SYNTHETIC_PREFIX,
    Kind,
    camera_label,
    camera_of,
    camera_spec,
    kind_of,
    with_spec,
)
from app.viewer.studio import Studio
from app.viewer.theme import icon

_FIRST_MOTION: Final = SYNTHETIC_PREFIX + "walk"


class SourcePicker(QWidget):
    """Changes `settings.source`."""

    refresh_wanted = pyqtSignal()
    """Look for cameras again."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._cameras: tuple[CameraInfo, ...] | None = None
        self._list = ChoiceBox("source_choice")
        self._list.setAccessibleName(self.tr("Source"))
        self._list.setToolTip(self.tr("Where the pictures come from"))
        self._list.activated.connect(self._choose)
        self._refresh = QToolButton()
        self._refresh.setObjectName("refresh_button")
        self._refresh.setProperty("role", "button")
        self._refresh.setAccessibleName(self.tr("Look for cameras again"))
        self._refresh.setToolTip(self.tr("Look for cameras again"))
        self._refresh.clicked.connect(self.refresh_wanted)
        self._hint = QLabel()
        self._hint.setObjectName("camera_hint")
        self._hint.setProperty("role", "hint")
        self._hint.setWordWrap(True)
        self._camera_page = CameraPage(studio)
        self._video_page = FilePage(is_folder=False)
        self._pictures_page = FilePage(is_folder=True)
        self._address_page = AddressPage()
        self._synthetic_page = SyntheticPage()
        self._pages: dict[Kind, QWidget] = {
            "camera": self._camera_page,
            "video": self._video_page,
            "pictures": self._pictures_page,
            "address": self._address_page,
            "synthetic": self._synthetic_page,
        }
        for page in (
            self._video_page,
            self._pictures_page,
            self._address_page,
            self._synthetic_page,
        ):
            page.chosen.connect(self._change)
        self._shown = studio.settings.source
        self._place()
        studio.settings_changed.connect(self._show_settings)
        self.refresh_icons()

    def show_cameras(self, cameras: Sequence[CameraInfo]) -> None:
        """Show which cameras are there."""
        self._cameras = tuple(cameras)
        self._refresh.setEnabled(True)
        self._fill()

    def show_searching(self) -> None:
        """Show that cameras are being looked for."""
        self._refresh.setEnabled(False)

    def refresh_icons(self) -> None:
        """Make the icons anew, in the colours of another theme."""
        self._refresh.setIcon(icon("refresh"))
        self._fill()

    # ---- what the person does

    def _choose(self, index: int) -> None:
        data = self._list.itemData(index)
        if data is None:
            self._show_source()
        elif data.startswith(CAMERA_PREFIX):
            self._change(data)
        elif data == "demo":
            self._change(DEMO)
        elif data == "synthetic":
            self._change(_FIRST_MOTION)
        elif data == kind_of(self._shown.spec):
            self._show_page(data)
        elif data == "address":
            self._show_page("address")
        else:
            page = self._video_page if data == "video" else self._pictures_page
            self._show_page(data)
            if not page.browse():
                self._show_source()

    def _change(self, spec: str) -> None:
        settings = self._studio.settings
        self._studio.change(replace(settings, source=with_spec(settings.source, spec)))

    # ---- what is shown

    def _show_settings(self, settings: WindowSettings) -> None:
        if settings.source != self._shown:
            is_same_choice = settings.source.spec == self._shown.spec
            self._shown = settings.source
            if is_same_choice:
                self._show_details()
            else:
                self._fill()

    def _fill(self) -> None:
        """List the cameras that are there, the one that is chosen in any case, and the other kinds."""
        cameras = self._cameras or ()
        spec = self._shown.spec
        self._list.clear()
        if not spec:
            self._list.addItem(self.tr("Choose …"), None)
        for camera in cameras:
            self._list.addItem(
                icon("camera"), camera_label(camera, cameras), camera_spec(camera, cameras)
            )
        if kind_of(spec) == "camera" and camera_of(spec, cameras) is None:
            name = spec.removeprefix(CAMERA_PREFIX)
            is_known = self._cameras is not None
            text = self.tr("{0} (not connected)").format(name) if is_known else name
            self._list.addItem(icon("camera"), text, spec)
        self._list.insertSeparator(self._list.count())
        for kind, text, picture in (
            ("demo", self.tr("Demo clip"), "film"),
            ("video", self.tr("Video file …"), "film"),
            ("pictures", self.tr("Folder of pictures …"), "folder"),
            ("address", self.tr("Network address …"), "streaming"),
            ("synthetic", self.tr("Drawn person"), "person"),
        ):
            self._list.addItem(icon(picture), text, kind)
        self._show_source()

    def _show_source(self) -> None:
        spec = self._shown.spec
        kind = kind_of(spec)
        camera = camera_of(spec, self._cameras or ())
        if kind == "none":
            self._list.show_choice(None)
        elif camera is not None:
            self._list.show_choice(camera_spec(camera, self._cameras or ()))
        else:
            self._list.show_choice(spec if kind == "camera" else kind)
        self._list.setToolTip(self._list.currentText())
        self._show_page(kind)
        self._show_details()

    def _show_details(self) -> None:
        spec = self._shown.spec
        kind = kind_of(spec)
        self._camera_page.show_camera(camera_of(spec, self._cameras or ()), self._shown)
        self._video_page.show_path(spec if kind == "video" else "")
        self._pictures_page.show_path(spec if kind == "pictures" else "")
        if kind == "address":  # else leave what is being typed
            self._address_page.show_address(spec)
        self._synthetic_page.show_spec(spec)

    def _show_page(self, kind: Kind) -> None:
        for each, page in self._pages.items():
            page.setVisible(each == kind)
        is_without = self._cameras == () and kind in ("none", "camera")
        hint = ""
        if is_without:
            hint = self.tr("No camera is connected. Plug one in and refresh, or try the demo clip.")
        elif kind == "demo":
            hint = self.tr("A person who walks on a treadmill: to see the program at work.")
        elif kind == "synthetic":
            hint = self.tr("A moving person drawn by this program: for tests without a camera.")
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        if kind == "camera" and is_without:
            self._camera_page.setVisible(False)

    def _place(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        line = QHBoxLayout()
        line.addWidget(self._list, 1)
        line.addWidget(self._refresh)
        layout.addLayout(line)
        layout.addWidget(self._hint)
        for page in self._pages.values():
            layout.addWidget(page)
