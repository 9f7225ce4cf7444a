"""The whole detector on rendered people whose joints are known."""

import subprocess
import sys
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app.capture.synthetic import SyntheticOptions, SyntheticSource
from engines.detect import mediapipe_tasks
from engines.detect.mediapipe_landmarks import LandmarkDetector
from engines.detect.options import LandmarkDetectorOptions
from engines.detect.parts import PartsDetector
from engines.detect.persons import PersonDetector
from engines.errors import EngineUnavailable, ModelMissing, StageError
from engines.types import Camera, Frame, PersonLandmarks

CHECKOUT = Path(__file__).parents[3]
FRAME_COUNT = 6
WRISTS = (20, 21)
SILENT_RUN = """
import sys
import numpy as np
from engines.detect.persons import PersonDetector
from engines.detect.options import LandmarkDetectorOptions
from engines.types import Camera, Frame
image = np.load(sys.argv[1])
detector = PersonDetector(LandmarkDetectorOptions())
detector.open()
for index in range(2):
    print(len(detector.detect(Frame(index, 0, 0, image, Camera.guess(960, 540)))))
detector.close()
"""


@pytest.fixture(scope="module")
def clip():
    """A person who waves: the first frames, and where their wrists really are, pixels."""
    options = SyntheticOptions(width_px=960, height_px=540, frame_count=FRAME_COUNT)
    source = SyntheticSource("wave", options)
    source.open()
    frames = [source.read() for _ in range(FRAME_COUNT)]
    camera = source.camera
    joints = np.stack([source.truth_estimate(i).joints for i in range(FRAME_COUNT)])
    pixels = joints[:, WRISTS, :2] / joints[:, WRISTS, 2:] * camera.fx + (camera.cx, camera.cy)
    return frames, pixels


@pytest.fixture(scope="module")
def people(clip):
    """What the detector says about the clip."""
    return detect_all(clip[0])


def detect_all(frames, **options):
    detector = LandmarkDetector(LandmarkDetectorOptions(**options))
    detector.open()
    try:
        return [detector.detect(frame) for frame in frames]
    finally:
        detector.close()


def frame_of(image, index=0):
    return Frame(index, 0, 0, image, Camera.guess(image.shape[1], image.shape[0]))


def arrays(detection):
    parts = (getattr(detection.landmarks, field.name) for field in fields(PersonLandmarks))
    return [detection.box, *(part for part in parts if isinstance(part, np.ndarray))]


def test_one_person_with_everything_in_every_frame(people):
    assert [len(found) for found in people] == [1] * FRAME_COUNT
    assert {found[0].track_id for found in people} == {0}
    for (person,) in people[2:]:  # the two hands are first looked for in two frames
        landmarks = person.landmarks
        assert landmarks.left_hand_px is not None
        assert landmarks.right_hand_px is not None
        assert landmarks.face_px is not None
        assert person.score > 0.9
        assert 0.5 <= landmarks.left_hand_score <= 1


def test_wrists_are_where_they_are_and_on_the_persons_own_side(clip, people):
    for (person,), truth in zip(people[2:], clip[1][2:], strict=True):
        landmarks = person.landmarks
        for side, hand in enumerate((landmarks.left_hand_px, landmarks.right_hand_px)):
            assert np.linalg.norm(hand[0, :2] - truth[side]) < 15
            assert np.linalg.norm(landmarks.pose_px[15 + side, :2] - truth[side]) < 20


def test_depth_grows_away_from_the_camera(people):
    landmarks = people[-1][0].landmarks
    nose, left_ear, right_ear = landmarks.pose_world[[0, 7, 8]]
    assert nose[2] < min(left_ear[2], right_ear[2])
    nose, left_cheek, right_cheek = landmarks.face_px[[1, 454, 234]]
    assert nose[2] < min(left_cheek[2], right_cheek[2])
    assert left_cheek[0] > right_cheek[0]  # the person's left is at the picture's right


def test_box_holds_the_person_with_a_margin(people):
    (person,) = people[-1]
    x0, y0, x1, y1 = person.box
    pixels = person.landmarks.pose_px
    assert x0 < pixels[:, 0].min() < pixels[:, 0].max() < x1
    assert y0 < pixels[:, 1].min() < pixels[:, 1].max() < y1


def test_arrays_are_float32_and_read_only(people):
    for array in arrays(people[-1][0]):
        assert array.dtype == np.float32
        assert array.flags.c_contiguous
        assert not array.flags.writeable


def test_same_pictures_give_the_same_bytes_whatever_the_time_stamps(clip, people):
    same_time = [replace(frame, timestamp_ns=5, captured_ns=5) for frame in clip[0]]
    again = detect_all(same_time)
    for (one,), (other,) in zip(people, again, strict=True):
        for a, b in zip(arrays(one), arrays(other), strict=True):
            assert a.tobytes() == b.tobytes()


def test_two_halves_are_the_whole(clip, people):
    options = LandmarkDetectorOptions()
    persons, parts = PersonDetector(options), PartsDetector(options)
    persons.open()
    parts.open()
    found = [parts.refine(frame, persons.detect(frame)) for frame in clip[0]]
    persons.close()
    parts.close()
    for (one,), (other,) in zip(people, found, strict=True):
        assert one.landmarks.face_px.tobytes() == other.landmarks.face_px.tobytes()


def test_visibility_is_that_of_this_frame_alone(clip):
    """MediaPipe smooths it over ten frames; what we give must not know of the frames before."""
    frames = clip[0]
    dark = frame_of(np.zeros_like(frames[0].image))
    detector = PersonDetector(LandmarkDetectorOptions())
    detector.open()
    for frame in (frames[0], frames[1], dark, dark):
        detector.detect(frame)
    (late,) = detector.detect(frames[4])
    detector.close()
    detector.open()
    (fresh,) = detector.detect(frames[4])
    detector.close()
    np.testing.assert_allclose(
        late.landmarks.pose_visibility, fresh.landmarks.pose_visibility, atol=1e-5
    )
    np.testing.assert_allclose(late.landmarks.pose_px, fresh.landmarks.pose_px, atol=0.01)


def test_it_goes_on_when_mediapipes_clock_runs_over(clip, monkeypatch):
    monkeypatch.setattr(mediapipe_tasks, "_MAX_CALLS", 4)
    found = detect_all(clip[0], hands=False)
    assert [len(persons) for persons in found] == [1] * FRAME_COUNT


def test_parts_can_be_switched_off(clip):
    ((person,), *_) = detect_all(clip[0][:1], hands=False, face=False)
    assert person.landmarks.left_hand_px is None
    assert person.landmarks.right_hand_px is None
    assert person.landmarks.face_px is None


def test_hands_can_take_turns(clip):
    persons = detect_all(clip[0], hands_in_turn=True)
    marks = [person[0].landmarks for person in persons]
    assert all(m.left_hand_px is not None and m.right_hand_px is not None for m in marks[1:])
    moved_with_wrist = []
    for before, now in pairwise(marks[1:]):
        for hand, wrist in (("left_hand_px", 15), ("right_hand_px", 16)):
            moved = getattr(before, hand)[:, :2] + (now.pose_px[wrist] - before.pose_px[wrist])[:2]
            same = np.allclose(getattr(now, hand)[:, :2], moved, atol=1e-2)
            moved_with_wrist.append((hand[0], same))
    per_frame = list(zip(moved_with_wrist[::2], moved_with_wrist[1::2], strict=True))
    assert all(left[1] != right[1] for left, right in per_frame), "one is seen, the other carried"
    assert {left[1] for left, _ in per_frame} == {True, False}, "and they change places"


def test_two_persons_keep_their_tracks(clip):
    doubled = [frame_of(np.hstack([f.image, f.image]), f.index) for f in clip[0][:4]]
    found = detect_all(doubled, max_persons=2)
    for left, right in found[1:]:
        assert (left.track_id, right.track_id) == (0, 1)
    centres = np.array([[d.box[[0, 2]].mean() for d in frame] for frame in found[1:]])
    assert np.ptp(centres, axis=0).max() < 60
    assert np.abs(centres[:, 0] - centres[:, 1]).min() > 600
    assert all(d.landmarks.face_px is not None for d in found[-1])


@pytest.mark.parametrize("shape", [(1, 1), (2, 500), (40, 3000), (480, 640)])
def test_empty_pictures_of_any_shape_hold_nobody(shape):
    assert detect_all([frame_of(np.zeros((*shape, 3), np.uint8))], hands=False) == [()]


def test_large_pictures_give_landmarks_in_their_own_pixels(clip, people):
    frame = clip[0][0]
    large = frame_of(np.repeat(np.repeat(frame.image, 4, axis=0), 4, axis=1))
    ((person,),) = detect_all([large], hands=False)
    np.testing.assert_allclose(
        person.landmarks.pose_px[:, :2] / 4, people[0][0].landmarks.pose_px[:, :2], atol=8
    )
    assert person.landmarks.face_px is not None


def test_missing_model_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setattr("engines.model_store.ASSETS", tmp_path)
    (tmp_path / "models.toml").write_text(
        '[pose]\nfile = "pose.task"\nsha256 = ""\nlicence = ""\nsource = ""\n'
    )
    with pytest.raises(ModelMissing, match=r"pose\.task"):
        LandmarkDetector().open()


def test_damaged_model_is_named(tmp_path, monkeypatch):
    path = tmp_path / "pose.task"
    path.write_bytes(b"not a model")
    monkeypatch.setattr(mediapipe_tasks, "model_path", lambda name: path)
    with pytest.raises(EngineUnavailable, match=r"pose\.task"):
        LandmarkDetector().open()


def test_closed_detector_says_so(clip):
    detector = LandmarkDetector()
    detector.close()
    with pytest.raises(StageError, match="not open"):
        detector.detect(clip[0][0])


def test_landmarks_do_not_lag_behind(clip):
    """MediaPipe's own smoothing would follow this jump of 6 pixels by 2.5 in its first frame."""
    still = [frame_of(clip[0][0].image, index) for index in range(5)]
    jumped = frame_of(np.roll(clip[0][0].image, 6, axis=1), len(still))
    *_, (before,), (after,) = detect_all([*still, jumped], hands=False)
    trunk = slice(0, 25)
    moved = after.landmarks.pose_px[trunk, 0] - before.landmarks.pose_px[trunk, 0]
    assert moved.mean() == pytest.approx(6, abs=1.5)
    face = after.landmarks.face_px[:, 0] - before.landmarks.face_px[:, 0]
    assert face.mean() == pytest.approx(6, abs=1)


def test_nothing_reaches_the_terminal(clip, tmp_path):
    """In a process of its own: some of MediaPipe's messages come only once."""
    path = tmp_path / "picture.npy"
    np.save(path, clip[0][0].image)
    call = [sys.executable, "-c", SILENT_RUN, str(path)]
    run = subprocess.run(call, cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.split() == ["1", "1"]
    assert run.stderr == ""
