"""A take in another world: the same motion before the camera, with another floor and front."""

import dataclasses

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from app.takes.axes import AMASS_FROM_WORLD
from app.takes.take import Take
from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle


def placed_take(take: Take, world_from_camera: NDArray[np.floating]) -> Take:
    """Return the take with one placement for all frames.

    Args:
        take: The take.
        world_from_camera: Takes camera points to the world (4, 4): y up, floor at y = 0.
    """
    turn = AMASS_FROM_WORLD @ np.asarray(world_from_camera[:3, :3], np.float64)
    shift = AMASS_FROM_WORLD @ np.asarray(world_from_camera[:3, 3], np.float64)
    root = turn @ matrix_from_axis_angle(take.global_orient_camera.astype(np.float64))
    poses = take.poses.copy()
    poses[:, :3] = axis_angle_from_matrix(root)
    trans = held_pelvis(take) @ turn.T + shift - take.rest_joints[0]
    placement = np.asarray(world_from_camera, np.float32)
    return dataclasses.replace(
        take,
        poses=poses,
        trans=trans.astype(np.float32),
        world_from_camera=np.tile(placement, (len(take), 1, 1)),
    )


def held_pelvis(take: Take) -> Float64[np.ndarray, "N 3"]:
    """Return where the camera sees the pelvis; where nobody was seen, the last place or the first."""
    if not take.seen.any():
        return np.tile([0.0, 0.0, 1.0], (len(take), 1))
    rows = np.where(take.seen, np.arange(len(take)), -1)
    held = np.maximum(np.maximum.accumulate(rows), np.argmax(take.seen))
    return take.joints[held, 0].astype(np.float64)
