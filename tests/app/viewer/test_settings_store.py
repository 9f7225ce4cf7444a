"""The window's settings on disk: nothing is lost, nothing stops the window."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.viewer.settings import (
    HotkeySettings,
    SourceSettings,
    TargetSettings,
    TrackingSettings,
    WindowSettings,
)
from app.viewer.settings_store import (
    list_window_profiles,
    load_settings,
    read_settings,
    save_settings,
    window_profile_path,
    window_settings_file,
)
from engines.errors import ConfigError

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)


@given(
    spec=WORDS,
    rate=st.floats(1, 240),
    rotate=st.sampled_from((0, 90, 180, 270)),
    targets=st.lists(st.tuples(WORDS, st.booleans()), max_size=4),
    strength=st.floats(0, 4),
)
def test_what_is_written_is_read(tmp_path_factory, spec, rate, rotate, targets, strength):
    settings = WindowSettings(
        source=SourceSettings(spec=spec, fps_hz=rate, rotate_deg=rotate),
        tracking=TrackingSettings(hands=False, body_smoothing=strength),
        targets=tuple(TargetSettings(text, is_on) for text, is_on in targets),
        hotkeys=HotkeySettings(record=""),
    )
    path = tmp_path_factory.mktemp("settings") / "window.toml"
    save_settings(settings, path)
    assert load_settings(path).settings == settings


def test_no_file_gives_the_defaults(tmp_path):
    loaded = load_settings(tmp_path / "none.toml")
    assert loaded.settings == WindowSettings()
    assert loaded.problem == ""


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("version = [", "cannot be read"),
        ("\xff\xfe", "cannot be read"),
        ("version = 99", "version 99"),
        ('version = "one"', "version one"),
        ("version = 1\n[tracking]\nhads = true", "did you mean tracking.hands"),
        ("version = 1\n[source]\nrotate_deg = 45", "rotate_deg"),
        ("version = 1\n[[targets]]\ntext = 7", "targets[0].text"),
    ],
    ids=["cut off", "not text", "future", "no number", "misspelt", "no choice", "wrong type"],
)
def test_a_file_that_cannot_be_used_is_kept_aside(tmp_path, text, word):
    path = tmp_path / "window.toml"
    path.write_bytes(text.encode("latin-1"))
    loaded = load_settings(path)
    assert loaded.settings == WindowSettings()
    assert word in loaded.problem
    assert not path.exists()
    assert (tmp_path / "window.toml.broken").read_bytes() == text.encode("latin-1")


def test_files_kept_aside_do_not_overwrite_each_other(tmp_path):
    path = tmp_path / "window.toml"
    for text in ("a = [", "b = ["):
        path.write_text(text)
        load_settings(path)
    kept = sorted(each.read_text() for each in tmp_path.glob("window.toml.broken*"))
    assert kept == ["a = [", "b = ["]


def test_settings_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        save_settings(WindowSettings(), tmp_path / "file" / "window.toml")


def test_profiles_by_name(settings_folder):
    assert list_window_profiles() == []
    changed = replace(WindowSettings(), first_run_done=True)
    save_settings(changed, window_profile_path("stage left"))
    assert list_window_profiles() == ["stage left"]
    assert read_settings(window_profile_path("stage left")) == changed
    assert window_settings_file().parent == settings_folder


@pytest.mark.parametrize("name", ["", " ", "../x", "a/b", ".hidden", "a\nb"])
def test_names_that_are_no_files(name):
    with pytest.raises(ConfigError, match="not a usable name"):
        window_profile_path(name)
