"""Sends the test pattern to receivers, each from a thread of its own, until it is told to stop."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from PyQt5.QtCore import QObject, pyqtSignal

from app.sinks.catalog import create_sink
from app.sinks.pace import NetworkSink
from app.sinks.pattern_player import PatternPlayer
from app.sinks.test_pattern import PatternPart, PatternPerformer
from app.sinks.udp import SendStatus
from engines.body.model import load_body
from engines.errors import MocapError
from engines.model_store import model_path

_RATE_HZ: Final = 30
_JOIN_S: Final = 3.0


@dataclass(slots=True)
class _Play:
    """One receiver that is sent to."""

    text: str
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None
    sink: NetworkSink | None = None


class PatternPlayers(QObject):
    """Any number of them at once. Signals come on the window's thread."""

    part_changed = pyqtSignal(str, str)
    """TARGET, and the part of the pattern that begins."""
    ended = pyqtSignal(str, str)
    """TARGET, and in one line why it could not go on; empty where it was told to stop."""
    _over = pyqtSignal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plays: dict[str, _Play] = {}
        self._over.connect(self._take_end)

    def is_playing(self, text: str) -> bool:
        """Whether a receiver is sent to, or was so a moment ago and its thread has not ended."""
        return text in self._plays

    def status(self, text: str) -> SendStatus:
        """Return what became of what was sent to a receiver."""
        play = self._plays.get(text)
        sink = None if play is None else play.sink
        return SendStatus(0, 0, None) if sink is None else sink.status

    def play(self, text: str) -> None:
        """Begin; nothing where it plays already."""
        if text in self._plays:
            return
        play = self._plays[text] = _Play(text)
        play.thread = threading.Thread(target=self._run, args=(play,), name=f"pattern {text}")
        play.thread.start()

    def stop(self, text: str) -> None:
        """End soon: `ended` tells when."""
        if text in self._plays:
            self._plays[text].stop.set()

    def stop_all(self) -> None:
        """End all, and wait for it."""
        plays = list(self._plays.values())
        for play in plays:
            play.stop.set()
        for play in plays:
            if play.thread is not None:
                play.thread.join(_JOIN_S)

    def _run(self, play: _Play) -> None:
        problem = ""
        try:
            _play(play, lambda part: self.part_changed.emit(play.text, part.name))
        except MocapError as error:
            problem = str(error)
        self._over.emit(play, problem)

    def _take_end(self, play: _Play, problem: str) -> None:
        if self._plays.get(play.text) is play:
            del self._plays[play.text]
        self.ended.emit(play.text, problem)


def _play(play: _Play, on_part: Callable[[PatternPart], None]) -> None:
    pattern = PatternPerformer(load_body(model_path("open_body")))
    sink = create_sink(play.text)
    try:
        sink.open()
        play.sink = sink
        PatternPlayer(pattern, [sink], fps=_RATE_HZ).play(play.stop, on_part=on_part)
    finally:
        sink.close()
