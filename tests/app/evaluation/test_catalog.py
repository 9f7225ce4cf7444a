import numpy as np
import pytest

from app.evaluation.body_maps import BodyMaps
from app.evaluation.catalog import BENCHMARKS, DatasetCall, open_benchmark
from engines.errors import DatasetError
from tests.app.evaluation.made_up import body_mesh, write_ehf, write_freihand
from tests.app.evaluation.test_stirling import data as stirling  # noqa: F401  # a fixture
from tests.app.evaluation.test_threedpw import data as threedpw  # noqa: F401  # a fixture


def test_every_data_set_opens_with_its_usual_split(tmp_path, stirling, threedpw):  # noqa: F811
    vertices, faces = body_mesh()
    write_ehf(tmp_path / "ehf", [vertices], faces)
    write_freihand(tmp_path / "freihand", [np.eye(21, 3)], [np.eye(778, 3)])
    folders = {
        "ehf": tmp_path / "ehf",
        "freihand": tmp_path / "freihand",
        "stirling": stirling[0],
        "3dpw": threedpw[0],
    }
    opened = {
        name: open_benchmark(name, DatasetCall(folders[name], BodyMaps())) for name in BENCHMARKS
    }
    assert {name: (benchmark.name, len(benchmark)) for name, benchmark in opened.items()} == {
        "ehf": ("ehf", 1),
        "3dpw": ("3dpw test", 5),
        "freihand": ("freihand evaluation", 1),
        "stirling": ("stirling HQ", 2),
    }
    identifiers = [s.query.sample_id for s in opened["3dpw"].samples()]
    assert len(set(identifiers)) == len(identifiers)


def test_wrong_calls_name_the_right_ones(tmp_path):
    call = DatasetCall(tmp_path, BodyMaps())
    with pytest.raises(DatasetError, match="known are ehf, 3dpw, freihand, stirling"):
        open_benchmark("agora", call)
    with pytest.raises(DatasetError, match="3dpw has splits test, validation, train"):
        open_benchmark("3dpw", DatasetCall(tmp_path, BodyMaps(), split="tset"))
    with pytest.raises(DatasetError, match="ehf has no splits"):
        open_benchmark("ehf", DatasetCall(tmp_path, BodyMaps(), split="test"))
    with pytest.raises(DatasetError, match="no such folder"):
        open_benchmark("ehf", DatasetCall(tmp_path / "absent", BodyMaps()))
