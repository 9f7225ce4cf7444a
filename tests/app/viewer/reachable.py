"""What holds for every control of a panel."""

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollBar,
)


def assert_reachable(panel):
    """Every control has a tooltip, a name, words for those who do not see it, and is reached by Tab."""
    buddies = {label.buddy() for label in panel.findChildren(QLabel)}
    kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)
    controls = [each for kind in kinds for each in panel.findChildren(kind)]
    own = [
        each for each in controls if not _is_inside_another(each) and type(each) is not QScrollBar
    ]
    assert own
    for control in own:
        name = control.objectName()
        assert control.toolTip(), name or control
        assert name, control.toolTip()
        words = control.text() if isinstance(control, QAbstractButton) else ""
        assert words or control.accessibleName() or control in buddies, name
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, name


def _is_inside_another(widget):
    parent = widget.parent()
    while parent is not None:
        if isinstance(parent, (QComboBox, QAbstractSpinBox)):
            return True
        parent = parent.parent()
    return False
