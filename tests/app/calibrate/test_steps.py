import math
import sys
from dataclasses import replace
from datetime import datetime

import cv2
import numpy as np
import pytest

from app import profiles
from app.calibrate.person import feet_and_top, guess_camera_from_person
from app.calibrate.speech import Speaker, find_speaker
from app.calibrate.steps import (
    CameraGuess,
    StepPlan,
    is_doubtful,
    measure_step,
    measurement,
)
from app.cli.main import main
from app.config import AppConfig
from app.profiles import can_undo, copy_profile, load_profile, rename_profile, save_profile
from calibration.profile import Profile
from calibration.quality import Quality
from calibration.upright import body_proportions
from engines.body.pose import params_from_full_pose
from engines.catalog import Engine
from engines.errors import CalibrationError, ConfigError
from engines.landmarks.synthesis import landmarks_of_body
from tests.app.calibrate.test_calibrate import CAMERA, Clip, Crowd, ignore, scenery
from tests.calibration.test_profile import camera, floor, performer
from tests.estimates import open_body, upright_pose


@pytest.fixture(autouse=True)
def _own_settings_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(profiles, "settings_file", lambda: tmp_path / "config" / "settings.toml")


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "picture.png"
    cv2.imwrite(str(path), np.full((720, 1280, 3), 90, np.uint8))
    return str(path)


def test_a_camera_is_guessed_by_kind_or_field_of_view(picture):
    def guessed(guess):
        plan = StepPlan("camera", picture, guess=guess)
        return measure_step(plan, AppConfig(), Profile("desk"), ignore).camera

    by_kind = guessed(CameraGuess(kind="webcam"))
    assert (by_kind.camera.width, by_kind.source) == (1280, picture)
    assert by_kind.quality.mark == "yellow"
    diagonal = math.hypot(by_kind.camera.width, by_kind.camera.height)
    assert guessed(CameraGuess(fov_deg=90)).camera.fx == pytest.approx(diagonal / 2)
    assert datetime.fromisoformat(by_kind.measured_at).tzinfo is not None
    with pytest.raises(ConfigError, match="height is not known"):
        guessed(CameraGuess(distance_m=2.0))


def test_a_camera_is_guessed_by_a_person_at_a_distance():
    engine = Engine("landmarks", "cpu", open_body(), Crowd(1), None, None)
    stature_m = float(np.ptp(open_body().v_template[:, 1]))
    found = guess_camera_from_person(
        Clip([scenery()] * 8), engine, ignore, stature_m=stature_m, distance_m=3.5
    )
    assert found.camera.fx == pytest.approx(CAMERA.fx, rel=0.03)
    assert found.quality.mark == "yellow"


def test_a_person_whose_feet_are_not_seen_tells_no_camera():
    seen = landmarks_of_body(
        open_body(), params_from_full_pose(upright_pose(), transl=np.array([0, 0, 3.5])), CAMERA
    )
    proportions = body_proportions(open_body())
    feet, top = feet_and_top(seen, proportions)
    assert feet[1] > seen.pose_px[27, 1] > top[1]
    visible = np.where(np.arange(33) < 29, 1.0, 0.1).astype(np.float32)
    footless = replace(seen, pose_visibility=visible)
    assert np.isnan(feet_and_top(footless, proportions)).all()

    class Footless(Crowd):
        def detect(self, frame):
            return tuple(replace(each, landmarks=footless) for each in super().detect(frame))

    engine = Engine("landmarks", "cpu", open_body(), Footless(1), None, None)
    with pytest.raises(CalibrationError, match="head to foot"):
        guess_camera_from_person(
            Clip([scenery()] * 8), engine, ignore, stature_m=1.7, distance_m=3.5
        )


def test_only_a_red_result_over_an_earlier_one_is_doubtful():
    red = replace(camera(), quality=Quality("red", "mirrored"))
    empty, known = Profile("a"), Profile("a", camera())
    assert not is_doubtful(empty.with_camera(red), empty, "camera")
    assert is_doubtful(known.with_camera(red), known, "camera")
    assert not is_doubtful(known.with_camera(camera()), known, "camera")
    whole = Profile("a", camera(), floor(), performer())
    assert [measurement(whole, step) for step in ("camera", "floor", "performer")] == [
        whole.camera,
        whole.floor,
        whole.performer,
    ]


def test_the_command_line_guesses_by_a_distance_only_with_a_height(picture, tmp_path, capsys):
    call = ["calibrate", "camera", "--source", picture, "-o", str(tmp_path / "p.toml")]
    assert main([*call, "--distance", "2.5"]) == 2
    assert "height" in capsys.readouterr().err
    with pytest.raises(SystemExit) as refused:
        main([*call, "--distance", "0"])
    assert refused.value.code == 2
    assert "no distance in metres" in capsys.readouterr().err
    assert main([*call, "--fov", "80"]) == 0
    assert load_profile(str(tmp_path / "p.toml")).camera.measured_at
    capsys.readouterr()


def test_profiles_are_copied_and_renamed_and_never_overwritten():
    save_profile(Profile("desk", camera()), "desk")
    save_profile(Profile("desk", camera(), performer=performer()), "desk")
    copy_profile("desk", "stage")
    assert load_profile("stage").name == "stage"
    assert not can_undo("stage")
    rename_profile("desk", "attic")
    assert profiles.list_profiles() == ["attic", "stage"]
    assert can_undo("attic")  # what could be undone still can
    assert not can_undo("desk")
    with pytest.raises(ConfigError, match="is there already"):
        copy_profile("attic", "stage")
    with pytest.raises(ConfigError, match="not found"):
        rename_profile("desk", "cellar")
    with pytest.raises(ConfigError, match="not a usable name"):
        copy_profile("attic", "a:b")


def test_a_line_is_spoken_as_it_is_and_cut_off_by_the_next(tmp_path):
    out = tmp_path / "said"
    script = f"import os, sys; open({str(out)!r}, 'w').write(sys.argv[1] + os.environ['EXPOSE_LIVE_SAY'])"
    speaker = Speaker([sys.executable, "-c", script])
    text = "close both eyes; $(touch /x) 'and' \"open\""
    speaker.say(text)
    speaker._speaking.wait(10)
    assert out.read_text() == text + text
    endless = Speaker([sys.executable, "-c", "import time; time.sleep(600)"])
    endless.say("one")
    first = endless._speaking
    endless.say("two")
    assert first.returncode is not None
    endless.stop()
    endless.stop()


def test_a_speech_service_is_told_to_be_silent_and_keeps_its_clients(tmp_path):
    silenced = tmp_path / "silenced"
    endless = [sys.executable, "-c", "import time; time.sleep(600)"]
    silence = [sys.executable, "-c", f"open({str(silenced)!r}, 'w')"]
    speaker = Speaker(endless, silence=silence)
    speaker.say("one")
    first = speaker._speaking
    speaker.say("two")
    second = speaker._speaking
    assert not silenced.exists()
    speaker.stop()
    speaker.stop()
    told = [each for each in speaker._ending if each not in (first, second)]
    assert [each.wait(10) for each in told] == [0]
    assert silenced.exists()
    assert (first.poll(), second.poll()) == (None, None)
    for each in (first, second):
        each.kill()
        each.wait(10)


def test_a_speech_service_is_told_the_language(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("app.calibrate.speech.shutil.which", lambda name: f"/usr/bin/{name}")
    assert find_speaker("ja")._command == ("/usr/bin/spd-say", "--wait", "-l", "ja", "--")
    assert find_speaker()._command == ("/usr/bin/spd-say", "--wait", "--")
