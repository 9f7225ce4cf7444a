"""`transfer`: SMPL meshes to SMPL-X parameters, for users who have both models."""

import argparse
import logging
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from engines.body.model import load_body
from engines.errors import TakeError, UsageError
from engines.expose.correspondence import load_correspondence
from engines.expose.smpl import load_smpl
from engines.expose.transfer import TransferOptions, transfer
from engines.expose.transfer_files import SourceMeshes, read_meshes, read_motion, save_motion

logger = logging.getLogger(__name__)


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "source",
        type=Path,
        metavar="SOURCE",
        help="SMPL motion (AMASS npz), or a folder of .obj/.ply",
    )
    parser.add_argument("--body", type=Path, required=True, metavar="NPZ", help="SMPL-X model")
    parser.add_argument("--smpl", type=Path, metavar="FILE", help="SMPL model, for a motion")
    parser.add_argument(
        "--map",
        type=Path,
        required=True,
        metavar="FILE",
        help="vertices of SMPL to those of SMPL-X: smpl2smplx_deftrafo_setup.pkl, or npz",
    )
    parser.add_argument("--mask", type=Path, metavar="NPY", help="SMPL-X vertices to fit")
    parser.add_argument(
        "--many-people", action="store_true", help="a shape for each mesh, not one for all"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.npz")


def run(arguments: argparse.Namespace) -> int:
    """Write an AMASS npz with the fitted parameters and print its path."""
    body = load_body(arguments.body)
    correspondence = load_correspondence(arguments.map, arguments.mask)
    meshes = _read(arguments)
    options = TransferOptions(one_person=not arguments.many_people)
    with tqdm(unit="mesh", file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        result = transfer(body, correspondence, meshes.vertices, options, show)
    try:
        save_motion(arguments.output, result, meshes.frame_rate or 30.0)
    except OSError as error:
        reason = error.strerror or error
        raise TakeError(
            f"{arguments.output}: cannot be written ({reason}); choose another -o"
        ) from error
    logger.info("mean distance of the vertices: %.1f mm", 1e3 * float(np.mean(result.error)))
    print(arguments.output)
    return 0


def _read(arguments: argparse.Namespace) -> SourceMeshes:
    if arguments.source.is_dir():
        return read_meshes(arguments.source)
    if arguments.smpl is None:
        raise UsageError(f"{arguments.source}: a motion needs its SMPL model; add --smpl FILE")
    return read_motion(arguments.source, load_smpl(arguments.smpl))
