from dataclasses import replace

import numpy as np
import pytest

from calibration.camera import CameraCalibration, guessed_calibration
from calibration.camera_guess import guess_camera
from calibration.floor import FloorCalibration, matrix_rows, up_of_camera, world_from_up
from calibration.performer import PerformerCalibration
from calibration.profile import Profile, profile_from_toml, profile_to_toml
from calibration.quality import Quality
from engines.errors import CalibrationError, ConfigError
from engines.types import Camera

GREEN = Quality("green", "fine")


def camera(source="camera:0", width=1280, height=720) -> CameraCalibration:
    lens = Camera(width, height, 900.5, 901.25, 640.125, 361.0, (-0.3, 0.1, 0.0, 1e-7, 0.0))
    return CameraCalibration(lens, 0.31, 7.5, 8.0, 44, 'a "board" \\ ☃', False, source, GREEN)


def floor() -> FloorCalibration:
    matrix = world_from_up(up_of_camera(-12, 2), 1.3, np.array([0.1, 0, 3]))
    return FloorCalibration(
        "board", matrix_rows(matrix), 1.3, -12.0, 2.0, 0.2, 0.01, 9, "camera:0", GREEN
    )


def performer(**changes) -> PerformerCalibration:
    values = {
        "stature_m": 1.78,
        "stature_given": True,
        "betas": tuple(np.linspace(-1, 1, 10).tolist()),
        "segments": ("thigh",),
        "lengths_m": (0.42,),
        "lean_deg": 3.5,
        "neutral_face": tuple([0.05] * 52),
        "frames": 90,
        "source": "camera:0",
        "quality": Quality("yellow", "so so"),
        "jaw_open": 0.8,
    }
    return PerformerCalibration(**(values | changes))


def test_a_profile_is_read_as_it_was_written():
    profile = Profile("desk\tat home", camera(), floor(), performer())
    text = profile_to_toml(profile)
    again = profile_from_toml(text, "test")
    assert profile_to_toml(again) == text
    assert again.camera.camera.distortion == (-0.3, 0.1, 0.0, 1e-7, 0.0)
    assert again.camera.board == 'a "board" \\ ☃'
    assert again.performer.jaw_open == 0.8
    assert again.performer.blink_left is None
    np.testing.assert_allclose(again.floor.matrix, floor().matrix)
    assert not again.floor.matrix.flags.writeable


def test_the_camera_table_is_what_the_command_line_promises():
    import tomllib

    table = tomllib.loads(profile_to_toml(Profile("x", camera())))["camera"]
    assert {"fx", "fy", "cx", "cy", "distortion", "width", "height", "rms_px"} <= set(table)


def test_an_empty_profile_has_no_parts():
    profile = profile_from_toml(profile_to_toml(Profile("new")), "test")
    assert (profile.camera, profile.floor, profile.performer) == (None, None, None)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("version = 1", "version = 2", "update ExPose Live"),
        ("version = 1", "", "none of a profile"),
        ("fx = 900.5", "", "camera.fx is missing"),
        ("fx = 900.5", 'fx = "wide"', "camera.fx is 'wide'"),
        ("fx = 900.5", "fx = nan", "not a usable number"),
        ('mark = "green"', 'mark = "blue"', "blue"),
        ("[camera]", "camera = 3\n[other]", "not a table"),
        ("[camera]", "[camera", "not a usable calibration profile"),
        ("[0.0, 0.0, 0.0, 1.0]]", "[0.0, 0.0, 1.0]]", "not a list of 4"),
    ],
)
def test_damaged_profiles_are_refused_with_what_is_wrong(old, new, problem):
    text = profile_to_toml(Profile("x", camera(), floor()))
    assert old in text
    with pytest.raises((CalibrationError, ConfigError), match=problem):
        profile_from_toml(text.replace(old, new, 1), "somewhere")


def test_another_camera_takes_its_floor_along():
    profile = Profile("x", camera(), floor(), performer())
    assert profile.with_camera(camera()).floor is not None
    assert profile.with_camera(camera(width=640, height=360)).floor is not None
    other_size = profile.with_camera(camera(width=640, height=480))
    assert other_size.floor is None
    assert other_size.performer is not None
    assert profile.with_camera(camera(source="camera:1")).floor is None
    there = {"device_name": "C920", "device_path": "/sys/usb1/1-2"}
    known = profile.with_camera(replace(camera(), **there))
    assert known.with_camera(replace(camera(source="camera:C920"), **there)).floor is not None
    twin = there | {"device_path": "/sys/usb1/1-3"}
    assert known.with_camera(replace(camera(), **twin)).floor is None


def test_a_guess_says_that_it_is_one():
    guess = guessed_calibration(guess_camera(1280, 720, "laptop"))
    assert guess.quality.mark == "yellow"
    assert guess.views == 0


def test_a_new_floor_takes_the_lean_that_was_measured_on_the_one_before():
    before = Profile("desk", camera(), floor(), performer())
    after = before.with_floor(floor())
    assert (before.performer.lean_deg, after.performer.lean_deg) == (3.5, 0.0)
    assert after.performer.quality.mark == "yellow"
    assert "lean" in after.performer.quality.reason
    assert after.performer.betas == before.performer.betas
    upright = Profile("desk", camera(), floor(), performer(lean_deg=0.0)).with_floor(floor())
    assert upright.performer.quality.reason == "so so"
