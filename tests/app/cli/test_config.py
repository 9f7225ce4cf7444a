"""Settings: layers, types, and answers that help."""

from dataclasses import dataclass, field
from typing import Literal

import pytest

from app.config import AppConfig, changed, load_config
from engines.errors import ConfigError


@dataclass(frozen=True, slots=True)
class _Inner:
    size_px: int = 4
    mode: Literal["fast", "exact"] = "fast"


@dataclass(frozen=True, slots=True)
class _Outer:
    inner: _Inner = field(default_factory=_Inner)
    strength: float = 1.0
    stature_m: float | None = None
    mirror: bool = False
    weights: tuple[float, ...] = ()

    def __post_init__(self):
        if self.strength < 0:
            raise ValueError(f"strength is {self.strength}, but cannot be negative")


def test_absent_settings_keep_their_default():
    assert changed(_Outer(), {"inner": {"size_px": 7}}) == _Outer(inner=_Inner(size_px=7))


def test_a_whole_number_serves_as_a_number():
    assert changed(_Outer(), {"strength": 2}).strength == 2.0


def test_an_absent_value_can_be_written():
    assert changed(_Outer(), {"stature_m": "none"}).stature_m is None
    assert changed(_Outer(), {"stature_m": 1.8}).stature_m == 1.8


def test_lists_become_tuples():
    assert changed(_Outer(), {"weights": [1, 2.5]}).weights == (1.0, 2.5)


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ({"strenght": 1.0}, "strenght: unknown setting; did you mean strength?"),
        ({"inner": {"size": 1}}, "inner.size: unknown setting; did you mean inner.size_px?"),
        ({"zzz": 1}, "known are inner, mirror, stature_m, strength, weights"),
        ({"inner": 3}, "inner: is a group of settings"),
        ({"inner": {"mode": "slow"}}, "inner.mode: 'slow' is not one of fast, exact"),
        ({"strength": "much"}, "strength: 'much' is not a number"),
        ({"mirror": 1}, "mirror: 1 is not true or false"),
        ({"strength": True}, "strength: True is not a number"),
        ({"weights": 3}, "weights: 3 is not a list"),
        ({"weights": [1, "a"]}, "weights[1]: 'a' is not a number"),
        ({"strength": -1.0}, "strength is -1.0, but cannot be negative"),
    ],
)
def test_a_wrong_setting_is_named_with_the_way_out(table, text):
    with pytest.raises(ConfigError) as caught:
        changed(_Outer(), table)
    assert text in str(caught.value)


def test_later_layers_win(tmp_path):
    settings = tmp_path / "settings.toml"
    settings.write_text("[capture]\nwidth_px = 640\nheight_px = 480\n")
    file = tmp_path / "mine.toml"
    file.write_text("[capture]\nwidth_px = 800\n")
    config = load_config(settings=settings, file=file, overrides=["capture.height_px=600"])
    assert (config.capture.width_px, config.capture.height_px) == (800, 600)


def test_no_settings_file_gives_the_defaults(tmp_path):
    assert load_config(settings=tmp_path / "absent.toml") == AppConfig()


def test_overrides_take_plain_text():
    assert load_config(overrides=["capture.fourcc=YUYV"]).capture.fourcc == "YUYV"


@pytest.mark.parametrize("text", ["capture.width_px", "=3"])
def test_an_override_needs_a_name_and_a_value(text):
    with pytest.raises(ConfigError, match=r"section\.name=value"):
        load_config(overrides=[text])


def test_a_named_file_must_be_there(tmp_path):
    with pytest.raises(ConfigError, match="no such settings file"):
        load_config(file=tmp_path / "absent.toml")


def test_a_broken_file_is_named(tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_bytes(b"[capture\n\xff")
    with pytest.raises(ConfigError, match=r"broken\.toml"):
        load_config(file=broken)
