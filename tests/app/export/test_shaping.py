"""Cutting, parts, rest poses, names, and many takes at once."""

import dataclasses
import shutil

import numpy as np
import pybvh
import pygltflib
import pytest

from app.export.batch import ExportJob, export_all
from app.export.catalog import EXPORTERS, checked_exporter, export_take
from app.export.motion import motion_from_take
from app.export.options import ExportOptions
from app.export.rest_turns import in_t_pose
from app.export.shaping import motion_for_export
from app.takes.cut import cut_take
from engines.body.bone_names import BONE_NAMES, VRM_BONES
from engines.body.parts import ALL_PARTS
from engines.body.rest_pose import RELAXED_POSE
from engines.body.rotations import axis_angle_from_quaternion
from engines.body.skeleton import JOINT_INDEX
from engines.errors import EngineUnavailable, UsageError
from engines.model_store import model_path
from tests.app.packets import moving_packets
from tests.app.recordings import record


def test_a_cut_keeps_the_frames_between_its_ends(waved):
    cut = cut_take(waved, 0.1, 0.2)
    assert cut.frame_index.tolist() == [3, 4, 5, 6]
    np.testing.assert_array_equal(cut.poses, waved.poses[3:7])
    np.testing.assert_array_equal(cut.betas, waved.betas)
    assert cut_take(waved) is waved


def test_a_cut_of_nothing_says_how_long_the_take_is(waved):
    with pytest.raises(UsageError, match=r"from 5 s to 6 s; the take goes from 0\.00 to 0\.37 s"):
        cut_take(waved, 5, 6)


def test_a_cut_is_resampled_from_its_own_start(waved, waved_joints):
    motion = motion_for_export(waved, ExportOptions(fps=60, start_s=0.1, end_s=0.2))
    assert len(motion) == 7
    np.testing.assert_allclose(motion.joints()[[0, 2, 6]], waved_joints[[3, 4, 6]], atol=1e-4)


def test_parts_left_out_are_at_rest(waved):
    motion = motion_for_export(waved, ExportOptions(parts=ALL_PARTS - {"hands", "face", "root"}))
    whole = motion_from_take(waved)
    hands = [*range(25, 55), JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]]
    others = [joint for joint in range(55) if joint not in hands]
    pose = axis_angle_from_quaternion(motion.rotations)
    np.testing.assert_allclose(pose[:, hands] - RELAXED_POSE[hands], 0, atol=1e-6)
    np.testing.assert_array_equal(motion.rotations[:, others], whole.rotations[:, others])
    assert not motion.expression.any()
    assert not motion.pelvis[:, [0, 2]].any()
    np.testing.assert_array_equal(motion.pelvis[:, 1], whole.pelvis[:, 1])
    moving = motion.blendshapes.any(axis=0)
    assert 0 < moving.sum() < 52, "eyes and jaw go on"


def test_a_t_pose_moves_no_joint(waved, waved_joints):
    motion = in_t_pose(motion_from_take(waved))
    np.testing.assert_allclose(motion.joints(), waved_joints, atol=1e-4)
    arm = motion.rest_joints[[JOINT_INDEX[f"right_{j}"] for j in ("shoulder", "elbow", "wrist")]]
    np.testing.assert_allclose(np.diff(arm, axis=0)[:, 1:], 0, atol=1e-9)


@pytest.mark.parametrize("preset", BONE_NAMES)
def test_bvh_under_any_names_gives_the_joints(waved, waved_joints, tmp_path, preset):
    options = ExportOptions(names=preset)
    path = export_take(waved, "bvh", options, output=tmp_path / "a.bvh")
    document = pybvh.read_bvh_file(path, world_up="+y")
    rows = [document.node_index[name] for name in BONE_NAMES[preset]]
    places = document.node_positions()[:, rows]
    np.testing.assert_allclose(places / 100, waved_joints, atol=1e-4)


def test_names_are_those_of_their_tools():
    def row(joint):
        return [BONE_NAMES[preset][JOINT_INDEX[joint]] for preset in ("unity", "mixamo", "cmu")]

    assert row("pelvis") == ["Hips", "mixamorig:Hips", "Hips"]
    assert row("spine1") == ["Spine", "mixamorig:Spine", "LowerBack"]
    assert row("left_shoulder") == ["LeftUpperArm", "mixamorig:LeftArm", "LeftArm"]
    assert row("right_knee") == ["RightLowerLeg", "mixamorig:RightLeg", "RightLeg"]
    assert row("left_pinky2")[1] == "mixamorig:LeftHandPinky2"
    assert VRM_BONES[JOINT_INDEX["left_thumb1"]] == "leftThumbMetacarpal"
    for names in (*BONE_NAMES.values(), VRM_BONES):
        assert len(set(names)) == 55


def test_a_missing_package_says_how_to_get_it(monkeypatch):
    odd = dataclasses.replace(EXPORTERS["usd"], package="no_such_package")
    monkeypatch.setitem(EXPORTERS, "usd", odd)
    with pytest.raises(EngineUnavailable, match=r"pip install '\.\[export\]'") as caught:
        checked_exporter("usd", ExportOptions())
    assert caught.value.exit_code == 2


def test_fbx_without_blender_says_what_to_do(waved, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(EngineUnavailable, match=r"take_to_fbx\.py -- take\.glb take\.fbx"):
        export_take(waved, "fbx")


def test_many_takes_at_once_and_one_that_is_missing(tmp_path):
    folders = [record(tmp_path, moving_packets(3, seed=k)) for k in range(2)]
    jobs = [ExportJob(folder, "bvh", ExportOptions()) for folder in (*folders, tmp_path / "gone")]
    outcomes = {outcome.job.take: outcome for outcome in export_all(jobs, workers=2)}
    assert [outcomes[folder].path for folder in folders] == [f / "take.bvh" for f in folders]
    assert all((folder / "take.bvh").is_file() for folder in folders)
    assert "no take there" in outcomes[tmp_path / "gone"].error


def test_another_floor_and_front_move_the_whole_body(waved):
    """As far as the camera sees it, nothing changed."""
    world = np.array([[0, 0, -1, 0.5], [0, -1, 0, 2.0], [-1, 0, 0, 0.1], [0, 0, 0, 1]])
    options = ExportOptions(world_from_camera=tuple(map(tuple, world.tolist())))
    joints = motion_for_export(waved, options).joints()
    seen = waved.seen
    expected = waved.joints[seen] @ world[:3, :3].T + world[:3, 3]
    np.testing.assert_allclose(joints[seen], expected, atol=1e-4)
    np.testing.assert_allclose(joints[5], joints[4], atol=1e-6)


def test_the_licensed_mesh_comes_from_the_users_file_with_a_notice(waved, tmp_path, caplog):
    kept = ("v_template", "f", "weights", "J_regressor", "shapedirs", "kintree_table")
    with np.load(model_path("open_body"), allow_pickle=False) as arrays:
        np.savez(tmp_path / "SMPLX_NEUTRAL.npz", **{name: arrays[name] for name in kept})
    solved = dataclasses.replace(waved, body_model="SMPLX_NEUTRAL")
    options = ExportOptions(body_file=tmp_path / "SMPLX_NEUTRAL.npz")
    path = export_take(solved, "glb", options, output=tmp_path / "a.glb")
    gltf = pygltflib.GLTF2().load_binary(path)
    assert "non-commercial" in gltf.asset.copyright
    assert "non-commercial" in caplog.text
    assert gltf.meshes[0].extras["targetNames"] == [f"expression_{k}" for k in range(10)]
    with pytest.raises(UsageError, match="solved for 'open_body'"):
        export_take(waved, "glb", options, output=tmp_path / "b.glb")
