"""The language of the window: English in the sources, others in `app/viewer/i18n`."""

import re
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QLibraryInfo, QLocale, QTranslator
from PyQt5.QtGui import QFontDatabase
from PyQt5.QtWidgets import QApplication

FOLDER: Final = Path(__file__).with_name("i18n")
"""Compiled translations, and the files they are made of (`tools/update_translations.py`)."""

SOURCE_LANGUAGE: Final = "en"
"""What the sources are written in; its file holds nothing but plurals."""

_FONTS: Final = {
    "ja": ("Yu Gothic UI", "Meiryo UI", "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP")
}
"""By language: fonts for a system that is set to another one, which may show Chinese shapes in a font for Latin."""
_MNEMONIC: Final = re.compile(r"\(&\w\)|&(?=\w)")


def languages() -> list[str]:
    """Return the languages there are, sorted."""
    return sorted(path.stem.removeprefix("window_") for path in FOLDER.glob("window_*.qm"))


def use_language(application: QApplication, language: str) -> str:
    """Translate what is made from now on; an empty language is the system's. Return the language in use."""
    wanted = language or _system_language()
    used = wanted if wanted in languages() else SOURCE_LANGUAGE
    QLocale.setDefault(QLocale(used))
    qt_folder = QLibraryInfo.location(QLibraryInfo.TranslationsPath)
    for name, folder in (("qtbase", qt_folder), ("window", str(FOLDER))):
        translator = QTranslator(application)
        if translator.load(f"{name}_{used}", folder):
            application.installTranslator(translator)
    if _system_language() != used:
        _use_font(application, used)
    return used


def without_mnemonic(text: str) -> str:
    """Return a label as it is said: "&Save" and "保存(&S)" without the key that is underlined."""
    return _MNEMONIC.sub("", text)


def _system_language() -> str:
    return str(QLocale.system().name()).partition("_")[0]


def _use_font(application: QApplication, language: str) -> None:
    present = set(QFontDatabase().families())
    family = next((name for name in _FONTS.get(language, ()) if name in present), None)
    if family is not None:
        font = application.font()
        font.setFamily(family)
        application.setFont(font)
