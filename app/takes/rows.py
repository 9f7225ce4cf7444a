"""A packet as bytes of fixed layout, for the log, and back."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.pipeline.packet import Packet
from engines.body.pose import full_pose
from engines.types import (
    BETA_COUNT,
    BLENDSHAPE_COUNT,
    EXPRESSION_COUNT,
    JOINT_COUNT,
    PoseEstimate,
)

FRAME: Final = np.dtype(
    [
        ("frame_index", "<i8"),
        ("timestamp_ns", "<i8"),
        ("world_from_camera", "<f4", (4, 4)),
        ("persons", "<u4"),
    ]
)
"""What is kept of a frame; the persons follow it."""

PERSON: Final = np.dtype(
    [
        ("track_id", "<i8"),
        ("pose", "<f4", (JOINT_COUNT, 3)),
        ("betas", "<f4", (BETA_COUNT,)),
        ("expression", "<f4", (EXPRESSION_COUNT,)),
        ("transl", "<f4", (3,)),
        ("joints", "<f4", (JOINT_COUNT, 3)),
        ("confidence", "<f4", (JOINT_COUNT,)),
        ("blendshapes", "<f4", (BLENDSHAPE_COUNT,)),
        ("blendshapes_given", "?"),
        ("left_hand_seen", "?"),
        ("right_hand_seen", "?"),
        ("face_seen", "?"),
    ]
)
"""What is kept of a person: the fields of `PoseEstimate`, in the camera frame."""

RAW: Final = np.dtype(
    [
        ("track_id", "<i8"),
        ("pose", "<f4", (JOINT_COUNT, 3)),
        ("pelvis", "<f4", (3,)),
        ("confidence", "<f2", (JOINT_COUNT,)),
        ("expression", "<f2", (EXPRESSION_COUNT,)),
        ("blendshapes", "<f2", (BLENDSHAPE_COUNT,)),
        ("blendshapes_given", "?"),
    ]
)
"""What is kept of `Packet.raw_estimates`: what a second pass needs; whatever is rough anyway in half the bytes."""

_PARAMS: Final = ("betas", "expression", "transl")
_ESTIMATE: Final = (
    "track_id", "joints", "confidence", "left_hand_seen", "right_hand_seen", "face_seen"
)  # fmt: skip


def encode_packet(packet: Packet) -> bytes:
    """Return the bytes of a packet's frame, its persons, and what the engine gave of them."""
    frame = np.zeros(1, FRAME)
    frame["frame_index"] = packet.frame.index
    frame["timestamp_ns"] = packet.frame.timestamp_ns
    frame["world_from_camera"] = packet.world_from_camera
    frame["persons"] = len(packet.estimates)
    persons = np.zeros(len(packet.estimates), PERSON)
    for row, estimate in zip(persons, packet.estimates, strict=True):
        _fill(row, estimate)
    raw = np.zeros(len(packet.raw_estimates), RAW)
    for row, estimate in zip(raw, packet.raw_estimates, strict=True):
        _fill_raw(row, estimate)
    return frame.tobytes() + persons.tobytes() + raw.tobytes()


class PacketRows(NamedTuple):
    """What a payload holds."""

    frame: NDArray[np.void]
    """Of dtype `FRAME`, one row."""
    persons: NDArray[np.void]
    """Of dtype `PERSON`."""
    raw: NDArray[np.void]
    """Of dtype `RAW`; none in logs before version 3."""


def decode_packet(payload: bytes) -> PacketRows:
    """Return the rows of a payload.

    Raises:
        ValueError: the payload's length is not that of whole rows.
    """
    frame = np.frombuffer(payload, FRAME, count=1)
    count = int(frame["persons"][0])
    persons = np.frombuffer(payload, PERSON, count=count, offset=FRAME.itemsize)
    rest = FRAME.itemsize + persons.nbytes
    return PacketRows(frame, persons, np.frombuffer(payload, RAW, offset=rest))


def _fill_raw(row: np.void, estimate: PoseEstimate) -> None:
    row["track_id"] = estimate.track_id
    row["pose"] = full_pose(estimate.params)
    row["pelvis"] = estimate.joints[0]
    row["confidence"] = estimate.confidence
    row["expression"] = estimate.params.expression
    if estimate.blendshapes is not None:
        row["blendshapes"] = estimate.blendshapes
        row["blendshapes_given"] = True


def _fill(row: np.void, estimate: PoseEstimate) -> None:
    row["pose"] = full_pose(estimate.params)
    for name in _PARAMS:
        row[name] = getattr(estimate.params, name)
    for name in _ESTIMATE:
        row[name] = getattr(estimate, name)
    if estimate.blendshapes is not None:
        row["blendshapes"] = estimate.blendshapes
        row["blendshapes_given"] = True
