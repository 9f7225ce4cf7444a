import dataclasses
import json

import numpy as np
import pytest

from app.takes.arrays import dropped_frames
from app.takes.axes import AMASS_FROM_WORLD, WORLD_FROM_AMASS
from app.takes.folder import write_npz
from app.takes.header import TAKE_VERSION, Clock
from app.takes.load import load_take, load_take_and_arrays
from app.takes.replay import replay
from app.takes.writer import TakeWriter
from engines.body.kinematics import forward_kinematics
from engines.body.pose import full_pose
from engines.body.rotations import matrix_from_axis_angle
from engines.errors import TakeError, TakeUnreadable
from tests.app.packets import (
    CAMERA,
    body,
    make_estimate,
    make_packet,
    moving_packets,
    tilted_world,
)
from tests.app.recordings import CLOCK, INFO, load_arrays, record


@pytest.fixture
def packets():
    """Five frames of one person before a tilted camera, two of nobody, one of the person again."""
    rng = np.random.default_rng(3)
    betas = rng.normal(size=10)
    rows = [[make_estimate(rng, betas=betas)] for _ in range(5)] + [[], []]
    rows.append([make_estimate(rng, betas=betas, blendshapes=False)])
    return [make_packet(k, row, world_from_camera=tilted_world()) for k, row in enumerate(rows)]


def test_a_take_is_a_folder_with_two_files_and_no_log(tmp_path, packets):
    folder = record(tmp_path, packets)
    assert folder.parent == tmp_path
    assert folder.name.endswith("_first-try")
    assert sorted(path.name for path in folder.iterdir()) == ["take.json", "take.npz"]


def test_the_npz_has_the_keys_and_shapes_of_the_contract(tmp_path, packets):
    arrays = load_arrays(record(tmp_path, packets) / "take.npz")
    shapes = {
        "poses": (8, 165), "root_orient": (8, 3), "pose_body": (8, 63), "pose_jaw": (8, 3), "pose_eye": (8, 6),
        "pose_hand": (8, 90), "trans": (8, 3), "betas": (10,), "num_betas": (), "gender": (),
        "surface_model_type": (), "mocap_frame_rate": (), "mocap_framerate": (), "mocap_time_length": (),
        "expression": (8, 10), "num_expressions": (), "frame_index": (8,), "timestamps_ns": (8,), "joints": (8, 55, 3),
        "confidence": (8, 55), "blendshapes": (8, 52), "blendshape_names": (52,), "expression_space": (),
        "camera": (6,), "left_hand_seen": (8,), "right_hand_seen": (8,), "face_seen": (8,),
    }  # fmt: skip
    assert {name: arrays[name].shape for name in shapes} == shapes
    assert arrays["gender"].item() == "neutral"
    assert arrays["surface_model_type"].item() == "smplx"
    assert arrays["mocap_frame_rate"] == arrays["mocap_framerate"] == pytest.approx(30)
    assert arrays["mocap_time_length"] == pytest.approx(8 / 30)
    assert arrays["camera"].tolist() == [70, 71, 32, 24, 64, 48]
    split = [arrays[f"pose_{part}"] for part in ("body", "jaw", "eye", "hand")]
    np.testing.assert_array_equal(
        np.hstack([arrays["root_orient"], *split]), arrays["poses"], strict=True
    )


def test_rows_of_nobody_hold_the_pose_and_claim_nothing(tmp_path, packets):
    arrays = load_arrays(record(tmp_path, packets) / "take.npz")
    nobody = slice(5, 7)
    assert np.isnan(arrays["joints"][nobody]).all()
    assert not arrays["confidence"][nobody].any()
    assert not arrays["face_seen"][nobody].any()
    assert not arrays["left_hand_seen"][nobody].any()
    for name in ("poses", "trans", "expression", "blendshapes"):
        assert (arrays[name][nobody] == arrays[name][4]).all()
        assert np.isfinite(arrays[name]).all()
    assert np.isfinite(arrays["joints"][[*range(5), 7]]).all()


def test_rows_before_the_first_sight_take_the_first_pose(tmp_path, packets):
    take = load_take(record(tmp_path, [*packets[5:7], *packets[:3]]))
    assert take.seen.tolist() == [False, False, True, True, True]
    assert (take.poses[:2] == take.poses[2]).all()


def test_a_take_of_nobody_is_zeros(tmp_path):
    take = load_take(record(tmp_path, [make_packet(k) for k in range(3)]))
    assert not take.seen.any()
    assert not take.poses[:, 3:].any()
    assert take.track_id == -1
    assert next(replay(take, wait=lambda _: None)).estimates == ()


def test_amass_parameters_give_the_recorded_joints_in_the_z_up_world(tmp_path, packets):
    """The check another tool makes: SMPL-X forward kinematics from poses, betas and trans."""
    arrays = load_arrays(record(tmp_path, packets) / "take.npz")
    for row in (0, 4, 7):
        estimate = packets[row].estimates[0]
        world = tilted_world() @ np.c_[estimate.joints, np.ones(55)].T
        expected = world[:3].T @ AMASS_FROM_WORLD.T
        rest = body().rest_joints(arrays["betas"], arrays["expression"][row])
        rotations = matrix_from_axis_angle(arrays["poses"][row].reshape(55, 3))
        _, joints = forward_kinematics(rest, rotations)
        np.testing.assert_allclose(joints + arrays["trans"][row], expected, atol=2e-6)


def test_an_outlier_shape_does_not_become_the_shape_of_the_take(tmp_path):
    rng = np.random.default_rng(0)
    betas = rng.normal(size=10).astype(np.float32)
    estimates = [make_estimate(rng, betas=betas + 0.01 * rng.normal(size=10)) for _ in range(9)]
    estimates.insert(4, make_estimate(rng, betas=betas + 20))
    take = load_take(record(tmp_path, [make_packet(k, [e]) for k, e in enumerate(estimates)]))
    np.testing.assert_allclose(take.betas, betas, atol=0.05)
    np.testing.assert_allclose(
        take.rest_joints[:22], body().rest_joints(take.betas)[:22], atol=1e-5
    )
    pelvis = take.rest_joints[0] + take.trans
    expected = [(AMASS_FROM_WORLD @ np.diag([1, -1, -1]) @ e.joints[0]) for e in estimates]
    np.testing.assert_allclose(pelvis, expected, atol=1e-5)


def test_standing_upright_before_a_level_camera_is_upright_in_amass(tmp_path):
    rng = np.random.default_rng(0)
    packet = make_packet(0, [make_estimate(rng, spread=0.0)])
    take = load_take(record(tmp_path, [packet]))
    rotation = matrix_from_axis_angle(take.poses[0, :3])
    up = rotation @ (0, 1, 0)
    face = rotation @ (0, 0, 1)
    assert up[2] > 0.9
    assert face[1] < -0.9  # towards the camera


def test_a_take_that_is_read_and_written_is_the_same_to_the_byte(tmp_path, packets):
    folder = record(tmp_path, packets)
    _, arrays = load_take_and_arrays(folder)
    write_npz(tmp_path / "again.npz", arrays)
    assert (tmp_path / "again.npz").read_bytes() == (folder / "take.npz").read_bytes()


def test_replay_gives_back_what_was_recorded_bit_for_bit(tmp_path, packets):
    take = load_take(record(tmp_path, packets))
    waits = []
    replayed = list(replay(take, wait=waits.append, clock_ns=lambda: 0))
    assert [packet.frame.index for packet in replayed] == list(range(8))
    assert waits == pytest.approx([k / 30 for k in range(1, 8)])
    for before, after in zip(packets, replayed, strict=True):
        assert after.frame.timestamp_ns == before.frame.timestamp_ns
        np.testing.assert_array_equal(after.world_from_camera, before.world_from_camera)
        assert len(after.estimates) == len(before.estimates)
        for recorded, estimate in zip(before.estimates, after.estimates, strict=True):
            for name in ("betas", "expression", "transl"):
                np.testing.assert_array_equal(
                    getattr(estimate.params, name), getattr(recorded.params, name)
                )
            np.testing.assert_array_equal(full_pose(estimate.params), full_pose(recorded.params))
            np.testing.assert_array_equal(estimate.joints, recorded.joints)
            np.testing.assert_array_equal(estimate.confidence, recorded.confidence)
            assert (estimate.blendshapes is None) == (recorded.blendshapes is None)
            assert estimate.left_hand_seen == recorded.left_hand_seen
            assert estimate.face_seen == recorded.face_seen
            assert estimate.track_id == recorded.track_id
    assert replayed[0].frame.camera.distortion == CAMERA.distortion


def test_a_looped_replay_goes_on_in_time_until_it_is_told_to_stop(tmp_path):
    take = load_take(record(tmp_path, moving_packets(4)))
    calls = iter([False] * 9 + [True])
    packets = replay(take, loop=True, wait=lambda _: next(calls), clock_ns=lambda: 0)
    times = [packet.frame.timestamp_ns / 1e9 for packet in packets]
    assert times == pytest.approx([k / 30 for k in range(10)], abs=1e-6)


def test_the_same_input_gives_the_same_bytes_whenever_it_is_recorded(tmp_path, packets):
    later = Clock(perf_counter_ns=99, time_ns=CLOCK.time_ns + 3_600_000_000_000)
    moved = [
        dataclasses.replace(p, frame=dataclasses.replace(p.frame, captured_ns=77)) for p in packets
    ]
    first = record(tmp_path, packets)
    second = record(tmp_path, moved, clock=later)
    assert (first / "take.npz").read_bytes() == (second / "take.npz").read_bytes()
    tables = [json.loads((folder / "take.json").read_text()) for folder in (first, second)]
    clock_fields = {"clock", "started", "first_captured_ns"}
    differing = {name for name in tables[0] if tables[0][name] != tables[1][name]}
    assert differing == clock_fields


def test_two_takes_of_the_same_second_get_two_folders(tmp_path, packets):
    assert record(tmp_path, packets) != record(tmp_path, packets)
    assert len(list(tmp_path.iterdir())) == 2


def test_several_persons_get_a_file_each_the_longest_seen_first(tmp_path):
    rng = np.random.default_rng(0)
    short, long, ghost = ([make_estimate(rng, track_id=t) for _ in range(10)] for t in (4, 9, 2))
    rows = [[long[k]] for k in range(10)]
    for k in range(3, 7):
        rows[k].insert(0, short[k])
    rows[0].append(ghost[0])
    folder = record(tmp_path, [make_packet(k, row) for k, row in enumerate(rows)])
    summary = json.loads((folder / "take.json").read_text())
    assert summary["persons"] == [
        {"file": "take.npz", "track_id": 9, "frames_seen": 10},
        {"file": "take_person2.npz", "track_id": 4, "frames_seen": 4},
        {"file": "take_person3.npz", "track_id": 2, "frames_seen": 1},
    ]
    second = load_take(folder / "take_person2.npz")
    assert second.frame_index.tolist() == [3, 4, 5, 6]
    assert second.timestamps_ns[0] == pytest.approx(1e8, abs=1)
    np.testing.assert_array_equal(second.joints, [e.joints for e in short[3:7]])


def test_the_summary_says_what_was_recorded(tmp_path, packets):
    packets = [p for k, p in enumerate(packets) if k not in (2, 3)]
    summary = json.loads((record(tmp_path, packets) / "take.json").read_text())
    assert summary["source"] == "synthetic:walk"
    assert summary["engine"] == "landmarks"
    assert summary["frames"] == 6
    assert summary["dropped_frames"] == 2
    assert summary["clock"] == {"perf_counter_ns": 5, "time_ns": CLOCK.time_ns}
    assert summary["recovered"] is False
    assert load_take(next(tmp_path.iterdir())).header.info == INFO


def test_dropped_frames_are_the_gaps_of_the_index():
    assert dropped_frames(np.array([0, 1, 4, 5, 7])) == 3
    assert dropped_frames(np.array([3])) == 0


def test_nothing_recorded_leaves_nothing(tmp_path):
    assert record(tmp_path / "new", []) is None
    assert list((tmp_path / "new").iterdir()) == []


def test_the_two_axis_turns_are_inverse():
    np.testing.assert_array_equal(AMASS_FROM_WORLD @ WORLD_FROM_AMASS, np.eye(3))
    np.testing.assert_array_equal(AMASS_FROM_WORLD @ (1, 2, 3), (1, -3, 2))


def test_one_frame_is_a_take(tmp_path):
    take = load_take(record(tmp_path, moving_packets(1)))
    assert len(take) == 1
    assert take.frame_rate == 30


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"poses": None}, "no 'poses'"),
        ({"poses": np.zeros((8, 156), np.float32)}, r"'poses' is float32 \(8, 156\)"),
        ({"poses": np.full((8, 165), np.nan, np.float32)}, "not numbers"),
        ({"frame_index": np.arange(7)}, "not i"),
        ({"take_version": np.array(TAKE_VERSION + 1)}, "update ExPose Live"),
        ({"take_version": None}, "no 'take_version'"),
        ({"mocap_frame_rate": np.array(0.0)}, "0.0 a second"),
        ({"camera": np.zeros(5)}, "'camera'"),
        ({"frame_index": np.array([{}], dtype=object)}, "pickle"),
    ],
)
def test_a_wrong_file_is_refused_with_its_fault(tmp_path, packets, change, says):
    arrays = load_arrays(record(tmp_path, packets) / "take.npz")
    arrays.update(change)
    path = tmp_path / "bad.npz"
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    with pytest.raises(TakeUnreadable, match=says) as caught:
        load_take(path)
    assert caught.value.exit_code == 2
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"text"])
def test_a_file_that_is_no_npz_is_refused(tmp_path, content):
    path = tmp_path / "take.npz"
    path.write_bytes(content)
    with pytest.raises(TakeUnreadable, match="not a usable take"):
        load_take(path)
    with pytest.raises(TakeUnreadable):
        load_take(tmp_path)


@pytest.mark.parametrize("summary", ["{", "[]", '{"version": 7}', '{"version": 1}'])
def test_a_broken_summary_is_refused(tmp_path, packets, summary):
    folder = record(tmp_path, packets)
    (folder / "take.json").write_text(summary)
    with pytest.raises(TakeUnreadable):
        load_take(folder)


def test_no_take_says_so(tmp_path):
    with pytest.raises(TakeUnreadable, match="no take there"):
        load_take(tmp_path)
    with pytest.raises(TakeUnreadable, match="no take there"):
        load_take(tmp_path / "nowhere")


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TakeError, match="cannot record there") as caught:
        TakeWriter(tmp_path / "file", INFO)
    assert "\n" not in str(caught.value)
