"""Exports that tell how far they are, and that are cancelled."""

import importlib.util
import threading

import numpy as np
import pytest

from app.export.batch import ExportJob, export_all
from app.export.catalog import EXPORTERS, export_take
from app.export.options import ExportOptions
from app.takes.watch import Cancelled, Watch
from tests.app.packets import moving_packets
from tests.app.recordings import record

FORMATS = [
    name
    for name, exporter in EXPORTERS.items()
    if name not in ("fbx", "expose")
    and (not exporter.package or importlib.util.find_spec(exporter.package))
]


def options_for(format_name):
    return ExportOptions(view="turntable" if format_name == "mp4" else None)


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_tells_how_far_it_is(waved, tmp_path, format_name):
    shares = []
    watch = Watch(report=shares.append)
    export_take(
        waved, format_name, options_for(format_name), output=tmp_path / "a.file", watch=watch
    )
    assert len(shares) >= 3
    assert (np.diff(shares) >= 0).all()
    assert 0 <= shares[0] < 0.5
    assert shares[-1] == 1


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_cancelled_export_leaves_nothing_and_spares_what_was_there(waved, tmp_path, format_name):
    target = tmp_path / "a.file"
    target.write_text("what was there")
    shares = []
    watch = Watch(report=shares.append, is_cancelled=lambda: bool(shares))
    with pytest.raises(Cancelled, match="cancelled"):
        export_take(waved, format_name, options_for(format_name), output=target, watch=watch)
    assert [path.name for path in tmp_path.iterdir()] == ["a.file"]
    assert target.read_text() == "what was there"


@pytest.fixture
def jobs(tmp_path):
    folder = record(tmp_path, moving_packets(3))
    return [
        ExportJob(folder, name, ExportOptions(), tmp_path / f"a.{name}") for name in ("bvh", "csv")
    ]


def test_a_batch_tells_how_far_all_of_it_is(jobs):
    shares = []
    outcomes = list(export_all(jobs, 1, watch=Watch(report=shares.append)))
    assert [outcome.path.name for outcome in outcomes] == ["a.bvh", "a.csv"]
    assert (np.diff(shares) >= 0).all()
    assert shares[-1] == 1


def test_a_batch_is_cancelled_as_a_whole(jobs, tmp_path):
    stop = threading.Event()
    stop.set()
    outcomes = list(export_all(jobs, 1, watch=Watch(is_cancelled=stop.is_set)))
    assert [outcome.cancelled for outcome in outcomes] == [True, True]
    assert not list(tmp_path.glob("a.*"))
