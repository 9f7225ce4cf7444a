"""Packets at moments in between: rotations by slerp, the rest on straight lines, joints by the body's own bones."""

import dataclasses
from collections import deque
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.pipeline.packet import Packet
from engines.body.humanoid import bone_offsets
from engines.body.kinematics import forward_kinematics
from engines.body.pose import full_pose, params_from_full_pose, read_only
from engines.body.rotations import (
    axis_angle_from_quaternion,
    matrix_from_axis_angle,
    quaternion_from_axis_angle,
    slerp,
)
from engines.body.skeleton import PARENTS
from engines.types import JOINT_COUNT, PoseEstimate

_KEPT: Final = 8
"""Packets that are kept; two are used, the others bridge late ones."""
_FOLLOW: Final = 0.1
"""Share of its error by which the clock follows the arrivals: most of their unevenness is not passed on."""
_LOST_NS: Final = 500_000_000
"""A source that gave nothing for so long has paused: nothing is sent until it goes on."""
_REST: Final = np.zeros((JOINT_COUNT, 3), np.float32)


class Retimer:
    """Plays packets back one of their periods late, at any moment asked for."""

    def __init__(self) -> None:
        self._packets: deque[Packet] = deque(maxlen=_KEPT)
        self._lag_ns = 0.0

    def push(self, packet: Packet, now_ns: int) -> None:
        """Take the newest packet, which arrived now."""
        stamp = packet.frame.timestamp_ns
        if self._packets and not 0 < stamp - self._packets[-1].frame.timestamp_ns < _LOST_NS:
            self._packets.clear()  # the source paused, or began again
        self._packets.append(packet)
        if len(self._packets) == 1:
            self._lag_ns = float(now_ns - stamp)
            return
        wanted = now_ns - self._packets[-2].frame.timestamp_ns  # now, the one before this is shown
        share = 1.0 if len(self._packets) == 2 else _FOLLOW
        self._lag_ns += share * (wanted - self._lag_ns)

    def sample(self, now_ns: int) -> Packet | None:
        """Return the packet of this moment, or None before the first and in a pause of the source."""
        if not self._packets:
            return None
        moment = round(now_ns - self._lag_ns)
        newest = self._packets[-1].frame.timestamp_ns
        if moment > newest + _LOST_NS:
            return None
        later = next(
            (index for index, each in enumerate(self._packets) if each.frame.timestamp_ns > moment),
            None,
        )
        if later is None or later == 0:
            return self._packets[-1 if later is None else 0]
        return packet_between(self._packets[later - 1], self._packets[later], moment)


def packet_between(earlier: Packet, later: Packet, timestamp_ns: int) -> Packet:
    """Return a packet for a moment between two; persons who are not in both are as in the earlier."""
    start, end = earlier.frame.timestamp_ns, later.frame.timestamp_ns
    fraction = (timestamp_ns - start) / (end - start)
    others = {estimate.track_id: estimate for estimate in later.estimates}
    return replace(
        earlier,
        frame=replace(earlier.frame, timestamp_ns=timestamp_ns),
        estimates=tuple(
            estimate_between(estimate, others[estimate.track_id], fraction)
            if estimate.track_id in others
            else estimate
            for estimate in earlier.estimates
        ),
    )


def estimate_between(start: PoseEstimate, end: PoseEstimate, fraction: float) -> PoseEstimate:
    """Return the estimate that is `fraction` of the way from one to the other."""

    def between(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.floating]:
        return a + fraction * (b - a)

    poses = full_pose(start.params), full_pose(end.params)
    first, last = (quaternion_from_axis_angle(each) for each in poses)
    pose = axis_angle_from_quaternion(slerp(first, last, fraction)).astype(np.float32)
    offsets = [
        bone_offsets(each.joints, forward_kinematics(_REST, matrix_from_axis_angle(turns))[0])
        for each, turns in zip((start, end), poses, strict=True)
    ]
    joints = _joints(between(*offsets), pose) + between(start.joints[0], end.joints[0])
    blendshapes = start.blendshapes
    if start.blendshapes is not None and end.blendshapes is not None:
        blendshapes = read_only(between(start.blendshapes, end.blendshapes))
    return dataclasses.replace(
        start,
        params=params_from_full_pose(
            pose,
            betas=between(start.params.betas, end.params.betas),
            expression=between(start.params.expression, end.params.expression),
            transl=between(start.params.transl, end.params.transl),
        ),
        joints=read_only(joints),
        confidence=read_only(between(start.confidence, end.confidence)),
        blendshapes=blendshapes,
    )


def _joints(offsets: NDArray[np.floating], pose: NDArray[np.float32]) -> NDArray[np.float32]:
    rest = offsets.astype(np.float32)
    rest[0] = 0
    for joint in range(1, JOINT_COUNT):
        rest[joint] += rest[PARENTS[joint]]
    return forward_kinematics(rest, matrix_from_axis_angle(pose))[1]
