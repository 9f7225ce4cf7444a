"""Packets as the datagrams of the VMC protocol 3.1 (protocol.vmc.info), Performer to Marionette."""

import dataclasses
import struct
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from app.pipeline.packet import Packet
from app.sinks.osc_bundles import (
    BundleSections,
    BundleTemplates,
    MessageTemplate,
    message_template,
    with_bundle_behind,
)
from app.sinks.shared import SharedResults
from app.sinks.vmc_commands import CALIBRATED, EVERYTHING, Group, VmcCommands
from app.sinks.vmc_options import VmcOptions
from engines.body.face import ARKIT_NAMES
from engines.body.humanoid import HUMAN_BONES, unity_bones_from_pose
from engines.body.pose import full_pose, read_only
from engines.body.rotations import matrix_from_axis_angle
from engines.body.vrm_expressions import VRM0_NAMES, VRM1_NAMES, vrm_expressions
from engines.types import PoseEstimate

MAX_DATAGRAM_BYTES: Final = 1400
"""Bundles stay below it, so that no network cuts them into pieces."""
_LARGEST_DATAGRAM_BYTES: Final = 65_507
_TIME: Final = struct.Struct(">f")

_IDENTITY_ROOT: Final = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
_SCALE_AND_OFFSET: Final = (1.0, 1.0, 1.0, 0.0, 0.0, 0.0)
_NO_VALUES: Final = np.empty(0, np.float32)
_HALF_TURN: Final = np.diag([-1, 1, -1, 1]).astype(np.float32)
"""About the vertical."""
_FORWARD: Final = 2
"""Column of a body's matrix that says where it faces."""

_Bones = Float32[np.ndarray, "55 7"]
_SHARED_BONES: Final[SharedResults[PoseEstimate, _Bones]] = SharedResults()
_SHARED_FACES: Final[SharedResults[PoseEstimate, NDArray[np.float32]]] = SharedResults()
_SHARED_DATAGRAMS: Final[SharedResults[PoseEstimate, list[bytes]]] = SharedResults()
"""Targets of the same settings are sent the same bytes."""


class BoneFit(Protocol):
    """Turns poses into what a receiver's bones need."""

    @property
    def bones(self) -> Collection[str]:
        """The bones there are."""

    def fitted(self, bones: Float32[np.ndarray, "55 7"]) -> Float32[np.ndarray, "55 7"]:
        """Return the local poses for the receiver's skeleton; rows of bones it lacks mean nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class _Room:
    """Takes the camera's frame to the receiver's room, and knows of what it was made."""

    world_from_camera: Float32[np.ndarray, "4 4"]
    room_from_world: Float32[np.ndarray, "4 4"]
    matrix: Float32[np.ndarray, "4 4"]
    key: bytes
    """The matrix, for looking up what was made with it."""


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
        # equal settings are one object, so that looking for a shared result is quick; a fit is its target's own
        self._settings = sys.intern(repr(dataclasses.replace(options, receive_at=None)))
        present = HUMAN_BONES if fit is None else fit.bones
        rows = [
            row
            for row, bone in enumerate(HUMAN_BONES)
            if bone in present and _part_of(bone) in options.parts
        ]
        self._rows = np.array(rows, np.intp)
        blends = options.blendshapes if "face" in options.parts else ()
        names, self._sources = _blendshape_sources(blends)
        self._is_bundled = options.packets != "messages"
        is_whole = options.packets == "frame"
        self._max_bytes = _LARGEST_DATAGRAM_BYTES if is_whole else MAX_DATAGRAM_BYTES
        sections = {
            "root": _root_message(options),
            "bone": _bone_messages(rows),
            "blend": _face_messages(names),
        }
        self._sections = BundleSections(
            sections, max_bytes=self._max_bytes, bundled=self._is_bundled
        )
        self._states: dict[tuple[int, ...], list[bytes]] = {}
        self._room: _Room | None = None
        self._was_ready = False
        self._start_ns: int | None = None

    def encode(self, packet: Packet, due: Collection[Group] = EVERYTHING) -> Sequence[bytes]:
        """Return a frame's datagrams in sending order.

        The first person is sent. With nobody in view only state and time are; where no face coefficients came with the
        person, no expressions are: the receiver holds what it has.

        Args:
            packet: The frame.
            due: The groups to send.
        """
        datagrams: Sequence[bytes] = ()
        if packet.estimates:
            datagrams = self._person_datagrams(packet, frozenset(due))
            self._was_ready = True
        if self._options.is_assistant:
            return datagrams
        state = self._state_datagrams(packet, with_status="status" in due)
        if not self._is_bundled:
            return [*datagrams, *state]
        return with_bundle_behind(datagrams, state[0], max_bytes=self._max_bytes)

    def _person_datagrams(self, packet: Packet, due: frozenset[Group]) -> Sequence[bytes]:
        """Return the datagrams of the first person; targets of equal settings share them."""
        estimate = packet.estimates[0]
        room = self._room_of(estimate, packet.world_from_camera)
        if self._fit is not None:
            return self._encode_person(estimate, room, due)
        return _SHARED_DATAGRAMS.get(
            estimate,
            (self._settings, due, room.key),
            lambda: self._encode_person(estimate, room, due),
        )

    def _room_of(
        self, estimate: PoseEstimate, world_from_camera: Float32[np.ndarray, "4 4"]
    ) -> _Room:
        """Return the receiver's room; it stays the same until the floor or the calibration changes."""
        if self._commands.calibration != CALIBRATED:
            self._commands.see(*_place_and_heading(estimate, world_from_camera))
        room_from_world = self._commands.room_from_world
        room = self._room
        if (
            room is None
            or room.world_from_camera is not world_from_camera
            or room.room_from_world is not room_from_world
        ):
            matrix = room_from_world @ world_from_camera
            if self._options.turned:
                matrix = _HALF_TURN @ matrix
            room = _Room(world_from_camera, room_from_world, matrix, matrix.tobytes())
            self._room = room
        return room

    def _encode_person(
        self, estimate: PoseEstimate, room: _Room, due: frozenset[Group]
    ) -> list[bytes]:
        values: dict[str, NDArray[np.float32]] = {}
        if "root" in due:
            values["root"] = _NO_VALUES
        if "bone" in due:
            values["bone"] = self._bone_values(estimate, room)
        blendshapes = estimate.blendshapes
        if "blend" in due and blendshapes is not None and len(self._sources):
            values["blend"] = _face_values(estimate, blendshapes)[self._sources]
        return self._sections.fill(values)

    def _bone_values(self, estimate: PoseEstimate, room: _Room) -> NDArray[np.float32]:
        bones = _unity_bones(estimate, room)
        if "root" not in self._options.parts:
            bones = bones.copy()
            bones[0, [0, 2]] = 0
        if self._fit is not None:
            bones = self._fit.fitted(bones)
        return bones[self._rows].reshape(-1)

    def _state_datagrams(self, packet: Packet, *, with_status: bool) -> list[bytes]:
        """Return one bundle, or a datagram for each message."""
        if self._start_ns is None:
            self._start_ns = packet.frame.timestamp_ns
        seconds = (packet.frame.timestamp_ns - self._start_ns) / 1e9
        calibration, mode = self._commands.calibration, self._commands.mode
        state: tuple[int, ...] = ()
        if with_status:
            state = (int(self._was_ready), calibration, mode, int(bool(packet.estimates)))
        if state not in self._states:
            messages = _state_messages(state)
            templates = BundleTemplates(
                messages, max_bytes=self._max_bytes, bundled=self._is_bundled
            )
            self._states[state] = templates.fill(np.zeros(1))
        *before, last = self._states[state]
        return [*before, last[: -_TIME.size] + _TIME.pack(seconds)]


def _unity_bones(estimate: PoseEstimate, room: _Room) -> _Bones:
    """Return the bones in a room, read-only."""
    return _SHARED_BONES.get(
        estimate,
        room.key,
        lambda: read_only(
            unity_bones_from_pose(full_pose(estimate.params), estimate.joints, room.matrix)
        ),
    )


def _face_values(
    estimate: PoseEstimate, blendshapes: Float32[np.ndarray, "52"]
) -> NDArray[np.float32]:
    """Return the presets of a person, then the 52 coefficients."""
    return _SHARED_FACES.get(
        estimate, None, lambda: np.concatenate([vrm_expressions(blendshapes), blendshapes])
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
