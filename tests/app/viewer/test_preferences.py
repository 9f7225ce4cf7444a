"""Profiles of settings, and keys."""

from dataclasses import replace

import pytest
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QLabel, QListWidget

from app.viewer.dialogs.preferences import KeysPage, Preferences, ProfilesPage
from app.viewer.settings import HotkeySettings
from app.viewer.settings_store import window_profile_path

pytestmark = pytest.mark.qt


@pytest.fixture
def profiles(qtbot, studio):
    page = ProfilesPage(studio)
    qtbot.addWidget(page)
    return page


def word(page):
    return page.findChild(QLabel, "profile_word")


def test_saving_loading_and_resetting(studio, profiles):
    changed = replace(studio.settings, tracking=replace(studio.settings.tracking, face=False))
    studio.change(changed)
    profiles.save("no face")
    names = profiles.findChild(QListWidget, "profile_names")
    assert [names.item(k).text() for k in range(names.count())] == ["no face"]
    profiles.reset()
    assert studio.settings.tracking.face
    profiles.load(window_profile_path("no face"))
    assert studio.settings == changed


def test_loading_leaves_the_window_where_it_stands(studio, profiles):
    profiles.save("here")
    studio.change(replace(studio.settings, layout="bGF5b3V0", geometry="Z2VvbWV0cnk="))
    profiles.load(window_profile_path("here"))
    assert studio.settings.layout == "bGF5b3V0"


@pytest.mark.parametrize(
    ("text", "told"),
    [("version = 99", "version 99"), ("broken = [", "cannot be read")],
    ids=["of the future", "damaged"],
)
def test_a_file_that_cannot_be_used_is_told_and_kept(studio, profiles, tmp_path, text, told):
    before = studio.settings
    path = tmp_path / "given.toml"
    path.write_text(text)
    profiles.load(path)
    assert told in word(profiles).text()
    assert word(profiles).property("role") == "error"
    assert studio.settings == before
    assert path.read_text() == text


def test_a_name_that_is_no_file_is_told(profiles):
    profiles.save("../away")
    assert "not a usable name" in word(profiles).text()


def test_keys_are_taken_and_given_back(qtbot, studio):
    page = KeysPage(studio)
    qtbot.addWidget(page)
    edit = page.findChild(type(page._edits["record"]), "key_record")
    edit.setKeySequence(QKeySequence("Ctrl+R"))
    edit.editingFinished.emit()
    assert studio.settings.hotkeys.record == "Ctrl+R"
    page._reset()
    assert studio.settings.hotkeys == HotkeySettings()


def test_two_actions_cannot_have_one_key(qtbot, studio):
    page = KeysPage(studio)
    qtbot.addWidget(page)
    edit = page._edits["record"]
    edit.setKeySequence(QKeySequence(studio.settings.hotkeys.freeze))
    edit.editingFinished.emit()
    assert studio.settings.hotkeys == HotkeySettings()
    assert "same key" in page.findChild(QLabel, "keys_word").text()


def test_the_dialog_opens(qtbot, studio):
    dialog = Preferences(studio)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.isVisible()
