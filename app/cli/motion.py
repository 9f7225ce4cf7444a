"""`evaluate` of motion: clips with truth or without, or synthetic ones, through every solver of the landmark engine."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Final, get_args, get_type_hints

import numpy as np
from tqdm import tqdm

from app.capture.catalog import create_source
from app.capture.motions import SCENES
from app.capture.synthetic import SyntheticOptions, SyntheticSource
from app.cli.flags import config_from
from app.config import AppConfig, changed
from app.evaluation.motion_report import MotionReport, measure_clip
from app.evaluation.motion_run import run_clip
from app.evaluation.motion_truth import MotionTruth, load_motion_truth, truth_of_params
from app.evaluation.still_source import StillSource
from app.pipeline.protocols import Source
from app.pipeline.stages import RefineStage
from app.session import engine_options
from calibration.placement import Placement
from engines.body.model import BodyModel
from engines.catalog import Engine, create_engine
from engines.errors import DatasetError, ModelMissing, UsageError
from engines.landmarks.options import LandmarkOptions
from engines.landmarks.regressor import LandmarkRegressor
from engines.smoothing.ground import Ground
from engines.smoothing.smoother import EstimateSmoother

MOTION_SETS: Final = ("clips", "synthetic", "overlay")
"""Data sets of motion, beside the paper's of pictures: clips with truth, rendered ones, and clips without truth, of
which only is measured how far bodies lie from their pictures."""

_TRUTH_ENDING: Final = "_truth.npz"
_CLIP_ENDINGS: Final = (".mp4", ".mkv", ".mov", ".avi", ".webm")
_STILL: Final = "still"
"""Name of the synthetic clip of somebody who stands still."""
_STILL_SCENE: Final = "wave"
_FRAMES: Final = 240


def evaluate_motion(arguments: argparse.Namespace) -> int:
    """Print the measures of every method on every clip; exit code 1 where nobody was found in any."""
    config = config_from(arguments)
    engine = create_engine("landmarks", "auto", engine_options(config, live=False))
    report: dict[str, Mapping[str, dict[str, float]]] = {}
    with ExitStack() as opened:
        engine.detector.open()
        opened.callback(engine.detector.close)
        if engine.parts_detector is not None:
            engine.parts_detector.open()
            opened.callback(engine.parts_detector.close)
        for name, source, truth in _clips(arguments, config, engine.body):
            with tqdm(total=source.frame_count, unit="frame", desc=name, file=sys.stderr) as bar:
                runs = run_clip(
                    source,
                    engine,
                    _regressors(engine, config, arguments.solvers),
                    partial(_refine, engine.body, config),
                    limit=arguments.limit,
                    progress=lambda done: _show(bar, done),
                )
            known = None if truth is None else _known(truth, arguments.limit)
            report[name] = measure_clip(engine.body, runs, known)
    result = MotionReport(report)
    print(json.dumps(result.to_json()) if arguments.json else result.table())
    scores = [measures for clip in report.values() for measures in clip.values()]
    return int(all(measures["missing"] == measures["frames"] for measures in scores))


def _clips(
    arguments: argparse.Namespace, config: AppConfig, model: BodyModel
) -> Iterator[tuple[str, Source, MotionTruth | None]]:
    if arguments.dataset == "synthetic":
        names = arguments.clips.split(",") if arguments.clips else [*SCENES, _STILL]
        yield from (_synthetic(name, model) for name in names)
        return
    dataset = arguments.dataset
    if arguments.folder is None:
        raise UsageError(f"--dataset {dataset}: needs a folder of clips; give it before the flags")
    truths = arguments.truth or arguments.folder
    wanted = arguments.clips.split(",") if arguments.clips else None
    found = 0
    for path in sorted(arguments.folder.glob("*")):
        truth = truths / f"{path.stem}{_TRUTH_ENDING}"
        chosen = wanted is None or path.stem in wanted
        has_all = dataset == "overlay" or truth.is_file()
        if path.suffix.lower() in _CLIP_ENDINGS and has_all and chosen:
            found += 1
            source = create_source(str(path), replace(config.capture, realtime=False))
            yield (
                path.stem,
                source,
                None if dataset == "overlay" else load_motion_truth(truth, model),
            )
    if not found:
        lacking = "" if dataset == "overlay" else f" with a NAME{_TRUTH_ENDING} in {truths}"
        raise DatasetError(
            f"{arguments.folder}: no clip NAME.mp4{lacking}; see docs/evaluate.md for the form"
        )


def _synthetic(name: str, model: BodyModel) -> tuple[str, Source, MotionTruth]:
    scene = _STILL_SCENE if name == _STILL else name
    performer = SyntheticSource(scene, SyntheticOptions(frame_count=_FRAMES), model)
    source: Source = performer
    if name == _STILL:
        source = StillSource(performer, frame_count=_FRAMES)
    params = tuple(performer.truth(0 if name == _STILL else index) for index in range(_FRAMES))
    return name, source, truth_of_params(model, np.arange(_FRAMES), params)


def _known(truth: MotionTruth, limit: int | None) -> MotionTruth:
    """Return the truth of the frames that were looked at."""
    if limit is None:
        return truth
    rows = truth.frames < limit
    return replace(
        truth,
        frames=truth.frames[rows],
        limbs=truth.limbs[rows],
        toes=truth.toes[rows],
        params=tuple(p for p, kept in zip(truth.params, rows, strict=False) if kept),
    )


def _show(bar: "tqdm[None]", done: int) -> None:
    bar.update(done - bar.n)


def _regressors(engine: Engine, config: AppConfig, asked: str) -> dict[str, LandmarkRegressor]:
    """Return a fresh regressor for each solver that is asked for, or every one that can be used here."""
    chosen = asked.split(",") if asked else get_args(get_type_hints(LandmarkOptions)["solver"])
    regressors = {}
    for solver in chosen:
        options = changed(config.landmarks, {"solver": solver}, "landmarks.")
        regressor = LandmarkRegressor(engine.body, options)
        try:
            regressor.open()
        except ModelMissing as error:
            print(f"{solver} is left out: {error}", file=sys.stderr)
            continue
        regressors[solver] = regressor
    return regressors


def _refine(model: BodyModel, config: AppConfig) -> RefineStage:
    return RefineStage(
        model,
        EstimateSmoother(model, config.smoothing),
        Placement(model, config.placement),
        ground=Ground(model, config.smoothing.ground),
    )
