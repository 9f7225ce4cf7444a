"""What plays a take: a time line, the buttons below it, and what can be done with a part."""

from typing import Final

from PyQt5.QtCore import QSignalBlocker, pyqtSignal
from PyQt5.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.takes.take import Take
from app.viewer.icon_button import IconButton
from app.viewer.panels.scrub_bar import ScrubBar
from app.viewer.panels.short_label import ShortLabel
from app.viewer.quantities import clock_text
from app.viewer.take_player import TakePlayer

_SPEEDS: Final = (0.1, 0.25, 0.5, 1.0, 2.0)


class PlayerBar(QFrame):
    """Controls a `TakePlayer`; hidden while there is no take."""

    export_wanted = pyqtSignal()
    """Export the take, or its chosen part."""
    save_part_wanted = pyqtSignal()
    """Make a take of the chosen part."""

    def __init__(self, player: TakePlayer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("player_bar")
        self.setProperty("role", "card")
        self._player = player
        self._bar = ScrubBar()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addLayout(self._make_head())
        layout.addWidget(self._bar)
        layout.addLayout(self._make_transport())
        layout.addLayout(self._make_part())
        self._bar.seek_wanted.connect(player.seek)
        self._bar.span_wanted.connect(player.set_span)
        self._bar.step_wanted.connect(player.step)
        player.take_changed.connect(self._show_take)
        player.position_changed.connect(self._show_position)
        player.playing_changed.connect(self._show_playing)
        player.span_changed.connect(self._show_span)
        player.sending_changed.connect(self._show_sending)
        self._show_take(player.take)
        self._show_playing(player.is_playing)

    # ---- making

    def _make_head(self) -> QHBoxLayout:
        self._title = ShortLabel()
        self._title.setObjectName("player_title")
        self._time = QLabel()
        self._time.setObjectName("player_time")
        self._time.setProperty("role", "hint")
        close = self._button("player_close", "close", self.tr("Close the take, back to the camera"))
        close.setProperty("role", "quiet")
        close.clicked.connect(self._player.close)
        row = QHBoxLayout()
        row.addWidget(self._title, 1)
        row.addWidget(self._time)
        row.addWidget(close)
        return row

    def _make_transport(self) -> QHBoxLayout:
        back = self._button("player_back", "step-back", self.tr("One frame back"))
        back.clicked.connect(lambda: self._player.step(-1))
        self._play = self._button("player_play", "play", self.tr("Play"))
        self._play.clicked.connect(self._player.toggle)
        on = self._button("player_on", "step-on", self.tr("One frame on"))
        on.clicked.connect(lambda: self._player.step(1))
        self._loop = self._button("player_loop", "loop", self.tr("Play again and again"))
        self._loop.setCheckable(True)
        self._loop.toggled.connect(self._set_loop)
        hint = self.tr("Send the take to the receivers; a running camera is stopped.")
        self._send = self._button("player_send", "streaming", hint)
        self._send.setCheckable(True)
        self._send.toggled.connect(self._player.set_sending)
        self._speed = QComboBox()
        self._speed.setObjectName("player_speed")
        self._speed.setAccessibleName(self.tr("Speed"))
        self._speed.setToolTip(self.tr("How fast it plays"))
        self._speed.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._speed.setMinimumContentsLength(2)
        for speed in _SPEEDS:
            self._speed.addItem(self.tr("{speed} x").format(speed=f"{speed:g}"), speed)
        self._speed.setCurrentIndex(_SPEEDS.index(1.0))
        self._speed.currentIndexChanged.connect(
            lambda _row: self._player.set_speed(self._speed.currentData())
        )
        row = QHBoxLayout()
        row.setSpacing(3)
        for widget in (back, self._play, on, self._loop, self._send):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._speed)
        return row

    def _make_part(self) -> QHBoxLayout:
        start = self._button("part_start", "part-start", self.tr("The part begins here"))
        start.clicked.connect(self._start_here)
        end = self._button("part_end", "part-end", self.tr("The part ends here"))
        end.clicked.connect(self._end_here)
        self._whole = QPushButton(self.tr("&Whole"))
        self._whole.setObjectName("part_whole")
        self._whole.setToolTip(self.tr("Choose the whole take again"))
        self._whole.setProperty("role", "compact")
        self._whole.clicked.connect(lambda: self._player.set_span(0.0, self._player.duration_s))
        self._save_part = QPushButton(self.tr("&Save part"))
        self._save_part.setObjectName("part_save")
        self._save_part.setProperty("role", "compact")
        self._save_part.setToolTip(self.tr("Make a take of the chosen part; the whole one stays."))
        self._save_part.clicked.connect(self.save_part_wanted)
        export = self._button("part_export", "export", self.tr("Export the chosen part"))
        export.clicked.connect(self.export_wanted)
        row = QHBoxLayout()
        row.setSpacing(3)
        row.addWidget(start)
        row.addWidget(end)
        row.addWidget(self._whole)
        row.addStretch(1)
        row.addWidget(self._save_part)
        row.addWidget(export)
        return row

    def _button(self, name: str, picture: str, hint: str) -> IconButton:
        button = IconButton(picture)
        button.setObjectName(name)
        button.setToolTip(hint)
        button.setAccessibleName(hint)
        button.setProperty("role", "compact")
        return button

    # ---- showing

    def _show_take(self, take: Take | None) -> None:
        self._bar.show_take(take)
        self.setVisible(take is not None)
        if take is not None:
            name = "" if take.header is None else take.header.info.name
            self._title.show_words(name or take.path.parent.name, str(take.path))
            self._show_position(0.0)

    def _show_position(self, position_s: float) -> None:
        self._bar.show_position(position_s)
        now = clock_text(position_s, tenths=True)
        whole = clock_text(self._player.duration_s, tenths=True)
        self._time.setText(self.tr("{now} of {whole}").format(now=now, whole=whole))

    def _show_playing(self, is_playing: bool) -> None:
        hint = self.tr("Pause") if is_playing else self.tr("Play")
        self._play.show_icon("pause" if is_playing else "play")
        self._play.setToolTip(hint)
        self._play.setAccessibleName(hint)

    def _show_span(self, start_s: float, end_s: float) -> None:
        self._bar.show_span(start_s, end_s)
        self._whole.setEnabled(self._player.has_part)
        self._save_part.setEnabled(self._player.has_part)

    def _show_sending(self, is_sending: bool) -> None:
        blocker = QSignalBlocker(self._send)
        self._send.setChecked(is_sending)
        del blocker

    # ---- doing

    def _set_loop(self, is_on: bool) -> None:
        self._player.loops = is_on

    def _start_here(self) -> None:
        now_s, (_, end_s) = self._player.position_s, self._player.span_s
        self._player.set_span(now_s, max(end_s, now_s))

    def _end_here(self) -> None:
        now_s, (start_s, _) = self._player.position_s, self._player.span_s
        self._player.set_span(min(start_s, now_s), now_s)
