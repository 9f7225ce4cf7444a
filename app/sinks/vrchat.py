"""Sends the first person to VRChat: OSC trackers, gaze, and face parameters of VRCFaceTracking avatars."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.pipeline.packet import Packet
from app.sinks.head import HeadPose, global_rotations, head_pose
from app.sinks.osc_bundles import BundleSections, MessageTemplate, message_template
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
        trackers = [pair for role in options.trackers for pair in ROLES[role]]
        self._rows = [JOINT_INDEX[joint] for _, joint in trackers]
        messages = _messages([number for number, _ in trackers], options.prefix)
        self._sections = BundleSections(messages, max_bytes=MAX_DATAGRAM_BYTES)
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
        values: dict[str, NDArray[np.floating]] = {}
        if "trackers" in self._options.parts:
            values |= self._tracker_values(estimate, packet)
        if estimate.blendshapes is not None:
            if "eyes" in self._options.parts:
                pose = head_pose(estimate, packet.world_from_camera)
                values["eyes"] = _gaze(pose, estimate.blendshapes)
            if "face" in self._options.parts:
                values["face"] = unified_values(estimate.blendshapes)
        self._udp.send(self._sections.fill(values))

    def close(self) -> None:
        """Close the sockets; may be called twice."""
        if self._query is not None:
            self._query.close()
            self._query = None
        super().close()

    def _tracker_values(
        self, estimate: PoseEstimate, packet: Packet
    ) -> dict[str, NDArray[np.floating]]:
        rotations = global_rotations(estimate)
        joints, matrices = self._space.place(estimate, rotations, packet.world_from_camera)
        angles = unity_euler_from_matrix(matrices[self._rows])
        trackers = np.concatenate([joints[self._rows], angles], axis=1)
        values: dict[str, NDArray[np.floating]] = {"trackers": trackers.reshape(-1)}
        if self._space.is_aligned:
            return values  # our space is VRChat's own, and its head needs no other
        values["head"] = eyes(joints)
        if not self._has_recentred:
            # a turn is for recentring only: its noise would shake everything
            self._has_recentred = True
            yaw = np.degrees(yaw_of(matrices[_HEAD]))
            values["recentre"] = np.array([0, yaw, 0])
        return values


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


def _messages(numbers: list[int], prefix: str) -> dict[str, list[MessageTemplate]]:
    """Return the messages of each section; the names of sections are our own."""
    return {
        "trackers": list(_tracker_messages(numbers)),
        "head": [message_template("/tracking/trackers/head/position", floats=3)],
        "recentre": [message_template("/tracking/trackers/head/rotation", floats=3)],
        "eyes": [
            message_template("/tracking/eye/EyesClosedAmount", floats=1),
            message_template("/tracking/eye/LeftRightPitchYaw", floats=4),
        ],
        "face": [
            message_template(f"/avatar/parameters/{prefix}v2/{name}", floats=1)
            for name in UNIFIED_NAMES
        ],
    }
