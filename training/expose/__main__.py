"""Trains the networks of ExPose on rendered people, in as many short runs as it takes.

python -m training.expose hand|head|body|joint --kit DIR --work DIR [--plan w32] [--minutes 25]
python -m training.expose pack hand --work DIR
"""

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import torch

from engines.errors import MocapError
from training.expose.card import note_materials
from training.expose.crops import STILL, CropNoise
from training.expose.plan import PLANS
from training.expose.recipe import (
    STAGE_OPTIONS,
    STAGES,
    Stage,
    Where,
    changed,
    error_mm,
    make_networks,
    make_session,
    rendered,
    the_same,
)
from training.expose.session import Limits, tell
from training.expose.tasks import TaskOptions
from training.expose.travel import LARGEST_BYTES, pack, unpack
from training.kit import Kit

_MIB: Final = 2**20


def main(arguments: list[str] | None = None) -> int:
    """Train one stage for some minutes, or pack its weights; return the exit code."""
    started = time.monotonic()
    options = _parser().parse_args(arguments)
    try:
        if options.command == "pack":
            for file in pack(
                options.work / f"{options.stage}.checkpoint",
                options.work / options.stage,
                options.mib * _MIB,
            ):
                sys.stdout.write(f"{file} {file.stat().st_size / _MIB:.1f} MiB\n")
        else:
            train(options, started)
    except MocapError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def train(options: argparse.Namespace, started: float) -> bool:
    """Train one stage; return whether all its steps are done."""
    stage: Stage = options.command
    device = torch.device(options.device)
    if device.type == "cpu":
        torch.set_num_threads(options.threads)
    torch.backends.cudnn.benchmark = True
    task = TaskOptions(
        noise=CropNoise() if options.by_heart is None else STILL,
        has_auxiliary=not options.no_auxiliary,
        is_half=device.type == "cuda" and not options.float32,
        is_compiled=options.compile,
    )
    kit = Kit(options.kit)
    where = Where(kit, options.work, device, task)
    steps = STAGE_OPTIONS[stage]
    steps = changed(steps, steps=options.steps, batch=options.batch, picture_px=options.picture)
    if options.rate is not None:
        steps = replace(steps, loop=replace(steps.loop, learning_rate=options.rate))
    if options.held is not None:
        steps = replace(steps, loop=replace(steps.loop, held=options.held))
    networks = make_networks(PLANS[options.plan], where, steps.loop.seed)
    pictures = all_pictures = rendered(stage, where, steps)
    count = 0 if options.by_heart is None else max(1, options.by_heart // steps.batch)
    if count > 0:
        pictures = the_same(all_pictures, count)
    session = make_session(stage, networks, where, steps, pictures)
    if options.start is not None and session.loop.step == 0:
        session.loop.carry_on(*unpack(options.start))
    is_done = session.run(Limits(options.minutes), started)
    note_materials(options.work, kit)
    if count > 0:
        batches = [all_pictures(number) for number in range(count)]
        tell(f"learnt by heart to {error_mm(session, batches):.1f} mm")
    return is_done


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.expose", description=(__doc__ or "").splitlines()[0]
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for stage in STAGES:
        of_stage = commands.add_parser(stage, help=f"train the {stage} stage")
        add_training_flags(of_stage)
    of_pack = commands.add_parser("pack", help="averaged weights in float16, in small files")
    of_pack.add_argument("stage", choices=STAGES)
    of_pack.add_argument("--work", type=Path, required=True, help="folder of the checkpoints")
    of_pack.add_argument(
        "--mib", type=int, default=LARGEST_BYTES // _MIB, help="largest file, MiB (default: 56)"
    )
    return parser


def add_training_flags(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of a training."""
    cuda = torch.cuda.is_available()
    add = parser.add_argument
    add("--kit", type=Path, required=True, help="folder of the training kit")
    add("--work", type=Path, default=Path("cache/training/expose"), help="folder of checkpoints")
    add("--plan", choices=PLANS, default="w32", help="which networks (default: w32)")
    add("--minutes", type=float, default=25.0, help="wall-clock minutes of this run (default: 25)")
    add("--device", default="cuda" if cuda else "cpu", help="where to train (default: the GPU)")
    add("--start", type=Path, metavar="STEM", help="start from the files STEM.*.weights of `pack`")
    add("--steps", type=int, help="steps of the whole training")
    add("--batch", type=int, help="pictures in a batch")
    add("--picture", type=int, metavar="PX", help="sides of the rendered pictures")
    add("--rate", type=float, help="highest learning rate")
    add(
        "--held",
        type=float,
        help="last share of steps with batch norms held, 0 to 1 (default: 1/3)",
    )
    add("--by-heart", type=int, metavar="N", help="train on the same N pictures, as a check")
    add("--no-auxiliary", action="store_true", help="no dense answers beside the pose")
    add("--float32", action="store_true", help="no bfloat16 on the GPU")
    add("--compile", action="store_true", help="compile image networks (a minute, then faster)")
    add("--threads", type=int, default=1, help="threads on the CPU")


if __name__ == "__main__":
    sys.exit(main())
