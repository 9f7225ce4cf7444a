"""A body's way through a video: its pose in each picture, and the place on the floor that the view follows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from app.export.humanoid_motion import floor_height
from app.export.motion import Motion
from app.export.options import ExportOptions
from app.pipeline.packet import LEVEL_CAMERA
from app.render.posed_body import PosedBody
from app.takes.take import Take
from app.takes.watch import Watch
from engines.body.kinematics import forward_kinematics
from engines.body.rotations import matrix_from_quaternion
from engines.body.skeleton import JOINT_INDEX
from engines.smoothing.offline import smooth_values

_FOLLOW_S: Final = 0.4
"""Width of the smoothing of the path that the view follows."""
_STANDING_PERCENTILE: Final = 5.0
_FLOOR_FRAMES: Final = 2000
"""So many at most are looked at for the floor."""
_FRAMES_AT_ONCE: Final = 64
"""So soon a video that is cancelled ends."""
_TOES: Final = (JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"])


@dataclass(frozen=True, slots=True, eq=False)
class BodyTrack:
    """One person in the pictures of a video; M is their number."""

    motion: Motion
    """The poses."""
    middles: Float64[np.ndarray, "M 3"]
    """Place on the floor that the view looks at, in each picture."""

    def __len__(self) -> int:
        return len(self.motion)

    def rows(self, rows: slice) -> "BodyTrack":
        """Return a part of it."""
        return replace(self, motion=self.motion.rows(rows), middles=self.middles[rows])

    def pose_in_turn(self, body: PosedBody, watch: Watch) -> Iterator[tuple[int, bool]]:
        """Pose a body for each picture; give the picture's number and whether somebody is in it. Raises `Cancelled`."""
        rest = self.motion.rest_joints.astype(np.float32)
        moved = (self.motion.pelvis - self.motion.rest_joints[0]).astype(np.float32)
        for rows in watch.parts(len(self), _FRAMES_AT_ONCE):
            block = self.motion.rows(rows)
            own = matrix_from_quaternion(block.rotations).astype(np.float32)
            for k in range(len(block)):
                is_seen = bool(block.seen[k] and block.confidence[k].any())
                if is_seen:
                    turned, joints = forward_kinematics(rest, own[k])
                    offsets = joints - (turned @ rest[:, :, None])[:, :, 0] + moved[rows.start + k]
                    body.pose(turned, offsets, block.confidence[k], block.expression[k])
                yield rows.start + k, is_seen


def body_track(
    take: Take, motion: Motion, times_s: NDArray[np.float64], options: ExportOptions
) -> BodyTrack:
    """Return the track of a motion of a take, whose frames are at these times."""
    floor_y = _floor(take, motion, options)
    path = smooth_values(times_s, motion.pelvis, np.ones(len(motion)), _FOLLOW_S)
    middles = np.stack([path[:, 0], np.full(len(path), floor_y), path[:, 2]], axis=1)
    return BodyTrack(motion, middles)


def _floor(take: Take, motion: Motion, options: ExportOptions) -> float:
    """Return the height of the floor: where nobody has measured it, it is under the lowest steps."""
    is_placed = options.world_from_camera is not None or bool(
        (take.world_from_camera != LEVEL_CAMERA).any()
    )
    if is_placed:
        return 0.0
    sole = motion.rest_joints[list(_TOES), 1].min() - floor_height(motion.rest_joints)
    looked_at = motion.rows(slice(None, None, -(-len(motion) // _FLOOR_FRAMES)))
    lowest = looked_at.joints()[:, _TOES, 1].min(axis=1)
    return float(np.percentile(lowest, _STANDING_PERCENTILE) - sole)
