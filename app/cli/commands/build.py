"""`build`: the official ExPose data folder to networks that run without torch, kept in the cache."""

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from app.cli.extras import need_extra
from app.paths import cache_folder
from engines.expose.build_files import ONE_GRAPH, STAGES


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "--checkpoint", type=Path, required=True, metavar="DIR", help="official ExPose data folder"
    )
    parser.add_argument(
        "--one-graph", action="store_true", help="also all steps in one network, for GPU runtimes"
    )


def run(arguments: argparse.Namespace) -> int:
    """Build what the cache does not hold yet, and print its folder."""
    need_extra("expose", "build")
    from engines.expose.export import build_release

    graphs = (*STAGES, ONE_GRAPH) if arguments.one_graph else STAGES
    with tqdm(total=100, unit="%", file=sys.stderr, bar_format="{l_bar}{bar}| {desc}") as bar:

        def show(step: str, share: float) -> None:
            bar.set_description_str(step, refresh=False)
            bar.n = round(100 * share)
            bar.refresh()

        build = build_release(arguments.checkpoint, cache_folder(), graphs=graphs, progress=show)
    print(build.folder)
    return 0
