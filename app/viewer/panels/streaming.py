"""The receivers of the motion: a table of them, each with its switch, its light and a test pattern."""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from PyQt5.QtCore import QEvent, QTimer
from PyQt5.QtGui import QHideEvent, QShowEvent
from PyQt5.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.viewer.dialogs.monitor import MonitorDialog
from app.viewer.panels.presets import PRESETS
from app.viewer.panels.target_editor import TargetEditor
from app.viewer.panels.target_light import RateOfCount, light_of, light_of_pattern
from app.viewer.panels.target_row import TargetRow
from app.viewer.panels.undo_bar import UndoBar
from app.viewer.pattern_players import PatternPlayers
from app.viewer.settings import DEFAULT_TARGET, TargetSettings, WindowSettings
from app.viewer.studio import Studio
from app.viewer.target_text import free_text, parts_of
from app.viewer.theme import icon
from engines.errors import UsageError

_LOOK_EVERY_MS: Final = 500


class StreamingPanel(QWidget):
    """Everything about where the motion goes."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._rows: dict[str, TargetRow] = {}
        self._rates: dict[str, RateOfCount] = {}
        self._parts: dict[str, str] = {}
        self._monitor: MonitorDialog | None = None
        self._players = PatternPlayers(self)
        self._players.part_changed.connect(self._note_part)
        self._players.ended.connect(self._end_test)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._arrange()
        studio.settings_changed.connect(self._show_settings)
        studio.state_changed.connect(self._take_state)
        studio.closing.connect(self.shut_down)
        self._show_settings(studio.settings)

    def shut_down(self) -> None:
        """End the test patterns and the monitor, and wait for it: the window closes."""
        self._timer.stop()
        self._players.blockSignals(True)  # nobody is left to hear of their ends
        self._players.stop_all()
        if self._monitor is not None:
            self._monitor.close()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        """Look at the receivers while somebody can see them."""
        super().showEvent(event)
        self._look()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  # Qt's name
        """Rest."""
        super().hideEvent(event)
        self._timer.stop()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """Take the icons of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.StyleChange and self.layout() is not None:
            self._add.setIcon(icon("add", "accent_text"))
            self._listen.setIcon(icon("monitor"))
            for row in self._rows.values():
                row.refresh_icons()

    def _arrange(self) -> None:
        self._add = QPushButton(self.tr("&Add"))
        self._add.setObjectName("add_receiver")
        self._add.setProperty("role", "primary")
        self._add.setIcon(icon("add", "accent_text"))
        self._add.setToolTip(self.tr("Send to one more program"))
        self._add.setMenu(self._presets())
        self._listen = QPushButton(self.tr("&Monitor …"))
        self._listen.setObjectName("open_monitor")
        self._listen.setIcon(icon("monitor"))
        self._listen.setToolTip(
            self.tr("Packet monitor: see what arrives at a port of this computer")
        )
        self._listen.clicked.connect(self._open_monitor)
        head = QHBoxLayout()
        head.addWidget(self._add, 1)
        head.addWidget(self._listen, 1)
        self._empty = QLabel(
            self.tr("No receivers. Add the program that shows your avatar, or that records.")
        )
        self._empty.setObjectName("no_receivers")
        self._empty.setProperty("role", "hint")
        self._empty.setWordWrap(True)
        self._table = QVBoxLayout()
        self._table.setSpacing(8)
        self._undo = UndoBar()
        hint = QLabel(
            self.tr(
                "Nothing moves? Play the test pattern, and look at the receiver's port with the monitor while the "
                "receiver is closed. On another computer, its firewall must let the port in (UDP; TCP for WebSocket)."
            )
        )
        hint.setProperty("role", "hint")
        hint.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(self._empty)
        layout.addLayout(self._table)
        layout.addWidget(self._undo)
        layout.addWidget(hint)
        layout.addStretch(1)

    def _presets(self) -> QMenu:
        menu = QMenu(self)
        for preset in PRESETS:
            menu.addAction(preset.name).triggered.connect(
                lambda _checked, text=preset.text: self._add_target(text)
            )
        menu.addSeparator()
        menu.addAction(self.tr("&Other …")).triggered.connect(lambda _checked: self._add_other())
        return menu

    # ---- the table

    @property
    def _texts(self) -> list[str]:
        return [target.text for target in self._studio.settings.targets]

    def _show_settings(self, settings: WindowSettings) -> None:
        texts = [target.text for target in settings.targets]
        if texts != list(self._rows):
            self._rebuild(settings.targets)
        for target in settings.targets:
            self._rows[target.text].set_on(target.is_on)
        self._empty.setVisible(not texts)
        self._show_notices(settings.targets)
        self._look()

    def _rebuild(self, targets: Sequence[TargetSettings]) -> None:
        old, self._rows = self._rows, {}
        for place, target in enumerate(targets):
            row = old.pop(target.text, None) or self._make_row(target)
            self._rows[target.text] = row
            self._table.insertWidget(place, row)
        for text, row in old.items():
            if text in self._parts:
                self._test(text, False)
            self._rates.pop(text, None)
            row.hide()
            row.deleteLater()

    def _make_row(self, target: TargetSettings) -> TargetRow:
        row = TargetRow(target)
        text = target.text
        row.switched.connect(partial(self._switch, text))
        row.test_wanted.connect(partial(self._test, text))
        row.edit_wanted.connect(partial(self._edit, text))
        row.duplicate_wanted.connect(partial(self._add_target, text, is_on=False))
        row.copy_wanted.connect(partial(self._copy, text))
        row.remove_wanted.connect(partial(self._remove, text))
        return row

    def _show_notices(self, targets: Sequence[TargetSettings]) -> None:
        """Say which receivers are not on this computer, and which get everything twice."""
        seen: dict[tuple[str, int], str] = {}
        for target in targets:
            try:
                parts = parts_of(target.text)
            except UsageError:
                continue  # the row says so itself
            notes = []
            if not parts.is_local:
                notes.append(self.tr("Your motion leaves this computer."))
            place = (parts.host, parts.used_port)
            if target.is_on and place in seen:
                notes.append(self.tr("Another row sends to this address too."))
            if target.is_on:
                seen[place] = target.text
            self._rows[target.text].set_notice("\n".join(notes))

    def _set_targets(self, targets: Sequence[TargetSettings]) -> None:
        self._studio.change(replace(self._studio.settings, targets=tuple(targets)))

    # ---- what can be done with a receiver

    def _switch(self, text: str, is_on: bool) -> None:
        self._set_targets(
            [
                replace(target, is_on=is_on) if target.text == text else target
                for target in self._studio.settings.targets
            ]
        )

    def _add_target(self, text: str, *, is_on: bool = True) -> None:
        added = TargetSettings(free_text(text, self._texts), is_on)
        self._set_targets([*self._studio.settings.targets, added])

    def _add_other(self) -> None:
        text = self._ask(free_text(DEFAULT_TARGET, self._texts), self._texts)
        if text:
            self._add_target(text)

    def _edit(self, text: str) -> None:
        changed = self._ask(text, [other for other in self._texts if other != text])
        if changed and changed != text:
            self._set_targets(
                [
                    replace(target, text=changed) if target.text == text else target
                    for target in self._studio.settings.targets
                ]
            )

    def _ask(self, text: str, taken: Sequence[str]) -> str:
        """Return what the person made of a TARGET; empty where it was given up."""
        editor = TargetEditor(text, taken, self)
        is_wanted = editor.exec_() == QDialog.Accepted
        editor.deleteLater()
        return editor.text if is_wanted else ""

    def _copy(self, text: str) -> None:
        QApplication.clipboard().setText(text)

    def _remove(self, text: str) -> None:
        before = self._studio.settings.targets
        self._set_targets([target for target in before if target.text != text])
        removed = self.tr("Removed {what}.").format(what=text)
        self._undo.offer(removed, partial(self._put_back, before, text))

    def _put_back(self, before: Sequence[TargetSettings], text: str) -> None:
        """Put a receiver where it was, whatever else has been changed since."""
        now = list(self._studio.settings.targets)
        if text in self._texts:
            return
        place = [target.text for target in before].index(text)
        self._set_targets([*now[:place], before[place], *now[place:]])

    def _local_port(self) -> int | None:
        """Return the port of the first receiver on this computer that gets datagrams."""
        for text in self._texts:
            try:
                parts = parts_of(text)
            except UsageError:
                continue
            if parts.is_local and parts.scheme != "ws":
                return parts.used_port
        return None

    # ---- the test pattern

    def _test(self, text: str, is_wanted: bool) -> None:
        if is_wanted:
            self._parts[text] = ""
            # the session may have the port: two senders in one place would make the avatar tremble
            self._studio.hold_receiver(text, partial(self._play, text))
        else:
            self._players.stop(text)
            if not self._players.is_playing(text):
                self._end_test(text, "")

    def _play(self, text: str) -> None:
        if text in self._parts:
            self._players.play(text)

    def _note_part(self, text: str, part: str) -> None:
        if text in self._parts:
            self._parts[text] = part
            self._look()

    def _end_test(self, text: str, problem: str) -> None:
        self._parts.pop(text, None)
        self._studio.release_receiver(text)
        if problem:
            self._studio.problem.emit(problem)
        self._look()

    # ---- the lights

    def _take_state(self, _state: str) -> None:
        self._look()

    def _look(self) -> None:
        if not self.isVisible():
            return
        now_s = time.monotonic()
        is_running = self._studio.state == "running"
        for target in self._studio.settings.targets:
            text, row = target.text, self._rows[target.text]
            rate = self._rates.setdefault(text, RateOfCount())
            row.show_playing(text in self._parts)
            if text in self._parts:
                sent = self._players.status(text)
                row.show_light(
                    light_of_pattern(self._parts[text], sent, rate.per_second(sent.sent, now_s))
                )
                continue
            status = self._studio.receiver_status(text)
            rate_hz = rate.per_second(status.sent, now_s)
            row.show_light(light_of(target, status, rate_hz, is_running=is_running))

    def _open_monitor(self) -> None:
        if self._monitor is None:
            self._monitor = MonitorDialog(self._local_port(), self)
        self._monitor.show()
        self._monitor.raise_()
        self._monitor.activateWindow()
