import threading

import numpy as np
import pytest

from app.capture.motions import SCENES
from app.capture.synthetic import SyntheticOptions, SyntheticSource
from app.render.rasteriser import SampleBuffer, draw_mesh
from engines.body.face import ARKIT_NAMES
from engines.body.kinematics import posed_joints, skin
from engines.body.pose import full_pose
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import JOINT_INDEX, LEFT_EYE, LEFT_HAND, RIGHT_EYE
from engines.errors import ConfigError, SourceNotFound
from engines.model_store import model_path

SMALL = SyntheticOptions(width_px=160, height_px=90, frame_count=None)
every_motion = pytest.mark.parametrize("name", SCENES)


@pytest.fixture
def make(open_body):
    sources = []

    def make_source(name="walk", options=SMALL):
        source = SyntheticSource(name, options, open_body)
        source.open()
        sources.append(source)
        return source

    yield make_source
    for source in sources:
        source.close()


@pytest.fixture
def unopened(open_body):
    def make_source(name, **options):
        return SyntheticSource(name, SyntheticOptions(**options), open_body)

    return make_source


def pixels(points, camera):
    x = camera.fx * points[:, 0] / points[:, 2] + camera.cx
    y = camera.fy * points[:, 1] / points[:, 2] + camera.cy
    return np.stack([x, y], axis=1)


def test_frames_are_numbered_and_timed_and_end(make):
    source = make("wave", SyntheticOptions(64, 48, fps_hz=25.0, frame_count=4))
    assert source.name == "synthetic:wave"
    assert source.frame_count == 4
    assert not source.is_live
    frames = [source.read() for _ in range(4)]
    assert source.read() is None
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert [frame.timestamp_ns for frame in frames] == [0, 40_000_000, 80_000_000, 120_000_000]
    captured = [frame.captured_ns for frame in frames]
    assert captured == sorted(captured)
    for frame in frames:
        assert frame.image.shape == (48, 64, 3)
        assert (frame.camera.width, frame.camera.height) == (64, 48)
        assert not frame.image.flags.writeable


def test_pictures_are_not_shared(make):
    source = make()
    first = source.read().image
    before = first.copy()
    second = source.read().image
    assert not np.shares_memory(first, second)
    np.testing.assert_array_equal(first, before)


@pytest.mark.parametrize("name", ["walk", "face"])
def test_the_same_clip_is_the_same_each_time(make, name):
    one, two = make(name), make(name)
    first = one.read().image
    np.testing.assert_array_equal(first, two.read().image)
    np.testing.assert_array_equal(one.read().image, two.read().image)
    one.open()
    again = one.read()
    assert again.index == 0, "opening anew begins anew"
    np.testing.assert_array_equal(again.image, first)


def test_the_moment_counts_not_the_frame_rate(unopened):
    slow, fast = (unopened("walk", fps_hz=fps) for fps in (20.0, 60.0))
    np.testing.assert_array_equal(full_pose(slow.truth(20)), full_pose(fast.truth(60)))


def outline(source, body, index, margin):
    """The pixels of the true body without its clothes, and those around it."""
    buffer = SampleBuffer(160, 90)
    bare = skin(body, source.truth(index))
    image = np.zeros((90, 160, 3), np.uint8)
    draw_mesh(image, buffer, bare, body.faces, np.zeros_like(bare), source.camera)
    padded = np.pad(np.isfinite(buffer.depth()), margin)
    steps = range(2 * margin + 1)
    return np.any([padded[dy : dy + 90, dx : dx + 160] for dy in steps for dx in steps], axis=0)


@every_motion
def test_what_moves_in_the_picture_is_the_true_body(make, open_body, name):
    source = make(name)
    images = [source.read().image.astype(int) for _ in range(31)]
    changed = np.abs(images[30] - images[0]).sum(axis=2) > 60
    changed[45:] = False  # the shadow, too, moves on the floor
    around = outline(source, open_body, 0, 3) | outline(source, open_body, 30, 3)
    assert changed.any()
    assert not (changed & ~around).any()


@every_motion
def test_bare_parts_are_drawn_exactly_and_clothes_close_by(unopened, open_body, name):
    source = unopened(name)
    drawn, bare = source.dressed_vertices(30), skin(open_body, source.truth(30))
    apart = np.linalg.norm(drawn - bare, axis=1)
    part = open_body.weight_joints[:, 0]
    hands = (part >= LEFT_HAND.start) & (open_body.weights[:, 0] == 1)
    assert apart[hands].max() < 1e-5
    eyeballs = np.isin(part, (LEFT_EYE, RIGHT_EYE))
    assert apart[eyeballs].max() < 1e-3, "gaze is drawn once, by the joints"
    assert apart.max() < 0.04


@every_motion
def test_the_true_joints_are_on_the_body(make, open_body, name):
    source = make(name)
    places = pixels(source.truth_estimate(30).joints[[0, 9, 12, 16, 17]], source.camera)
    in_view = places[((places >= 0) & (places < (160, 90))).all(axis=1)].astype(int)
    assert len(in_view) >= 3
    assert outline(source, open_body, 30, 0)[in_view[:, 1], in_view[:, 0]].all()


@every_motion
def test_the_truth_as_an_estimate(make, open_body, name):
    source = make(name)
    estimate, params = source.truth_estimate(33), source.truth(33)
    np.testing.assert_array_equal(full_pose(estimate.params), full_pose(params))
    np.testing.assert_array_equal(estimate.joints, posed_joints(open_body, params))
    assert (estimate.confidence == 1).all()
    assert estimate.blendshapes.shape == (52,)
    assert 0 <= estimate.blendshapes.min() <= estimate.blendshapes.max() <= 1
    expression = open_body.extras.expression_from_arkit @ estimate.blendshapes
    np.testing.assert_allclose(params.expression, expression, atol=1e-6)


@pytest.mark.parametrize("name", ["walk", "wave", "turn", "sit"])
def test_the_body_stands_on_the_floor(unopened, open_body, name):
    source = unopened(name)
    for index in range(0, 240, 30):
        lowest = skin(open_body, source.truth(index))[:, 1].max()  # y is down
        assert lowest == pytest.approx(SCENES[name].camera_height_m, abs=1e-4)


def test_the_foot_on_the_floor_stands_still_while_walking(unopened):
    source = unopened("walk", fps_hz=60.0)
    joints = np.array([source.truth_estimate(index).joints for index in range(80)])
    speeds = 60 * np.linalg.norm(np.diff(joints, axis=0), axis=2)
    toes = speeds[:, [JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"]]]
    assert 0.5 < speeds[:, 0].mean() < 1.8, "metres a second of the pelvis"
    assert np.median(toes.min(axis=1)) < 0.02
    assert toes.max() > 1.5


@every_motion
def test_motions_are_smooth(unopened, name):
    """No joint jumps: at 120 Hz none goes faster than 6 m/s or changes its speed by more than 1 m/s at once."""
    source = unopened(name, fps_hz=120.0)
    joints = np.array([source.truth_estimate(index).joints for index in range(150)])
    velocity = np.diff(joints, axis=0) * 120
    assert np.linalg.norm(velocity, axis=2).max() < 6
    assert np.linalg.norm(np.diff(velocity, axis=0), axis=2).max() < 1


def test_the_turn_goes_all_the_way_round(unopened):
    source = unopened("turn", fps_hz=6.0)
    turns = [matrix_from_axis_angle(source.truth(index).global_orient) for index in range(49)]
    forward = [turn[:, 2] for turn in turns]
    headings = np.unwrap([np.arctan2(f[0], -f[2]) for f in forward])
    assert abs(headings[0]) < 0.2, "it starts facing the camera"
    assert abs(headings[-1] - headings[0]) == pytest.approx(2 * np.pi, abs=0.1)


def test_the_face_moves_in_the_face_clip(unopened):
    source = unopened("face", fps_hz=8.0)
    estimates = [source.truth_estimate(index) for index in range(96)]
    coefficients = np.array([estimate.blendshapes for estimate in estimates])
    for name in ("mouthSmileLeft", "jawOpen", "browInnerUp", "eyeBlinkLeft", "mouthPucker"):
        assert np.ptp(coefficients[:, ARKIT_NAMES.index(name)]) > 0.5, name
    assert max(estimate.params.jaw_pose[0] for estimate in estimates) > 0.2


def test_the_fingers_move_in_the_hands_clip(unopened):
    source = unopened("hands", fps_hz=8.0)
    fingers = np.array([source.truth(index).left_hand_pose for index in range(72)])
    assert (np.ptp(fingers, axis=0).max(axis=1)[:12] > 0.4).all()
    assert fingers.shape[1] == LEFT_HAND.stop - LEFT_HAND.start


def test_the_eyelids_close_in_the_picture(make):
    """Blinks are drawn from the 52 coefficients, which say more than the ten expression numbers."""
    source = make("face", SyntheticOptions(320, 240, frame_count=None))
    frames = [source.read() for _ in range(33)]
    blink = ARKIT_NAMES.index("eyeBlinkLeft")
    closed = [source.truth_estimate(k).blendshapes[blink] for k in range(33)]
    shut, open_ = int(np.argmax(closed)), 20
    assert closed[shut] > 0.9
    assert closed[open_] == 0

    def brightest_near_the_eyes(index):
        eyes = source.truth_estimate(index).joints[[23, 24]]
        image = frames[index].image
        return np.mean(
            [
                image[int(y) - 3 : int(y) + 4, int(x) - 6 : int(x) + 7, 0].max()
                for x, y in pixels(eyes, source.camera)
            ]
        )

    assert brightest_near_the_eyes(open_) > brightest_near_the_eyes(shut) + 30


def test_the_stool_stands_behind_the_sitter(make):
    source = make("sit")
    image = source.read().image
    scene = SCENES["sit"]
    front_of_stool = np.array([[-0.28, scene.camera_height_m - 0.1, scene.distance_m + 0.26]])
    x, y = pixels(front_of_stool, source.camera)[0].astype(int)
    blue, green, red = image[y, x].astype(int)
    assert red > green + 20 > blue + 40, "wood, not floor"


def test_closing_ends_the_clip_and_may_come_from_another_thread(make):
    source = make()
    assert source.read() is not None
    closer = threading.Thread(target=source.close)
    closer.start()
    closer.join(timeout=5)
    assert source.read() is None
    source.close()
    source.open()
    assert source.read().index == 0


def test_truth_needs_no_open():
    assert SyntheticSource("wave").truth(0).transl.shape == (3,)


@pytest.mark.parametrize("name", ["dance", "", "Walk"])
def test_an_unknown_motion_names_the_known_ones(name):
    with pytest.raises(SourceNotFound, match="walk, wave, turn, sit, face, desk, hands"):
        SyntheticSource(name)


@pytest.mark.parametrize(
    "options", [{"width_px": 0}, {"fps_hz": -1.0}, {"fps_hz": float("nan")}, {"frame_count": -1}]
)
def test_options_without_a_meaning(options):
    with pytest.raises(ConfigError):
        SyntheticOptions(**options)


@pytest.mark.slow
@every_motion
def test_a_detector_finds_the_body(make, name):
    """In each of twelve frames over eight seconds, MediaPipe sees the body and puts the shoulders where they are."""
    mediapipe = pytest.importorskip("mediapipe")
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model_path("pose")))
    )
    source = make(name, SyntheticOptions(640, 360, fps_hz=1.5, frame_count=12))
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        for frame in iter(source.read, None):
            rgb = np.ascontiguousarray(frame.image[:, :, ::-1])
            found = landmarker.detect(mediapipe.Image(mediapipe.ImageFormat.SRGB, rgb))
            assert found.pose_landmarks, f"frame {frame.index}"
            shoulders = [found.pose_landmarks[0][k] for k in (11, 12)]
            seen = np.array([(point.x * 640, point.y * 360) for point in shoulders])
            joints = source.truth_estimate(frame.index).joints
            true = joints[[JOINT_INDEX["left_shoulder"], JOINT_INDEX["right_shoulder"]]]
            size = np.ptp(pixels(joints, frame.camera)[:, 1])
            assert np.abs(seen - pixels(true, frame.camera)).max() < 0.08 * size + 2
