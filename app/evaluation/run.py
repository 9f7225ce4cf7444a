"""Runs a predictor over a data set and reports the paper's measures."""

import zipfile
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Int, UInt8
from numpy.typing import NDArray

from app.evaluation.report import EvaluationReport, Failure, Tally
from app.evaluation.samples import Benchmark, Measurements, Prediction, Predictor, Query, Sample
from engines.body.metrics import AlignmentError
from engines.errors import DatasetError, SkipFrame
from engines.types import JOINT_COUNT

Progress = Callable[[int, int], None]
"""Called with the pictures done and their total."""

PicturePredictor = Callable[[UInt8[np.ndarray, "height width 3"], Query], Prediction]
"""Answers a query whose picture, BGR, is given with it."""


def evaluate(
    benchmark: Benchmark,
    predict: Predictor,
    *,
    limit: int | None = None,
    progress: Progress | None = None,
) -> EvaluationReport:
    """Return the errors of a predictor. A picture without a result is counted as failed and is in no mean.

    Args:
        benchmark: The data set.
        predict: The predictor; it does not see the truth.
        limit: Only so many pictures, the first ones.
        progress: Told after each picture.
    """
    total = len(benchmark) if limit is None else min(limit, len(benchmark))
    tally, failures = Tally(), []
    for done, sample in enumerate(islice(benchmark.samples(), total), start=1):
        try:
            tally.add(sample.query.sample_id, _measure(sample, predict))
        except (SkipFrame, AlignmentError) as error:
            failures.append(Failure(sample.query.sample_id, str(error)))
        if progress is not None:
            progress(done, total)
    notes = benchmark.notes
    if total < len(benchmark):
        notes = (*notes, f"only the first {total} of {len(benchmark)} pictures")
    return EvaluationReport(
        benchmark=benchmark.name,
        pictures=total,
        failures=tuple(failures),
        metrics=tally.summaries(),
        notes=notes,
        per_picture=tally.per_picture(),
    )


def with_pictures(predict: PicturePredictor) -> Predictor:
    """Return a predictor that reads each picture and hands it on."""

    def answer(query: Query) -> Prediction:
        image = cv2.imread(str(query.image))
        if image is None:
            raise SkipFrame(f"{query.image}: cannot be read as a picture")
        return predict(image, query)

    return answer


class SavedPredictions:
    """Answers from files: `FOLDER/SAMPLE_ID.npz` with `vertices` and `joints`, as `main.py regress` writes them.

    Args:
        folder: Where they are.
        faces: Triangles of the body that was predicted.

    Raises:
        DatasetError: there is no such folder.
    """

    def __init__(self, folder: Path, faces: Int[np.ndarray, "faces 3"]) -> None:
        if not folder.is_dir():
            raise DatasetError(f"{folder}: no such folder; give one with saved predictions")
        self._folder = folder
        self._faces = faces

    def __call__(self, query: Query) -> Prediction:
        """Return the saved answer. Raises `SkipFrame` where there is none."""
        path = self._folder / f"{query.sample_id}.npz"
        if not path.is_file():
            raise SkipFrame(f"{path}: no saved prediction")
        try:
            with np.load(path, allow_pickle=False) as saved:
                vertices, joints = saved["vertices"], saved["joints"]
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise SkipFrame(f"{path}: cannot be read ({error})") from error
        return Prediction(vertices.reshape(-1, 3), self._faces, joints.reshape(-1, 3))


def _measure(sample: Sample, predict: Predictor) -> Measurements:
    prediction = predict(sample.query)
    _check(prediction)
    measured = sample.measure(prediction)
    if not measured:
        raise SkipFrame("no measure fits the body that was predicted")
    return measured


def _check(prediction: Prediction) -> None:
    faces = prediction.faces
    if faces.size and faces.max() >= len(prediction.vertices):
        raise SkipFrame(
            f"{len(prediction.vertices)} vertices, but triangles of a body with at least {faces.max() + 1}"
        )
    if len(prediction.joints) < JOINT_COUNT:
        raise SkipFrame(f"{len(prediction.joints)} joints, not the {JOINT_COUNT} of SMPL-X")
    if not (_finite(prediction.vertices) and _finite(prediction.joints)):
        raise SkipFrame("the prediction is not finite")


def _finite(array: NDArray[np.floating]) -> bool:
    return bool(np.isfinite(array).all())
