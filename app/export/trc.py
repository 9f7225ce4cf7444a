"""TRC, the marker file of OpenSim and Pose2Sim: joint centres as text, metres, y up; what was not seen stays empty."""

from typing import BinaryIO, Final

from app.export.motion import Motion
from app.export.options import ExportOptions
from app.export.shaping import motion_for_export, with_up_axis
from app.takes.take import Take
from app.takes.watch import Watch
from engines.body.skeleton import JOINT_NAMES
from engines.types import JOINT_COUNT

_COLUMNS: Final = 3 * JOINT_COUNT
_NUMBERS: Final = "\t%.6f" * _COLUMNS
_NOTHING: Final = "\t" * _COLUMNS
_FRAMES_AT_ONCE: Final = 1024


def write(take: Take, file: BinaryIO, options: ExportOptions, watch: Watch) -> None:
    """Write the five lines of the head, an empty one, and one line for each frame."""
    motion = with_up_axis(motion_for_export(take, options), options.up or "y")
    file.write("".join(line + "\n" for line in _head(motion, file.name)).encode("ascii"))
    watch.reached(0.05)
    joints = motion.joints().reshape(len(motion), _COLUMNS).round(6) + 0.0  # + 0.0: no -0
    times = motion.times_s
    for part in watch.between(0.1, 1.0).parts(len(motion), _FRAMES_AT_ONCE):
        for frame in range(part.start, part.stop):
            seen = motion.seen[frame]
            places = _NUMBERS % tuple(joints[frame].tolist()) if seen else _NOTHING
            file.write(f"{frame + 1}\t{times[frame]:.6f}{places}\n".encode("ascii"))


def _head(motion: Motion, name: str) -> list[str]:
    rate, count = f"{motion.fps:.6g}", len(motion)
    values = [rate, rate, count, JOINT_COUNT, "m", rate, 1, count]
    axes = [f"{axis}{number}" for number in range(1, JOINT_COUNT + 1) for axis in "XYZ"]
    return [
        f"PathFileType\t4\t(X/Y/Z)\t{_plain(name)}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        "\t".join(map(str, values)),
        "Frame#\tTime\t" + "\t\t\t".join(JOINT_NAMES) + "\t\t",
        "\t\t" + "\t".join(axes),
        "",
    ]


def _plain(name: str) -> str:
    """Return the file's own name as ASCII: the head names the file, and nobody reads it."""
    stem = str(name).replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".part")
    return stem.encode("ascii", "replace").decode()
