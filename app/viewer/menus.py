"""The menus and the toolbar."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PyQt5.QtCore import QObject, QSize, Qt, QUrl
from PyQt5.QtGui import QDesktopServices, QKeySequence
from PyQt5.QtWidgets import (
    QAction,
    QActionGroup,
    QApplication,
    QDialog,
    QFileDialog,
    QMenu,
    QMessageBox,
)

from app.logs import log_file
from app.paths import CHECKOUT, DEMO_CLIP, version
from app.render.gl.orbit_camera import Side
from app.viewer.diagnostics import diagnostics
from app.viewer.dialogs.first_run import FirstRun
from app.viewer.dialogs.preferences import Preferences
from app.viewer.settings import ViewSettings, WindowSettings

if TYPE_CHECKING:
    from app.viewer.main_window import MainWindow

_ICON = QSize(20, 20)


class Menus(QObject):
    """Fills the menu bar and the toolbar of the window."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._choices: list[tuple[QAction, str, object]] = []
        self._fill_toolbar()
        self._fill_file()
        self._fill_session()
        self._fill_view()
        self._fill_help()
        window.studio.settings_changed.connect(self._show_choices)
        self._show_choices(window.studio.settings)

    def _fill_toolbar(self) -> None:
        actions = self._window.actions_of_session
        bar = self._window.addToolBar(self.tr("Toolbar"))
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setIconSize(_ICON)
        bar.setToolButtonStyle(Qt.ToolButtonTextBesideIcon)
        bar.addActions([actions.start_stop, actions.freeze, actions.recentre])
        bar.addSeparator()
        bar.addActions([actions.record, actions.save_last])
        bar.addSeparator()
        bar.addAction(actions.mirror_motion)

    def _fill_file(self) -> None:
        menu = self._menu(self.tr("&File"))
        self._add(menu, self.tr("Open a &video …"), self._open_video, QKeySequence.Open)
        self._add(menu, self.tr("Open the &demo clip"), self._open_demo)
        menu.addSeparator()
        self._add(menu, self.tr("&Settings …"), self.show_preferences, QKeySequence.Preferences)
        menu.addSeparator()
        self._add(menu, self.tr("&Quit"), self._window.close, QKeySequence.Quit)

    def _fill_session(self) -> None:
        actions = self._window.actions_of_session
        menu = self._menu(self.tr("&Session"))
        menu.addActions([actions.start_stop, actions.freeze, actions.recentre])
        menu.addAction(actions.mirror_motion)
        menu.addSeparator()
        menu.addActions([actions.record, actions.save_last, actions.mark])

    def _fill_view(self) -> None:
        menu = self._menu(self.tr("&View"))
        self._choose(
            menu.addMenu(self.tr("&Body")),
            "body_view",
            {
                "mesh": self.tr("&Surface"),
                "skeleton": self.tr("S&keleton"),
                "mesh+skeleton": self.tr("Surface &and skeleton"),
                "wireframe": self.tr("&Wireframe"),
            },
        )
        sides = menu.addMenu(self.tr("&Look from"))
        viewport = self._window.body_pane
        sides_named: dict[Side, str] = {
            "front": self.tr("&Front"),
            "side": self.tr("&Side"),
            "top": self.tr("&Top"),
        }
        for side, text in sides_named.items():
            self._add(sides, text, partial(self._look_from, side))
        self._add(sides, self.tr("&Reset"), lambda: viewport.viewport.reset_view())
        self._check(menu, "show_3d", self.tr("&3D view"))
        self._check(menu, "mirror_picture", self.tr("&Mirror the picture"))
        menu.addSeparator()
        self._choose(
            menu.addMenu(self.tr("&Theme")),
            "theme",
            {"dark": self.tr("&Dark"), "light": self.tr("&Light")},
        )
        self._choose(
            menu.addMenu(self.tr("Lan&guage")),
            "language",
            {"": self.tr("As the &system"), "en": "English", "ja": "日本語"},
        )
        menu.addSeparator()
        for toggle in self._window.docks.toggles():
            menu.addAction(toggle())

    def _fill_help(self) -> None:
        menu = self._menu(self.tr("&Help"))
        self._add(menu, self.tr("&First steps …"), self.show_first_run)
        self._add(menu, self.tr("Copy &diagnostics"), self._copy_diagnostics)
        self._add(menu, self.tr("Open the &log"), self._open_log)
        menu.addSeparator()
        self._add(menu, self.tr("&About ExPose Live"), self._about)

    def show_first_run(self) -> None:
        """Show the first steps."""
        self._show(FirstRun(self._window.studio, self._window))

    def show_preferences(self) -> None:
        """Show profiles and keys."""
        self._show(Preferences(self._window.studio, self._window))

    def _show(self, dialog: QDialog) -> None:
        dialog.exec_()
        dialog.deleteLater()

    def _menu(self, title: str) -> QMenu:
        menu = self._window.menuBar().addMenu(title)
        menu.setToolTipsVisible(True)
        return menu

    def _add(
        self,
        menu: QMenu,
        text: str,
        do: Callable[[], object],
        key: QKeySequence.StandardKey | None = None,
    ) -> None:
        action = menu.addAction(text)
        action.triggered.connect(lambda _checked=False: do())
        if key is not None:
            action.setShortcut(QKeySequence(key))

    def _choose(self, menu: QMenu, setting: str, texts: dict[str, str]) -> None:
        group = QActionGroup(self)
        for value, text in texts.items():
            action = group.addAction(menu.addAction(text))
            action.setCheckable(True)
            action.triggered.connect(partial(self._set, setting, value))
            self._choices.append((action, setting, value))

    def _check(self, menu: QMenu, setting: str, text: str) -> None:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.triggered.connect(lambda checked: self._set(setting, checked))
        self._choices.append((action, setting, True))

    def _set(self, setting: str, value: object, _checked: bool = False) -> None:
        settings = self._window.studio.settings
        view: ViewSettings = replace(settings.view, **{setting: value})  # type: ignore[arg-type]
        self._window.studio.change(replace(settings, view=view))
        if setting == "language":
            self._window.messages.show_problem(self.tr("The language changes with the next start."))

    def _show_choices(self, settings: WindowSettings) -> None:
        for action, setting, value in self._choices:
            action.setChecked(getattr(settings.view, setting) == value)

    def _look_from(self, side: Side) -> None:
        self._window.body_pane.viewport.look_from(side)

    def _open_video(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Open a video"),
            "",
            self.tr("Videos (*.mp4 *.mkv *.mov *.avi *.webm);;All files (*)"),
        )
        if path:
            self._window.open_source(path)

    def _open_demo(self) -> None:
        self._window.open_source(str(DEMO_CLIP))

    def _copy_diagnostics(self) -> None:
        window = self._window
        QApplication.clipboard().setText(diagnostics(window.studio, window.status, window.renderer))
        window.statusBar().showMessage(
            self.tr("Copied: versions, settings and the end of the log; no pictures"), 5000
        )

    def _open_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_file().parent)))

    def _about(self) -> None:
        QMessageBox.about(
            self._window,
            self.tr("About ExPose Live"),
            self.tr(
                "<h3>ExPose Live {version}</h3><p>One webcam, a whole expressive body.</p>"
                "<p>Everything stays on this computer: no account, no upload, no telemetry. Motion leaves it only "
                "where you switch a receiver on that is elsewhere.</p>"
                "<p>Code: Apache-2.0. Open body: CC0. The window uses PyQt5 (GPL v3). See NOTICE in {folder}.</p>"
            ).format(version=version(), folder=CHECKOUT),
        )
