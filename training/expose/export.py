"""Writes trained networks: as a data folder that `--checkpoint` takes, and as the small files that are shipped.

python -m training.expose.export --work DIR --plan w32 --out FOLDER [--parts]
python -m training.expose.export --ship FOLDER --out assets/expose_open [--weights int8|float16]

The second refuses what fails its gates (`training.expose.gates`), by the figures of `training.expose.evaluate` and
`tools.compare_engines` in FOLDER.
"""

import argparse
import json
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any, Final, Literal

import onnx
import torch

from engines.errors import MocapError, UsageError
from engines.expose.agreement import Agreement, measure_agreement
from engines.expose.build_files import BODY, HANDS, HEAD, STAGES, Build
from engines.expose.checkpoint import Release, load_release
from engines.expose.export import export_graph
from engines.expose.session_backend import SessionBackend
from engines.expose.settings import read_settings
from engines.expose.shipped import CONFIGURATION, FIGURES, ShippedNetworks
from engines.runtime.catalog import REFERENCE
from engines.whole_files import renamed_when_done
from training.expose.card import CARD, write_card, write_shipped_card
from training.expose.gates import MEASURED, GatesFailed, clips_of, gates_of, write_figures
from training.expose.networks import ExposeNetworks
from training.expose.plan import PLANS
from training.expose.recipe import Stage, Where, load_joint, load_parts
from training.expose.release import write_release
from training.weight_storage import halve, quantise, weights_of

Storage = Literal["int8", "float16", "float32"]

_MB: Final = 1e6
LARGEST_MB: Final = {"body": 50.0, "hands and head": 25.0}
"""What may be shipped at most."""


def export_weights(
    where: Where, plan: str, folder: Path, *, only_parts: bool = False
) -> tuple[Stage, ...]:
    """Write the averaged weights of a work folder as a data folder of the authors' form.

    What is not trained yet is written as it begins, so that hands can be measured before there is a body.

    Args:
        where: Work folder.
        plan: Name of the plan that they were trained with.
        folder: Where to.
        only_parts: Of the three separate trainings, though there is a joint one.

    Returns:
        The stages that are not trained yet.
    """
    networks = ExposeNetworks(PLANS[plan])
    lacking: tuple[Stage, ...] = ()
    if only_parts or not where.checkpoint("joint").is_file():
        lacking = load_parts(networks, where, may_lack=True)
    else:
        load_joint(networks, where)
    for figures in (MEASURED, FIGURES):
        (folder / figures).unlink(missing_ok=True)  # they were other weights'
    write_release(networks, folder)
    write_card(where.work, plan, folder)
    return lacking


def ship(
    folder: Path, out: Path, storage: Storage, *, although_gates_fail: bool = False
) -> Agreement:
    """Write a data folder's networks as the small files that are shipped.

    Convolutions are stored as asked for; in int8 the regressors, which turn numbers into rotations, stay in float16.

    Args:
        folder: The data folder, with what was measured of it.
        out: Where to.
        storage: How weights are stored.
        although_gates_fail: For a test; the model card says so.

    Returns:
        How far their answers to one picture are off those of the same networks in single precision.

    Raises:
        ModelError: the folder cannot be used.
        UsageError: `export_weights` did not write it.
        GatesFailed: its networks may not be shipped; nothing is written.
    """
    release = load_release(folder)
    if not (folder / CARD).is_file():
        raise UsageError(f"{folder}: no {CARD}; only what --work and --out wrote may be shipped")
    judged, clips = gates_of(folder), clips_of(folder)
    is_good = all(gate.is_passed for gate in judged)
    if not is_good and not although_gates_fail:
        table = "\n".join(f"  {gate}" for gate in judged)
        raise GatesFailed(f"{folder}: not to be shipped\n{table}")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        whole = Build(Path(temporary))
        for graph in STAGES:
            export_graph(release, graph, whole.path(graph))
            model = onnx.load(whole.path(graph))
            if graph in (BODY, HANDS, HEAD):
                _shrink(model, storage)
            with renamed_when_done(out / graph.file) as path:
                onnx.save(model, path)
        _write_configuration(release, out)
        write_shipped_card(folder, out, judged, clips)
        write_figures(out, clips if is_good else {})  # those of a test must not become the default
        small = ShippedNetworks(out).unpacked(Path(temporary))
        with (
            closing(SessionBackend(whole, REFERENCE.open)) as reference,
            closing(SessionBackend(small, REFERENCE.open)) as backend,
        ):
            return measure_agreement(backend, reference, release.config)


def sizes_mb(out: Path) -> dict[str, float]:
    """Return the sizes of shipped files, as they are limited."""
    size = {graph: (out / graph.file).stat().st_size / _MB for graph in (BODY, HANDS, HEAD)}
    return {"body": size[BODY], "hands and head": size[HANDS] + size[HEAD]}


def _shrink(model: onnx.ModelProto, storage: Storage) -> None:
    convolutions, layers = weights_of(model, ["Conv"]), weights_of(model, ["Gemm"])
    if storage == "int8":
        quantise(model, convolutions.__contains__)
        halve(model, layers.__contains__)
    elif storage == "float16":
        halve(model, (convolutions | layers).__contains__)


def _write_configuration(release: Release, out: Path) -> None:
    tree: Any = read_settings(release.files.configuration).tree
    (out / CONFIGURATION).write_text(json.dumps(tree, indent=1) + "\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Write one of the two; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.ship is None:
            where = Where(None, options.work, torch.device("cpu"))
            for stage in export_weights(where, options.plan, options.out, only_parts=options.parts):
                sys.stderr.write(f"{where.checkpoint(stage)}: not there; {stage} is not trained\n")
            sys.stdout.write(f"{options.out}: give it to main.py with --checkpoint\n")
            return 0
        agreement = ship(
            options.ship,
            options.out,
            options.weights,
            although_gates_fail=options.although_gates_fail,
        )
    except MocapError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"{options.weights} weights, off single precision by {agreement}\n")
    code = 0
    for name, size in sizes_mb(options.out).items():
        limit = LARGEST_MB[name]
        verdict = "" if size <= limit else f", TOO LARGE to be shipped: at most {limit:.0f} MB"
        sys.stdout.write(f"{name}: {size:.1f} MB{verdict}\n")
        code = max(code, int(size > limit and not options.although_gates_fail))
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.expose.export", description=(__doc__ or "").splitlines()[0]
    )
    add = parser.add_argument
    add("--work", type=Path, default=Path("cache/training/expose"), help="folder of checkpoints")
    add("--plan", choices=PLANS, default="w32", help="which networks they are (default: w32)")
    add("--out", type=Path, required=True, help="folder to write")
    add("--parts", action="store_true", help="the separate trainings, not the joint one")
    add("--ship", type=Path, metavar="FOLDER", help="make small files of this data folder")
    add("--although-gates-fail", action="store_true", help="ship for a test; the card says so")
    add("--weights", choices=("int8", "float16", "float32"), default="int8", help="how stored")
    return parser


if __name__ == "__main__":
    sys.exit(main())
