"""Measures data folders on the frozen test, and the gains of hands, head and joint training (Table 2 of the paper).

python -m training.expose.evaluate FOLDER --frozen DIR
python -m training.expose.evaluate --ablation --frozen DIR --work DIR [--work DIR ...] --plan w32
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import torch

from engines.errors import MocapError, UsageError
from training.expose.export import export_weights
from training.expose.frozen import Figures, FrozenTest, figures_of
from training.expose.gates import gates_of, note_figures
from training.expose.plan import PLANS
from training.expose.recipe import Where

ROWS: Final = ("body only", "+ attention crops", "+ joint training")
COLUMNS: Final = tuple(
    f"{part} PA-V2V mm" for part in ("all", "body", "left_hand", "right_hand", "face")
)
"""Of Table 2."""


def ablation(works: list[Path], plan: str, test: FrozenTest) -> dict[str, list[Figures]]:
    """Return the rows of Table 2: row -> the figures of each work folder (one a seed).

    Raises:
        UsageError: a checkpoint is missing.
    """
    rows: dict[str, list[Figures]] = {row: [] for row in ROWS}
    for work in works:
        where = Where(None, work, torch.device("cpu"))
        if not where.checkpoint("joint").is_file():
            raise UsageError(
                f"{where.checkpoint('joint')}: no such checkpoint; run python -m training.expose joint"
            )
        apart, together = work / "release-apart", work / "release-joint"
        export_weights(where, plan, apart, only_parts=True)
        export_weights(where, plan, together)
        of_apart = figures_of(apart, test)
        rows[ROWS[0]].append(of_apart["alone"])
        rows[ROWS[1]].append(of_apart["whole"])
        rows[ROWS[2]].append(figures_of(together, test)["whole"])
    return rows


def table(rows: Mapping[str, list[Figures]]) -> str:
    """Return rows as Markdown: means over the folders, and their spread where there are several."""
    lines = ["| networks | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, runs in rows.items():
        cells = []
        for column in COLUMNS:
            values = [run[column] for run in runs]
            spread = f" ± {np.std(values):.1f}" if len(values) > 1 else ""
            cells.append(f"{np.mean(values):.1f}{spread}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Print figures; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        test = FrozenTest(options.frozen, options.count)
        if options.ablation:
            works = options.work or [Path("cache/training/expose")]
            sys.stdout.write(table(ablation(works, options.plan, test)) + "\n")
            return 0
        if options.folder is None:
            raise UsageError("give a data folder, or --ablation")
        for name, figures in figures_of(options.folder, test).items():
            sys.stdout.write(f"{name}\n")
            for measure, value in figures.items():
                sys.stdout.write(f"  {measure:<22} {value:8.2f}\n")
            note_figures(options.folder, name, figures)
        for gate in gates_of(options.folder):
            sys.stdout.write(f"{gate}\n")
    except MocapError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.expose.evaluate", description=(__doc__ or "").splitlines()[0]
    )
    add = parser.add_argument
    add("folder", type=Path, nargs="?", help="data folder that training.expose.export wrote")
    add("--frozen", type=Path, required=True, help="folder of python -m training.render.frozen")
    add("--work", type=Path, action="append", default=[], help="for --ablation, one for each seed")
    add("--ablation", action="store_true", help="Table 2, from the checkpoints of --work")
    add("--plan", choices=PLANS, default="w32", help="which networks they are (default: w32)")
    add("--count", type=int, help="only the first so many pictures of each kind")
    return parser


if __name__ == "__main__":
    sys.exit(main())
