"""Changes one receiver: a form and the TARGET it stands for, checked as one types."""

from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import Final

from PyQt5.QtCore import QCoreApplication, QTimer
from PyQt5.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.sinks.catalog import SINKS, create_sink
from app.sinks.pace import NetworkSink
from app.sinks.target import DEFAULT_HOST
from app.viewer.background import Background
from app.viewer.panels.target_fields import OptionField, create_field
from app.viewer.target_forms import CONTEXT, SCHEME_NAMES, default_of, forms_of
from app.viewer.target_text import TargetParts, parts_of, text_of
from engines.errors import MocapError, UsageError

_CHECK_AFTER_MS: Final = 250
_WIDTH_PX: Final = 440
_LAST_PORT: Final = 65535


class TargetEditor(QDialog):
    """Form and text say the same; OK is offered once the sink of the protocol takes it."""

    def __init__(
        self, text: str, taken: Collection[str] = (), parent: QWidget | None = None
    ) -> None:
        """Edit a TARGET; it must not become one of those that are taken."""
        super().__init__(parent)
        self.setObjectName("target_editor")
        self.setWindowTitle(self.tr("Receiver"))
        self.setMinimumWidth(_WIDTH_PX)
        self._taken = frozenset(taken)
        self._parts = _parts_or_default(text)
        self._fields: list[OptionField] = []
        self._background = Background("target editor", self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CHECK_AFTER_MS)
        self._timer.timeout.connect(self._check)
        self._make_fixed()
        self._arrange()
        self._show_parts()
        self._line.setText(text)
        self._line.setCursorPosition(0)
        self._touch()
        self.finished.connect(lambda _result: self._background.shut_down())

    @property
    def text(self) -> str:
        """The TARGET as it stands."""
        return str(self._line.text()).strip()

    @property
    def problem(self) -> str:
        """Why it cannot be used; empty while it can, or is not checked yet."""
        return str(self._problem.text())

    def _make_fixed(self) -> None:
        self._scheme = QComboBox()
        self._scheme.setObjectName("editor_scheme")
        for scheme in SINKS:
            self._scheme.addItem(SCHEME_NAMES[scheme], scheme)
        self._scheme.activated.connect(self._change_scheme)
        self._host = QLineEdit()
        self._host.setObjectName("editor_host")
        self._host.setPlaceholderText(DEFAULT_HOST)
        self._host.textEdited.connect(lambda _text: self._take_form())
        self._port = QSpinBox()
        self._port.setObjectName("editor_port")
        self._port.setRange(0, _LAST_PORT)
        self._port.valueChanged.connect(lambda _value: self._take_form())
        self._line = QLineEdit()
        self._line.setObjectName("editor_text")
        self._line.textEdited.connect(lambda _text: self._touch())
        self._line.editingFinished.connect(self._take_text)
        self._note = self._label("editor_note", "warn")
        self._problem = self._label("editor_problem", "error")
        self._buttons = QDialogButtonBox(QDialogButtonBox.Ok | QDialogButtonBox.Cancel)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)

    def _label(self, name: str, role: str) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setProperty("role", role)
        label.setWordWrap(True)
        label.hide()
        return label

    def _arrange(self) -> None:
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.AllNonFixedFieldsGrow)
        self._form.addRow(self.tr("&Protocol"), self._scheme)
        self._form.addRow(self.tr("&Host"), self._host)
        self._form.addRow(self.tr("P&ort"), self._port)
        layout = QVBoxLayout(self)
        layout.addLayout(self._form)
        layout.addWidget(self._note)
        layout.addStretch(1)
        caption = QLabel(self.tr("As &text, for the command line"))
        caption.setBuddy(self._line)
        caption.setProperty("role", "hint")
        for widget in (caption, self._line, self._problem, self._buttons):
            layout.addWidget(widget)

    def _show_parts(self) -> None:
        """Bring the form in step with the parts."""
        parts = self._parts
        self._scheme.setCurrentIndex(self._scheme.findData(parts.scheme))
        if self._host.text() != parts.host and (self._host.text() or parts.host != DEFAULT_HOST):
            self._host.setText(parts.host)
        usual = self.tr("{port} (usual)").format(port=SINKS[parts.scheme].default_port)
        self._port.blockSignals(True)
        self._port.setSpecialValueText(usual)
        self._port.setValue(parts.port or 0)
        self._port.blockSignals(False)
        if [field.form for field in self._fields] != list(forms_of(parts.scheme)):
            self._make_fields(parts.scheme)
        for field in self._fields:
            usual = default_of(field.form, parts.scheme, parts.options)
            field.show_value(parts.options.get(field.form.name, usual))

    def _make_fields(self, scheme: str) -> None:
        for field in self._fields:
            self._form.removeRow(field)
        self._fields = [create_field(form) for form in forms_of(scheme)]
        for field in self._fields:
            self._form.addRow(QCoreApplication.translate(CONTEXT, field.form.label), field)
            field.edited.connect(self._take_form)

    def _change_scheme(self) -> None:
        self._parts = TargetParts(self._scheme.currentData(), self._parts.host)
        self._show_parts()
        self._tell_text()

    def _take_form(self) -> None:
        """The form was changed: the text follows."""
        scheme = self._parts.scheme
        written = dict(self._parts.options)
        for field in self._fields:
            name, value = field.form.name, field.value
            if value in ("", default_of(field.form, scheme, self._parts.options)):
                written.pop(name, None)
            else:
                written[name] = value
        host = str(self._host.text()).strip() or DEFAULT_HOST
        self._parts = replace(
            self._parts, host=host, port=self._port.value() or None, options=written
        )
        self._show_parts()  # a profile changes what is usual for the others
        self._tell_text()

    def _take_text(self) -> None:
        """The text was changed: the form follows, where it can."""
        try:
            self._parts = parts_of(self.text)
        except UsageError:
            return  # the check says what is wrong
        self._show_parts()

    def _tell_text(self) -> None:
        self._line.setText(text_of(self._parts))
        self._line.setCursorPosition(0)
        self._touch()

    def _touch(self) -> None:
        """Have the text checked when the person pauses."""
        self._buttons.button(QDialogButtonBox.Ok).setEnabled(False)
        self._timer.start()

    def _check(self) -> None:
        text = self.text
        if text in self._taken:
            self._tell_problem(self.tr("There is a receiver like this already; change something"))
            return
        # on another thread: an avatar's file may be large, or on a slow disk
        self._background.run(
            partial(create_sink, text), partial(self._take_sink, text), partial(self._refuse, text)
        )

    def _take_sink(self, text: str, _sink: NetworkSink) -> None:
        if text != self.text:
            return
        self._tell_problem("")
        self._buttons.button(QDialogButtonBox.Ok).setEnabled(True)
        parts = parts_of(text)
        note = self.tr("Another computer: your motion leaves this one.")
        if parts.scheme == "ws":
            note = self.tr("Others on the network can connect: your motion leaves this computer.")
        self._note.setText(note)
        self._note.setVisible(not parts.is_local)
        self._fit()

    def _refuse(self, text: str, error: MocapError) -> None:
        if text == self.text:
            self._tell_problem(str(error).removeprefix(f"{text}: "))

    def _tell_problem(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        self._fit()

    def _fit(self) -> None:
        """Grow where the words need it."""
        layout = self.layout()
        layout.activate()
        self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))


def _parts_or_default(text: str) -> TargetParts:
    try:
        return parts_of(text)
    except UsageError:
        return TargetParts(next(iter(SINKS)))
