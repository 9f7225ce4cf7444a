"""The names of the face actions, and what they are in expression numbers."""

import numpy as np
import pytest

from engines.body.face import ARKIT_INDEX, ARKIT_MIRROR, ARKIT_NAMES, expression_from_blendshapes
from engines.types import BLENDSHAPE_COUNT


def test_names_are_the_open_bodys_in_order(open_body):
    assert open_body.extras.arkit_names == ARKIT_NAMES
    assert len(ARKIT_NAMES) == BLENDSHAPE_COUNT
    assert [ARKIT_INDEX[name] for name in ARKIT_NAMES] == list(range(BLENDSHAPE_COUNT))


def test_mirror_swaps_sides_and_nothing_else():
    np.testing.assert_array_equal(ARKIT_MIRROR[ARKIT_MIRROR], np.arange(BLENDSHAPE_COUNT))
    assert ARKIT_NAMES[ARKIT_MIRROR[ARKIT_INDEX["mouthSmileLeft"]]] == "mouthSmileRight"
    assert ARKIT_NAMES[ARKIT_MIRROR[ARKIT_INDEX["jawLeft"]]] == "jawRight"
    assert ARKIT_NAMES[ARKIT_MIRROR[ARKIT_INDEX["browInnerUp"]]] == "browInnerUp"


def test_mirrored_action_moves_the_mirrored_side(open_body):
    directions = open_body.extras.arkit_dirs
    for name in ("mouthSmileLeft", "eyeBlinkLeft", "browDownLeft"):
        moved = np.linalg.norm(directions[:, :, ARKIT_INDEX[name]], axis=1) > 1e-3
        other = ARKIT_MIRROR[ARKIT_INDEX[name]]
        moved_other = np.linalg.norm(directions[:, :, other], axis=1) > 1e-3
        assert open_body.v_template[moved, 0].mean() > 0.01  # x is to the person's left
        assert open_body.v_template[moved_other, 0].mean() < -0.01


def test_expression_numbers_give_nearly_the_shape_of_the_blendshapes(open_body):
    blendshapes = np.zeros(BLENDSHAPE_COUNT)
    blendshapes[[ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["mouthSmileRight"]]] = 0.8
    wanted = open_body.extras.arkit_dirs @ blendshapes
    given = open_body.expressiondirs @ expression_from_blendshapes(open_body, blendshapes)
    assert np.linalg.norm(given - wanted) < 0.35 * np.linalg.norm(wanted)


@pytest.mark.parametrize("name", ["jawOpen", "tongueOut", "eyeLookUpLeft"])
def test_joints_and_tongue_are_not_in_the_expression_numbers(open_body, name):
    blendshapes = np.zeros(BLENDSHAPE_COUNT)
    blendshapes[ARKIT_INDEX[name]] = 1
    assert not expression_from_blendshapes(open_body, blendshapes).any()


def test_body_without_the_actions_has_no_expression(small_body):
    expression = expression_from_blendshapes(small_body, np.ones(BLENDSHAPE_COUNT))
    np.testing.assert_array_equal(expression, np.zeros(10, np.float32))
