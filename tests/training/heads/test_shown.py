"""Faces that are shown to the detector, and what is fitted to them."""

from pathlib import Path

import numpy as np
import pytest

from engines.body.face import ARKIT_INDEX
from engines.body.model import load_body
from engines.errors import ModelError
from engines.landmarks.face_actions import ACTIONS, LIDS, load_face_actions
from engines.model_store import model_path
from training.heads.fit import fit
from training.heads.mirror import mirrored_points
from training.heads.shown import ShownFaces, faces_of, load_shown

RENDERED = Path(__file__).parents[2] / "golden" / "rendered_faces.npz"
EXPRESSIONS = np.eye(4, 52)


def test_every_person_shows_every_action_alone_and_other_mixtures() -> None:
    faces, others = faces_of(3, EXPRESSIONS), faces_of(4, EXPRESSIONS)
    assert faces == faces_of(3, EXPRESSIONS)
    assert faces != others
    for shown in (faces, others):
        full = {name for face in shown for name, value in face.actions.items() if value == 1.0}
        assert full >= set(ACTIONS)
        assert any(face.turn != (0, 0, 0) and face.actions for face in shown)


def test_mirrored_points_are_pairs() -> None:
    mirror = mirrored_points()
    assert np.array_equal(mirror[mirror], np.arange(468))
    for right, left in ((33, 263), (61, 291), (105, 334), (50, 280)):
        assert mirror[right] == left
    assert np.array_equal(mirror[[1, 13, 152]], [1, 13, 152])


def test_shown_faces_come_back_from_their_file(tmp_path: Path) -> None:
    faces = load_shown(RENDERED)
    faces.save(tmp_path / "faces.npz")
    assert np.array_equal(load_shown(tmp_path / "faces.npz").mesh, faces.mesh)
    with pytest.raises(ModelError, match=r"training\.heads\.show"):
        load_shown(tmp_path / "none.npz")


def test_one_person_suffices_to_tell_a_smile_from_an_open_jaw() -> None:
    faces = load_shown(RENDERED)
    arrays = fit(faces, load_body(model_path("open_body")))
    assert arrays["names"].tolist() == [*ACTIONS, *LIDS]
    columns = arrays["columns"].astype(np.float64)
    assert columns.shape == (1404, len(ACTIONS) + len(LIDS))
    for name in ("pull", "stranger_pull"):
        matrix = arrays[name] @ columns
        assert np.allclose(matrix, matrix.T, atol=0.02 * np.abs(matrix).max())
    shipped = load_face_actions().columns
    for name, kind in (
        ("mouthSmileLeft", "mouthSmile"), ("jawOpen", "jawOpen"), ("mouthLeft", "mouthLeft"),
    ):  # fmt: skip
        nearest = _cosines(columns[:, ACTIONS.index(name)], shipped).argmax()
        assert (*ACTIONS, *LIDS)[nearest].startswith(kind)
    left, right = (
        columns[:, ACTIONS.index(n)].reshape(-1, 3) for n in ("mouthSmileLeft", "mouthSmileRight")
    )
    opposite = left[mirrored_points()] * (-1, 1, 1)
    assert _cosines(opposite.ravel(), right.reshape(-1, 1)) == pytest.approx(1.0, abs=1e-4)


def test_faces_without_an_action_move_no_column() -> None:
    faces = load_shown(RENDERED)
    never = ARKIT_INDEX["noseSneerLeft"]
    assert not faces.actions[:, never].any()
    columns = fit(faces, load_body(model_path("open_body")))["columns"]
    assert not columns[:, ACTIONS.index("noseSneerLeft")].any()


def _cosines(way: np.ndarray, ways: np.ndarray) -> np.ndarray:
    return (way @ ways) / np.linalg.norm(way) / np.linalg.norm(ways, axis=0)


def test_rows_belong_together() -> None:
    faces = load_shown(RENDERED)
    assert isinstance(faces, ShownFaces)
    assert len(faces) == len(faces.mesh) == len(faces.actions) == len(faces.focal_px)
