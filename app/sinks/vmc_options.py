"""What can be chosen for a VMC receiver: `vmc://host:port?profile=warudo&parts=face,fingers`."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from app.sinks.target import Target

RootForm = Literal["2.0", "2.1"]
Packets = Literal["split", "frame", "messages"]

ASSISTANT_PORT: Final = 39540
"""Where a Performer listens to Assistants."""
PARTS: Final = ("root", "body", "fingers", "eyes", "jaw", "face")
"""What can be sent or left out; `face` is the expressions, the others are bones."""

_ASSISTANT_PARTS: Final = ("fingers", "face")
_SETS: Final[dict[str, tuple[str, ...]]] = {
    "vrm0": ("vrm0",),
    "vrm1": ("vrm1",),
    "both": ("vrm0", "vrm1"),
    "perfectsync": ("perfectsync",),
    "arkit": ("arkit",),
}
_ROOTS: Final[dict[str, RootForm]] = {"2.0": "2.0", "2.1": "2.1"}
_PACKETS: Final[dict[str, Packets]] = {"split": "split", "frame": "frame", "messages": "messages"}
_TURNS: Final = {"0": False, "180": True}
_OPTIONS: Final = (
    "profile", "mode", "blendshapes", "root", "packets", "parts", "turn", "receive", "vrm",
)  # fmt: skip
PROFILES: Final[dict[str, dict[str, str]]] = {
    "default": {},
    "vseeface": {"packets": "frame"},
    "warudo": {"blendshapes": "both"},
    "vnyan": {},
    "vmagicmirror": {},
    "evmc4u": {"root": "2.1"},
    "vrm4u": {},
    "vmc4ue": {},
    "godot": {"blendshapes": "perfectsync"},
    "vmc4b": {},
}
"""Receiver -> options it is known to like; an option in the TARGET goes before it. Reasons: docs/streaming.md."""


@dataclass(frozen=True, slots=True)
class VmcOptions:
    """How to send."""

    blendshapes: tuple[str, ...] = ("vrm0",)
    """Sets of names: vrm0, vrm1, perfectsync (the 52 in PascalCase), arkit (the 52 in camelCase). A model that has both
    presets and the 52 would move twice if both were sent."""
    root: RootForm = "2.0"
    """Form of the root message: 2.1 adds scale and offset."""
    packets: Packets = "split"
    """`split`: bundles of less than 1400 bytes. `frame`: one bundle a frame, for a receiver on this computer.
    `messages`: no bundles."""
    parts: tuple[str, ...] = PARTS
    """What is sent. Without `root` the hips stay over the origin."""
    turned: bool = False
    """Everything is turned by half a turn, for avatars that would face backwards."""
    is_assistant: bool = False
    """Face and fingers only, for a Performer that has the rest from elsewhere."""
    receive_at: tuple[str, int] | None = None
    """Where to listen for commands of the receiver; None for nowhere."""
    vrm: Path | None = None
    """The avatar: rest offsets and rotations are made to fit it."""

    @classmethod
    def from_target(cls, target: Target) -> "VmcOptions":
        """Return the options of a TARGET. Raises `UsageError`."""
        target.check_options(_OPTIONS)
        profile = target.choice("profile", PROFILES, "default")
        merged = dataclasses.replace(target, options={**profile, **target.options})
        sets = [_SETS[name] for name in merged.names("blendshapes", _SETS, "vrm0")]
        is_assistant = merged.choice("mode", {"performer": False, "assistant": True}, "performer")
        parts = _ASSISTANT_PARTS if is_assistant else PARTS
        return cls(
            blendshapes=tuple(dict.fromkeys(name for names in sets for name in names)),
            root=merged.choice("root", _ROOTS, "2.0"),
            packets=merged.choice("packets", _PACKETS, "split"),
            parts=merged.names("parts", parts, ",".join(parts)),
            turned=merged.choice("turn", _TURNS, "0"),
            is_assistant=is_assistant,
            receive_at=merged.place("receive"),
            vrm=Path(merged.options["vrm"]) if "vrm" in merged.options else None,
        )
