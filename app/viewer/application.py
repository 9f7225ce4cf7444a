"""Opens the window, and ends with it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QTimer
from PyQt5.QtWidgets import QApplication

from app.config import AppConfig
from app.paths import DEMO_CLIP
from app.viewer.boot import Mistakes, create_application, end_on_signals
from app.viewer.main_window import MainWindow
from app.viewer.settings_store import load_settings, window_settings_file
from app.viewer.studio import Studio
from app.viewer.theme import apply_theme
from app.viewer.translation import use_language
from engines.body.model import load_body
from engines.model_store import model_path

_SCREENSHOT_AFTER_S: Final = 5.0
_FIRST_STEPS_AFTER_MS: Final = 300

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """What the call asks of the window."""

    source: str = ""
    """A source to begin with, in place of the remembered one."""
    duration_s: float | None = None
    """Close by itself, so long after the first body is shown."""
    screenshot: Path | None = None
    """Write a picture of the window there, at the end of the duration."""


def run_window(plan: WindowPlan, config: AppConfig) -> int:
    """Show the window until it is closed, and return the exit code: 1 where it was to run by itself and did not.

    Raises:
        EngineUnavailable: there is no display.
    """
    application = create_application()
    mistakes = Mistakes()
    mistakes.install()
    path = window_settings_file()
    loaded = load_settings(path)
    settings = loaded.settings
    if plan.source:
        settings = replace(settings, source=replace(settings.source, spec=plan.source))
    apply_theme(application, settings.view.theme)
    use_language(application, settings.view.language)
    studio = Studio(settings, config)
    window = MainWindow(studio, mistakes, load_body(model_path("open_body")), path)
    end_on_signals(window.close, window)
    if loaded.problem:
        logger.warning("%s", loaded.problem)
        window.messages.show_problem(loaded.problem)
    window.show()
    is_by_itself = plan.source or plan.duration_s is not None or plan.screenshot is not None
    if is_by_itself:
        if not settings.source.spec:
            window.open_source(str(DEMO_CLIP))
        studio.start()
    elif not settings.first_run_done:
        QTimer.singleShot(_FIRST_STEPS_AFTER_MS, window.menus.show_first_run)
    elif settings.source.spec:
        studio.start()
    if plan.duration_s is not None or plan.screenshot is not None:
        _end_later(window, plan)
    try:
        code = int(application.exec_())
    finally:
        mistakes.uninstall()
    return code or int(is_by_itself and studio.newest is None)


def _end_later(window: MainWindow, plan: WindowPlan) -> None:
    """Close the window after the plan's duration, counted from the first packet, or from a failure to start."""
    timer = QTimer(window)
    timer.setSingleShot(True)
    duration_s = _SCREENSHOT_AFTER_S if plan.duration_s is None else plan.duration_s
    timer.setInterval(round(1000 * duration_s))

    def begin(*_: object) -> None:
        if not timer.isActive():
            timer.start()

    window.studio.packet_ready.connect(_once(begin))
    window.studio.problem.connect(_once(begin))
    timer.timeout.connect(lambda: _end(window, plan.screenshot))


def _end(window: MainWindow, screenshot: Path | None) -> None:
    written = screenshot is None or window.grab().save(str(screenshot))
    window.close()
    if not written:
        logger.error("%s: cannot be written; check the folder, and use .png", screenshot)
        QApplication.exit(1)


def _once(function: Callable[..., None]) -> Callable[..., None]:
    called = [False]

    def call(*args: object) -> None:
        if not called[0]:
            called[0] = True
            function(*args)

    return call
