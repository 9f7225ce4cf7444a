"""C3D, the marker file of motion capture laboratories: joint centres, millimetres, z up.

A joint of somebody who was not seen is an invalid point. What the user marked are events.
"""

from pathlib import Path
from typing import BinaryIO, Final

import ezc3d
import numpy as np

from app.export.motion import Motion
from app.export.options import ExportOptions
from app.export.paths import write_by_path
from app.export.shaping import motion_for_export, with_up_axis
from app.paths import version
from app.takes.cut import cut_take
from app.takes.take import Take
from engines.body.skeleton import JOINT_NAMES
from engines.errors import UsageError
from engines.types import JOINT_COUNT

_MM_PER_M: Final = 1000.0
_MOST_FRAMES: Final = 65_535
"""The head of a C3D file counts frames in 16 bits."""


def write(take: Take, file: BinaryIO, options: ExportOptions) -> None:
    """Write one point for each joint.

    Raises:
        UsageError: there are more frames than the format can count.
    """
    motion = with_up_axis(motion_for_export(take, options), options.up or "z")
    if len(motion) > _MOST_FRAMES:
        raise UsageError(
            f"c3d: {len(motion)} frames, and the format counts to {_MOST_FRAMES}; choose a lower --fps or a part"
        )
    document = _document(motion)
    _add_events(document, take, options)
    write_by_path(file, "take.c3d", lambda path: _save(document, path))


def _document(motion: Motion) -> ezc3d.c3d:
    points = np.ones((4, JOINT_COUNT, len(motion)))
    points[:3] = motion.joints().transpose(2, 1, 0) * _MM_PER_M
    points[:3, :, ~motion.seen] = np.nan
    residuals = np.zeros((1, JOINT_COUNT, len(motion)))
    residuals[:, :, ~motion.seen] = -1  # the format's mark of an invalid point
    document = ezc3d.c3d()
    parameters = document["parameters"]
    parameters["POINT"]["UNITS"]["value"] = ["mm"]
    parameters["POINT"]["RATE"]["value"] = [motion.fps]
    parameters["POINT"]["LABELS"]["value"] = list(JOINT_NAMES)
    document.add_parameter("MANUFACTURER", "SOFTWARE", ["ExPose Live"])
    document.add_parameter("MANUFACTURER", "VERSION_LABEL", [version()])
    document["data"]["points"] = points
    document["data"]["meta_points"] = {
        "residuals": residuals,
        "camera_masks": np.zeros((7, JOINT_COUNT, len(motion)), dtype=bool),
    }
    return document


def _add_events(document: ezc3d.c3d, take: Take, options: ExportOptions) -> None:
    """Add what the user marked, at times since the first point."""
    kept = cut_take(take, options.start_s, options.end_s).timestamps_ns
    markers = [each for each in take.markers if kept[0] <= each.time_ns <= kept[-1]]
    if not markers:
        return
    times = np.array([(each.time_ns - kept[0]) / 1e9 for each in markers])
    document.add_parameter("EVENT", "USED", [len(markers)])
    document.add_parameter("EVENT", "CONTEXTS", ["General"] * len(markers))
    document.add_parameter("EVENT", "LABELS", [each.text or "Marker" for each in markers])
    document.add_parameter("EVENT", "TIMES", np.stack([times // 60, times % 60]))


def _save(document: ezc3d.c3d, path: Path) -> None:
    document.write(str(path))
