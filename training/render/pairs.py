"""Pictures turned into pairs: what a detector says, and what is true."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float32, Int64

from engines.detect.mediapipe_landmarks import LandmarkDetector
from engines.types import Camera, Detection, Frame, PersonLandmarks
from training.record_files import load_record, save_record
from training.render.clips import LabelledPicture

_NS_PER_S: Final = 1e9


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Detections with the truth, one row a picture in which a person was found."""

    clip: Int64[np.ndarray, " n"]
    """Clip of each picture."""
    time_s: Float32[np.ndarray, " n"]
    """Time in it."""
    camera: Float32[np.ndarray, "n 5"]
    """Width, height, focal length and principal point, pixels."""
    pose: Float32[np.ndarray, "n 55 3"]
    """True axis-angle rotations, the pelvis in the camera frame."""
    betas: Float32[np.ndarray, "n 10"]
    """True shape."""
    joints: Float32[np.ndarray, "n 55 3"]
    """True joints, metres, camera frame."""
    pose_px: Float32[np.ndarray, "n 33 3"]
    """Detected landmarks, as in `PersonLandmarks`."""
    pose_world: Float32[np.ndarray, "n 33 3"]
    """Detected metric landmarks."""
    pose_visibility: Float32[np.ndarray, "n 33"]
    """Their visibility."""
    left_hand_px: Float32[np.ndarray, "n 21 3"]
    """Detected left hand; NaN where there is none."""
    right_hand_px: Float32[np.ndarray, "n 21 3"]
    """Detected right hand."""
    left_hand_world: Float32[np.ndarray, "n 21 3"]
    """Detected metric landmarks of the left hand; NaN where there is none."""
    right_hand_world: Float32[np.ndarray, "n 21 3"]
    """The same of the right hand."""
    hand_scores: Float32[np.ndarray, "n 2"]
    """Confidence of the left and the right hand."""

    def __len__(self) -> int:
        return len(self.clip)

    def camera_of(self, row: int) -> Camera:
        """Return the camera of a picture."""
        width, height, focal, cx, cy = self.camera[row].tolist()
        return Camera(int(width), int(height), focal, focal, cx, cy)

    def landmarks_of(self, row: int) -> PersonLandmarks:
        """Return what the detector said of a picture."""
        hands = [
            None if np.isnan(hand[row]).any() else hand[row]
            for hand in (
                self.left_hand_px, self.right_hand_px, self.left_hand_world, self.right_hand_world,
            )
        ]  # fmt: skip
        left, right = self.hand_scores[row].tolist()
        return PersonLandmarks(
            pose_px=self.pose_px[row],
            pose_world=self.pose_world[row],
            pose_visibility=self.pose_visibility[row],
            left_hand_px=hands[0],
            right_hand_px=hands[1],
            left_hand_world=hands[2],
            right_hand_world=hands[3],
            left_hand_score=left,
            right_hand_score=right,
        )

    def save(self, path: Path) -> None:
        """Write an npz file."""
        save_record(self, path)


def load_pairs(path: Path) -> Pairs:
    """Load what `Pairs.save` wrote.

    Raises:
        ModelError: no such file, or it holds something else.
    """
    return load_record(Pairs, path, "pairs", "python -m training.render")


def detect(
    clips: Iterable[Iterable[LabelledPicture]], detector: LandmarkDetector, step_s: float
) -> Pairs:
    """Return the pairs of clips; the detector is opened anew for each, so that it follows nobody from the last."""
    rows: list[tuple[object, ...]] = []
    for number, clip in enumerate(clips):
        detector.open()
        for index, picture in enumerate(clip):
            time_s = index * step_s
            stamp = int(time_s * _NS_PER_S)
            found = detector.detect(Frame(index, stamp, stamp, picture.image, picture.camera))
            if found:
                rows.append((number, time_s, *_truth(picture), *_detected(found[0])))
        detector.close()
    columns = zip(*rows, strict=True)
    types = [np.int64, *[np.float32] * (len(fields(Pairs)) - 1)]
    return Pairs(*(np.array(column, kind) for column, kind in zip(columns, types, strict=True)))


def _truth(picture: LabelledPicture) -> tuple[object, ...]:
    camera = picture.camera
    numbers = (camera.width, camera.height, camera.fx, camera.cx, camera.cy)
    return numbers, picture.pose, picture.betas, picture.joints


def _detected(detection: Detection) -> tuple[object, ...]:
    person = detection.landmarks
    assert person is not None  # this detector gives every person landmarks
    nothing = np.full((21, 3), np.nan, np.float32)
    hands = [
        nothing if h is None else h
        for h in (
            person.left_hand_px, person.right_hand_px, person.left_hand_world, person.right_hand_world,
        )
    ]  # fmt: skip
    scores = person.left_hand_score, person.right_hand_score
    return person.pose_px, person.pose_world, person.pose_visibility, *hands, scores
