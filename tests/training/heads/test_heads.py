"""Rendered heads and the tables of what was made of them."""

import numpy as np
import pytest

from engines.body.face import ARKIT_INDEX
from engines.body.model import load_body
from engines.body.rotations import matrix_from_axis_angle
from engines.model_store import model_path
from training.heads.measure import GAZES, JAWS, SINGLE, TURNS, Seen
from training.heads.pictures import Face, HeadPictures
from training.heads.report import actions_table, gaze_lines, head_lines
from training.kit import Kit

FACING = np.diag([1.0, -1.0, -1.0])


def test_pictures_of_a_person_differ_in_the_face_alone(people_kit: Kit) -> None:
    maker = HeadPictures(people_kit, load_body(model_path("open_body")), "train")
    faces = [Face(), Face(turn=(0, 30, 0)), Face(actions={"jawOpen": 1.0})]
    still, turned, acting = maker.make(3, faces)
    assert still.image.shape == (320, 320, 3)
    assert np.allclose(still.rotation, FACING, atol=1e-4)
    left = matrix_from_axis_angle(np.array([0, np.radians(30), 0]))
    assert np.allclose(turned.rotation, FACING @ left, atol=1e-3)
    changed = np.abs(acting.image.astype(int) - still.image).mean(axis=2) > 40
    assert 0 < changed.mean() < 0.2  # the mouth, and nothing of the background


def test_every_action_but_gaze_is_shown() -> None:
    shown = {name for names in SINGLE for name in names}
    assert shown == {name for name in ARKIT_INDEX if not name.startswith("eyeLook")}


@pytest.fixture
def seen() -> list[Seen]:
    """Return what a solver would give that is right but for its gaze, which is half of what it should be."""
    actions = []
    for names in SINGLE:
        row = np.zeros(52, np.float32)
        row[[ARKIT_INDEX[name] for name in names]] = 0.9
        actions.append(row)
    gazes = [(0.5 * down, 0.5 * left) for down, left in GAZES]
    return [Seen([(1.0, 2.0)] * len(TURNS), list(JAWS), list(gazes), list(actions))]


def test_tables_say_what_was_found(seen: list[Seen]) -> None:
    assert "| (0, 40, 0) | 1 of 1 | 1.0° | 2.0° |" in head_lines(seen)
    assert head_lines(seen)[-1].endswith("mean error 0.0°")
    assert gaze_lines(seen)[2].startswith("| left and right | 0.50 | 1.00 |")
    assert "| mouthSmile (both sides) | 0.90 | - | 100% |" in actions_table(seen)


def test_faces_that_were_not_found_are_told(seen: list[Seen]) -> None:
    lost = Seen([None] * len(TURNS), [None] * 4, [None] * len(GAZES), [None] * len(SINGLE))
    assert "| tongueOut | - | no face found | - |" in actions_table([lost])
    assert head_lines([*seen, lost])[2] == f"| {TURNS[0]} | 1 of 2 | 1.0° | 2.0° |"
