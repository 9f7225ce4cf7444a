"""Measures what training and running would cost: pictures a second here, milliseconds a person on a CPU.

python -m training.expose.measure --kit DIR [--device cuda] [--seconds 8] [--plans w32,resnet50]
python -m training.expose.measure --latency [--plans w48,w32,w18,resnet50,resnet34,resnet18]
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import torch

from engines.errors import EngineUnavailable, MocapError
from engines.expose.build_files import BODY
from engines.expose.checkpoint import load_release
from engines.expose.export import export_graph
from engines.runtime.catalog import RUNTIMES, Runtime
from training.expose.losses import total
from training.expose.networks import ExposeNetworks
from training.expose.plan import PLANS
from training.expose.recipe import (
    STAGE_OPTIONS,
    STAGES,
    Stage,
    Where,
    make_networks,
    make_task,
    rendered,
)
from training.expose.release import write_release
from training.expose.tasks import TaskOptions
from training.kit import Kit
from training.loop import Loop

_WARM_UPS: Final = 3
_LATENCY_RUNS: Final = 15


def throughput(
    where: Where, plan: str, stage: Stage, seconds: float, *, batch: int | None = None
) -> tuple[float, float]:
    """Return pictures a second of the renderer alone, and of training on pictures that are there already."""
    options = STAGE_OPTIONS[stage]
    options = options if batch is None else replace(options, batch=batch)
    pictures = rendered(stage, where, options)
    of_renderer = options.batch * _rate(lambda k: pictures(k), seconds, where.device)
    networks = make_networks(PLANS[plan], where)
    task = make_task(stage, networks, where.options)
    one = pictures(0)

    def losses(_step: int, generator: torch.Generator) -> torch.Tensor:
        return total(task.losses(one, generator))

    loop = Loop(task.trained, losses, options.loop)
    of_training = options.batch * _rate(
        lambda k: loop.run(loop.step + 1, lambda *_: True), seconds, where.device
    )
    return of_renderer, of_training


def latencies(plan: str) -> Iterator[tuple[str, float, float]]:
    """Yield runtime, milliseconds of processor time and of wall clock for one body crop, on one thread, untrained."""
    networks = ExposeNetworks(PLANS[plan])
    with tempfile.TemporaryDirectory() as folder:
        write_release(networks, Path(folder))
        path = Path(folder) / BODY.file
        export_graph(load_release(Path(folder)), BODY, path)
        for runtime in RUNTIMES:
            if runtime.device != "cpu" or runtime.why_not is not None:
                continue
            try:
                yield (runtime.name, *_latency(runtime, path, PLANS[plan].body_side))
            except EngineUnavailable as error:
                sys.stderr.write(f"{runtime.name}: {error}\n")


def _latency(runtime: Runtime, path: Path, side: int) -> tuple[float, float]:
    inputs = {
        "crop": np.random.default_rng(0).normal(size=(1, 3, side, side)).astype(np.float32),
        "image_from_crop": np.eye(3, dtype=np.float32)[None],
        "side": np.ones(1, np.float32),
    }
    spent = []
    with closing(runtime.open(path, threads=1)) as session:
        for _ in range(_LATENCY_RUNS):
            cpu, wall = time.process_time(), time.perf_counter()
            session.run(inputs)
            spent.append((time.process_time() - cpu, time.perf_counter() - wall))
    cpu, wall = np.median(spent[_WARM_UPS:], axis=0)
    return 1e3 * float(cpu), 1e3 * float(wall)


def _rate(do: Callable[[int], object], seconds: float, device: torch.device) -> float:
    """Return how often a second something can be done, once it is warm."""
    for number in range(_WARM_UPS if device.type == "cuda" else 1):
        do(number)
    _wait_for(device)
    began = time.perf_counter()
    count = 0
    while time.perf_counter() - began < seconds:
        do(count)
        count += 1
    _wait_for(device)
    return count / (time.perf_counter() - began)


def _wait_for(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _millions(module: torch.nn.Module) -> float:
    return sum(each.numel() for each in module.parameters() if each.requires_grad) / 1e6


def main(arguments: list[str] | None = None) -> int:
    """Print a table; return the exit code."""
    options = _parser().parse_args(arguments)
    plans = options.plans.split(",")
    try:
        if options.latency:
            _print_latencies(plans)
        else:
            _print_throughput(options, plans)
    except MocapError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _print_latencies(plans: list[str]) -> None:
    for plan in plans:
        size = _millions(ExposeNetworks(PLANS[plan]).body)
        for runtime, cpu, wall in latencies(plan):
            sys.stdout.write(
                f"{plan:<9} {size:5.1f} M  {runtime:<14} {cpu:7.1f} ms processor  {wall:7.1f} ms\n"
            )
            sys.stdout.flush()


def _print_throughput(options: argparse.Namespace, plans: list[str]) -> None:
    device = torch.device(options.device)
    torch.backends.cudnn.benchmark = True
    task = TaskOptions(is_half=device.type == "cuda", is_compiled=options.compile)
    where = Where(Kit(options.kit), Path("cache"), device, task)
    for stage in options.stages.split(","):
        for plan in plans:
            if stage in ("hand", "head") and plan != plans[0]:
                continue  # the same networks in every plan
            renders, trains = throughput(where, plan, stage, options.seconds, batch=options.batch)
            both = 1 / (1 / renders + 1 / trains)
            sys.stdout.write(
                f"{stage:<6}{plan:<9} renders {renders:8.1f}/s  trains {trains:8.1f}/s  both {both:8.1f}/s\n"
            )
            sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.expose.measure", description=(__doc__ or "").splitlines()[0]
    )
    add = parser.add_argument
    add("--latency", action="store_true", help="milliseconds of body networks on this CPU")
    add("--kit", type=Path, default=Path("kit"), help="folder of the training kit")
    add("--device", default="cuda" if torch.cuda.is_available() else "cpu", help="where to train")
    add("--plans", default="w32", metavar="A,B", help=f"of {', '.join(PLANS)}")
    add("--stages", default=",".join(STAGES[:3]), metavar="A,B", help=f"of {', '.join(STAGES)}")
    add("--seconds", type=float, default=8.0, help="for each figure (default: 8)")
    add("--batch", type=int, help="pictures in a batch")
    add("--compile", action="store_true", help="compile image networks")
    return parser


if __name__ == "__main__":
    sys.exit(main())
