"""`export`: takes in other tools' formats."""

import argparse
import math
import re
import sys
from pathlib import Path
from typing import get_args

import numpy as np
from tqdm import tqdm

from app.cli.flags import positive_int
from app.export.batch import ExportJob, export_all
from app.export.catalog import EXPORTERS, checked_exporter
from app.export.options import ExportOptions, View
from app.profiles import load_profile
from app.takes.watch import Watch
from engines.body.bone_names import NAME_PRESETS
from engines.body.parts import ALL_PARTS, Part
from engines.errors import UsageError


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "takes", type=Path, nargs="+", metavar="TAKE", help="folder of a take, or an npz of one"
    )
    parser.add_argument(
        "--to",
        required=True,
        action="append",
        choices=tuple(EXPORTERS),
        help="repeat for several; "
        + "; ".join(f"{name}: {exporter.summary}" for name, exporter in EXPORTERS.items()),
    )
    parser.add_argument("--fps", type=int, choices=(30, 60, 120), help="resample to exactly this")
    parser.add_argument(
        "--up", choices=("y", "z"), help="axis that points up, where there is a choice"
    )
    parser.add_argument(
        "--from", dest="start_s", type=_seconds, default=0.0, metavar="SECONDS", help="begin there"
    )
    parser.add_argument("--until", dest="end_s", type=_seconds, metavar="SECONDS", help="end there")
    parser.add_argument(
        "--parts",
        type=_parts,
        default=ALL_PARTS,
        metavar="PART,...",
        help=f"only these move: {', '.join(sorted(ALL_PARTS))} (default all)",
    )
    parser.add_argument(
        "--names", choices=NAME_PRESETS, default="unity", help="bone names in bvh (default unity)"
    )
    parser.add_argument(
        "--avatar", type=Path, metavar="FILE", help="your .vrm or .glb humanoid, for glb and vrma"
    )
    parser.add_argument(
        "--body", type=Path, metavar="FILE", help="your SMPL-X model file, for its mesh in glb, usd"
    )
    parser.add_argument("--skeleton", action="store_true", help="no mesh in glb and usd")
    parser.add_argument(
        "--profile", metavar="NAME", help="take floor and front from this calibration profile"
    )
    parser.add_argument(
        "--size",
        type=_size,
        metavar="WIDTHxHEIGHT",
        help="of an mp4: a turntable (default 640x360), or room for an overlay",
    )
    parser.add_argument("--view", choices=get_args(View), help="what an mp4 shows")
    parser.add_argument("--jobs", type=positive_int, metavar="N", help="takes at once")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="PATH",
        help="a file for one export, a folder for several (default: beside the take)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the files and print their paths."""
    options = ExportOptions(
        fps=arguments.fps,
        up=arguments.up,
        start_s=arguments.start_s,
        end_s=arguments.end_s,
        parts=arguments.parts,
        names=arguments.names,
        avatar=arguments.avatar,
        body_file=arguments.body,
        skeleton_only=arguments.skeleton,
        world_from_camera=None if arguments.profile is None else _placement(arguments.profile),
        view=arguments.view,
        size=arguments.size,
    )
    for name in arguments.to:
        checked_exporter(name, options)
    jobs = _jobs(arguments, options)
    if len(jobs) == 1:
        with tqdm(total=100, unit="%", leave=False, file=sys.stderr, delay=1) as bar:
            path = jobs[0].run(_shown_by(bar))
        print(path)
        return 0
    failed = 0
    with tqdm(total=100, unit="%", file=sys.stderr) as bar:
        outcomes = export_all(jobs, arguments.jobs, watch=_shown_by(bar))
        for done, outcome in enumerate(outcomes, start=1):
            bar.set_postfix_str(f"{done} of {len(jobs)} files")
            if outcome.error is None:
                bar.write(str(outcome.path), file=sys.stdout)
            else:
                failed += 1
                bar.write(f"error: {outcome.error}", file=sys.stderr)
    return int(failed > 0)


def _shown_by(bar: "tqdm[None]") -> Watch:
    """Return a watch that moves a bar of 100 steps: within files, too."""
    return Watch(lambda share: bar.update(round(100 * share) - bar.n))


def _jobs(arguments: argparse.Namespace, options: ExportOptions) -> list[ExportJob]:
    """Return one job for each take and format, each with a file of its own."""
    wanted = [(take, name) for take in arguments.takes for name in dict.fromkeys(arguments.to)]
    output: Path | None = arguments.output
    if len(wanted) == 1 and not (output is not None and output.is_dir()):
        return [ExportJob(*wanted[0], options, output)]
    if output is not None and output.exists() and not output.is_dir():
        raise UsageError(f"-o {output}: is a file, and several are to be written; give a folder")
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
    jobs = [
        ExportJob(take, name, options, output and output / _file_name(take, name))
        for take, name in wanted
    ]
    targets = [job.output for job in jobs if job.output is not None]
    for target in targets:
        if targets.count(target) > 1:
            raise UsageError(f"{target.name}: two takes would be written there; leave -o out")
    return jobs


def _file_name(take: Path, format_name: str) -> str:
    """Return a name that tells the take when its files leave its folder."""
    ending = EXPORTERS[format_name].ending
    stem = take.resolve().name if take.is_dir() else f"{take.resolve().parent.name}_{take.stem}"
    return stem + ending


def _placement(name: str) -> tuple[tuple[float, float, float, float], ...]:
    """Return the world of a profile, turned so that whoever was measured there faces +z."""
    floor = load_profile(name).floor
    if floor is None:
        raise UsageError(f"--profile {name}: has no floor; run 'main.py calibrate floor'")
    angle = math.radians(-floor.facing_deg)
    turn = np.eye(4)
    turn[[0, 2], 0] = math.cos(angle), -math.sin(angle)
    turn[[0, 2], 2] = math.sin(angle), math.cos(angle)
    rows = (turn @ floor.matrix.astype(np.float64)).tolist()
    return tuple((a, b, c, d) for a, b, c, d in rows)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a time in seconds")
    return value


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{2,4})x(\d{2,4})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no size such as 1280x720")
    return int(match[1]), int(match[2])


def _parts(text: str) -> frozenset[Part]:
    parts = [part.strip() for part in text.split(",")]
    unknown = [part for part in parts if part not in ALL_PARTS]
    if unknown:
        known = ", ".join(sorted(ALL_PARTS))
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is no part; known: {known}")
    return frozenset(part for part in ALL_PARTS if part in parts)
