"""The languages of the window: every text has its translation, and the right language is taken."""

import ast
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

pytest.importorskip("PyQt5", reason="the window needs PyQt5")

from PyQt5.QtCore import QCoreApplication, QLocale, QTranslator
from PyQt5.QtGui import QFontDatabase

from app.viewer import translation
from app.viewer.translation import FOLDER, languages, use_language, without_mnemonic

pytestmark = pytest.mark.qt

VIEWER = Path(translation.__file__).parent
UPDATE = "run tools/update_translations.py"
QT_TEXT = ("QPlatformTheme", "Close")
OTHERS = [name for name in languages() if name != "en"]
PLACEHOLDER = re.compile(r"%n|\{[^{}]*\}|</?\w+[^>]*>")
MNEMONIC = re.compile(r"&(.)")
NUMERUS_FORMS = {"en": 2, "ja": 1}


class Call(NamedTuple):
    """A literal text in the sources: where it is looked up, and whether it has plurals."""

    context: str
    text: str
    is_plural: bool


class Message(NamedTuple):
    """An entry of a .ts file: its forms (one, where it has no plurals), and whether it is finished."""

    forms: tuple[str, ...]
    is_finished: bool


def messages(language) -> dict[Call, Message]:
    """Read a .ts file."""
    found = {}
    for context in ET.parse(FOLDER / f"window_{language}.ts").getroot().iter("context"):
        for message in context.iter("message"):
            call = Call(
                context.findtext("name", ""),
                message.findtext("source", ""),
                message.get("numerus") == "yes",
            )
            entry = message.find("translation")
            texts = entry.findall("numerusform") if call.is_plural else [entry]
            forms = tuple(text.text or "" for text in texts)
            found[call] = Message(forms, entry.get("type") is None)
    return found


def literal(node: ast.expr, names: dict[str, str]) -> str | None:
    """Return a literal, or what a constant of the module holds; None for what is known at run time only."""
    if isinstance(node, ast.Constant):
        return node.value
    assert isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)), (
        f"not found by pylupdate: {ast.unparse(node)}"
    )
    return names.get(ast.unparse(node))


def constants(module: ast.Module) -> dict[str, str]:
    """Return the constants of a module that hold a text."""
    found = {}
    for line in module.body:
        if isinstance(line, (ast.Assign, ast.AnnAssign)) and isinstance(line.value, ast.Constant):
            target = line.targets[0] if isinstance(line, ast.Assign) else line.target
            found[ast.unparse(target)] = line.value.value
    return found


def calls(node: ast.AST, names: dict[str, str], owner: str = "") -> Iterator[Call]:
    """Yield the texts that are translated in `node`; `owner` is the class around it, the context of `tr`."""
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.ClassDef) else owner
        yield from calls(child, names, inner)
        if not isinstance(child, ast.Call):
            continue
        function = ast.unparse(child.func).rpartition(".")[2]
        if function == "tr":
            where, arguments = owner, child.args
        elif function in ("translate", "QT_TRANSLATE_NOOP"):
            where, arguments = literal(child.args[0], names), child.args[1:]
        else:
            continue
        text = literal(arguments[0], names)
        if text is not None:
            assert where, f"context not found by pylupdate: {ast.unparse(child)}"
            yield Call(where, text, is_plural=len(arguments) == 3)


def texts_of_the_sources() -> set[Call]:
    """Return every literal text of the window."""
    found = set()
    for path in VIEWER.rglob("*.py"):
        module = ast.parse(path.read_text(encoding="utf-8"))
        found |= set(calls(module, constants(module)))
    return found


@pytest.fixture
def application(qapp):
    """The application, back in English and its own font at the end."""
    before, locale, font = set(qapp.findChildren(QTranslator)), QLocale(), qapp.font()
    yield qapp
    for translator in set(qapp.findChildren(QTranslator)) - before:
        qapp.removeTranslator(translator)
        translator.setParent(None)
    QLocale.setDefault(locale)
    qapp.setFont(font)


def test_there_is_english_and_another_language():
    assert "en" in languages()
    assert OTHERS


@pytest.mark.parametrize("language", OTHERS)
def test_the_file_has_the_texts_of_the_sources(language):
    here, there = texts_of_the_sources(), set(messages(language))
    assert len(here) > 500
    assert not here - there, f"{UPDATE}; no text may end in a comma, which pylupdate passes over"
    assert not there - here, UPDATE


def test_english_has_the_plurals():
    assert set(messages("en")) == {call for call in texts_of_the_sources() if call.is_plural}


@pytest.mark.parametrize("language", languages())
def test_everything_is_translated(language):
    for call, message in messages(language).items():
        assert message.is_finished, call
        assert all(message.forms), call
        assert not call.is_plural or len(message.forms) == NUMERUS_FORMS[language], call


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_says_what_the_text_says(language):
    """Its numbers and names, its tags, its key, and the ellipsis of what asks before it acts."""
    for call, message in messages(language).items():
        for form in message.forms:
            assert Counter(PLACEHOLDER.findall(form)) == Counter(PLACEHOLDER.findall(call.text)), (
                call
            )
            assert form.rstrip().endswith("…") == call.text.rstrip().endswith("…"), call
            assert form.count("\n") == call.text.count("\n"), call
            keys = [key.upper() for key in MNEMONIC.findall(call.text)]
            assert [key.upper() for key in MNEMONIC.findall(form)] == keys, call


def test_japanese_keys_stand_in_parentheses():
    for call, message in messages("ja").items():
        for key in MNEMONIC.findall(message.forms[0]):
            assert not key.isalpha() or f"(&{key.upper()})" in message.forms[0], call


@pytest.mark.parametrize("language", languages())
def test_the_compiled_file_is_up_to_date(language, application):
    translator = QTranslator()
    assert translator.load(f"window_{language}", str(FOLDER))
    for call, message in messages(language).items():
        numbers = (1, 2)[: len(message.forms)] if call.is_plural else (-1,)
        for number, form in zip(numbers, message.forms, strict=True):
            shown = translator.translate(call.context, call.text.encode(), None, number)
            assert shown == form, UPDATE


@pytest.mark.parametrize(
    ("setting", "system", "used", "shown"),
    [
        ("ja", "en", "ja", "収録"),
        ("en", "ja", "en", "Record"),
        ("", "ja", "ja", "収録"),
        ("", "en", "en", "Record"),
        ("", "xx", "en", "Record"),
        ("xx", "ja", "en", "Record"),
    ],
)
def test_the_language_of_the_settings_or_the_system(
    application, monkeypatch, setting, system, used, shown
):
    monkeypatch.setattr(translation, "_system_language", lambda: system)
    assert use_language(application, setting) == used
    assert QLocale().name().partition("_")[0] == used
    assert QCoreApplication.translate("MainWindow", "Record") == shown


def test_plurals_are_right_in_english(application):
    use_language(application, "en")
    one, two = (QCoreApplication.translate("RecordPanel", "%n frame(s)", "", n) for n in (1, 2))
    assert (one, two) == ("1 frame", "2 frames")


def test_the_buttons_of_qt_follow(application):
    use_language(application, "ja")
    assert QCoreApplication.translate(*QT_TEXT) == "閉じる"


def test_japanese_shapes_on_a_system_in_another_language(application, monkeypatch):
    present = QFontDatabase().families()[0]
    monkeypatch.setattr(translation, "_FONTS", {"ja": ("not a font of this computer", present)})
    monkeypatch.setattr(translation, "_system_language", lambda: "ja")
    own = application.font().family()
    use_language(application, "ja")
    assert application.font().family() == own
    monkeypatch.setattr(translation, "_system_language", lambda: "en")
    use_language(application, "ja")
    assert application.font().family() == present


@pytest.mark.parametrize(
    ("label", "said"),
    [("&Save", "Save"), ("Sa&ve …", "Save …"), ("保存(&S)…", "保存…"), ("A & B", "A & B")],
)
def test_a_label_is_said_without_its_key(label, said):
    assert without_mnemonic(label) == said
