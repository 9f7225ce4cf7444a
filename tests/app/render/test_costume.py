import numpy as np
import pytest

from app.render.costume import dress
from engines.body.skeleton import JOINT_INDEX


@pytest.fixture(scope="module")
def costume(open_body):
    return dress(open_body)


def is_skin(colors):
    """Skin is the only thing that is light and more red than blue."""
    return (colors[:, 2] > 150) & (colors[:, 2] > 1.3 * colors[:, 0])


def part(body, *names):
    return np.isin(body.weight_joints[:, 0], [JOINT_INDEX[name] for name in names])


def test_hands_and_face_are_bare_and_the_trunk_is_not(open_body, costume):
    bare = is_skin(costume.colors)
    hands = part(open_body, "left_wrist", "right_wrist", "left_index2", "right_thumb3")
    assert bare[hands].all()
    assert not bare[
        part(open_body, "spine1", "spine2", "left_hip", "right_knee", "left_foot")
    ].any()
    face = part(open_body, "head") & (open_body.v_template[:, 2] > 0.17)
    assert bare[face].mean() > 0.8


def test_eyes_lips_and_hair_are_there(open_body, costume):
    extras = open_body.extras
    pupils = costume.colors[[extras.vertex_ids["leye"], extras.vertex_ids["reye"]]]
    assert (pupils < 130).all()
    upper_lip = open_body.faces[extras.face_mesh_faces[0]]
    assert np.ptp(costume.colors[upper_lip], axis=1).max() > 40
    crown = open_body.v_template[:, 1].argmax()
    assert costume.colors[crown].max() < 80


def test_clothes_lie_on_the_body_close_to_it(open_body, costume):
    distance = np.linalg.norm(costume.thickness, axis=1)
    assert distance.max() < 0.03
    assert np.quantile(distance, 0.99) < 0.02
    assert (distance[part(open_body, "left_wrist", "left_index1")] == 0).all()
    assert (distance[part(open_body, "spine1")] > 0.002).all()


def test_left_and_right_are_dressed_alike(open_body, costume):
    for left, right in (("left_knee", "right_knee"), ("left_shoulder", "right_shoulder")):
        means = [costume.colors[part(open_body, side)].mean(axis=0) for side in (left, right)]
        np.testing.assert_allclose(*means, atol=3)


def test_another_body_is_refused(small_body):
    with pytest.raises(ValueError, match="only the open body"):
        dress(small_body)
