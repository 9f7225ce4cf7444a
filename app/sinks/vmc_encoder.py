"""Packets as the datagrams of the VMC protocol 3.1 (protocol.vmc.info), Performer to Marionette."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, Protocol

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
from app.sinks.vmc_commands import CALIBRATED, GROUPS, Group, VmcCommands
from app.sinks.vmc_options import VmcOptions
from engines.body.face import ARKIT_NAMES
from engines.body.humanoid import HUMAN_BONES, unity_bones_from_pose
from engines.body.pose import full_pose
from engines.body.rotations import matrix_from_axis_angle
from engines.body.vrm_expressions import VRM0_NAMES, VRM1_NAMES, vrm_expressions
from engines.types import PoseEstimate

MAX_DATAGRAM_BYTES: Final = 1400
"""Bundles stay below it, so that no network cuts them into pieces."""

_EVERYTHING: Final[frozenset[Group]] = frozenset(GROUPS)
_IDENTITY_ROOT: Final = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
_SCALE_AND_OFFSET: Final = (1.0, 1.0, 1.0, 0.0, 0.0, 0.0)
_HALF_TURN: Final = np.diag([-1, 1, -1, 1]).astype(np.float32)
"""About the vertical."""
_FORWARD: Final = 2
"""Column of a body's matrix that says where it faces."""


class BoneFit(Protocol):
    """Turns poses into what a receiver's bones need."""

    @property
    def bones(self) -> Collection[str]:
        """The bones there are."""

    def fitted(self, bones: Float32[np.ndarray, "55 7"]) -> Float32[np.ndarray, "55 7"]:
        """Return the local poses for the receiver's skeleton; rows of bones it lacks mean nothing."""


class VmcEncoder:
    """Encodes one stream of packets: bones with their rest offsets as positions, expressions, state, time."""

    def __init__(
        self,
        options: VmcOptions,
        commands: VmcCommands | None = None,
        fit: BoneFit | None = None,
    ) -> None:
        self._options = options
        self._commands = commands or VmcCommands()
        self._fit = fit
        present = HUMAN_BONES if fit is None else fit.bones
        self._rows = [
            row
            for row, bone in enumerate(HUMAN_BONES)
            if bone in present and _part_of(bone) in options.parts
        ]
        blends = options.blendshapes if "face" in options.parts else ()
        names, self._sources = _blendshape_sources(blends)
        root = list(_root_message(options))
        bones = list(_bone_messages(self._rows))
        self._body = {
            frozenset({"root", "bone"}): self._datagrams([*root, *bones]),
            frozenset({"bone"}): self._datagrams(bones),
            frozenset({"root"}): self._datagrams(root),
        }
        self._face = self._datagrams(_face_messages(names))
        self._states: dict[tuple[int, ...], BundleTemplates] = {}
        self._was_ready = False
        self._start_ns: int | None = None

    def encode(
        self, packet: Packet, due: Collection[Group] = _EVERYTHING
    ) -> Sequence[bytes | bytearray]:
        """Return a frame's datagrams in sending order; they are overwritten by the next call.

        The first person is sent. With nobody in view only state and time are; where no face coefficients came with the
        person, no expressions are: the receiver holds what it has.

        Args:
            packet: The frame.
            due: The groups to send.
        """
        datagrams: list[bytes | bytearray] = []
        if packet.estimates:
            estimate = packet.estimates[0]
            values = self._bone_values(estimate, packet.world_from_camera)
            body = self._body.get(frozenset(due) & {"root", "bone"})
            if body is not None:
                datagrams += body.fill(values if "bone" in due else values[:0])
            if "blend" in due and estimate.blendshapes is not None and len(self._sources):
                datagrams += self._face.fill(self._face_values(estimate.blendshapes))
            self._was_ready = True
        if not self._options.is_assistant:
            datagrams += self._state_datagrams(packet, with_status="status" in due)
        if self._options.packets == "frame" and datagrams:
            return [merged_bundle(datagrams)]
        return datagrams

    def _bone_values(
        self, estimate: PoseEstimate, world_from_camera: Float32[np.ndarray, "4 4"]
    ) -> NDArray[np.float32]:
        pose = full_pose(estimate.params)
        if self._commands.calibration != CALIBRATED:
            self._commands.see(*_place_and_heading(estimate, world_from_camera))
        room = self._commands.room_from_world @ world_from_camera
        if self._options.turned:
            room = _HALF_TURN @ room
        bones = unity_bones_from_pose(pose, estimate.joints, room)
        if "root" not in self._options.parts:
            bones[0, [0, 2]] = 0
        if self._fit is not None:
            bones = self._fit.fitted(bones)
        return bones[self._rows].reshape(-1)

    def _face_values(self, blendshapes: Float32[np.ndarray, "52"]) -> NDArray[np.float32]:
        return np.concatenate([vrm_expressions(blendshapes), blendshapes])[self._sources]

    def _state_datagrams(self, packet: Packet, *, with_status: bool) -> Sequence[bytearray]:
        if self._start_ns is None:
            self._start_ns = packet.frame.timestamp_ns
        seconds = (packet.frame.timestamp_ns - self._start_ns) / 1e9
        calibration, mode = self._commands.calibration, self._commands.mode
        state: tuple[int, ...] = ()
        if with_status:
            state = (int(self._was_ready), calibration, mode, int(bool(packet.estimates)))
        if state not in self._states:
            self._states[state] = self._datagrams(_state_messages(state))
        return self._states[state].fill(np.array([seconds]))

    def _datagrams(
        self, messages: Iterator[MessageTemplate] | Sequence[MessageTemplate]
    ) -> BundleTemplates:
        return BundleTemplates(
            messages, max_bytes=MAX_DATAGRAM_BYTES, bundled=self._options.packets != "messages"
        )


def _place_and_heading(
    estimate: PoseEstimate, world_from_camera: Float32[np.ndarray, "4 4"]
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    turn = world_from_camera[:3, :3]
    forward = turn @ matrix_from_axis_angle(estimate.params.global_orient)[:, _FORWARD]
    return turn @ estimate.joints[0] + world_from_camera[:3, 3], forward


def _part_of(bone: str) -> str:
    if bone.endswith("Eye"):
        return "eyes"
    if bone == "Jaw":
        return "jaw"
    is_finger = bone.endswith(("Proximal", "Intermediate", "Distal"))
    return "fingers" if is_finger else "body"


def _root_message(options: VmcOptions) -> Iterator[MessageTemplate]:
    if "root" in options.parts:
        root = _IDENTITY_ROOT + (_SCALE_AND_OFFSET if options.root == "2.1" else ())
        yield message_template("/VMC/Ext/Root/Pos", "root", *root)


def _bone_messages(rows: Sequence[int]) -> Iterator[MessageTemplate]:
    for row in rows:
        yield message_template("/VMC/Ext/Bone/Pos", HUMAN_BONES[row], floats=7)


def _face_messages(names: Sequence[str]) -> Iterator[MessageTemplate]:
    for name in names:
        yield message_template("/VMC/Ext/Blend/Val", name, floats=1)
    yield message_template("/VMC/Ext/Blend/Apply")


def _state_messages(state: tuple[int, ...]) -> Iterator[MessageTemplate]:
    """Give the time, after the state where it is due: a time closes the frame."""
    if state:
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
