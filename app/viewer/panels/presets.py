"""Receivers that people know by name, with the TARGET of each on this computer. No Qt here."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Preset:
    """A program that receives."""

    name: str
    """Its name."""
    text: str
    """Its TARGET."""


PRESETS: Final = (
    Preset("VSeeFace", "vmc://127.0.0.1:39539?profile=vseeface"),
    Preset("Warudo", "vmc://127.0.0.1:39539?profile=warudo"),
    Preset("VNyan", "vmc://127.0.0.1:39539?profile=vnyan"),
    Preset("VMagicMirror", "vmc://127.0.0.1:39539?profile=vmagicmirror"),
    Preset("Unity (EVMC4U)", "vmc://127.0.0.1:39539?profile=evmc4u"),
    Preset("Unreal (VMC4UE)", "vmc://127.0.0.1:39539?profile=vmc4ue"),
    Preset("Unreal (VRM4U)", "vmc://127.0.0.1:39539?profile=vrm4u"),
    Preset("Unreal (Live Link Face)", "livelinkface://127.0.0.1:11111"),
    Preset("Godot", "vmc://127.0.0.1:39539?profile=godot"),
    Preset("Blender (VMC4B)", "vmc://127.0.0.1:39539?profile=vmc4b"),
    Preset("VRChat", "vrchat://127.0.0.1:9000"),
    Preset("iFacialMocap", "ifacialmocap://127.0.0.1:49983"),
    Preset("OSC", "osc://127.0.0.1:9101"),
    Preset("WebSocket", "ws://127.0.0.1:8765"),
)
"""Programs, in the order of the menu."""
