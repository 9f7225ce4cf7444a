"""A recording as the arrays of take.npz: AMASS's keys, z up, and our own, one row for each frame."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.takes.axes import AMASS_FROM_WORLD
from app.takes.header import TAKE_VERSION
from app.takes.recording import Recording
from app.takes.rows import PERSON
from engines.body.face import ARKIT_NAMES
from engines.body.humanoid import bone_offsets
from engines.body.kinematics import forward_kinematics
from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from engines.body.skeleton import PARENTS
from engines.types import BETA_COUNT, EXPRESSION_COUNT, JOINT_COUNT

UNKNOWN_FRAME_RATE: Final = 30.0
"""Frames per second written for a take too short to measure it."""

Arrays = dict[str, NDArray[np.generic]]
"""Key in the npz -> array."""


def take_arrays(recording: Recording, track_id: int | None, rows: slice) -> Arrays:
    """Return the arrays of one person.

    Where the person is not seen, `joints` are NaN, `confidence` is 0, and everything else holds what was last seen
    (before the first sight: what is seen first; with nobody at all: zeros).

    Args:
        recording: What was recorded.
        track_id: The person; None for a recording of nobody.
        rows: The frames to keep.
    """
    person_of_frame = np.full(len(recording.frames), -1)
    mine = recording.persons["track_id"] == track_id if track_id is not None else slice(0)
    person_of_frame[recording.frame_of_person[mine]] = np.arange(len(recording.persons))[mine]
    person_of_frame = person_of_frame[rows]
    frames = recording.frames[rows]
    seen = person_of_frame >= 0
    if seen.any():
        held = _hold(person_of_frame, seen)
        persons = recording.persons
        if not np.array_equal(held, np.arange(len(persons))):  # a copy is large
            persons = persons[held]
        world_from_camera = recording.frames["world_from_camera"][recording.frame_of_person[held]]
    else:
        persons = np.zeros(len(frames), PERSON)
        world_from_camera = frames["world_from_camera"]
    typical = _typical_row(persons["betas"], seen)
    return {
        **_motion_arrays(persons, world_from_camera, typical),
        **_shape_arrays(persons, typical),
        **_time_arrays(recording, rows),
        **_observation_arrays(persons, seen),
        **_face_arrays(persons, seen),
        **_scene_arrays(recording, frames),
        "track_id": np.array(-1 if track_id is None else track_id),
    }


def dropped_frames(frame_index: NDArray[np.int64]) -> int:
    """Return how many source frames are missing between the first and the last."""
    return int(np.maximum(np.diff(frame_index) - 1, 0).sum())


def _hold(rows: NDArray[np.int64], valid: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return `rows` with each invalid one replaced by the last valid before it, or the first of all."""
    places = np.where(valid, np.arange(len(rows)), -1)
    return rows[np.maximum(np.maximum.accumulate(places), np.argmax(valid))]


def _typical_row(betas: NDArray[np.float32], seen: NDArray[np.bool_]) -> int:
    """Return the seen row whose betas are nearest the median of each: outliers do not move it.

    A real row and not the median itself: its rest joints are known without the body model.
    """
    candidates = np.flatnonzero(seen) if seen.any() else np.arange(len(betas))
    chosen = betas[candidates].astype(np.float64)
    distances = np.square(chosen - np.median(chosen, axis=0)).sum(axis=1)
    return int(candidates[np.argmin(distances)])


def _rest_joints(person: NDArray[np.void]) -> NDArray[np.float64]:
    """Return the rest joints (55, 3) behind a person's posed ones."""
    rotations = matrix_from_axis_angle(person["pose"])
    global_rotations, _ = forward_kinematics(np.zeros((JOINT_COUNT, 3), np.float32), rotations)
    rest = bone_offsets(person["joints"], global_rotations).astype(np.float64)
    rest[0] = (
        person["joints"][0] - person["transl"]
    )  # transl is added after posing about the pelvis
    for joint in range(1, JOINT_COUNT):
        rest[joint] += rest[PARENTS[joint]]
    return rest


def _motion_arrays(
    persons: NDArray[np.void], world_from_camera: NDArray[np.float32], typical: int
) -> Arrays:
    amass_from_camera = AMASS_FROM_WORLD @ world_from_camera[:, :3, :3].astype(np.float64)
    root = amass_from_camera @ matrix_from_axis_angle(persons["pose"][:, 0].astype(np.float64))
    translation = world_from_camera[:, :3, 3].astype(np.float64) @ AMASS_FROM_WORLD.T
    pelvis = np.einsum("nab,nb->na", amass_from_camera, persons["joints"][:, 0]) + translation
    rest = _rest_joints(persons[typical])
    poses = persons["pose"].copy()  # AMASS keeps SMPL-X's joint order
    poses[:, 0] = axis_angle_from_matrix(root)
    flat = poses.reshape(len(poses), -1)
    return {
        "poses": flat,
        "root_orient": flat[:, :3],
        "pose_body": flat[:, 3:66],
        "pose_jaw": flat[:, 66:69],
        "pose_eye": flat[:, 69:75],
        "pose_hand": flat[:, 75:],
        "trans": (pelvis - rest[0]).astype(np.float32),
        "up_axis": np.array("z"),
        "rest_joints": rest.astype(np.float32),
        "global_orient_camera": persons["pose"][:, 0],
        "transl_camera": persons["transl"],
    }


def _shape_arrays(persons: NDArray[np.void], typical: int) -> Arrays:
    return {
        "betas": persons["betas"][typical],
        "num_betas": np.array(BETA_COUNT),
        "betas_per_frame": persons["betas"],
        "gender": np.array("neutral"),
        "surface_model_type": np.array("smplx"),
    }


def unpaused_times_ns(recording: Recording) -> NDArray[np.int64]:
    """Return the time of each frame since the first, without the pauses: each counts as one usual step."""
    times = recording.frames["timestamp_ns"]
    steps = np.diff(times, prepend=times[0])
    paused = np.zeros(len(times), np.bool_)
    paused[list(recording.resumed_rows)] = True
    usual = steps[1:][~paused[1:]]
    steps[paused] = np.median(usual) if len(usual) else 0
    return np.cumsum(steps)


def _time_arrays(recording: Recording, rows: slice) -> Arrays:
    frames = recording.frames[rows]
    all_timestamps = unpaused_times_ns(recording)
    timestamps = all_timestamps[rows]
    markers = [each for each in recording.markers if rows.start <= each.row < rows.stop]
    return {
        "frame_index": frames["frame_index"],
        "timestamps_ns": timestamps,
        "source_timestamps_ns": frames["timestamp_ns"],
        "marker_times_ns": all_timestamps[[each.row for each in markers]],
        "marker_texts": np.array([each.text for each in markers], np.str_),
        **rate_arrays(timestamps),
    }


def rate_arrays(timestamps_ns: NDArray[np.int64]) -> Arrays:
    """Return the mean rate and the length of frames at these times, under AMASS's names."""
    span_ns = int(timestamps_ns[-1] - timestamps_ns[0])
    rate = UNKNOWN_FRAME_RATE
    if span_ns > 0:  # time stamps are whole nanoseconds
        rate = round((len(timestamps_ns) - 1) * 1e9 / span_ns, 6)
    return {
        "mocap_frame_rate": np.array(rate),
        "mocap_framerate": np.array(rate),
        "mocap_time_length": np.array(len(timestamps_ns) / rate),
    }


def _observation_arrays(persons: NDArray[np.void], seen: NDArray[np.bool_]) -> Arrays:
    return {
        "joints": np.where(seen[:, None, None], persons["joints"], np.float32(np.nan)),
        "confidence": np.where(seen[:, None], persons["confidence"], np.float32(0)),
        **{
            name: persons[name] & seen
            for name in ("left_hand_seen", "right_hand_seen", "face_seen")
        },
    }


def _face_arrays(persons: NDArray[np.void], seen: NDArray[np.bool_]) -> Arrays:
    given = persons["blendshapes_given"]
    blendshapes = persons["blendshapes"]
    if given.any():
        blendshapes = blendshapes[_hold(np.arange(len(given)), given)]
    return {
        "blendshapes": blendshapes,
        "blendshape_names": np.array(ARKIT_NAMES),
        "blendshapes_given": given & seen,
        "expression": persons["expression"],
        "num_expressions": np.array(EXPRESSION_COUNT),
    }


def _scene_arrays(recording: Recording, frames: NDArray[np.void]) -> Arrays:
    camera, info = recording.header.camera, recording.header.info
    return {
        "expression_space": np.array(info.expression_space),
        "body_model": np.array(info.body_model),
        "camera": np.array(
            [camera.fx, camera.fy, camera.cx, camera.cy, camera.width, camera.height]
        ),
        "camera_distortion": np.array(camera.distortion, np.float64),
        "world_from_camera": frames["world_from_camera"],
        "take_version": np.array(TAKE_VERSION),
    }
