"""C3D, the marker file of motion capture laboratories: joint centres, millimetres, z up.

A joint of somebody who was not seen is an invalid point. What the user marked are events.
"""

from typing import BinaryIO, Final

from app.export.c3d_file import MOST_FRAMES, C3dHead, Event, write_c3d
from app.export.options import ExportOptions
from app.export.shaping import motion_for_export, with_up_axis
from app.paths import version
from app.takes.cut import cut_take
from app.takes.take import Take
from app.takes.watch import Watch
from engines.body.skeleton import JOINT_NAMES
from engines.errors import UsageError

_MM_PER_M: Final = 1000.0
_MOST_EVENTS: Final = 255
"""A table in a C3D file counts its rows in 8 bits."""


def write(take: Take, file: BinaryIO, options: ExportOptions, watch: Watch) -> None:
    """Write one point for each joint.

    Raises:
        UsageError: there are more frames than the format can count.
    """
    motion = with_up_axis(motion_for_export(take, options), options.up or "z")
    if len(motion) > MOST_FRAMES:
        raise UsageError(
            f"c3d: {len(motion)} frames, and the format counts to {MOST_FRAMES}; choose a lower --fps or a part"
        )
    watch.reached(0.3)
    head = C3dHead(
        labels=JOINT_NAMES,
        units="mm",
        rate_hz=motion.fps,
        frames=len(motion),
        software=f"ExPose Live {version()}",
        events=_events(take, options),
    )
    points = motion.joints() * _MM_PER_M
    write_c3d(file, head, points, motion.seen, watch.between(0.5, 1.0))


def _events(take: Take, options: ExportOptions) -> list[Event]:
    """Return what the user marked, at times since the first point."""
    kept = cut_take(take, options.start_s, options.end_s).timestamps_ns
    return [
        Event((each.time_ns - int(kept[0])) / 1e9, each.text or "Marker")
        for each in take.markers
        if kept[0] <= each.time_ns <= kept[-1]
    ][:_MOST_EVENTS]
