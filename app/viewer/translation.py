"""The language of the window: English in the sources, others in `app/viewer/i18n`."""

from pathlib import Path
from typing import Final

from PyQt5.QtCore import QLibraryInfo, QLocale, QTranslator
from PyQt5.QtWidgets import QApplication

FOLDER: Final = Path(__file__).with_name("i18n")
"""Compiled translations, and the files they are made of (`tools/update_translations.py`)."""

SOURCE_LANGUAGE: Final = "en"
"""What the sources are written in; its file holds nothing but plurals."""


def languages() -> list[str]:
    """Return the languages there are, sorted."""
    return sorted(path.stem.removeprefix("window_") for path in FOLDER.glob("window_*.qm"))


def use_language(application: QApplication, language: str) -> str:
    """Translate what is made from now on; an empty language is the system's. Return the language in use."""
    wanted = language or QLocale.system().name().partition("_")[0]
    used = wanted if wanted in languages() else SOURCE_LANGUAGE
    QLocale.setDefault(QLocale(used))
    qt_folder = QLibraryInfo.location(QLibraryInfo.TranslationsPath)
    for name, folder in (("qtbase", qt_folder), ("window", str(FOLDER))):
        translator = QTranslator(application)
        if translator.load(f"{name}_{used}", folder):
            application.installTranslator(translator)
    return used
