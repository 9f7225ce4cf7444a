import numpy as np
import pytest

from app.evaluation.body_maps import BodyMaps
from app.evaluation.stirling import Stirling, read_landmarks
from engines.errors import DatasetError, SkipFrame
from tests.app.evaluation.made_up import prediction, write_obj, write_picture
from tests.app.evaluation.test_face_scan import LANDMARKS, _face_surface, _in_metres

LANDMARK_JOINTS = [95, 98, 101, 104, 92, 107, 113]


def _write_scan(folder, name, vertices, faces):
    write_obj(folder / "F_3D_N" / f"{name}.obj", vertices, faces)
    path = folder / "annotations" / "F_3D_N" / f"{name}.lnd"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [f"{number} {x} {y} {z}" for number, (x, y, z) in enumerate(LANDMARKS, start=1)]
    path.write_text("\n".join(rows) + "\n\n")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stirling")
    vertices, faces = _face_surface(30, 34)
    _write_scan(folder, "F1001_N", vertices, faces)
    _write_scan(folder, "f1002_NH", vertices, faces)
    _write_scan(folder, "f1002_N", vertices, faces)
    for name in ("HQ/f1001_04.jpg", "HQ/F1002_1.PNG", "HQ/F1003_1.jpg", "LQ/F1001_9.jpg"):
        write_picture(folder / name)
    (folder / "HQ" / "readme.txt").write_text("not a picture")
    return folder, vertices, faces


def _head(vertices, faces):
    joints = np.zeros((144, 3))
    joints[LANDMARK_JOINTS] = _in_metres(LANDMARKS)
    return prediction(_in_metres(vertices), faces, joints)


def test_the_layout_is_read(data):
    folder, *_ = data
    benchmark = Stirling(folder, BodyMaps())
    samples = {sample.query.sample_id: sample for sample in benchmark.samples()}
    assert set(samples) == {"HQ/f1001_04", "HQ/F1002_1"}
    assert len(benchmark) == 2
    assert samples["HQ/F1002_1"].scan == folder / "F_3D_N" / "f1002_N.obj"
    assert samples["HQ/F1002_1"].query.part == "head"
    assert samples["HQ/F1002_1"].query.box is None
    assert "1 of 3 pictures have no scan: left out" in benchmark.notes
    poor = Stirling(folder, BodyMaps(), "LQ")
    assert poor.name == "stirling LQ"
    assert [s.query.sample_id for s in poor.samples()] == ["LQ/F1001_9"]


def test_the_truth_has_no_error_and_a_dent_its_depth(data):
    folder, vertices, faces = data
    sample = next(Stirling(folder, BodyMaps()).samples())
    measured = sample.measure(_head(vertices, faces))
    assert set(measured) == {"scan_to_mesh", "scan_to_mesh_refined", "rmse_3d"}
    assert max(m.values.max() for m in measured.values()) < 0.01  # millimetres; the .obj is rounded
    dented = sample.measure(_head(vertices - [0, 0, 2], faces))
    assert 1 < dented["scan_to_mesh"].values.mean() <= 2
    assert dented["scan_to_mesh"].values.mean() <= dented["rmse_3d"].values[0] <= 2
    assert dented["scan_to_mesh_refined"].values.mean() < 0.2


def test_only_the_head_counts_where_it_is_known(data):
    """A hand before the face is nearer to the scan than the face itself, but it is no face."""
    folder, vertices, faces = data
    joints = _head(vertices, faces).joints
    both = np.concatenate([vertices - [0, 0, 4], vertices - [0, 0, 1]])
    body = prediction(_in_metres(both), np.concatenate([faces, faces + len(vertices)]), joints)
    whole, head = (
        next(Stirling(folder, maps).samples()).measure(body)["scan_to_mesh"].values.mean()
        for maps in (BodyMaps(), BodyMaps(parts={"face": np.arange(len(vertices))}))
    )
    assert whole <= 1 < 2 < head <= 4


def test_a_body_without_face_landmarks_is_left_out(data):
    folder, vertices, faces = data
    sample = next(Stirling(folder, BodyMaps()).samples())
    with pytest.raises(SkipFrame, match="55 joints: no face landmarks"):
        sample.measure(prediction(vertices, faces, np.zeros((55, 3))))


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"HQ: no pictures there"):
        Stirling(tmp_path, BodyMaps())
    write_picture(tmp_path / "HQ" / "F1001_1.jpg")
    with pytest.raises(DatasetError, match=r"no scan with landmarks for F1001_1\.jpg"):
        Stirling(tmp_path, BodyMaps())
    path = tmp_path / "F1001_N.lnd"
    path.write_text("1 2 3\n")
    with pytest.raises(DatasetError, match="not 7 landmarks"):
        read_landmarks(path)
    path.write_text("1 a b c\n")
    with pytest.raises(DatasetError, match="cannot be read"):
        read_landmarks(path)
