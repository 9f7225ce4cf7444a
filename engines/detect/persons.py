"""Finds persons and their body landmarks."""

from collections.abc import Iterable
from typing import Final

import cv2
import numpy as np
from jaxtyping import Float32, UInt8
from numpy.typing import NDArray

from engines.body.pose import read_only
from engines.detect.following import Follower
from engines.detect.mediapipe_tasks import BodyTask, FoundBody
from engines.detect.options import LandmarkDetectorOptions
from engines.detect.tracking import BoxTracker
from engines.detect.trunk import trunk_of
from engines.types import Detection, Frame, PersonLandmarks

_LONGEST_SIDE_PX: Final = 1920
"""Larger pictures are made smaller first: MediaPipe copies the whole picture, but looks at 256 x 256 pixels of it."""
_BOX_MARGIN: Final = 0.1
"""Added on each side of the landmarks, in units of the longer side: they end at the eyes and the ankles."""
_BOX_VISIBILITY: Final = 0.5
"""Landmarks less visible than this are guesses and not part of the box."""
_TRUNK: Final = [0, 11, 12, 23, 24]
"""Nose, shoulders, hips."""
_DOUBLE: Final = 0.3
"""Trunks nearer than this part of their size are one person's."""


class PersonDetector:
    """Finds persons: body landmarks, box and track id, without hands and face.

    A `Detector`. The box holds the visible landmarks and a margin of 10 % of its longer side all around. A single
    person is kept to when another walks past before them.
    """

    def __init__(self, options: LandmarkDetectorOptions) -> None:
        self._task = BodyTask(
            max_persons=options.max_persons,
            min_confidence=options.min_person_confidence,
            min_tracking_confidence=options.min_tracking_confidence,
        )
        self._tracker = BoxTracker()
        self._follower = Follower() if options.max_persons == 1 else None

    def open(self) -> None:
        """Load the network and warm up. Raises `ModelMissing` or `EngineUnavailable`."""
        self._tracker = BoxTracker()
        if self._follower is not None:
            self._follower = Follower()
        self._task.open()

    def detect(self, frame: Frame) -> tuple[Detection, ...]:
        """Return the persons in view in the order of their track ids."""
        image, factor = _shrunk(frame.image)
        persons = _without_doubles(
            _landmarks(body, factor) for body in self._find(image, frame.timestamp_ns)
        )
        boxes = [_box(person) for person in persons]
        places = [_place(person, box) for person, box in zip(persons, boxes, strict=True)]
        detections = [
            Detection(track_id, read_only(box), _score(person), person)
            for track_id, box, person in zip(
                self._tracker.assign(places), boxes, persons, strict=True
            )
        ]
        return tuple(sorted(detections, key=lambda detection: detection.track_id))

    def close(self) -> None:
        """Free the network; may be called twice."""
        self._task.close()

    def _find(
        self, image: UInt8[np.ndarray, "height width 3"], timestamp_ns: int
    ) -> list[FoundBody]:
        """Return whom the network finds; of one who is followed, nobody else."""
        if self._follower is None:
            return self._task.find(image)
        found = self._task.find(self._follower.view(image, timestamp_ns))
        if not found:
            self._follower.miss()
        elif not self._follower.accepts(found[0].points_px):
            self._task.forget()
            return []
        return found


def _shrunk(
    image: UInt8[np.ndarray, "height width 3"],
) -> tuple[UInt8[np.ndarray, "rows columns 3"], Float32[np.ndarray, "2"]]:
    """Return a picture of bearable size and the factors x and y that take its pixels back to the given one's."""
    height, width = image.shape[:2]
    scale = _LONGEST_SIDE_PX / max(height, width)
    if scale >= 1:
        return image, np.ones(2, np.float32)
    columns, rows = max(round(width * scale), 1), max(round(height * scale), 1)
    small = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)
    return small, np.array((width / columns, height / rows), np.float32)


def _landmarks(body: FoundBody, factor: Float32[np.ndarray, "2"]) -> PersonLandmarks:
    return PersonLandmarks(
        pose_px=read_only(body.points_px * factor[[0, 1, 0]]),
        pose_world=read_only(body.world),
        pose_visibility=read_only(body.visibility),
    )


def _without_doubles(persons: Iterable[PersonLandmarks]) -> list[PersonLandmarks]:
    """Return the persons less those who are another one found again: MediaPipe keeps both while they drift apart."""
    kept: list[PersonLandmarks] = []
    for person in persons:
        size = float(np.ptp(person.pose_px[_TRUNK, :2], axis=0).max())
        distances = [
            np.linalg.norm(person.pose_px[_TRUNK, :2] - other.pose_px[_TRUNK, :2], axis=1).mean()
            for other in kept
        ]
        if all(distance > _DOUBLE * size for distance in distances):
            kept.append(person)
    return kept


def _box(person: PersonLandmarks) -> NDArray[np.float32]:
    points = person.pose_px[person.pose_visibility >= _BOX_VISIBILITY, :2]
    if len(points) < 2:
        points = person.pose_px[:, :2]
    low, high = points.min(axis=0), points.max(axis=0)
    margin = _BOX_MARGIN * (high - low).max()
    return np.concatenate([low - margin, high + margin]).astype(np.float32)


def _place(person: PersonLandmarks, box: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a square (x0 y0 x1 y1) of the box's size about the trunk: limbs that swing do not move it."""
    middle, half = trunk_of(person.pose_px).middle, 0.25 * (box[2:] - box[:2]).sum()
    return np.concatenate([middle - half, middle + half]).astype(np.float32)


def _score(person: PersonLandmarks) -> float:
    """Return the mean visibility of the better half of the landmarks: legs out of the picture do not count against."""
    return float(np.sort(person.pose_visibility)[len(person.pose_visibility) // 2 :].mean())
