"""The ways to send: scheme -> sink, imported on use."""

import importlib
from dataclasses import dataclass
from typing import Final, cast

from app.sinks.pace import NetworkSink, Pace, paced
from app.sinks.target import parse_target


@dataclass(frozen=True, slots=True)
class SinkKind:
    """One way to send."""

    module: str
    """Where its `create(target: Target) -> NetworkSink` is."""
    default_port: int
    """The protocol's own port."""
    summary: str
    """One line for help texts."""
    default_rate: int | None = None
    """Frames a second where the TARGET does not say; None for as many as there are."""


SINKS: Final[dict[str, SinkKind]] = {
    "vmc": SinkKind(
        "app.sinks.vmc",
        39539,
        "VMC protocol: VSeeFace, Warudo, VNyan, Unity, Unreal, Godot, Blender",
    ),
    "vrchat": SinkKind(
        "app.sinks.vrchat",
        9000,
        "VRChat: OSC trackers, gaze, face parameters",
        default_rate=30,
    ),
    "osc": SinkKind("app.sinks.smplx_osc", 9101, "SMPL-X parameters as plain OSC, for scripts"),
    "ws": SinkKind(
        "app.sinks.websocket", 8765, "WebSocket server for browsers and scripts: JSON and binary"
    ),
    "livelinkface": SinkKind(
        "app.sinks.live_link_face", 11111, "Live Link Face: Unreal, MetaHumans; face and head"
    ),
    "ifacialmocap": SinkKind(
        "app.sinks.ifacialmocap", 49983, "iFacialMocap: face and head for VTuber apps"
    ),
}
"""Scheme of a TARGET -> its sink."""


def create_sink(text: str) -> NetworkSink:
    """Return the sink of a TARGET, not yet open.

    Raises:
        UsageError: the text names no known scheme, port or option; the message lists the known ones.
    """
    target = parse_target(text, {scheme: kind.default_port for scheme, kind in SINKS.items()})
    kind = SINKS[target.scheme]
    pace = Pace.from_target(target, kind.default_rate)
    sink = cast("NetworkSink", importlib.import_module(kind.module).create(target))
    return paced(sink, pace)
