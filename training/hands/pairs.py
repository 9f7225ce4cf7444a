"""What MediaPipe's hand network says of rendered hands, and what is true."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Bool, Float32, Int64
from numpy.typing import NDArray

from engines.detect.mediapipe_tasks import FoundHand, HandTask
from engines.detect.regions import Region
from engines.errors import ModelError
from engines.landmarks.attachments import SIDES
from engines.types import Camera
from training.hands.pictures import HandPicture
from training.record_files import load_record, save_record

_LOOKS: Final = 2
"""The first look finds the palm, the second follows it, as in all but the first frame of a film."""
_SHIFT: Final = 0.05
"""Between the looks the picture moves by at most this part of its side."""
_FARTHEST: Final = 0.5
"""A hand that is found further off, in hand sizes, is another one."""


@dataclass(frozen=True, slots=True, eq=False)
class HandPairs:
    """Detections with the truth, one row each time a hand was found."""

    person: Int64[np.ndarray, " n"]
    """Number of the person."""
    is_left: Bool[np.ndarray, " n"]
    """Which hand it is."""
    gesture: Int64[np.ndarray, " n"]
    """Number of the gesture in `GESTURES`; -1 for none."""
    followed: Bool[np.ndarray, " n"]
    """Whether the network followed the hand from an earlier look."""
    camera: Float32[np.ndarray, "n 5"]
    """Width, height, focal length and principal point, pixels."""
    betas: Float32[np.ndarray, "n 10"]
    """True shape."""
    fingers: Float32[np.ndarray, "n 15 3"]
    """True axis-angle of the finger joints."""
    wrist: Float32[np.ndarray, "n 3 3"]
    """True rotation of the wrist joint in the camera frame."""
    wrist_place: Float32[np.ndarray, "n 3"]
    """True wrist joint, metres, camera frame."""
    points_px: Float32[np.ndarray, "n 21 3"]
    """Detected landmarks, as in `FoundHand`."""
    world: Float32[np.ndarray, "n 21 3"]
    """Detected metric landmarks."""
    right_likelihood: Float32[np.ndarray, " n"]
    """Which hand the network takes it for."""

    def __len__(self) -> int:
        return len(self.person)

    def joined(self, others: Iterable["HandPairs"]) -> "HandPairs":
        """Return these rows and those of others."""
        parts = (self, *others)
        return HandPairs(
            *(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(HandPairs))
        )

    def save(self, path: Path) -> None:
        """Write an npz file."""
        save_record(self, path)


def load_hand_pairs(path: Path) -> HandPairs:
    """Load what `HandPairs.save` wrote.

    Raises:
        ModelError: no such file, or it holds something else.
    """
    return load_record(HandPairs, path, "pairs of hands", "python -m training.hands.render")


def is_at(
    points_px: NDArray[np.floating], camera: Camera, wrist_place: NDArray[np.floating]
) -> bool:
    """Return whether a hand (21, 3) was found where a wrist is, metres, camera frame."""
    true = camera.fx * wrist_place[:2] / wrist_place[2] + (camera.cx, camera.cy)
    size = float(np.ptp(points_px[:, :2], axis=0).max())
    return float(np.linalg.norm(points_px[0, :2] - true)) < _FARTHEST * size


def detect_hands(
    pictures: Iterable[HandPicture], task: HandTask, rng: np.random.Generator
) -> HandPairs:
    """Return the pairs of pictures; `task` is open.

    Raises:
        ModelError: no hand was found in any of them.
    """
    rows: list[tuple[object, ...]] = []
    for picture in pictures:
        task.forget()
        size = len(picture.image)
        for look in range(_LOOKS):
            x0, y0 = (
                (0, 0) if look == 0 else rng.integers(-1, 2, 2) * int(_SHIFT * size * rng.random())
            )
            hand = task.find(Region(int(x0), int(y0), size).of(picture.image))
            if hand is None:
                break
            hand.points_px[:, :2] += np.array((x0, y0), np.float32)
            if is_at(hand.points_px, picture.camera, picture.wrist_place):
                rows.append(_row(picture, hand, is_followed=look > 0))
    if not rows:
        raise ModelError("no hand was found in any picture; render more persons")
    columns = zip(*rows, strict=True)
    types = [np.int64, np.bool_, np.int64, np.bool_, *[np.float32] * (len(fields(HandPairs)) - 4)]
    return HandPairs(*(np.array(column, kind) for column, kind in zip(columns, types, strict=True)))


def _row(picture: HandPicture, hand: FoundHand, *, is_followed: bool) -> tuple[object, ...]:
    camera = picture.camera
    numbers = (camera.width, camera.height, camera.fx, camera.cx, camera.cy)
    truth = picture.betas, picture.fingers, picture.wrist, picture.wrist_place
    return (
        picture.person, picture.side == SIDES[0], picture.gesture, is_followed, numbers, *truth,
        hand.points_px, hand.world, hand.right_likelihood,
    )  # fmt: skip
