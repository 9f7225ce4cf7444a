"""What can be chosen for an export."""

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engines.body.bone_names import BoneNames
from engines.body.parts import ALL_PARTS, Part

UpAxis = Literal["y", "z"]
View = Literal["camera", "overlay", "turntable"]
"""What a video shows: the camera's own pictures, the body drawn over them, or the body alone from all sides."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How to write a take in another tool's format."""

    fps: int | None = None
    """Resample to exactly this many frames a second; None keeps the recorded frames."""
    up: UpAxis | None = None
    """Which axis points up; None for what the format's readers expect."""
    start_s: float = 0.0
    """Leave out what comes before this time of the take."""
    end_s: float | None = None
    """Leave out what comes after this time of the take."""
    parts: Set[Part] = ALL_PARTS
    """The parts that move; the others are at rest."""
    names: BoneNames = "unity"
    """Names of the bones, in formats that leave the choice."""
    avatar: Path | None = None
    """A VRM or glTF humanoid of the user's, to wear the motion; None for the take's own skeleton."""
    body_file: Path | None = None
    """The user's own SMPL-X model file, whose mesh is written; None for the open body."""
    skeleton_only: bool = False
    """Leave the mesh out."""
    world_from_camera: tuple[tuple[float, float, float, float], ...] | None = None
    """Floor and front in place of the take's own: takes camera points to the world (4 rows); None keeps them."""
    size: tuple[int, int] | None = None
    """Width and height of a turntable's pictures, or what an overlay's have to fit into; None for the usual ones."""
    view: View | None = None
    """What a video shows; None for the overlay where the take has its video, else the turntable."""
