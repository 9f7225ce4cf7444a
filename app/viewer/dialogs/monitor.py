"""Shows what arrives at a port of this computer, decoded: for those who ask why nothing moves."""

import errno
from typing import Final

from PyQt5.QtCore import Qt, QTimer
from PyQt5.QtGui import QCloseEvent
from PyQt5.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.sinks.arrivals import WHOLE_DATAGRAM_BYTES
from app.sinks.catalog import SINKS
from app.sinks.target import DEFAULT_HOST
from app.viewer.port_watch import PortView, PortWatch, StreamView
from app.viewer.target_forms import SCHEME_NAMES
from app.viewer.theme import set_role
from engines.errors import SinkError

_SHOW_EVERY_MS: Final = 500
_EVERYBODY: Final = "0.0.0.0"
_TAKEN: Final = (errno.EADDRINUSE, 10048)  # 10048: Windows' own number
_SIZE_PX: Final = (900, 440)
_LAST_PORT: Final = 65535
_SENDERS_SHOWN: Final = 4


class MonitorDialog(QDialog):
    """Listens while it is open."""

    def __init__(self, port: int | None = None, parent: QWidget | None = None) -> None:
        """Listen at a port at first; None for VMC's."""
        super().__init__(parent)
        self.setObjectName("monitor")
        self.setWindowTitle(self.tr("Packet monitor"))
        self.resize(*_SIZE_PX)
        self._watch = PortWatch()
        self._timer = QTimer(self)
        self._timer.setInterval(_SHOW_EVERY_MS)
        self._timer.timeout.connect(self._show_arrivals)
        self._make_controls(SINKS["vmc"].default_port if port is None else port)
        self._make_table()
        self._arrange()
        self._listen()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """Free the port."""
        self._stop()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """Free the port, also when Escape was pressed."""
        self._stop()
        super().done(result)

    @property
    def port(self) -> int:
        """The port that is chosen."""
        return int(self._port.value())

    def _make_controls(self, port: int) -> None:
        self._port = QSpinBox()
        self._port.setObjectName("monitor_port")
        self._port.setRange(1, _LAST_PORT)
        self._port.setValue(port)
        self._port.setAccessibleName(self.tr("Port"))
        self._port.setToolTip(self.tr("Port of this computer to listen at"))
        self._protocol = QComboBox()
        self._protocol.setObjectName("monitor_protocol")
        self._protocol.setAccessibleName(self.tr("Usual port of a protocol"))
        self._protocol.setToolTip(self.tr("Usual port of a protocol"))
        for scheme, kind in SINKS.items():
            if scheme != "ws":  # no datagrams
                self._protocol.addItem(SCHEME_NAMES[scheme], kind.default_port)
        self._protocol.setCurrentIndex(max(0, self._protocol.findData(port)))
        self._protocol.activated.connect(
            lambda _row: self._port.setValue(self._protocol.currentData())
        )
        self._host = QComboBox()
        self._host.setObjectName("monitor_host")
        self._host.setAccessibleName(self.tr("Who is heard"))
        self._host.setToolTip(self.tr("Who is heard"))
        self._host.addItem(self.tr("this computer only"), DEFAULT_HOST)
        self._host.addItem(self.tr("others on the network too"), _EVERYBODY)
        self._toggle = self._button("monitor_toggle", self.tr("&Listen"), "primary")
        self._toggle.setToolTip(self.tr("Open the port, or free it for the receiver"))
        self._toggle.clicked.connect(self._listen_or_stop)
        self._pause = self._button("monitor_pause", self.tr("&Pause"))
        self._pause.setCheckable(True)
        self._pause.setToolTip(self.tr("Keep what is shown, to read it"))
        self._pause.toggled.connect(self._set_paused)
        self._clear = self._button("monitor_clear", self.tr("&Clear"))
        self._clear.setToolTip(self.tr("Forget what has come"))
        self._clear.clicked.connect(self._forget)
        self._state = QLabel()
        self._state.setObjectName("monitor_state")
        self._state.setWordWrap(True)
        self._senders = QLabel()
        self._senders.setObjectName("monitor_senders")
        self._senders.setProperty("role", "hint")
        self._senders.setTextInteractionFlags(Qt.TextSelectableByMouse)

    def _button(self, name: str, text: str, role: str = "") -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setProperty("role", role)
        button.setAutoDefault(False)
        return button

    def _make_table(self) -> None:
        names = (
            self.tr("What"),
            self.tr("Count"),
            self.tr("Per second"),
            self.tr("Gaps"),
            self.tr("Longest, ms"),
            self.tr("Last"),
        )
        self._table = QTreeWidget()
        self._table.setObjectName("monitor_table")
        self._table.setAccessibleName(self.tr("What has come"))
        self._table.setHeaderLabels(names)
        self._table.setRootIsDecorated(False)
        self._table.setUniformRowHeights(True)
        header = self._table.header()
        header.setSectionResizeMode(QHeaderView.ResizeToContents)
        header.setStretchLastSection(True)

    def _arrange(self) -> None:
        caption = QLabel(self.tr("P&ort"))
        caption.setBuddy(self._port)
        head = QHBoxLayout()
        for widget in (caption, self._port, self._protocol, self._host, self._toggle):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self._pause)
        head.addWidget(self._clear)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(self._state)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._senders)

    # ---- what it does

    def _listen_or_stop(self) -> None:
        if self._watch.is_listening:
            self._stop()
            self._tell(self.tr("Not listening."), "hint")
        else:
            self._listen()

    def _listen(self) -> None:
        try:
            self._watch.start(str(self._host.currentData()), self.port)
        except SinkError as error:
            self._tell(self._why(error), "error")
        else:
            self._timer.start()
        self._show_controls()
        self._show_arrivals()

    def _stop(self) -> None:
        self._timer.stop()
        self._watch.stop()
        self._show_controls()

    def _why(self, error: SinkError) -> str:
        cause = error.__cause__
        if isinstance(cause, OSError) and cause.errno in _TAKEN:
            return self.tr(
                "Port {port} is in use by another program: close the receiver while you look, or listen at another "
                "port and send there."
            ).format(port=self.port)
        return str(error)

    def _set_paused(self, is_paused: bool) -> None:
        if is_paused:
            self._tell(self.tr("Paused: it goes on counting, and shows it when you go on."), "warn")
        else:
            self._show_arrivals()

    def _forget(self) -> None:
        self._watch.clear()
        self._pause.setChecked(False)
        self._show_arrivals()

    # ---- what it shows

    def _show_controls(self) -> None:
        is_on = self._watch.is_listening
        self._toggle.setText(self.tr("S&top") if is_on else self.tr("&Listen"))
        set_role(self._toggle, "" if is_on else "primary")
        for widget in (self._port, self._protocol, self._host):
            widget.setEnabled(not is_on)

    def _show_arrivals(self) -> None:
        if self._pause.isChecked():
            return
        view = self._watch.view
        self._show_table([_words(stream) for stream in view.streams])
        self._senders.setText(self._from(view))
        self._senders.setVisible(bool(view.senders))
        if self._watch.is_listening:
            self._show_state(view)

    def _show_state(self, view: PortView) -> None:
        if view.datagrams == 0:
            waits = self.tr("Listening at port {port}: nothing has come yet.")
            self._tell(waits.format(port=self.port), "hint")
        elif view.damaged:
            told = self.tr("{count} packets, {bad} of them cannot be read: {why}")
            self._tell(
                told.format(count=view.datagrams, bad=view.damaged, why=view.problem), "warn"
            )
        elif view.largest > WHOLE_DATAGRAM_BYTES:
            told = self.tr(
                "{count} packets; the largest has {size} bytes and travels in pieces on a network"
            )
            self._tell(told.format(count=view.datagrams, size=view.largest), "good")
        else:
            told = self.tr("{count} packets, {size} KB, the largest {largest} bytes")
            size = view.bytes // 1000
            self._tell(told.format(count=view.datagrams, size=size, largest=view.largest), "good")

    def _tell(self, text: str, role: str) -> None:
        self._state.setText(text)
        set_role(self._state, role)

    def _from(self, view: PortView) -> str:
        told = self.tr("from {sender}: {count} packets")
        return " · ".join(
            told.format(sender=name, count=count) for name, count in view.senders[:_SENDERS_SHOWN]
        )

    def _show_table(self, lines: list[tuple[str, ...]]) -> None:
        if self._table.topLevelItemCount() > len(lines):
            self._table.clear()
        for row, words in enumerate(lines):
            item = self._table.topLevelItem(row)
            if item is None:
                self._table.addTopLevelItem(QTreeWidgetItem(words))
                continue
            for column, word in enumerate(words):
                item.setText(column, word)


def _words(stream: StreamView) -> tuple[str, ...]:
    return (
        stream.name,
        str(stream.count),
        str(stream.rate_hz),
        str(stream.gaps),
        f"{stream.longest_gap_ms:.0f}",
        stream.last,
    )
