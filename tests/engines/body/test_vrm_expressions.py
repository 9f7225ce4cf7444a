import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from engines.body.face import ARKIT_NAMES
from engines.body.vrm_expressions import VRM0_NAMES, VRM1_NAMES, vrm_expressions


def express(**coefficients):
    blendshapes = np.zeros(52, np.float32)
    for name, value in coefficients.items():
        blendshapes[ARKIT_NAMES.index(name)] = value
    return dict(zip(VRM0_NAMES, vrm_expressions(blendshapes).tolist(), strict=True))


def active(**coefficients):
    return {name for name, value in express(**coefficients).items() if value > 0.01}


def test_a_resting_face_shows_nothing():
    assert active() == set()
    assert active(mouthSmileLeft=0.2, mouthSmileRight=0.2, browDownLeft=0.25) == set()


@pytest.mark.parametrize(
    ("coefficients", "presets"),
    [
        ({"jawOpen": 0.8}, {"A"}),
        ({"jawOpen": 0.8, "mouthClose": 0.8}, set()),
        ({"mouthPucker": 1}, {"U"}),
        ({"jawOpen": 1, "mouthFunnel": 1}, {"O"}),
        ({"jawOpen": 1, "mouthStretchLeft": 1, "mouthStretchRight": 1}, {"E"}),
        ({"mouthStretchLeft": 1, "mouthStretchRight": 1}, {"I"}),
        ({"eyeBlinkLeft": 1}, {"Blink_L"}),
        ({"eyeBlinkRight": 1}, {"Blink_R"}),
        ({"mouthSmileLeft": 1, "mouthSmileRight": 1}, {"Joy"}),
        ({"browDownLeft": 1, "browDownRight": 1}, {"Angry"}),
        ({"mouthFrownLeft": 1, "mouthFrownRight": 1}, {"Sorrow"}),
        ({"browInnerUp": 1, "eyeWideLeft": 1, "eyeWideRight": 1}, {"Surprised"}),
        ({"eyeLookOutLeft": 1, "eyeLookInRight": 1}, {"LookLeft"}),
        ({"eyeLookInLeft": 1, "eyeLookOutRight": 1}, {"LookRight"}),
        ({"eyeLookUpLeft": 1, "eyeLookUpRight": 1}, {"LookUp"}),
    ],
)
def test_each_preset_answers_to_its_movement(coefficients, presets):
    assert active(**coefficients) == presets
    assert all(
        express(**coefficients)[name] == pytest.approx(max(coefficients.values()))
        for name in presets
    )


@settings(max_examples=200, deadline=None)
@given(npst.arrays(np.float32, 52, elements=st.floats(0, 1, width=32)))
def test_weights_stay_in_range_and_the_mouth_is_shared(blendshapes):
    weights = vrm_expressions(blendshapes)
    assert (weights >= 0).all()
    assert (weights <= 1).all()
    assert weights[:5].sum() <= 1 + 1e-5


def test_both_vrm_versions_name_the_same_presets():
    assert len(VRM0_NAMES) == len(VRM1_NAMES) == len(vrm_expressions(np.zeros(52)))
    assert len(set(VRM0_NAMES) | set(VRM1_NAMES)) == 30
