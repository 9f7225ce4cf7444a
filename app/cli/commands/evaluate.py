"""`evaluate`: the engines against truth.

Pictures: ExPose, or saved results, against a data set with the paper's measures. Motion: the landmark engine's solvers,
with and without live smoothing, against clips with truth or synthetic ones.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from app.cli.extras import need_extra
from app.cli.flags import add_config_flags, positive_int
from app.cli.motion import MOTION_SETS, evaluate_motion
from app.evaluation.body_maps import load_body_maps
from app.evaluation.catalog import BENCHMARKS, DatasetCall, open_benchmark
from app.evaluation.run import SavedPredictions, evaluate, with_pictures
from app.evaluation.samples import Prediction, Predictor, Query
from app.evaluation.threedpw import load_smpl_truth
from engines.body.model import load_body
from engines.errors import UsageError

if TYPE_CHECKING:
    from engines.expose.predict import ExposePredictor


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        metavar="DIR",
        help="the data set, as its owners ship it; clips for 'clips' (with truths) and 'overlay'; none for 'synthetic'",
    )
    parser.add_argument("--dataset", required=True, choices=(*BENCHMARKS, *MOTION_SETS))
    parser.add_argument("--split", help="part of the data set, where it has parts")
    answers = parser.add_mutually_exclusive_group()
    answers.add_argument(
        "--checkpoint", type=Path, metavar="DIR", help="official ExPose data folder: run it"
    )
    answers.add_argument(
        "--predictions", type=Path, metavar="DIR", help="folder of results that 'regress' wrote"
    )
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument(
        "--maps",
        type=Path,
        metavar="DIR",
        help="owners' index files (default: the checkpoint's folder)",
    )
    parser.add_argument("--body", type=Path, metavar="NPZ", help="SMPLX_NEUTRAL.npz")
    parser.add_argument("--smpl", type=Path, metavar="DIR", help="SMPL models, for 3dpw")
    parser.add_argument("--limit", type=positive_int, metavar="N", help="only the first pictures")
    parser.add_argument(
        "--truth", type=Path, metavar="DIR", help="clips: the truths (default: DIR)"
    )
    parser.add_argument("--solvers", default="", metavar="A,B", help="motion: only these solvers")
    parser.add_argument("--clips", metavar="A,B", help="motion: only these clips")
    add_config_flags(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")


def run(arguments: argparse.Namespace) -> int:
    """Print the measures; exit code 1 when nothing could be measured."""
    if arguments.dataset in MOTION_SETS:
        return evaluate_motion(arguments)
    return _evaluate_pictures(arguments)


def _evaluate_pictures(arguments: argparse.Namespace) -> int:
    if arguments.folder is None:
        raise UsageError(f"--dataset {arguments.dataset}: needs the data set's folder")
    if arguments.checkpoint is None and arguments.predictions is None:
        raise UsageError(
            f"--dataset {arguments.dataset}: needs answers; add --checkpoint or --predictions"
        )
    maps_folder = arguments.maps or arguments.checkpoint or arguments.predictions
    call = DatasetCall(
        folder=arguments.folder,
        maps=load_body_maps(maps_folder, arguments.body),
        split=arguments.split,
        smpl=None if arguments.smpl is None else load_smpl_truth(arguments.smpl),
    )
    benchmark = open_benchmark(arguments.dataset, call)
    predict = _predictor(arguments)
    with tqdm(total=len(benchmark), unit="picture", file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        report = evaluate(benchmark, predict, limit=arguments.limit, progress=show)
    print(json.dumps(report.to_json()) if arguments.json else report.table())
    return int(len(report.failures) == report.pictures)


def _predictor(arguments: argparse.Namespace) -> Predictor:
    if arguments.predictions is not None:
        if arguments.body is None:
            raise UsageError("--predictions: needs the triangles of the body; add --body NPZ")
        return SavedPredictions(arguments.predictions, load_body(arguments.body).faces)
    need_extra("expose", "evaluate")
    from engines.expose.predict import ExposePredictor

    predictor = ExposePredictor(arguments.checkpoint, arguments.device)
    return with_pictures(lambda image, query: _answer(predictor, image, query))


def _answer(predictor: "ExposePredictor", image: NDArray[np.uint8], query: Query) -> Prediction:
    if query.part != "body":
        answer = predictor.predict_part(image, query.part)
        return Prediction(answer.vertices, predictor.faces, answer.joints)
    height, width = image.shape[:2]
    box = (0, 0, width, height) if query.box is None else query.box
    (person,) = predictor.predict(image, [box])
    return Prediction(person.vertices, predictor.faces, person.joints)
