"""Person boxes from a file in place of a detector, to evaluate what comes after it."""

import json
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from engines.body.pose import read_only
from engines.errors import UsageError
from engines.types import Detection, Frame

_FORM = '{"0": [[x0, y0, x1, y1], ...], "1": ...}'


class BoxFileDetector:
    """A `Detector` that gives the boxes of a JSON file: frame index -> list of boxes in pixels.

    The place in a frame's list is the track id; frames that the file does not name have nobody in them.

    Raises:
        UsageError: the file cannot be read, or holds something else.
    """

    def __init__(self, path: Path) -> None:
        try:
            table = json.loads(path.read_text(encoding="utf-8"))
            self._boxes = {int(index): _as_boxes(rows) for index, rows in table.items()}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise UsageError(f"{path}: not a file of boxes ({error}); write {_FORM}") from error

    def open(self) -> None:
        """Nothing to load."""

    def detect(self, frame: Frame) -> tuple[Detection, ...]:
        """Return the frame's boxes, each with score 1 and no landmarks."""
        return tuple(
            Detection(track_id, box, 1.0)
            for track_id, box in enumerate(self._boxes.get(frame.index, ()))
        )

    def close(self) -> None:
        """Nothing to free."""


def _as_boxes(rows: object) -> list[Float32[np.ndarray, "4"]]:
    boxes = np.array(rows, np.float32).reshape(-1, 4)
    if not np.isfinite(boxes).all() or (boxes[:, 2:] <= boxes[:, :2]).any():
        raise ValueError("a box has no area, or is not of numbers")
    return [read_only(box) for box in boxes]
