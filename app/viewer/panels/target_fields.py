"""One field of the receiver's form for each kind of option."""

from typing import Final

from PyQt5.QtCore import QCoreApplication, pyqtSignal
from PyQt5.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from app.viewer.target_forms import CONTEXT, OptionForm, choice_name

_NAMES_IN_ROW: Final = 3
_NONE: Final = "none"


class OptionField(QWidget):
    """Shows and changes the value of one option, as it is written in a TARGET."""

    edited = pyqtSignal()
    """The person changed it."""

    def __init__(self, form: OptionForm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = form
        """What it is a field of."""
        self.setObjectName(f"option_{form.name}")
        self.setToolTip(QCoreApplication.translate(CONTEXT, form.tip))

    @property
    def value(self) -> str:
        """The value; empty for the usual one."""
        raise NotImplementedError

    def show_value(self, value: str) -> None:
        """Show a value; tells nobody."""
        raise NotImplementedError

    def _lay_out(self, *widgets: QWidget) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for place, widget in enumerate(widgets):
            layout.addWidget(widget, 1 if place == 0 else 0)
            widget.setAccessibleName(QCoreApplication.translate(CONTEXT, self.form.label))
        self.setFocusProxy(widgets[0])


class ChoiceField(OptionField):
    """One of several words."""

    def __init__(self, form: OptionForm, parent: QWidget | None = None) -> None:
        super().__init__(form, parent)
        self._box = QComboBox()
        for choice in form.choices:
            self._box.addItem(choice_name(form, choice), choice)
        self._box.activated.connect(lambda _row: self.edited.emit())
        self._lay_out(self._box)

    @property
    def value(self) -> str:
        """The word chosen."""
        return str(self._box.currentData())

    def show_value(self, value: str) -> None:
        """Choose a word; an unknown one is shown too, as it was written by somebody."""
        if self._box.findData(value) < 0:
            self._box.addItem(value, value)
        self._box.setCurrentIndex(self._box.findData(value))


class NamesField(OptionField):
    """Several of some words."""

    def __init__(self, form: OptionForm, parent: QWidget | None = None) -> None:
        super().__init__(form, parent)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._boxes: dict[str, QCheckBox] = {}
        for place, name in enumerate(form.choices):
            box = self._boxes[name] = QCheckBox(name)
            box.clicked.connect(lambda _checked: self.edited.emit())
            layout.addWidget(box, place // _NAMES_IN_ROW, place % _NAMES_IN_ROW)
        self.setFocusProxy(next(iter(self._boxes.values())))

    @property
    def value(self) -> str:
        """The words, in their usual order; `none` for none."""
        return ",".join(name for name, box in self._boxes.items() if box.isChecked()) or _NONE

    def show_value(self, value: str) -> None:
        """Check the words."""
        chosen = value.split(",")
        for name, box in self._boxes.items():
            box.setChecked(name in chosen)


class FlagField(OptionField):
    """Yes or no."""

    def __init__(self, form: OptionForm, parent: QWidget | None = None) -> None:
        super().__init__(form, parent)
        self._box = QCheckBox()
        self._box.clicked.connect(lambda _checked: self.edited.emit())
        self._lay_out(self._box)

    @property
    def value(self) -> str:
        """`yes` or `no`."""
        return "yes" if self._box.isChecked() else "no"

    def show_value(self, value: str) -> None:
        """Check the box or not."""
        self._box.setChecked(value == "yes")


class NumberField(OptionField):
    """A number, or none."""

    def __init__(self, form: OptionForm, parent: QWidget | None = None) -> None:
        super().__init__(form, parent)
        self._step = 10.0**-form.decimals
        self._spin = QDoubleSpinBox()
        self._spin.setDecimals(form.decimals)
        self._spin.setRange(form.low - self._step, form.high)
        self._spin.setSingleStep(self._step)
        self._spin.setSpecialValueText(self.tr("not set"))
        self._spin.valueChanged.connect(lambda _value: self.edited.emit())
        self._lay_out(self._spin)

    @property
    def value(self) -> str:
        """The number; empty where none is set."""
        number = self._spin.value()
        return "" if number < self.form.low - self._step / 2 else f"{number:g}"

    def show_value(self, value: str) -> None:
        """Show a number; what is none shows as none set."""
        try:
            number = float(value)
        except ValueError:
            number = self._spin.minimum()
        self._spin.blockSignals(True)
        self._spin.setValue(number)
        self._spin.blockSignals(False)


class TextField(OptionField):
    """Any text; the usual one stands in gray."""

    def __init__(self, form: OptionForm, parent: QWidget | None = None) -> None:
        super().__init__(form, parent)
        self._line = QLineEdit()
        self._line.setPlaceholderText(form.default)
        self._line.textEdited.connect(lambda _text: self.edited.emit())
        self._lay_out(self._line)

    @property
    def value(self) -> str:
        """The text."""
        return str(self._line.text()).strip()

    def show_value(self, value: str) -> None:
        """Show a text; the usual one as nothing typed."""
        if value != self.value:
            self._line.setText("" if value == self.form.default else value)


class FileField(TextField):
    """A file of this computer."""

    def __init__(self, form: OptionForm, parent: QWidget | None = None) -> None:
        super().__init__(form, parent)
        browse = QPushButton(self.tr("&Browse …"))
        browse.setObjectName(f"browse_{form.name}")
        browse.clicked.connect(self._browse)
        self.layout().addWidget(browse)

    def _browse(self) -> None:
        suffixes = self.tr("Avatars (*.vrm);;All files (*)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Your avatar"), self.value, suffixes)
        if path:
            self.show_value(path)
            self.edited.emit()


def create_field(form: OptionForm) -> OptionField:
    """Return the field of an option."""
    kinds: dict[str, type[OptionField]] = {
        "choice": ChoiceField,
        "names": NamesField,
        "flag": FlagField,
        "number": NumberField,
        "place": TextField,
        "text": TextField,
        "file": FileField,
    }
    return kinds[form.kind](form)
