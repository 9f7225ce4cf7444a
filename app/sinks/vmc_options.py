"""What can be chosen for a VMC receiver: `vmc://host:port?rate=30&blendshapes=vrm0,perfectsync`."""

import dataclasses
from dataclasses import dataclass
from typing import Final, Literal

from app.sinks.target import Target
from engines.errors import UsageError

RootForm = Literal["2.0", "2.1"]
Packets = Literal["split", "frame"]

MAX_RATE_HZ: Final = 200
"""Receivers take no more than about 30 frames between two of their own."""

_SETS: Final[dict[str, tuple[str, ...]]] = {
    "vrm0": ("vrm0",),
    "vrm1": ("vrm1",),
    "both": ("vrm0", "vrm1"),
    "perfectsync": ("perfectsync",),
    "arkit": ("arkit",),
    "none": (),
}
_ROOTS: Final[dict[str, RootForm]] = {"2.0": "2.0", "2.1": "2.1"}
_PACKETS: Final[dict[str, Packets]] = {"split": "split", "frame": "frame"}
_PROFILES: Final[dict[str, dict[str, str]]] = {
    "default": {},
    "vseeface": {"packets": "frame"},
    "warudo": {"blendshapes": "both"},
    "godot": {"blendshapes": "perfectsync"},
}
"""Receiver -> options it is known to like; an option in the TARGET goes before it."""


@dataclass(frozen=True, slots=True)
class VmcOptions:
    """How to send."""

    rate_hz: int | None = None
    """Most frames a second; None for as many as there are (`rate=native`)."""
    blendshapes: tuple[str, ...] = ("vrm0",)
    """Sets of names: vrm0, vrm1, perfectsync (the 52 in PascalCase), arkit (the 52 in camelCase). A model that has both
    presets and the 52 would move twice if both were sent."""
    root: RootForm = "2.0"
    """Form of the root message: 2.1 adds scale and offset."""
    packets: Packets = "split"
    """`split`: bundles of less than 1400 bytes. `frame`: one bundle a frame, for a receiver on this computer."""

    @classmethod
    def from_target(cls, target: Target) -> "VmcOptions":
        """Return the options of a TARGET. Raises `UsageError`."""
        target.check_options(["profile", "rate", "blendshapes", "root", "packets"])
        profile = target.choice("profile", _PROFILES, "default")
        merged = dataclasses.replace(target, options={**profile, **target.options})
        return cls(
            rate_hz=_rate(merged),
            blendshapes=_blendshape_sets(merged),
            root=merged.choice("root", _ROOTS, "2.0"),
            packets=merged.choice("packets", _PACKETS, "split"),
        )


def _rate(target: Target) -> int | None:
    text = target.options.get("rate", "native")
    if text == "native":
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_RATE_HZ:
        raise UsageError(
            f"{target.text}: '{text}' is no rate; write native, or 1 to {MAX_RATE_HZ} frames a second"
        )
    return int(text)


def _blendshape_sets(target: Target) -> tuple[str, ...]:
    sets: list[str] = []
    for name in target.options.get("blendshapes", "vrm0").split(","):
        part = dataclasses.replace(target, options={"blendshapes": name})
        sets += part.choice("blendshapes", _SETS, "vrm0")
    return tuple(dict.fromkeys(sets))
