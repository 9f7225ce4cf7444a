"""Packets as the datagrams of the VMC protocol 3.1 (protocol.vmc.info), Performer to Marionette."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from app.pipeline.packet import Packet
from app.sinks.osc_bundles import (
    BundleTemplates,
    MessageTemplate,
    merged_bundle,
    message_template,
)
from app.sinks.vmc_options import VmcOptions
from engines.body.face import ARKIT_NAMES
from engines.body.humanoid import (
    HUMAN_BONES,
    bone_offsets,
    unity_position_from_body,
    unity_quaternion_from_body,
)
from engines.body.kinematics import forward_kinematics
from engines.body.pose import full_pose
from engines.body.rotations import (
    matrix_from_axis_angle,
    multiply_quaternions,
    quaternion_from_axis_angle,
    quaternion_from_matrix,
)
from engines.body.vrm_expressions import VRM0_NAMES, VRM1_NAMES, vrm_expressions
from engines.types import JOINT_COUNT, PoseEstimate

MAX_DATAGRAM_BYTES: Final = 1400
"""Bundles stay below it, so that no network cuts them into pieces."""

_REST: Final = np.zeros((JOINT_COUNT, 3), np.float32)
_IDENTITY_ROOT: Final = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
_SCALE_AND_OFFSET: Final = (1.0, 1.0, 1.0, 0.0, 0.0, 0.0)

_NOT_READY: Final = (0, 1, 0, 0)
"""`/VMC/Ext/OK` before anybody was seen: not loaded, waiting for calibration, normal mode, tracking bad."""
_TRACKING: Final = (1, 3, 0, 1)
"""Loaded, calibrated, normal mode, tracking good."""
_LOST: Final = (1, 3, 0, 0)
"""The same, tracking bad: receivers hold the pose."""


class VmcEncoder:
    """Encodes one stream of packets: bones with their rest offsets as positions, expressions, state, time."""

    def __init__(self, options: VmcOptions) -> None:
        self._merges = options.packets == "frame"
        names, self._sources = _blendshape_sources(options.blendshapes)
        self._body = BundleTemplates(_body_messages(options), max_bytes=MAX_DATAGRAM_BYTES)
        self._face = BundleTemplates(_face_messages(names), max_bytes=MAX_DATAGRAM_BYTES)
        self._state = {
            state: BundleTemplates(_state_messages(state), max_bytes=MAX_DATAGRAM_BYTES)
            for state in (_NOT_READY, _TRACKING, _LOST)
        }
        self._was_ready = False
        self._start_ns: int | None = None

    def encode(self, packet: Packet) -> Sequence[bytes | bytearray]:
        """Return a frame's datagrams in sending order; they are overwritten by the next call.

        The first person is sent. With nobody in view only state and time are; where no face coefficients came with the
        person, no expressions are: the receiver holds what it has.
        """
        datagrams: list[bytes | bytearray] = []
        if packet.estimates:
            estimate = packet.estimates[0]
            datagrams += self._body.fill(bone_values(estimate, packet.world_from_camera))
            if estimate.blendshapes is not None and len(self._sources):
                datagrams += self._face.fill(self._face_values(estimate.blendshapes))
            self._was_ready = True
        datagrams += self._state_datagrams(packet)
        return [merged_bundle(datagrams)] if self._merges else datagrams

    def _face_values(self, blendshapes: Float32[np.ndarray, "52"]) -> NDArray[np.float32]:
        return np.concatenate([vrm_expressions(blendshapes), blendshapes])[self._sources]

    def _state_datagrams(self, packet: Packet) -> Sequence[bytearray]:
        if self._start_ns is None:
            self._start_ns = packet.frame.timestamp_ns
        seconds = (packet.frame.timestamp_ns - self._start_ns) / 1e9
        unseen = _LOST if self._was_ready else _NOT_READY
        state = _TRACKING if packet.estimates else unseen
        return self._state[state].fill(np.array([seconds]))


def bone_values(
    estimate: PoseEstimate, world_from_camera: Float32[np.ndarray, "4 4"]
) -> Float32[np.ndarray, "385"]:
    """Return the seven floats of each bone in Unity's frame: position and quaternion relative to the parent.

    The hips are relative to the root, which is the world.
    """
    pose = full_pose(estimate.params)
    global_rotations, _ = forward_kinematics(_REST, matrix_from_axis_angle(pose))
    turn = world_from_camera[:3, :3]
    positions = bone_offsets(estimate.joints, global_rotations)
    positions[0] = turn @ estimate.joints[0] + world_from_camera[:3, 3]
    quaternions = quaternion_from_axis_angle(pose)
    quaternions[0] = multiply_quaternions(quaternion_from_matrix(turn), quaternions[0])
    values = np.empty((JOINT_COUNT, 7), np.float32)
    values[:, :3] = unity_position_from_body(positions)
    values[:, 3:] = unity_quaternion_from_body(quaternions)
    return values.reshape(-1)


def _body_messages(options: VmcOptions) -> Iterator[MessageTemplate]:
    root = _IDENTITY_ROOT + (_SCALE_AND_OFFSET if options.root == "2.1" else ())
    yield message_template("/VMC/Ext/Root/Pos", "root", *root)
    for bone in HUMAN_BONES:
        yield message_template("/VMC/Ext/Bone/Pos", bone, floats=7)


def _face_messages(names: Sequence[str]) -> Iterator[MessageTemplate]:
    for name in names:
        yield message_template("/VMC/Ext/Blend/Val", name, floats=1)
    yield message_template("/VMC/Ext/Blend/Apply")


def _state_messages(state: tuple[int, ...]) -> Iterator[MessageTemplate]:
    yield message_template("/VMC/Ext/OK", *state)
    yield message_template("/VMC/Ext/T", floats=1)


def _blendshape_sources(sets: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """Return the names to send, each once, and where their values are in presets followed by ARKit coefficients."""
    pascal_case = [name[0].upper() + name[1:] for name in ARKIT_NAMES]
    first_arkit = len(VRM0_NAMES)
    tables: dict[str, tuple[Sequence[str], int]] = {
        "vrm0": (VRM0_NAMES, 0),
        "vrm1": (VRM1_NAMES, 0),
        "perfectsync": (pascal_case, first_arkit),
        "arkit": (ARKIT_NAMES, first_arkit),
    }
    sources: dict[str, int] = {}
    for each in sets:
        names, start = tables[each]
        for index, name in enumerate(names, start=start):
            sources.setdefault(name, index)
    return list(sources), np.array(list(sources.values()), np.int64)
