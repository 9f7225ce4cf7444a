"""Sends the first person to VRChat: OSC trackers, gaze, and face parameters of VRCFaceTracking avatars."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.pipeline.packet import Packet
from app.sinks.head import HeadPose, global_rotations, head_pose
from app.sinks.osc_bundles import (
    BundleTemplates,
    MessageTemplate,
    joined_bundles,
    message_template,
)
from app.sinks.oscquery import OscQueryService
from app.sinks.target import DEFAULT_HOST, Target
from app.sinks.udp_sink import UdpSink
from app.sinks.vrchat_face import UNIFIED_NAMES, unified_values
from app.sinks.vrchat_space import VrchatSpace, eyes, yaw_of
from engines.body.face import ARKIT_INDEX
from engines.body.humanoid import unity_euler_from_matrix
from engines.body.skeleton import JOINT_INDEX
from engines.types import PoseEstimate

MAX_DATAGRAM_BYTES: Final = 1400
PARTS: Final = ("trackers", "eyes", "face")
ROLES: Final[dict[str, tuple[tuple[int, str], ...]]] = {
    "hip": ((1, "pelvis"),),
    "feet": ((2, "left_ankle"), (3, "right_ankle")),
    "knees": ((4, "left_knee"), (5, "right_knee")),
    "chest": ((6, "spine3"),),
    "elbows": ((7, "left_elbow"), (8, "right_elbow")),
}
"""Role -> trackers: number, as SlimeVR numbers them, and joint. VRChat itself goes by the place of each."""

_HEAD: Final = JOINT_INDEX["head"]
_BLINKS: Final = [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]


@dataclass(frozen=True, slots=True)
class VrchatOptions:
    """What to send, and how."""

    parts: tuple[str, ...] = PARTS
    """Of trackers, eyes, face."""
    trackers: tuple[str, ...] = ("hip", "feet", "chest")
    """Roles; fewer often look better."""
    height_m: float | None = None
    """The wearer's real height, to which the trackers are scaled; None for as estimated."""
    prefix: str = ""
    """Before `v2/` in the names of avatar parameters; some avatars want `FT/`."""
    receive_at: tuple[str, int] | None = None
    """Where VRChat sends the headset's pose, by which the spaces are aligned; None for nowhere."""
    oscquery: bool = False
    """Announce that place, so that VRChat finds it by itself."""

    @classmethod
    def from_target(cls, target: Target) -> "VrchatOptions":
        """Return the options of a TARGET. Raises `UsageError`."""
        target.check_options(["parts", "trackers", "height", "prefix", "receive", "oscquery"])
        oscquery = target.flag("oscquery")
        return cls(
            parts=target.names("parts", PARTS, ",".join(PARTS)),
            trackers=target.names("trackers", ROLES, "hip,feet,chest"),
            height_m=target.number("height", 0.5, 2.8),
            prefix=target.options.get("prefix", ""),
            receive_at=target.place("receive") or ((DEFAULT_HOST, 0) if oscquery else None),
            oscquery=oscquery,
        )


class VrchatSink(UdpSink):
    """Sends trackers, gaze and face; listens for the headset's pose where told to."""

    def __init__(self, target: Target, options: VrchatOptions) -> None:
        super().__init__(target, options.receive_at)
        self._options = options
        self._query: OscQueryService | None = None
        self._space = VrchatSpace(options.height_m)
        self._joints = [pair for role in options.trackers for pair in ROLES[role]]
        self._trackers = _bundles(_tracker_messages([number for number, _ in self._joints]))
        self._rows = [JOINT_INDEX[joint] for _, joint in self._joints]
        self._head = _bundles([message_template("/tracking/trackers/head/position", floats=3)])
        self._recentre = _bundles([message_template("/tracking/trackers/head/rotation", floats=3)])
        self._eyes = _bundles(
            [
                message_template("/tracking/eye/EyesClosedAmount", floats=1),
                message_template("/tracking/eye/LeftRightPitchYaw", floats=4),
            ]
        )
        self._face = _bundles(
            message_template(f"/avatar/parameters/{options.prefix}v2/{name}", floats=1)
            for name in UNIFIED_NAMES
        )
        self._has_recentred = False

    def open(self) -> None:
        """Open the sockets. Raises `SinkError`; also where OSCQuery is asked for and not installed."""
        super().open()
        if self._listener is not None and self._options.oscquery:
            self._query = OscQueryService(self._listener.port)
            self._query.open()

    def consume(self, packet: Packet) -> None:
        """Send the first person; with nobody in view nothing is sent, and VRChat holds the trackers."""
        for datagram, _ in self._received():
            self._space.feed(datagram)
        if not packet.estimates:
            return
        estimate = packet.estimates[0]
        rotations = global_rotations(estimate)
        datagrams: list[bytes] = []
        if "trackers" in self._options.parts:
            datagrams += self._tracker_datagrams(estimate, rotations, packet)
        if estimate.blendshapes is not None:
            if "eyes" in self._options.parts:
                pose = head_pose(estimate, packet.world_from_camera)
                datagrams += self._eyes.fill(_gaze(pose, estimate.blendshapes))
            if "face" in self._options.parts:
                datagrams += self._face.fill(unified_values(estimate.blendshapes))
        self._udp.send(joined_bundles(datagrams, max_bytes=MAX_DATAGRAM_BYTES))

    def close(self) -> None:
        """Close the sockets; may be called twice."""
        if self._query is not None:
            self._query.close()
            self._query = None
        super().close()

    def _tracker_datagrams(
        self, estimate: PoseEstimate, rotations: NDArray[np.float32], packet: Packet
    ) -> Iterator[bytes]:
        joints, matrices = self._space.place(estimate, rotations, packet.world_from_camera)
        angles = unity_euler_from_matrix(matrices[self._rows])
        values = np.concatenate([joints[self._rows], angles], axis=1)
        yield from self._trackers.fill(values.reshape(-1))
        if self._space.is_aligned:
            return  # our space is VRChat's own, and its head needs no other
        yield from self._head.fill(eyes(joints))
        if (
            not self._has_recentred
        ):  # a turn is for recentring only: its noise would shake everything
            self._has_recentred = True
            yaw = np.degrees(yaw_of(matrices[_HEAD]))
            yield from self._recentre.fill(np.array([0, yaw, 0]))


def create(target: Target) -> VrchatSink:
    """Return the sink of a TARGET. Raises `UsageError` for options it does not have."""
    return VrchatSink(target, VrchatOptions.from_target(target))


def _gaze(pose: HeadPose, blendshapes: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return how closed the eyes are, and pitch (down) and yaw (right) of the left and the right eye, degrees."""
    closed = blendshapes[_BLINKS].mean()
    return np.array([closed, *pose.left_eye[:2], *pose.right_eye[:2]])


def _tracker_messages(numbers: list[int]) -> Iterator[MessageTemplate]:
    for number in numbers:
        yield message_template(f"/tracking/trackers/{number}/position", floats=3)
        yield message_template(f"/tracking/trackers/{number}/rotation", floats=3)


def _bundles(messages: "Iterator[MessageTemplate] | list[MessageTemplate]") -> BundleTemplates:
    return BundleTemplates(messages, max_bytes=MAX_DATAGRAM_BYTES)
