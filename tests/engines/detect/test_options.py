"""Bounds of the detector's settings."""

import pytest

from engines.detect.options import LandmarkDetectorOptions


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_persons": 0},
        {"max_persons": 5},
        {"search_interval_frames": 0},
        {"min_hand_confidence": 1.1},
        {"min_wrist_visibility": -0.1},
    ],
)
def test_values_out_of_range_are_refused_by_name(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=name):
        LandmarkDetectorOptions(**wrong)
