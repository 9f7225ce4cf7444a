"""Boxes from a file."""

import json

import numpy as np
import pytest

from engines.detect.box_file import BoxFileDetector
from engines.errors import UsageError
from engines.types import Camera, Frame


def frame(index):
    return Frame(index, 0, 0, np.zeros((8, 8, 3), np.uint8), Camera.guess(8, 8))


def test_each_frame_has_its_boxes(tmp_path):
    path = tmp_path / "boxes.json"
    path.write_text(json.dumps({"0": [[1, 2, 3, 4]], "2": [[0, 0, 5, 5], [1, 1, 2, 2]]}))
    detector = BoxFileDetector(path)
    assert [len(detector.detect(frame(index))) for index in range(4)] == [1, 0, 2, 0]
    second = detector.detect(frame(2))[1]
    assert (second.track_id, second.score, second.landmarks) == (1, 1.0, None)
    np.testing.assert_array_equal(second.box, [1, 1, 2, 2])


@pytest.mark.parametrize(
    "text",
    ["no json", "[]", '{"a": []}', '{"0": [[1, 2, 3]]}', '{"0": [[3, 2, 1, 4]]}', '{"0": "x"}'],
)
def test_another_file_is_refused(tmp_path, text):
    path = tmp_path / "boxes.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"boxes\.json: not a file of boxes"):
        BoxFileDetector(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"absent\.json"):
        BoxFileDetector(tmp_path / "absent.json")
