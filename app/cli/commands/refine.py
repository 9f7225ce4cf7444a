"""`refine`: a second pass over a take, for quality after the fact."""

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from app.takes.refine import refine_take
from app.takes.steady import RefineOptions
from app.takes.watch import Watch


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "take", type=Path, metavar="TAKE", help="folder of a take, or an npz of one"
    )
    parser.add_argument(
        "--strength",
        type=float,
        default=1.0,
        help="how strongly to smooth: 0 not at all, 2 doubly (default 1)",
    )
    parser.add_argument(
        "--max-gap",
        type=float,
        default=RefineOptions().max_gap_s,
        metavar="SECONDS",
        help="bridge gaps up to this long (default %(default)s)",
    )
    parser.add_argument(
        "--no-foot-lock",
        dest="locks_feet",
        action="store_false",
        help="do not hold standing feet in place",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="default: take_refined.npz beside it"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the refined take, say what was done, and print its path."""
    options = RefineOptions(
        strength=arguments.strength,
        max_gap_s=arguments.max_gap,
        locks_feet=arguments.locks_feet,
    )
    with tqdm(total=100, unit="%", leave=False, file=sys.stderr, delay=1) as bar:
        watch = Watch(lambda share: bar.update(round(100 * share) - bar.n))
        done = refine_take(arguments.take, options, output=arguments.output, watch=watch)
    left, right = done.contacts
    source = "the engine's own data" if done.from_raw else "the take's smoothed motion"
    print(
        f"from {source}; {done.bridged_frames} frames bridged; "
        f"left foot held in {left}, right foot in {right}",
        file=sys.stderr,
    )
    print(done.path)
    return 0
