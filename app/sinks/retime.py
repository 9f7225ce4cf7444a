"""Packets at moments in between: rotations by slerp, the rest on straight lines, joints by the body's own bones.

The moments are whole periods of the source's time: targets of one rate are shown the same ones, and share what is made.
"""

import dataclasses
import math
from collections import deque
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.pipeline.packet import Packet
from app.sinks.head import global_rotations
from app.sinks.shared import SharedResults
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

_SHARED: Final[SharedResults[Packet, tuple[Packet, Packet]]] = SharedResults()
"""The later of two packets, kept alive as it stands for itself in the key, and the one between them."""
_SHARED_OFFSETS: Final[SharedResults[PoseEstimate, NDArray[np.float32]]] = SharedResults()


class Retimer:
    """Plays packets back one of their periods late, at an even rate."""

    def __init__(self, rate_hz: float) -> None:
        self._period_ns = 1e9 / rate_hz
        self._packets: deque[Packet] = deque(maxlen=_KEPT)
        self._lag_ns = 0.0
        self._place: int | None = None

    def push(self, packet: Packet, now_ns: int) -> None:
        """Take the newest packet, which arrived now."""
        stamp = packet.frame.timestamp_ns
        if self._packets and not 0 < stamp - self._packets[-1].frame.timestamp_ns < _LOST_NS:
            self._packets.clear()  # the source paused, or began again
            self._place = None
        self._packets.append(packet)
        if len(self._packets) == 1:
            self._lag_ns = float(now_ns - stamp)
            return
        wanted = now_ns - self._packets[-2].frame.timestamp_ns  # now, the one before this is shown
        share = 1.0 if len(self._packets) == 2 else _FOLLOW
        self._lag_ns += share * (wanted - self._lag_ns)

    def due_ns(self, now_ns: int) -> int:
        """Return when the next moment comes, on the clock of `now_ns`."""
        if self._place is None:
            return now_ns + round(self._period_ns)
        return math.ceil((self._place + 1) * self._period_ns + self._lag_ns)

    def sample(self, now_ns: int) -> Packet | None:
        """Return the packet of the newest moment, once; None before it comes, and in a pause of the source."""
        if not self._packets:
            return None
        place = math.floor((now_ns - self._lag_ns) / self._period_ns)
        if self._place is not None and place <= self._place:
            return None
        self._place = place
        moment = round(place * self._period_ns)
        newest = self._packets[-1].frame.timestamp_ns
        if moment > newest + _LOST_NS:
            return None
        later = next(
            (index for index, each in enumerate(self._packets) if each.frame.timestamp_ns > moment),
            None,
        )
        if later is None or later == 0:
            return self._packets[-1 if later is None else 0]
        return _shared_between(self._packets[later - 1], self._packets[later], moment)


def _shared_between(earlier: Packet, later: Packet, timestamp_ns: int) -> Packet:
    key = (id(later), timestamp_ns)
    return _SHARED.get(earlier, key, lambda: (later, packet_between(earlier, later, timestamp_ns)))[
        1
    ]


def packet_between(earlier: Packet, later: Packet, timestamp_ns: int) -> Packet:
    """Return a packet for a moment between two; persons who are not in both are as in the earlier."""
    start, end = earlier.frame.timestamp_ns, later.frame.timestamp_ns
    if timestamp_ns == start:
        return earlier
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

    first, last = (quaternion_from_axis_angle(full_pose(each.params)) for each in (start, end))
    pose = axis_angle_from_quaternion(slerp(first, last, fraction)).astype(np.float32)
    offsets = between(_offsets(start), _offsets(end))
    joints = _joints(offsets, pose) + between(start.joints[0], end.joints[0])
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


def _offsets(estimate: PoseEstimate) -> NDArray[np.float32]:
    return _SHARED_OFFSETS.get(
        estimate, None, lambda: bone_offsets(estimate.joints, global_rotations(estimate))
    )


def _joints(offsets: NDArray[np.floating], pose: NDArray[np.float32]) -> NDArray[np.float32]:
    rest = offsets.astype(np.float32)
    rest[0] = 0
    for joint in range(1, JOINT_COUNT):
        rest[joint] += rest[PARENTS[joint]]
    return forward_kinematics(rest, matrix_from_axis_angle(pose))[1]
