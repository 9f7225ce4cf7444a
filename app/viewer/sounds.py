"""Tones for whoever stands before the camera, played on a thread of their own: starting a player may take its time."""

import logging
from collections.abc import Callable
from functools import partial

from PyQt5.QtCore import QObject
from PyQt5.QtWidgets import QApplication

from app.calibrate.cues import beep
from app.viewer.background import Background
from engines.errors import MocapError

logger = logging.getLogger(__name__)


class Sounds(QObject):
    """Where nothing can play a tone, the system's own bell rings; where there is none, it is silent."""

    def __init__(
        self, parent: QObject | None = None, *, play: Callable[[int], bool] = beep
    ) -> None:
        """Play tones by `play`, which takes a height in hertz and answers whether it could."""
        super().__init__(parent)
        self._play = play
        self._background = Background("sounds", self)

    def play(self, tone_hz: int) -> None:
        """Begin to play a short tone; does not wait."""
        self._background.run(partial(_try, self._play, tone_hz), _ring_unless, _log)

    def shut_down(self) -> None:
        """Begin no more tones."""
        self._background.shut_down(finish=False)


def _try(play: Callable[[int], bool], tone_hz: int) -> bool:
    try:
        return play(tone_hz)
    except OSError as error:
        logger.debug("no sound (%s)", error)
        return False


def _ring_unless(was_heard: bool) -> None:
    if not was_heard:
        QApplication.beep()


def _log(error: MocapError) -> None:
    logger.debug("%s", error)
