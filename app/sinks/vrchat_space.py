"""From the camera's room to VRChat's: the wearer's real height, and where the headset says the head is."""

from typing import Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from app.sinks.osc_reader import OscError, read_osc
from engines.body.humanoid import bone_offsets, unity_matrix_from_body, unity_position_from_body
from engines.body.skeleton import JOINT_INDEX, LEFT_EYE, PARENTS, RIGHT_EYE
from engines.types import PoseEstimate

_HEAD_POSE: Final = "/tracking/vrsystem/head/pose"
_STATURE_OF_SPAN: Final = 1.116
"""Height of a body over the height of its head joint above its foot joints, of the open body at rest."""
_FOLLOW: Final = 0.02
"""Share of its error by which the alignment follows each headset pose: noise is not passed on."""
_JUMP_M: Final = 0.5
"""An error beyond this is a recentred headset, and taken over at once."""


class VrchatSpace:
    """Turns, shifts and scales poses in Unity's frame into VRChat's play space."""

    def __init__(self, height_m: float | None) -> None:
        self._height_m = height_m
        self._yaw = 0.0
        self._shift: NDArray[np.floating] = np.zeros(3)
        self._headset: tuple[NDArray[np.floating], float] | None = None
        self.is_aligned = False
        """A headset pose has been matched with a person's head."""

    def feed(self, datagram: bytes) -> None:
        """Take a datagram of VRChat's; all but the headset's pose is ignored."""
        try:
            messages = read_osc(datagram)
        except OscError:
            return
        for message in messages:
            values = [float(v) for v in message.arguments[:6] if isinstance(v, int | float)]
            if (
                message.address == _HEAD_POSE
                and message.tags.startswith("f" * 6)
                and np.isfinite(values).all()
            ):
                self._headset = (np.array(values[:3]), float(np.radians(values[4])))

    def place(
        self,
        estimate: PoseEstimate,
        rotations: Float32[np.ndarray, "55 3 3"],
        world_from_camera: Float32[np.ndarray, "4 4"],
    ) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """Return joints (55, 3) and rotations (55, 3, 3) in VRChat's space.

        Args:
            estimate: The person.
            rotations: Of the joints, in the camera frame.
            world_from_camera: The packet's.
        """
        turn = world_from_camera[:3, :3]
        scale = 1.0 if self._height_m is None else self._height_m / stature(estimate, rotations)
        world = estimate.joints @ turn.T + world_from_camera[:3, 3]
        joints = scale * unity_position_from_body(world)
        matrices = unity_matrix_from_body(turn @ rotations)
        self._align(eyes(joints), yaw_of(matrices[JOINT_INDEX["head"]]))
        aligned = about_vertical(self._yaw)
        return joints @ aligned.T + self._shift, aligned @ matrices

    def _align(self, head: NDArray[np.floating], yaw: float) -> None:
        if self._headset is None:
            return
        place, headset_yaw = self._headset
        self._headset = None
        error = (headset_yaw - yaw - self._yaw + np.pi) % (2 * np.pi) - np.pi
        jump = np.linalg.norm(about_vertical(self._yaw) @ head + self._shift - place) > _JUMP_M
        share = _FOLLOW if self.is_aligned and not jump else 1.0
        self._yaw += share * error
        wanted = place - about_vertical(self._yaw) @ head
        self._shift = self._shift + share * (wanted - self._shift)
        self.is_aligned = True


def stature(estimate: PoseEstimate, rotations: Float32[np.ndarray, "55 3 3"]) -> float:
    """Return the height in metres of a person who stands upright, from the lengths of the bones."""
    heights = bone_offsets(estimate.joints, rotations)[:, 1].copy()
    for joint, parent in enumerate(PARENTS[1:], start=1):
        heights[joint] += heights[parent]
    feet = (heights[JOINT_INDEX["left_foot"]] + heights[JOINT_INDEX["right_foot"]]) / 2
    return _STATURE_OF_SPAN * float(heights[JOINT_INDEX["head"]] - feet)


def eyes(joints: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the point between the eyes: where a headset is."""
    return (joints[LEFT_EYE] + joints[RIGHT_EYE]) / 2


def yaw_of(matrix: NDArray[np.floating]) -> float:
    """Return the angle about the vertical, radians, to which a rotation in Unity's frame faces."""
    return float(np.arctan2(matrix[0, 2], matrix[2, 2]))


def about_vertical(yaw: float) -> NDArray[np.floating]:
    """Return the rotation (3, 3) about y in Unity's frame."""
    c, s = np.cos(yaw), np.sin(yaw)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
