"""The authors' result files: their names, shapes and axes."""

import dataclasses
import io
import zipfile

import numpy as np
import pytest

from app.export.catalog import export_take
from app.export.options import ExportOptions
from engines.body.rotations import matrix_from_axis_angle
from engines.errors import UsageError

VERTICES = 10475
SHAPES = {
    "global_orient": (1, 3, 3), "body_pose": (21, 3, 3), "left_hand_pose": (15, 3, 3),
    "right_hand_pose": (15, 3, 3), "jaw_pose": (1, 3, 3), "betas": (10,), "expression": (10,),
    "vertices": (VERTICES, 3), "joints": (127, 3), "transl": (3,), "center": (2,),
    "focal_length_in_px": (), "focal_length_in_mm": (), "sensor_width": (), "shift_x": (), "shift_y": (),
    "fname": (),
}  # fmt: skip


@pytest.fixture(scope="module")
def body_file(folder_a):
    return folder_a / "models" / "smplx" / "SMPLX_NEUTRAL.npz"


@pytest.fixture(scope="module")
def solved(waved):
    return dataclasses.replace(waved, body_model="SMPLX_NEUTRAL")


@pytest.fixture(scope="module")
def exported(solved, body_file, tmp_path_factory):
    """Name in the zip -> content."""
    path = tmp_path_factory.mktemp("export") / "out.zip"
    export_take(solved, "expose", ExportOptions(body_file=body_file), output=path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def arrays(exported, frame):
    with np.load(io.BytesIO(exported[f"{frame:06d}/{frame:06d}_params.npz"])) as archive:
        return dict(archive)


def test_there_is_a_result_for_each_frame_with_somebody(exported):
    frames = [k for k in range(12) if k != 5]
    files = {f"{k:06d}/{k:06d}{end}" for k in frames for end in ("_params.npz", ".ply")}
    assert set(exported) == files | {"LICENSE.txt"}


def test_arrays_have_the_authors_names_and_shapes(exported):
    assert {name: array.shape for name, array in arrays(exported, 3).items()} == SHAPES


def test_the_body_is_where_the_take_has_it(exported, solved):
    got = arrays(exported, 3)
    assert np.allclose(
        got["global_orient"][0], matrix_from_axis_angle(solved.global_orient_camera[3]), atol=1e-6
    )
    assert np.array_equal(got["betas"], solved.betas_per_frame[3])
    assert np.array_equal(got["transl"], solved.transl_camera[3])
    assert got["center"].tolist() == [solved.camera.cx, solved.camera.cy]
    assert got["focal_length_in_px"] == solved.camera.fx
    # the first of the points on the skin is the nose
    assert np.array_equal(got["joints"][55], got["vertices"][9120])


def test_the_same_take_gives_the_same_bytes(solved, body_file, tmp_path):
    short = ExportOptions(body_file=body_file, end_s=0.05)
    first = export_take(solved, "expose", short, output=tmp_path / "a.zip").read_bytes()
    assert export_take(solved, "expose", short, output=tmp_path / "b.zip").read_bytes() == first


def test_the_mesh_is_the_vertices_at_their_place(exported):
    got, ply = arrays(exported, 3), exported["000003/000003.ply"]
    start = ply.index(b"end_header\n") + len(b"end_header\n")
    points = np.frombuffer(ply, "<f4", 3 * VERTICES, start).reshape(-1, 3)
    assert np.allclose(points, got["vertices"] + got["transl"], atol=1e-5)


def test_what_cannot_be_is_said(solved, waved, body_file, tmp_path):
    out = tmp_path / "out.zip"
    with pytest.raises(UsageError, match="add --body"):
        export_take(solved, "expose", output=out)
    with pytest.raises(UsageError, match="solved for 'open_body'"):
        export_take(waved, "expose", ExportOptions(body_file=body_file), output=out)
    with pytest.raises(UsageError, match="--fps: expose"):
        export_take(solved, "expose", ExportOptions(body_file=body_file, fps=30), output=out)
    assert not out.exists()
