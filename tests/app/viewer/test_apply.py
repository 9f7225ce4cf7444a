from dataclasses import replace

import pytest

from app.config import AppConfig
from app.pipeline.controls import Controls
from app.viewer.apply import config_for, controls_for, needs_restart
from app.viewer.settings import EngineSettings, SourceSettings, TrackingSettings, WindowSettings
from engines.body.parts import ALL_PARTS
from engines.errors import ConfigError
from engines.expose.options import ExposeOptions
from engines.types import PartStrengths


def test_usual_tracking_is_the_usual_controls_but_for_the_mirror():
    assert controls_for(TrackingSettings()) == Controls(mirror_motion=True)


def test_every_tracking_setting_reaches_the_pipeline():
    tracking = TrackingSettings(
        hands=False,
        root=False,
        upper_body="on",
        mirror_motion=False,
        body_smoothing=0.5,
        hands_smoothing=1.5,
        face_smoothing=0.0,
        root_smoothing=2.0,
    )
    assert controls_for(tracking, is_frozen=True) == Controls(
        part_strengths=PartStrengths(body=0.5, hands=1.5, face=0.0, root=2.0),
        parts=ALL_PARTS - {"hands", "root"},
        upper_body="on",
        frozen=True,
    )


def test_source_and_engine_settings_reach_the_session():
    source = SourceSettings("camera:0", 640, 480, 60.0, "YUYV", 90, loop=False)
    engine = EngineSettings(hands=False, face=False, hands_in_turn="yes", expose_folder="/there")
    config = config_for(WindowSettings(source=source, engine=engine), AppConfig())
    capture = config.capture
    assert (capture.width_px, capture.height_px, capture.fps_hz) == (640, 480, 60.0)
    assert (capture.fourcc, capture.rotate_deg, capture.loop) == ("YUYV", 90, False)
    assert (config.detect.hands, config.detect.face, config.detect.hands_in_turn) == (
        False,
        False,
        True,
    )
    assert config.expose.checkpoint == "/there"


def test_the_settings_file_names_the_release_where_the_window_does_not():
    base = AppConfig(expose=ExposeOptions(checkpoint="/of/the/file"))
    assert config_for(WindowSettings(), base).expose.checkpoint == "/of/the/file"


def test_values_without_a_meaning_are_refused():
    settings = WindowSettings(source=SourceSettings("camera:0", width_px=0))
    with pytest.raises(ConfigError, match="width_px is 0"):
        config_for(settings, AppConfig())


def test_only_source_and_engine_begin_anew():
    settings = WindowSettings()
    tracked = replace(settings, tracking=TrackingSettings(body=False))
    assert not needs_restart(settings, tracked)
    assert needs_restart(settings, replace(settings, source=SourceSettings("camera:1")))
    assert needs_restart(settings, replace(settings, engine=EngineSettings(hands=False)))
