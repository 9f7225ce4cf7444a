import numpy as np
import pytest

from app.evaluation.face_scan import Head, inner_face, scan_errors
from engines.body.metrics import similarity
from engines.body.rotations import matrix_from_axis_angle

# millimetres, the face towards +z: as in the benchmark's files
LANDMARKS = np.array(
    [
        [-45, 35, 0],
        [-18, 33, 8],
        [18, 33, 8],
        [45, 35, 0],
        [0, -12, 30],
        [-25, -35, 15],
        [25, -35, 15.0],
    ]
)


def _face_surface(columns=36, rows=42):
    """A bulging grid with a nose, through which the landmarks need not go."""
    x, y = np.meshgrid(np.linspace(-90, 90, columns), np.linspace(-110, 110, rows), indexing="ij")
    z = 40 - (x / 12) ** 2 - (y / 14) ** 2 + 25 * np.exp(-((x / 12) ** 2) - (y / 20) ** 2)
    vertices = np.stack([x, y, z], axis=-1).reshape(-1, 3)
    i = np.arange(columns * rows).reshape(columns, rows)
    a, b, c, d = i[:-1, :-1], i[1:, :-1], i[1:, 1:], i[:-1, 1:]
    faces = np.concatenate([np.stack([a, b, c], -1), np.stack([a, c, d], -1)]).reshape(-1, 3)
    return vertices, faces


def _in_metres(points):
    rotation = matrix_from_axis_angle(np.array([0.3, -2.0, 0.7]))
    return 0.001 * points @ rotation.T + [0.2, 0.1, 2]


def test_the_inner_face_is_the_ball_of_the_paper():
    centre, radius = inner_face(LANDMARKS)
    nose, bridge = np.array([0, -12, 30]), np.array([0, 33, 8])
    np.testing.assert_allclose(centre, nose + 0.3 * (bridge - nose))
    assert radius == pytest.approx(1.2 * (90 + np.hypot(45, 22)) / 2)


def test_a_true_head_is_at_distance_zero_whatever_its_unit_and_place():
    vertices, faces = _face_surface()
    head = Head(_in_metres(vertices), faces, _in_metres(LANDMARKS))
    errors = scan_errors(vertices, LANDMARKS, head)
    centre, radius = inner_face(LANDMARKS)
    inside = (np.linalg.norm(vertices - centre, axis=1) <= radius).sum()
    assert errors.by_landmarks.shape == errors.refined.shape == (inside,)
    assert errors.by_landmarks.max() < 1e-6
    assert errors.refined.max() < 1e-6


def test_a_dented_head_is_off_by_the_dent():
    vertices, faces = _face_surface()
    dented = vertices - [0, 0, 3]  # the landmarks stay where they are
    errors = scan_errors(vertices, LANDMARKS, Head(dented, faces, LANDMARKS))
    assert 2 < errors.by_landmarks.mean() <= 3
    assert errors.by_landmarks.max() <= 3 + 1e-9
    assert errors.refined.mean() < 0.2


def test_refining_mends_wrong_landmarks():
    vertices, faces = _face_surface()
    rng = np.random.default_rng(0)
    wrong = LANDMARKS + rng.normal(0, 4, LANDMARKS.shape)
    errors = scan_errors(vertices, LANDMARKS, Head(vertices, faces, wrong))
    laid = similarity(wrong, LANDMARKS).apply(vertices)
    assert np.linalg.norm(laid - vertices, axis=1).mean() > 1
    assert errors.refined.mean() < 0.5 * errors.by_landmarks.mean()


def test_landmarks_of_another_scan_are_noticed():
    vertices, faces = _face_surface()
    with pytest.raises(ValueError, match="another scan"):
        scan_errors(vertices + 1e4, LANDMARKS, Head(vertices, faces, LANDMARKS))
