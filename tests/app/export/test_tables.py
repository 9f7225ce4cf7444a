"""TRC, C3D, CSV and Parquet, read back by other people's software."""

import csv
import json

import ezc3d
import numpy as np
import pyarrow.parquet as pq
import pytest

from app.export.catalog import export_take
from app.export.motion import motion_from_take
from app.export.options import ExportOptions
from app.takes.axes import AMASS_FROM_WORLD
from engines.body.face import ARKIT_NAMES
from engines.body.skeleton import JOINT_NAMES

SEEN = np.arange(12) != 5


def read_trc(path):
    """As OpenSim reads it: names in the fourth line, three columns each, an empty place is no number."""
    lines = path.read_text(encoding="ascii").split("\n")
    names = [name for name in lines[3].split("\t")[2:] if name]
    rows = [line.split("\t") for line in lines[6:] if line]
    numbers = np.array([[float(word) if word else np.nan for word in row] for row in rows])
    table = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=True))
    return table, names, numbers[:, :2], numbers[:, 2:].reshape(len(rows), -1, 3)


def test_trc_holds_the_joints_in_metres(waved, waved_joints, tmp_path):
    path = export_take(waved, "trc", output=tmp_path / "wave.trc")
    head, names, frames, joints = read_trc(path)
    assert (head["NumFrames"], head["NumMarkers"], head["Units"]) == ("12", "55", "m")
    assert float(head["DataRate"]) == pytest.approx(30, abs=1e-3)
    assert names == list(JOINT_NAMES)
    np.testing.assert_array_equal(frames[:, 0], np.arange(1, 13))
    np.testing.assert_allclose(frames[:, 1], np.arange(12) / 30, atol=1e-5)
    np.testing.assert_allclose(joints[SEEN], waved_joints[SEEN], atol=1e-5)
    assert np.isnan(joints[5]).all()
    assert path.read_text().splitlines()[0].endswith("\twave.trc")


def test_trc_can_have_z_up(waved, waved_joints, tmp_path):
    path = export_take(waved, "trc", ExportOptions(up="z"), output=tmp_path / "z.trc")
    joints = read_trc(path)[3]
    np.testing.assert_allclose(joints[SEEN], waved_joints[SEEN] @ AMASS_FROM_WORLD.T, atol=1e-5)


def test_c3d_holds_the_joints_in_millimetres_and_the_marks(waved, waved_joints, tmp_path):
    document = ezc3d.c3d(str(export_take(waved, "c3d", output=tmp_path / "wave.c3d")))
    point = document["parameters"]["POINT"]
    assert point["UNITS"]["value"] == ["mm"]
    assert point["LABELS"]["value"] == list(JOINT_NAMES)
    assert point["RATE"]["value"][0] == pytest.approx(30, abs=1e-3)
    joints = document["data"]["points"][:3].transpose(2, 1, 0) / 1000
    np.testing.assert_allclose(joints[SEEN], waved_joints[SEEN] @ AMASS_FROM_WORLD.T, atol=1e-5)
    assert np.isnan(joints[5]).all()
    assert (document["data"]["meta_points"]["residuals"][0, :, 5] == -1).all()
    event = document["parameters"]["EVENT"]
    assert event["LABELS"]["value"] == ["jump"]
    minutes, seconds = event["TIMES"]["value"]
    assert (minutes[0], seconds[0]) == (0, pytest.approx(7 / 30, abs=1e-4))


def test_a_part_of_a_take_has_only_the_marks_within_it(waved, tmp_path):
    options = ExportOptions(end_s=0.2)
    document = ezc3d.c3d(str(export_take(waved, "c3d", options, output=tmp_path / "a.c3d")))
    assert "EVENT" not in document["parameters"]


def columns_of(names, rows):
    return dict(zip(names, np.array(rows, float).T, strict=True))


def test_csv_and_parquet_hold_the_same_table(waved, waved_joints, tmp_path):
    with export_take(waved, "csv", output=tmp_path / "wave.csv").open(newline="") as file:
        names, *rows = csv.reader(file, strict=True)
    text = columns_of(names, rows)
    table = pq.read_table(export_take(waved, "parquet", output=tmp_path / "wave.parquet"))
    assert table.column_names == names
    typed = {name: np.asarray(table[name], float) for name in names}
    for name in names:
        np.testing.assert_allclose(text[name], typed[name], atol=1e-6)
    joints = np.stack(
        [[typed[f"{name}_{axis}_m"] for axis in "xyz"] for name in JOINT_NAMES], axis=0
    ).transpose(2, 0, 1)
    np.testing.assert_allclose(joints, waved_joints, atol=1e-5)
    rotations = np.array([[typed[f"{n}_q{k}"] for k in "xyzw"] for n in JOINT_NAMES])
    expected = motion_from_take(waved).rotations
    np.testing.assert_allclose(rotations.transpose(2, 0, 1), expected, atol=1e-6)
    np.testing.assert_array_equal(typed["seen"], SEEN)
    np.testing.assert_allclose(typed["jawOpen"], waved.blendshapes[:, ARKIT_NAMES.index("jawOpen")])
    about = json.loads(table.schema.metadata[b"expose_live"])
    assert about["up_axis"] == "y"
    assert about["fps"] == pytest.approx(30, abs=1e-3)
