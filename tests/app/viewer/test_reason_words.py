"""Every reason that a calibration can give for its mark is known to the translators."""

import ast
from pathlib import Path

import pytest
from PyQt5.QtCore import QTranslator
from PyQt5.QtWidgets import QApplication

import calibration
from app.viewer.panels.reason_words import REASONS, opened, reason_text
from app.viewer.translation import FOLDER

pytestmark = pytest.mark.qt


def _written(expression):
    """Return a literal as it may turn out, with a number where one is put in; None for what is no literal."""
    if isinstance(expression, ast.Constant):
        return expression.value
    if isinstance(expression, ast.JoinedStr):
        return "".join(
            part.value if isinstance(part, ast.Constant) else "1.5" for part in expression.values
        )
    return None


def _reasons_in_sources():
    for path in Path(calibration.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "id", "")
            if name == "Quality" and len(node.args) == 2:
                yield _written(node.args[1])
            elif name == "worst":
                yield from (_written(word.value) for word in node.keywords)


def test_the_translators_know_all_reasons():
    reasons = {opened(reason)[0] for reason in _reasons_in_sources() if reason is not None}
    assert reasons == set(REASONS)


def test_a_reason_keeps_its_numbers_in_another_language(qtbot):
    reason = "5 of 6 limbs measured; stand upright, face the camera, arms out"
    assert reason_text(reason) == reason
    japanese = QTranslator()
    assert japanese.load("window_ja", str(FOLDER))
    QApplication.installTranslator(japanese)
    try:
        told = reason_text(reason)
        assert opened(told)[1] == ["6", "5"]
        assert reason_text("3 {new} reasons") == "3 {new} reasons"
    finally:
        QApplication.removeTranslator(japanese)
    assert told != reason
