"""Sends the first face as Epic's Live Link Face app does: Unreal, MetaHumans.

The wire format is Epic's own and undocumented; it is taken from PyLiveLinkFace (Jim West, 2022). What a MetaHuman does
with the angles was measured by others (docs/streaming.md).
"""

import datetime
import struct
import uuid
from collections.abc import Callable
from typing import Final

import numpy as np

from app.pipeline.packet import Packet
from app.sinks.head import head_pose
from app.sinks.target import Target
from app.sinks.udp_sink import UdpSink
from engines.body.face import ARKIT_INDEX
from engines.body.humanoid import metahuman_angles_from_matrix
from engines.errors import UsageError
from engines.types import BLENDSHAPE_COUNT

LIVE_LINK_NAMES: Final = (
    "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeSquintLeft",
    "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight",
    "eyeSquintRight", "eyeWideRight", "jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose", "mouthFunnel",
    "mouthPucker", "mouthLeft", "mouthRight", "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft",
    "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight",
    "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft", "mouthPressRight",
    "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "browDownLeft",
    "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff", "cheekSquintLeft",
    "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut",
)  # fmt: skip
"""Order of the first 52 numbers; yaw, pitch and roll of the head, the left and the right eye follow."""

_VERSION: Final = struct.pack("<I", 6)
_FRAME: Final = struct.Struct("!IfII")
_DEVICE_BYTES: Final = 37
_COUNT: Final = 61
_FPS: Final = 60
_ORDER: Final = np.array([ARKIT_INDEX[name] for name in LIVE_LINK_NAMES])
_UNITS: Final = {"metahuman": 1 / 50, "radians": np.pi / 180, "half-turns": 1 / 180}
"""What a degree is: a MetaHuman turns its head by 50 degrees for a value of 1."""
_LONGEST_NAME: Final = 64


class LiveLinkFaceSink(UdpSink):
    """Sends a face a frame; with nobody in view it sends nothing, and the face holds."""

    def __init__(
        self, target: Target, subject: str, unit: float, now: Callable[[], datetime.datetime]
    ) -> None:
        super().__init__(target)
        self._unit = unit
        self._now = now
        device = f"${uuid.uuid5(uuid.NAMESPACE_DNS, subject + '.expose-live')}"
        name = subject.encode()
        self._head = _VERSION + device.encode() + struct.pack("!i", len(name)) + name
        self._values = np.zeros(_COUNT, ">f4")

    def consume(self, packet: Packet) -> None:
        """Send the first person's face and head; a face that is not seen holds its expression."""
        if not packet.estimates:
            return
        estimate = packet.estimates[0]
        if estimate.blendshapes is not None:
            self._values[:BLENDSHAPE_COUNT] = estimate.blendshapes[_ORDER]
        turns = head_pose(estimate, packet.world_from_camera).turns
        angles = metahuman_angles_from_matrix(turns)
        self._values[BLENDSHAPE_COUNT:] = self._unit * angles.reshape(-1)
        self._udp.send([self._head + self._timecode() + bytes([_COUNT]) + self._values.tobytes()])

    def _timecode(self) -> bytes:
        now = self._now()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        frame, part = divmod((now - midnight).total_seconds() * _FPS, 1)
        return _FRAME.pack(int(frame), part, _FPS, 1)


def read_live_link_face(datagram: bytes) -> tuple[str, tuple[float, ...]] | None:
    """Return the subject's name and the 61 numbers, none where no face was seen; None for another protocol."""
    start = len(_VERSION) + _DEVICE_BYTES
    if not datagram.startswith(_VERSION + b"$") or len(datagram) < start + 4:
        return None
    (length,) = struct.unpack_from("!i", datagram, start)
    after = start + 4 + length
    if not 0 <= length <= len(datagram):
        return None
    name = datagram[start + 4 : after].decode("utf-8", "replace")
    if len(datagram) < after + _FRAME.size + 1 + 4 * _COUNT:
        return name, ()
    return name, struct.unpack_from(f"!{_COUNT}f", datagram, after + _FRAME.size + 1)


def create(target: Target) -> LiveLinkFaceSink:
    """Return the sink of a TARGET. Raises `UsageError` for options it does not have."""
    target.check_options(["subject", "angles"])
    subject = target.options.get("subject", "ExPoseLive")
    if not 0 < len(subject.encode()) <= _LONGEST_NAME:
        raise UsageError(f"{target.text}: a subject has 1 to {_LONGEST_NAME} letters")
    unit = target.choice("angles", _UNITS, "metahuman")
    return LiveLinkFaceSink(target, subject, unit, datetime.datetime.now)
