import dataclasses
import warnings

import numpy as np
import pybvh
import pytest
from smplcodec.codec import SMPLCodec

from app.export.bvh import continuous_angles
from app.export.catalog import EXPORTERS, export_take
from app.export.motion import Motion, motion_from_take
from app.export.options import ExportOptions
from app.takes.axes import AMASS_FROM_WORLD
from app.takes.load import load_take
from engines.body.humanoid import HUMAN_BONES
from engines.body.kinematics import forward_kinematics, posed_joints
from engines.body.pose import params_from_full_pose, read_only
from engines.body.rotations import (
    matrix_from_axis_angle,
    matrix_from_quaternion,
    quaternion_from_axis_angle,
)
from engines.errors import TakeError, UsageError
from tests.app.packets import body, make_estimate, make_packet, tilted_world
from tests.app.recordings import load_arrays, record

with warnings.catch_warnings():
    warnings.simplefilter("ignore", PendingDeprecationWarning)  # bvhio's own import of glm
    import bvhio

BETAS = np.random.default_rng(9).normal(size=10)


@pytest.fixture(scope="module")
def packets():
    """Two seconds at an uneven 24 fps of somebody waving every joint."""
    rng = np.random.default_rng(4)
    times_ns = (np.arange(48) / 24 * 1e9 + rng.uniform(-4e6, 4e6, 48)).astype(int)
    start, end = rng.normal(scale=0.5, size=(2, 55, 3))
    rows = []
    for k, t in enumerate(times_ns):
        estimate = make_estimate(np.random.default_rng(0), betas=BETAS)
        pose = start + (end - start) * (1 - np.cos(t / 1e9 * np.pi)) / 2
        pose[0] = (np.pi, 0.3, 0.1)
        rows.append(
            make_packet(
                k, [posed(estimate, pose)], timestamp_ns=int(t), world_from_camera=tilted_world()
            )
        )
    return rows


def posed(estimate, pose):
    old = estimate.params
    params = params_from_full_pose(
        pose, betas=old.betas, expression=old.expression, transl=old.transl
    )
    return dataclasses.replace(
        estimate, params=params, joints=read_only(posed_joints(body(), params))
    )


@pytest.fixture(scope="module")
def take(packets, tmp_path_factory):
    return load_take(record(tmp_path_factory.mktemp("takes"), packets))


def world_joints(motion):
    """Forward kinematics of a motion, (M, 55, 3)."""
    joints = []
    for rotations, pelvis in zip(motion.rotations, motion.pelvis, strict=True):
        _, placed = forward_kinematics(motion.rest_joints, matrix_from_quaternion(rotations))
        joints.append(placed - placed[0] + pelvis)
    return np.array(joints)


def recorded_world_joints(packets):
    homogeneous = [
        np.c_[p.estimates[0].joints, np.ones(55)] @ p.world_from_camera.T for p in packets
    ]
    return np.array(homogeneous)[:, :, :3]


def test_the_motion_is_the_recorded_one_in_the_world(take, packets):
    motion = motion_from_take(take)
    np.testing.assert_allclose(world_joints(motion), recorded_world_joints(packets), atol=1e-5)


@pytest.mark.parametrize("fps", [30, 60, 120])
def test_resampling_follows_the_motion_at_the_exact_rate(take, packets, fps):
    motion = motion_from_take(take, fps)
    assert motion.fps == fps
    assert len(motion) == int(take.timestamps_ns[-1] / 1e9 * fps) + 1
    recorded = recorded_world_joints(packets)
    wanted = np.arange(len(motion)) / fps
    times = take.timestamps_ns / 1e9
    straight = np.stack(
        [np.interp(wanted, times, column) for column in recorded.reshape(len(times), -1).T], axis=1
    ).reshape(-1, 55, 3)
    np.testing.assert_allclose(world_joints(motion), straight, atol=4e-3)


def test_resampling_at_the_recorded_times_changes_nothing(tmp_path):
    rng = np.random.default_rng(2)
    rows = [make_packet(k, [make_estimate(rng, betas=BETAS)]) for k in range(31)]
    even = load_take(record(tmp_path, rows))
    resampled, recorded = motion_from_take(even, 30), motion_from_take(even)
    assert len(resampled) == 31
    np.testing.assert_allclose(world_joints(resampled), world_joints(recorded), atol=1e-5)


def test_one_frame_can_be_resampled(tmp_path):
    rows = [make_packet(0, [make_estimate(np.random.default_rng(0))])]
    assert len(motion_from_take(load_take(record(tmp_path, rows)), 60)) == 1


@pytest.mark.parametrize("up", ["y", "z"])
def test_amass_npz_gives_the_joints_with_either_axis_up(take, packets, tmp_path, up):
    path = export_take(take, "npz", ExportOptions(up=up), output=tmp_path / "out.npz")
    arrays = load_arrays(path)
    assert arrays["up_axis"].item() == up
    turn = AMASS_FROM_WORLD if up == "z" else np.eye(3)
    expected = recorded_world_joints(packets) @ turn.T
    for row in (0, 20, 47):
        rotations = matrix_from_axis_angle(arrays["poses"][row].reshape(55, 3))
        _, joints = forward_kinematics(take.rest_joints, rotations)
        np.testing.assert_allclose(joints + arrays["trans"][row], expected[row], atol=1e-5)


def test_amass_npz_has_the_keys_of_the_add_ons(take, tmp_path):
    path = export_take(take, "npz", ExportOptions(fps=60), output=tmp_path / "out.npz")
    arrays = load_arrays(path)
    count = len(arrays["poses"])
    shapes = {
        "poses": (count, 165), "trans": (count, 3), "root_orient": (count, 3), "pose_body": (count, 63),
        "pose_hand": (count, 90), "pose_jaw": (count, 3), "pose_eye": (count, 6), "betas": (10,), "gender": (),
        "expression": (count, 10),
    }  # fmt: skip
    assert {name: arrays[name].shape for name in shapes} == shapes
    assert int(arrays["mocap_frame_rate"]) == int(arrays["mocap_framerate"]) == 60
    assert arrays["surface_model_type"].item() == "smplx"


@pytest.fixture(scope="module")
def bvh(take, tmp_path_factory):
    return export_take(take, "bvh", output=tmp_path_factory.mktemp("bvh") / "take.bvh")


def test_bvhio_reads_the_joints_of_the_take(bvh, packets):
    root = bvhio.readAsHierarchy(str(bvh))
    expected = recorded_world_joints(packets) * 100
    for frame in (0, 17, 47):
        root.loadPose(frame)
        placed = {joint.Name: joint.PositionWorld for joint, _, _ in root.layout()}
        for bone, position in zip(HUMAN_BONES, expected[frame], strict=True):
            np.testing.assert_allclose(list(placed[bone]), position, atol=0.01)


def test_pybvh_reads_the_joints_of_the_take(bvh, packets, take):
    document = pybvh.read_bvh_file(bvh, world_up="+y")
    assert document.frame_count == 48
    frame_time = float(bvh.read_text().split("Frame Time:")[1].split()[0])  # pybvh rounds it
    assert frame_time == pytest.approx(1 / take.frame_rate, abs=1e-8)
    positions = document.node_positions()
    rows = [document.node_index[bone] for bone in HUMAN_BONES]
    np.testing.assert_allclose(positions[:, rows], recorded_world_joints(packets) * 100, atol=0.01)


def test_bvh_at_rest_is_a_t_pose_that_faces_forward(bvh):
    document = pybvh.read_bvh_file(bvh, world_up="+y")
    rest = document.rest_pose_positions()
    place = {bone: rest[document.node_index[bone]] for bone in HUMAN_BONES}
    assert place["LeftHand"][0] > 50 > -50 > place["RightHand"][0]
    assert abs(place["LeftHand"][1] - place["LeftUpperArm"][1]) < 10
    assert place["Head"][1] > 30
    assert place["LeftToes"][2] > place["LeftFoot"][2]


def test_bvh_angles_make_no_jumps():
    """An arm that swings twice around, through the angles where Euler angles break."""
    turns = np.linspace(0, 4 * np.pi, 200)
    pose = np.zeros((200, 55, 3))
    pose[:, 16, 0] = turns
    pose[:, 17, 1] = turns
    pose[:, 18] = turns[:, None] * (0.6, 0.64, 0.48)
    motion = Motion(
        30.0, quaternion_from_axis_angle(pose), np.zeros((200, 3)), np.zeros((55, 3)),
        np.zeros((200, 10), np.float32), np.zeros((200, 52), np.float32), np.ones(200, bool),
        np.ones((200, 55), np.float32),
    )  # fmt: skip
    angles = continuous_angles(motion)
    np.testing.assert_allclose(angles[:, 16, 1], turns, atol=1e-6)
    np.testing.assert_allclose(angles[:, 17, 2], turns, atol=1e-6)
    steps = np.abs(np.diff(angles[:, 18], axis=0)).max()
    assert steps < 0.5


def test_bvh_numbers_do_not_depend_on_the_language(bvh):
    text = bvh.read_text(encoding="ascii")
    assert "," not in text
    assert "-0.000000" not in text
    assert "e-" not in text


@pytest.mark.parametrize("name", sorted(set(EXPORTERS) - {"fbx", "expose"}))
def test_every_format_lands_beside_the_take_and_repeats_its_bytes(packets, tmp_path, name):
    recorded = load_take(record(tmp_path, packets[:3]))
    first = export_take(recorded, name)
    assert first.parent == recorded.path.parent
    content = first.read_bytes()
    assert export_take(recorded, name).read_bytes() == content
    assert sorted(path.name for path in first.parent.iterdir()) == sorted(
        [first.name, "take.json", "take.npz"]
    )
    assert export_take(recorded, name, ExportOptions(fps=60)).read_bytes() != content


@pytest.mark.parametrize(
    ("format_name", "options", "says"),
    [
        ("dae", ExportOptions(), "known: npz, bvh, glb"),
        ("bvh", ExportOptions(up="z"), "--up z"),
        ("npz", ExportOptions(fps=0), "--fps 0"),
    ],
)
def test_a_wrong_request_says_what_is_right(take, format_name, options, says):
    with pytest.raises(UsageError, match=says):
        export_take(take, format_name, options)


def test_the_take_itself_is_never_overwritten(take):
    before = take.path.read_bytes()
    with pytest.raises(UsageError, match="is the take itself"):
        export_take(take, "npz", output=take.path)
    assert take.path.read_bytes() == before


def test_a_place_that_cannot_be_written_to_is_one_line(take, tmp_path):
    with pytest.raises(TakeError, match="cannot be written") as caught:
        export_take(take, "bvh", output=tmp_path / "nowhere" / "out.bvh")
    assert "\n" not in str(caught.value)


def test_smplcodec_reads_the_amass_npz(take, packets, tmp_path):
    codec = SMPLCodec.from_amass_npz(export_take(take, "npz", output=tmp_path / "out.npz"))
    codec.validate()
    assert codec.frame_count == len(packets)
    assert codec.frame_rate == pytest.approx(take.frame_rate)
    np.testing.assert_allclose(codec.shape_parameters, take.betas)
    body_model = body()
    turn = np.asarray(AMASS_FROM_WORLD)
    for frame in (0, 20):
        params = params_from_full_pose(
            codec.full_pose[frame], betas=take.betas, transl=codec.body_translation[frame]
        )
        wanted = recorded_world_joints(packets)[frame] @ turn.T
        np.testing.assert_allclose(posed_joints(body_model, params), wanted, atol=1e-4)
