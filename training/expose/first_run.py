"""The first minutes on a GPU, in one command that ends in time: what is fast, then hands, then heads.

python -m training.expose.first_run --kit DIR --work DIR --out DIR [--minutes 9]

Measures pictures a second of the renderer and of each network, trains the hand network for half of the rest and the
head network for the other half, and packs the weights of both into --out, each as soon as it is trained. What comes
next is in docs/training-expose.md.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch

from engines.errors import MocapError
from training.expose.__main__ import main as train
from training.expose.measure import main as measure
from training.expose.session import tell
from training.expose.travel import pack

_MEASURED: Final = "w32,resnet50,resnet18"
_SPARE_S: Final = 20.0
"""Left over at the end of each training: the last checkpoint, packing."""


@dataclass(frozen=True, slots=True)
class _Plan:
    minutes: float
    seconds_a_figure: float
    kit: str
    work: Path
    out: Path
    more: tuple[str, ...]
    """Flags for the trainings and the measurements."""


def main(arguments: list[str] | None = None) -> int:
    """Do all of it; return the exit code of what failed, or 0."""
    started = time.monotonic()
    options, more = _parser().parse_known_args(arguments)
    plan = _Plan(
        options.minutes,
        options.seconds,
        str(options.kit),
        options.work,
        options.out,
        ("--device", options.device, *more),
    )
    plan.out.mkdir(parents=True, exist_ok=True)
    tell(f"torch {torch.__version__}, {_device_name(options.device)}")
    code = measure(
        [
            "--kit", plan.kit, "--device", options.device, "--seconds", str(plan.seconds_a_figure),
            "--plans", options.plans, *_only_batch(more),
        ]
    )  # fmt: skip
    for share, stage in ((0.5, "hand"), (1.0, "head")):
        if code != 0:
            break
        left_s = 60 * plan.minutes - (time.monotonic() - started)
        minutes = max(0.0, share * left_s - _SPARE_S) / 60
        tell(f"{stage}: {minutes:.1f} minutes")
        code = train(
            [stage, "--kit", plan.kit, "--work", str(plan.work), "--minutes", f"{minutes:.3f}", *plan.more]
        )  # fmt: skip
        if code == 0:
            code = _pack(plan, stage)
    tell(f"done after {(time.monotonic() - started) / 60:.1f} minutes")
    return code


def _pack(plan: _Plan, stage: str) -> int:
    try:
        for file in pack(plan.work / f"{stage}.checkpoint", plan.out / stage):
            tell(f"{file}: {file.stat().st_size / 2**20:.1f} MiB")
    except MocapError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _only_batch(more: list[str]) -> list[str]:
    """Return the flags that measuring knows, too."""
    if "--batch" not in more:
        return []
    at = more.index("--batch")
    return more[at : at + 2]


def _device_name(device: str) -> str:
    return torch.cuda.get_device_name() if device.startswith("cuda") else device


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.expose.first_run",
        description=(__doc__ or "").splitlines()[0],
        epilog="Other flags are those of python -m training.expose.",
    )
    add = parser.add_argument
    add("--kit", type=Path, required=True, help="folder of the training kit")
    add("--work", type=Path, default=Path("cache/training/expose"), help="folder of checkpoints")
    add("--out", type=Path, required=True, help="folder that weights are packed into")
    add("--minutes", type=float, default=9.0, help="wall-clock minutes of it all (default: 9)")
    add("--seconds", type=float, default=6.0, help="for each figure (default: 6)")
    add("--plans", default=_MEASURED, metavar="A,B", help=f"to measure (default: {_MEASURED})")
    add("--device", default="cuda" if torch.cuda.is_available() else "cpu", help="where")
    return parser


if __name__ == "__main__":
    sys.exit(main())
