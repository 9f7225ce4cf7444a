import json
from dataclasses import dataclass

import numpy as np
import pytest

from app.evaluation.report import Tally
from app.evaluation.run import SavedPredictions, evaluate, with_pictures
from app.evaluation.samples import Measurement, Query, from_metres, from_number
from engines.body.metrics import AlignmentError
from engines.errors import DatasetError, SkipFrame
from tests.app.evaluation.made_up import prediction, write_picture

FACES = np.array([[0, 1, 2]])


@dataclass(frozen=True)
class _Sample:
    query: Query
    offset: float

    def measure(self, answer):
        if self.offset < 0:
            raise AlignmentError("all points are in one place")
        return {
            "error": from_metres(answer.vertices[:, 0] + self.offset),
            "score": from_number(0.5),
        }


class _Benchmark:
    name = "made up"
    notes = ("nothing real",)

    def __init__(self, folder, offsets):
        self._samples = [
            _Sample(Query(f"sequence/{number:02d}", folder / f"{number:02d}.png", "body"), offset)
            for number, offset in enumerate(offsets)
        ]

    def __len__(self):
        return len(self._samples)

    def samples(self):
        return iter(self._samples)


def _answer(*_arguments):
    return prediction(np.array([[0.0, 0, 0], [0.01, 0, 0], [0.02, 0, 0]]), FACES)


def test_means_are_over_all_points(tmp_path):
    told = []
    report = evaluate(
        _Benchmark(tmp_path, [0.0, 0.1]), _answer, progress=lambda *done: told.append(done)
    )
    assert told == [(1, 2), (2, 2)]
    error, score = report.metrics
    values = np.array([0, 10, 20, 100, 110, 120])
    assert (error.name, error.unit, error.pictures) == ("error", "mm", 2)
    assert error.mean == pytest.approx(values.mean())
    assert error.std == pytest.approx(values.std())
    assert error.median == pytest.approx(20)
    assert (score.name, score.unit, score.mean) == ("score", "", 0.5)
    assert report.per_picture["sequence/01"] == {"error": pytest.approx(110), "score": 0.5}
    assert report.failures == ()


def test_failures_are_counted_and_in_no_mean(tmp_path):
    def answer(query):
        if query.sample_id.endswith("01"):
            raise SkipFrame("nobody found")
        if query.sample_id.endswith("02"):
            return prediction(np.full((3, 3), np.nan), FACES)
        if query.sample_id.endswith("04"):
            return prediction(np.zeros((3, 3)), FACES, np.zeros((24, 3)))
        if query.sample_id.endswith("05"):
            return prediction(np.zeros((2, 3)), FACES)
        return _answer()

    report = evaluate(_Benchmark(tmp_path, [0.0, 0, 0, -1, 0, 0]), answer)
    assert report.pictures == 6
    assert {failure.sample_id[-2:]: failure.reason for failure in report.failures} == {
        "01": "nobody found",
        "02": "the prediction is not finite",
        "03": "all points are in one place",
        "04": "24 joints, not the 55 of SMPL-X",
        "05": "2 vertices, but triangles of a body with at least 3",
    }
    assert report.metrics[0].mean == pytest.approx(10)
    assert report.metrics[0].pictures == 1


def test_any_other_error_is_not_hidden(tmp_path):
    def broken(_query):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        evaluate(_Benchmark(tmp_path, [0.0]), broken)


def test_a_limit_is_noted(tmp_path):
    report = evaluate(_Benchmark(tmp_path, [0.0, 1, 2]), _answer, limit=2)
    assert report.pictures == 2
    assert report.notes == ("nothing real", "only the first 2 of 3 pictures")
    assert evaluate(_Benchmark(tmp_path, [0.0]), _answer, limit=9).notes == ("nothing real",)


def test_a_report_can_be_read_by_machine_and_by_eye(tmp_path):
    report = evaluate(_Benchmark(tmp_path, [0.0, *([-1.0] * 7)]), _answer)
    read = json.loads(json.dumps(report.to_json()))
    assert read["metrics"][0]["mean"] == pytest.approx(10)
    assert read["per_picture"] == {"sequence/00": {"error": 10, "score": 0.5}}
    assert len(read["failures"]) == 7
    lines = report.table().splitlines()
    assert lines[0] == "made up: 1 of 8 pictures"
    assert lines[1].split() == ["error", "mean", "10.0", "median", "10.0", "std", "8.2", "mm"]
    assert lines[2].split() == ["score", "mean", "0.500", "median", "0.500", "std", "0.000"]
    assert "sequence/01: all points are in one place" in lines[3]
    assert lines[-2:] == ["  failed: 2 more", "  note: nothing real"]


def test_nobody_at_all_gives_no_means(tmp_path):
    report = evaluate(_Benchmark(tmp_path, [-1.0]), _answer)
    assert report.metrics == ()
    assert report.table().startswith("made up: 0 of 1 pictures")


def test_medians_and_spreads_are_those_of_the_points():
    rng = np.random.default_rng(0)
    values = rng.gamma(2, 30, (50, 400))
    tally = Tally()
    for number, row in enumerate(values):
        tally.add(str(number), {"error": Measurement(row, "mm")})
    summary = tally.summaries()[0]
    assert summary.median == pytest.approx(np.median(values), abs=0.02)
    assert summary.std == pytest.approx(values.std())
    tally.add("far", {"error": Measurement(np.full(10**5, 1e9), "mm")})
    assert tally.summaries()[0].median == pytest.approx(1000, abs=0.1)


def test_pictures_are_read_for_the_predictor(tmp_path):
    write_picture(tmp_path / "00.png", (8, 6))
    (tmp_path / "01.png").write_bytes(b"not a picture")
    seen = []

    def answer(image, query):
        seen.append((image.shape, query.sample_id))
        return _answer()

    report = evaluate(_Benchmark(tmp_path, [0.0, 0, 0]), with_pictures(answer))
    assert seen == [((6, 8, 3), "sequence/00")]
    assert [f.reason.split(": ")[1] for f in report.failures] == ["cannot be read as a picture"] * 2


def test_saved_predictions_answer_by_the_samples_name(tmp_path):
    folder = tmp_path / "saved" / "sequence"
    folder.mkdir(parents=True)
    vertices = np.array([[0, 0, 0], [0.01, 0, 0], [0.02, 0, 0]], np.float32)
    np.savez(folder / "00.npz", vertices=vertices[None], joints=np.zeros((1, 144, 3)), scale=1.0)
    np.savez(folder / "01.npz", joints=np.zeros((144, 3)))
    (folder / "02.npz").write_bytes(b"not an npz")
    (folder / "03.npz").write_bytes(b"")
    with (folder / "04.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    report = evaluate(_Benchmark(tmp_path, [0.0] * 6), SavedPredictions(tmp_path / "saved", FACES))
    assert report.metrics[0].mean == pytest.approx(10)
    reasons = [failure.reason for failure in report.failures]
    assert ["cannot be read" in reason for reason in reasons] == [True] * 4 + [False]
    assert reasons[4].endswith("05.npz: no saved prediction")
    with pytest.raises(DatasetError, match="no such folder"):
        SavedPredictions(tmp_path / "absent", FACES)
