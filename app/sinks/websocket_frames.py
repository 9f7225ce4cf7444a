"""Packets as WebSocket messages: JSON for pages and scripts, or the same numbers as binary."""

import json
import struct
from typing import Final

from app.pipeline.packet import Packet
from app.sinks.world import FIELDS, world_values
from engines.body.face import ARKIT_NAMES
from engines.body.humanoid import HUMAN_BONES
from engines.body.skeleton import JOINT_NAMES, PARENTS

VERSION: Final = 1
_MAGIC: Final = b"EXL1"
_FRAME_HEAD: Final = struct.Struct("<4sIdI")
"""Magic, frame index, seconds, persons; each person is a track number (int32) and the floats of `FIELDS`."""
_TRACK: Final = struct.Struct("<i")
_DECIMALS: Final = 5


def hello() -> str:
    """Return the message that greets a client: what the numbers are."""
    return json.dumps(
        {
            "type": "hello",
            "version": VERSION,
            "fields": [{"name": name, "count": count} for name, count in FIELDS],
            "joint_names": JOINT_NAMES,
            "human_bones": HUMAN_BONES,
            "parents": PARENTS,
            "blendshape_names": ARKIT_NAMES,
            "frame": "world: right-handed, metres, y up, floor at y = 0, +z towards the camera",
        }
    )


def json_frame(packet: Packet) -> str:
    """Return a frame as JSON."""
    persons = []
    for estimate in packet.estimates:
        values = world_values(estimate, packet.world_from_camera).round(_DECIMALS).tolist()
        person: dict[str, object] = {"track_id": estimate.track_id}
        start = 0
        for name, count in FIELDS:
            # a float32 has more digits as a double than it knows
            person[name] = [round(value, _DECIMALS) for value in values[start : start + count]]
            start += count
        persons.append(person)
    return json.dumps(
        {
            "type": "frame",
            "index": packet.frame.index,
            "time_s": packet.frame.timestamp_ns / 1e9,
            "persons": persons,
        },
        separators=(",", ":"),
    )


def binary_frame(packet: Packet) -> bytes:
    """Return a frame as little-endian binary."""
    frame = packet.frame
    parts = [
        _FRAME_HEAD.pack(
            _MAGIC, frame.index & 0xFFFFFFFF, frame.timestamp_ns / 1e9, len(packet.estimates)
        )
    ]
    for estimate in packet.estimates:
        parts.append(_TRACK.pack(estimate.track_id))
        parts.append(world_values(estimate, packet.world_from_camera).astype("<f4").tobytes())
    return b"".join(parts)
