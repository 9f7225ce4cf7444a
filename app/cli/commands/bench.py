"""`bench`: every stage on this computer, and ratios against a baseline in the same run.

For ExPose it also gives each step in every runtime that is installed, for the same persons; with --device cuda it gives
whole frames on the GPU instead, in every way there is.
"""

import argparse
import json
import logging
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict

from app.bench import (
    CAMERA_FPS,
    FLAT_OUT_FPS,
    BenchReport,
    run_bench,
    run_gpu_bench,
    run_runtime_bench,
)
from app.cli.flags import add_engine_flags, config_from, positive_int
from app.cli.running import stage_lines
from app.config import AppConfig
from app.session import engine_options
from app.sinks.cost import measure_sending
from app.sinks.test_pattern import PatternPerformer
from engines.body.model import load_body
from engines.catalog import Engine, create_engine
from engines.errors import UsageError
from engines.expose.agreement import LIMITS
from engines.expose.comparison import RuntimeCosts
from engines.expose.gpu_bench import GpuCost
from engines.model_store import model_path

_DEFAULT_SOURCE = "synthetic:hands"
_FRAMES = 150
_EXPOSE_FRAMES = 40
_GPU_FRAMES = 300
_SENDING_FPS = 60
_SENDING_S = 5.0
_WINDOW_SECONDS = 5.0
_WINDOW_ROUNDS = 3

logger = logging.getLogger(__name__)


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "--source",
        default=_DEFAULT_SOURCE,
        metavar="S",
        help=f"where the pictures come from (default {_DEFAULT_SOURCE}: body, hands and face at 720p)",
    )
    parser.add_argument(
        "--frames",
        type=positive_int,
        metavar="N",
        help=f"frames for each part (default {_FRAMES}, {_EXPOSE_FRAMES} for expose, {_GPU_FRAMES} for --device cuda)",
    )
    parser.add_argument(
        "--window",
        action="store_true",
        help="measure what the window costs, in place of the stages; needs a display",
    )
    parser.add_argument(
        "--targets",
        type=positive_int,
        metavar="N",
        help="measure instead what sending to N receivers on this computer costs, at 60 frames a second",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")
    add_engine_flags(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure, and print tables or one JSON object."""
    if arguments.targets is not None:
        return _run_sending(arguments.targets, as_json=arguments.json)
    config = config_from(arguments)
    if arguments.window:
        return _bench_window(arguments, config)
    if arguments.device == "cuda":
        return _bench_gpu(arguments, config)
    options = engine_options(config, live=True)

    def make_engine() -> Engine:
        return create_engine(arguments.engine, arguments.device, options)

    def tell(what: str) -> None:
        logger.info("bench: %s", what)

    engine = make_engine()
    is_expose = engine.name == "expose"
    frames = arguments.frames or (_EXPOSE_FRAMES if is_expose else _FRAMES)
    report = run_bench(make_engine, config, arguments.source, frames=frames, progress=tell)
    runtimes: tuple[RuntimeCosts, ...] = ()
    if is_expose:
        runtimes = run_runtime_bench(
            config, arguments.source, device=engine.device, frames=frames, progress=tell
        )
    if arguments.json:
        print(json.dumps(_as_table(report, engine, runtimes)))
        return 0
    _print_report(report)
    _print_runtimes(runtimes)
    return 0


def _bench_gpu(arguments: argparse.Namespace, config: AppConfig) -> int:
    """Measure whole ExPose frames on the GPU; 1 where none could be run."""
    if not config.expose.checkpoint:
        raise UsageError("no release is named; give the official data folder with --checkpoint DIR")
    costs = run_gpu_bench(
        config,
        arguments.source,
        frames=arguments.frames or _GPU_FRAMES,
        progress=lambda what: logger.info("bench: %s", what),
    )
    if arguments.json:
        print(json.dumps({"machine": _machine(), "gpu": [asdict(cost) for cost in costs]}))
    else:
        _print_gpu(costs)
    return 0 if any(cost.frame_ms is not None for cost in costs) else 1


def _print_gpu(costs: Sequence[GpuCost]) -> None:
    """Print a table; ratios are to the first row."""
    columns = ("build s", "load s", "frame ms", "p99", "on GPU", "degrees", "ratio")
    print(f"{'A whole frame, one person':<44}" + "".join(f"{each:>10}" for each in columns))
    baseline = costs[0].frame_ms
    for cost in costs:
        if cost.frame_ms is None:
            print(f"{cost.name:<44}  not run: {cost.why_not}")
            continue
        ratio = None if baseline is None else baseline / cost.frame_ms
        times = (cost.build_s, cost.load_s, cost.frame_ms, cost.frame_p99_ms, cost.device_ms)
        cells = [*times, cost.degrees, ratio]
        print(
            f"{cost.name:<44}"
            + "".join(f"{'-' if cell is None else format(cell, '.3f'):>10}" for cell in cells)
            + f"   {cost.provider}"
        )


def _bench_window(arguments: argparse.Namespace, config: AppConfig) -> int:
    from app.viewer.bench import measure_window

    measured = {
        fps: measure_window(
            config,
            arguments.source,
            camera_fps=fps,
            seconds=_WINDOW_SECONDS,
            rounds=_WINDOW_ROUNDS,
            progress=lambda what: logger.info("bench: %s", what),
        )
        for fps in (CAMERA_FPS, FLAT_OUT_FPS)
    }
    if arguments.json:
        table = {f"{fps:g}": [asdict(cost) for cost in costs] for fps, costs in measured.items()}
        print(json.dumps({"window": table}))
        return 0
    for fps, costs in measured.items():
        print(f"Camera at {fps:g} fps, newest wins")
        for cost in costs:
            print(
                f"  {cost.name:<18} {cost.fps:6.1f} bodies a second ({cost.ratio:.2f})   "
                f"age p50 {cost.age_p50_ms:6.1f} ms   drawn at most {cost.drawn_hz:4.1f} a second"
            )
    return 0


def _run_sending(targets: int, *, as_json: bool) -> int:
    pattern = PatternPerformer(load_body(model_path("open_body")))
    costs = measure_sending(pattern, targets, fps=_SENDING_FPS, seconds=_SENDING_S)
    if as_json:
        table = {"machine": _machine(), "targets": targets, "fps": _SENDING_FPS}
        print(json.dumps({**table, "sending": [asdict(cost) for cost in costs]}))
        return 0
    for cost in costs:
        print(
            f"{targets} {cost.name:<26} {cost.core_percent:5.1f} % of one core   "
            f"{cost.dropped} of {targets * cost.frames} frames left out   "
            f"handed over in {cost.longest_offer_ms:.1f} ms at most"
        )
    return 0


def _print_report(report: BenchReport) -> None:
    print("Each stage, one after another")
    for cost in report.costs:
        print(
            f"  {cost.name:<9} median {cost.median_ms:6.1f} ms   p95 {cost.p95_ms:6.1f} ms   "
            f"cpu {cost.cpu_ms:5.1f} ms"
        )
    for title, stats in (
        ("All threads, camera at 30 fps, newest wins", report.live),
        ("All threads, camera at 120 fps", report.flat_out),
    ):
        print(title)
        for line in stage_lines(stats):
            print(f"  {line}")
    print("Ratios")
    for what, value in report.ratios.items():
        print(f"  {what:<46} {value:.2f}")


def _print_runtimes(runtimes: Sequence[RuntimeCosts]) -> None:
    """Print a table of processor time for one person, with ratios to the first row's."""
    if not runtimes:
        return
    baseline = runtimes[0]
    columns = (*baseline.steps, "all", "parts in turns")
    print(f"ExPose's steps for the same persons: cpu ms each (ratio to {baseline.name}, all steps)")
    print("  " + " " * 18 + "".join(f"{column:>16}" for column in columns))
    for runtime in runtimes:
        pairs = [(cost.cpu_ms, baseline.steps[step].cpu_ms) for step, cost in runtime.steps.items()]
        pairs.append((runtime.cpu_ms, baseline.cpu_ms))
        pairs.append((runtime.cpu_in_turns_ms, baseline.cpu_ms))
        cells = "".join(f"{own:>9.1f} ({own / base:.2f})" for own, base in pairs)
        print(f"  {runtime.name:<18}{cells}   {runtime.provider}")
    for runtime in runtimes:
        if runtime.agreement is not None:
            verdict = f"not used, the limits are {LIMITS}" if runtime.is_refused else "used"
            print(f"  {runtime.name} is off ONNX Runtime by {runtime.agreement}: {verdict}")


def _runtime_ratios(runtimes: Sequence[RuntimeCosts]) -> dict[str, float]:
    ratios = {}
    for runtime in runtimes[1:]:
        against = f"{runtime.name} / {runtimes[0].name}"
        ratios[f"{against}, cpu"] = runtime.cpu_ms / runtimes[0].cpu_ms
        ratios[f"{against}, median"] = runtime.median_ms / runtimes[0].median_ms
        ratios[f"{against}, parts in turns, cpu"] = runtime.cpu_in_turns_ms / runtimes[0].cpu_ms
        for step, cost in runtime.steps.items():
            ratios[f"{against}, {step}, cpu"] = cost.cpu_ms / runtimes[0].steps[step].cpu_ms
    return ratios


def _machine() -> str:
    return f"{platform.platform()}, {os.cpu_count()} cores"


def _as_table(
    report: BenchReport, engine: Engine, runtimes: Sequence[RuntimeCosts]
) -> dict[str, object]:
    return {
        "machine": _machine(),
        "engine": engine.name,
        "device": engine.device,
        "stages": {
            cost.name: {
                "median_ms": cost.median_ms,
                "p95_ms": cost.p95_ms,
                "cpu_ms": cost.cpu_ms,
            }
            for cost in report.costs
        },
        "fps": report.flat_out.fps,
        "live_fps": report.live.fps,
        "age_ms": {"p50": report.live.age_p50_ms, "p95": report.live.age_p95_ms},
        "ratios": report.ratios | _runtime_ratios(runtimes),
        "runtimes": {
            runtime.name: {
                "provider": runtime.provider,
                "stages": {step: asdict(cost) for step, cost in runtime.steps.items()},
                "agreement": None if runtime.agreement is None else asdict(runtime.agreement),
                "is_refused": runtime.is_refused,
            }
            for runtime in runtimes
        },
    }
