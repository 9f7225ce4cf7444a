"""What travels between the pipeline's threads."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from jaxtyping import Float32

from engines.types import Detection, Frame, PoseEstimate


def _level_camera() -> Float32[np.ndarray, "4 4"]:
    matrix = np.diag([1.0, -1.0, -1.0, 1.0]).astype(np.float32)
    matrix.flags.writeable = False
    return matrix


LEVEL_CAMERA: Final = _level_camera()
"""World from camera for a level camera at the world's origin: y up, +z towards the camera."""


@dataclass(frozen=True, slots=True)
class Span:
    """When one stage worked on a packet."""

    stage: str
    """Name of the stage."""
    start_ns: int
    """`time.perf_counter_ns()` when it began."""
    end_ns: int
    """`time.perf_counter_ns()` when it ended."""


@dataclass(frozen=True, slots=True, eq=False)
class Packet:
    """One frame and all that is known of it. Nobody in view is a packet with no estimates."""

    frame: Frame
    """The picture and its time stamps."""
    detections: tuple[Detection, ...] = ()
    """Persons found."""
    estimates: tuple[PoseEstimate, ...] = ()
    """Their bodies."""
    raw_estimates: tuple[PoseEstimate, ...] = ()
    """What the engine gave for this frame, not smoothed, held or eased; empty where `estimates` are just that."""
    world_from_camera: Float32[np.ndarray, "4 4"] = field(default_factory=lambda: LEVEL_CAMERA)
    """Takes camera-frame points to the world: y up, floor at y = 0, +z towards the camera, metres."""
    spans: tuple[Span, ...] = ()
    """Stage times, in order; added by the worker, not by the stage."""
