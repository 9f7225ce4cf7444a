import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest

from app import profiles
from app.calibrate.camera import measure_camera, measure_floor_with_board
from app.calibrate.cues import FLOOR_ONCE_MORE, FLOOR_WALK, countdown
from app.calibrate.frames import Reading
from app.calibrate.person import measure_floor_with_person
from app.cli.main import main
from app.profiles import (
    list_profiles,
    load_profile,
    profile_path,
    profiles_folder,
    save_profile,
    undo_profile,
)
from app.takes.load import load_take
from calibration.board import DEFAULT_BOARD, parse_board
from calibration.profile import Profile
from calibration.stillness import StillnessCheck
from engines.body.pose import params_from_full_pose, read_only
from engines.catalog import Engine
from engines.errors import CalibrationError, ConfigError
from engines.landmarks.synthesis import landmarks_of_body
from engines.types import Camera, Detection, Frame
from tests.calibration.boards import picture_of_board
from tests.calibration.test_profile import camera, floor, performer
from tests.estimates import open_body, upright_pose

CAMERA = Camera(640, 360, 560.0, 560.0, 320.0, 180.0)
SPEC = parse_board(DEFAULT_BOARD)


@pytest.fixture(autouse=True)
def _own_settings_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(profiles, "settings_file", lambda: tmp_path / "config" / "settings.toml")


@dataclass
class Clip:
    """A source of pictures in memory."""

    pictures: list
    fps: float = 10.0
    is_live: bool = False
    name: str = "clip"
    closed: int = field(default=0)
    _next: int = 0

    @property
    def frame_count(self):
        return None if self.is_live else len(self.pictures)

    def open(self):
        self._next = 0

    def read(self):
        if self._next >= len(self.pictures):
            return None
        k, self._next = self._next, self._next + 1
        height, width = self.pictures[k].shape[:2]
        lens = Camera(width, height, 560.0, 560.0, width / 2, height / 2)
        return Frame(k, 0, int(k / self.fps * 1e9), self.pictures[k], lens)

    def close(self):
        self.closed += 1


def moved_board(count=16):
    rng = np.random.default_rng(0)
    return [
        picture_of_board(
            SPEC,
            CAMERA,
            rng.normal(0, 0.4, 3),
            (*rng.uniform(-0.06, 0.06, 2), rng.uniform(0.45, 0.6)),
        )
        for _ in range(count)
    ]


@pytest.fixture(scope="module")
def board_clip():
    return moved_board()


def ignore(_progress):
    pass


def test_a_clip_of_a_board_gives_its_camera(board_clip):
    told = []
    clip = Clip(board_clip)
    found = measure_camera(clip, SPEC, told.append)
    assert found.camera.fx == pytest.approx(560, rel=0.02)
    assert found.quality.mark in ("green", "yellow")
    assert clip.closed == 1
    assert [progress.total for progress in told] == [16] * 17
    assert "views" in told[-2].message
    assert [progress.is_computing for progress in told] == [False] * 16 + [True]


@pytest.mark.parametrize(
    ("pictures", "problem"),
    [
        ([picture_of_board(SPEC, CAMERA, (0.3, 0.2, 0.1), (0.0, 0.0, 0.5))], "add ':inverted'"),
        ([np.full((360, 640, 3), 90, np.uint8)], ""),
    ],
)
def test_another_board_before_a_live_camera_is_told_while_it_is_held(pictures, problem):
    told = []
    exchanged = [cv2.bitwise_not(picture) if problem else picture for picture in pictures]
    clip = Clip(exchanged * 6, fps=1.0, is_live=True)
    with pytest.raises(CalibrationError):
        measure_camera(clip, SPEC, told.append)
    assert [problem in progress.problem for progress in told[:-1]] == [not problem] * 4 + [True] * 2
    assert not told[3].problem


@pytest.mark.parametrize(
    ("pictures", "board", "message"),
    [
        (
            lambda clip: [np.full((360, 640, 3), 90, np.uint8)] * 3,
            DEFAULT_BOARD,
            "no board was seen",
        ),
        (lambda clip: clip[:6], DEFAULT_BOARD + ":inverted", "take ':inverted' from"),
        (lambda clip: clip[:1] * 9, DEFAULT_BOARD, "1 different views"),
        (lambda clip: [cv2.blur(p, (11, 11)) for p in clip[:4]], DEFAULT_BOARD, "board"),
        (lambda clip: [], DEFAULT_BOARD, "holds no pictures"),
        (lambda clip: [clip[0], clip[1][:300]], DEFAULT_BOARD, "one size"),
    ],
)
def test_bad_clips_are_answered_with_what_to_do(board_clip, pictures, board, message):
    with pytest.raises(CalibrationError, match=message):
        measure_camera(Clip(pictures(board_clip)), parse_board(board), ignore)


def test_mirrored_pictures_are_told_and_replace_nothing(board_clip):
    mirrored = [np.ascontiguousarray(picture[:, ::-1]) for picture in board_clip]
    found = measure_camera(Clip(mirrored), SPEC, ignore)
    assert found.mirrored
    assert found.quality.mark == "red"
    assert "mirror" in found.quality.reason
    with pytest.raises(CalibrationError, match="mirror"):
        measure_floor_with_board(Clip(mirrored), SPEC, ignore)


def write_clip(folder, pictures):
    folder.mkdir()
    for k, picture in enumerate(pictures):
        cv2.imwrite(str(folder / f"{k:03}.png"), picture)
    return str(folder)


def test_the_command_line_keeps_the_old_profile_when_a_step_fails(board_clip, tmp_path, capsys):
    good = write_clip(tmp_path / "good", board_clip)
    out = tmp_path / "desk.toml"
    assert main(["calibrate", "camera", "--source", good, "-o", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    first = out.read_text()
    table = tomllib.loads(first)["camera"]
    assert table["fx"] == pytest.approx(560, rel=0.02)
    mirrored = write_clip(tmp_path / "mirrored", [p[:, ::-1] for p in board_clip])
    empty = write_clip(tmp_path / "empty", [np.full((360, 640, 3), 90, np.uint8)] * 3)
    for source, message in ((mirrored, "mirror"), (empty, "no board was seen")):
        assert main(["calibrate", "camera", "--source", source, "-o", str(out)]) == 1
        error = capsys.readouterr().err.strip().splitlines()[-1]
        assert error.startswith("error: ")
        assert message in error
        assert out.read_text() == first
    assert main(["calibrate", "camera", "--source", mirrored, "-o", str(out), "--force"]) == 0
    assert out.read_text() != first
    assert main(["calibrate", "undo", "-o", str(out)]) == 0
    assert out.read_text() == first


def test_a_board_is_written_to_print_or_to_show(tmp_path, capsys):
    for name, start in (("b.pdf", b"%PDF"), ("b.png", b"\x89PNG")):
        assert main(["calibrate", "board", "-o", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_bytes().startswith(start)
    assert main(["calibrate", "board", "-o", str(tmp_path / "b.docx")]) == 2
    capsys.readouterr()


def test_profiles_by_name_are_listed_and_undone():
    assert list_profiles() == []
    with pytest.raises(ConfigError, match="none yet"):
        load_profile("desk")
    path = save_profile(Profile("desk", camera()), "desk")
    assert path == profiles_folder() / "desk.toml"
    save_profile(Profile("desk", camera(), performer=performer()), "desk")
    assert list_profiles() == ["desk"]
    undo_profile("desk")
    assert load_profile("desk").performer is None
    undo_profile("desk")
    assert load_profile("desk").performer is not None
    with pytest.raises(ConfigError, match="there are desk"):
        load_profile("dsek")
    with pytest.raises(ConfigError, match="not a usable name"):
        profile_path("a:b")


def test_a_profile_that_cannot_be_written_leaves_the_old_one(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(CalibrationError, match="choose another"):
        save_profile(Profile("x", camera()), str(blocked / "x.toml"))


def test_cues_count_down_before_anything_is_measured():
    cues, end_s = countdown((2.0, "stand"), (3.0, "walk"))
    told = []
    clip = Clip([np.zeros((8, 8, 3), np.uint8)] * 100, is_live=True)
    frames = list(Reading(clip, told.append, cues, end_s).frames())
    assert [frame.index for frame in frames] == list(range(30, 80))
    assert [each.message for each in told] == ["3 …", "2 …", "1 …", "stand", "walk"]
    assert all(each.tone_hz > 0 for each in told)
    recorded = Clip([np.zeros((8, 8, 3), np.uint8)] * 100)
    assert len(list(Reading(recorded, told.append, cues).frames())) == 100


def scenery(shift=0):
    rng = np.random.default_rng(1)
    wide = cv2.blur(rng.integers(0, 255, (360, 900), np.uint8), (9, 9))
    wide = cv2.normalize(wide, None, 0, 255, cv2.NORM_MINMAX)
    return cv2.cvtColor(
        np.ascontiguousarray(wide[:, 100 + shift : 740 + shift]), cv2.COLOR_GRAY2BGR
    )


def test_moving_camera_is_told_from_one_that_stands():
    still, moving = StillnessCheck(), StillnessCheck()
    for k in range(10):
        still.add(scenery(), [np.array([200, 50, 300, 350])])
        moving.add(scenery(3 * k), [np.array([200, 50, 300, 350])])
    still.check("floor")
    with pytest.raises(CalibrationError, match="floor: the camera moved"):
        moving.check("floor")


class Crowd:
    """A detector that finds so many people."""

    def __init__(self, count):
        self.count = count

    def open(self):
        pass

    def detect(self, _frame):
        boxes = [read_only(np.array([50.0 * k, 50, 50 * k + 40, 200])) for k in range(self.count)]
        standing = params_from_full_pose(upright_pose(), transl=np.array([0, 0, 3.5]))
        seen = landmarks_of_body(open_body(), standing, CAMERA)
        return tuple(Detection(k, box, 0.9, seen) for k, box in enumerate(boxes))

    def close(self):
        pass


def test_nobody_in_view_is_told():
    engine = Engine("landmarks", "cpu", open_body(), Crowd(0), None, None)
    with pytest.raises(CalibrationError, match="nobody was seen in 12 pictures"):
        measure_floor_with_person(Clip([scenery()] * 12), engine, ignore)


@pytest.mark.parametrize(("limit_s", "asked"), [(None, 2), (20.0, 0)])
def test_a_live_person_is_asked_to_walk_once_more_as_long_as_the_floor_is_uncertain(limit_s, asked):
    engine = Engine("landmarks", "cpu", open_body(), Crowd(1), None, None)
    told = []
    clip = Clip([scenery()] * 300, fps=4.0, is_live=True)
    fit = measure_floor_with_person(clip, engine, told.append, stature_m=1.7, duration_s=limit_s)
    assert not fit.is_sure  # somebody who never walks
    more = FLOOR_ONCE_MORE[0][1]
    cues = [each.message for each in told if each.tone_hz]
    assert cues.count(more) == asked
    seconds = limit_s or 3 + sum(s for s, _ in FLOOR_WALK) + asked * sum(
        s for s, _ in FLOOR_ONCE_MORE
    )
    assert told[-1].frames == pytest.approx(seconds * 4, abs=2)


def test_two_people_are_told():
    engine = Engine("landmarks", "cpu", open_body(), Crowd(2), None, None)
    with pytest.raises(CalibrationError, match="two people in view"):
        measure_floor_with_person(Clip([scenery()] * 12), engine, ignore)


def test_a_run_uses_the_profile_and_its_take_says_so(tmp_path, capsys):
    path = tmp_path / "stage.toml"
    tall = performer(stature_m=1.9, betas=tuple([1.5] + [0.0] * 9), lean_deg=0.0, neutral_face=())
    save_profile(Profile("stage", floor=floor(), performer=tall), str(path))
    call = ["run", "--source", "synthetic:wave", "--max-frames", "4", "--headless"]
    assert main([*call, "--record", str(tmp_path / "takes"), "--profile", str(path)]) == 0
    take = load_take(Path(capsys.readouterr().out.strip()))
    assert take.header.info.profile == str(path)
    np.testing.assert_allclose(take.betas, tall.betas, atol=1e-5)
    assert main([*call, "--profile", str(tmp_path / "none.toml")]) == 2
    capsys.readouterr()
