"""Finds the hands and the face of persons whose body is known.

Each hand and face has a network of its own that is shown only the surroundings of the wrist or the head. So a hand is
found that fills a few pixels of the picture (in the far and fast clips we tried, 6 times as often as by searching the
whole picture), it is clear whose it is, and a missing one costs a search only now and then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32, UInt8

from engines.body.pose import read_only
from engines.detect.hands import SIDES, Side, assign_hands
from engines.detect.heads import can_show_face, is_on_head
from engines.detect.mediapipe_tasks import FACE_POINT_COUNT, FaceTask, FoundHand, HandTask
from engines.detect.options import LandmarkDetectorOptions
from engines.detect.regions import (
    Region,
    hand_region,
    head_region,
    pixels_per_metre,
    wrist_px,
    wrist_visibility,
)
from engines.types import Detection, Frame, PersonLandmarks


class PartsDetector:
    """Adds hands and face to detections that have body landmarks."""

    def __init__(self, options: LandmarkDetectorOptions) -> None:
        self._options = options
        self._parts = [_PersonParts(options) for _ in range(options.max_persons)]
        self._of_track: dict[int, _PersonParts] = {}

    def open(self) -> None:
        """Load the networks and warm up. Raises `ModelMissing` or `EngineUnavailable`."""
        self._of_track.clear()
        for parts in self._parts:
            parts.open()

    def refine(self, frame: Frame, detections: Sequence[Detection]) -> tuple[Detection, ...]:
        """Return the detections of this frame with hands and faces, where they are seen."""
        self._share_out([detection.track_id for detection in detections])
        return tuple(self._refined(frame.image, detection) for detection in detections)

    def close(self) -> None:
        """Free the networks; may be called twice."""
        for parts in self._parts:
            parts.close()

    def _share_out(self, track_ids: Sequence[int]) -> None:
        """Give each track its own set of networks; a new one takes over from a track that is not in view."""
        for track_id in track_ids:
            if track_id in self._of_track:
                continue
            for gone in [known for known in self._of_track if known not in track_ids]:
                del self._of_track[gone]
            free = [parts for parts in self._parts if parts not in self._of_track.values()]
            if free:
                self._of_track[track_id] = free[0]

    def _refined(
        self, image: UInt8[np.ndarray, "height width 3"], detection: Detection
    ) -> Detection:
        parts = self._of_track.get(detection.track_id)
        if detection.landmarks is None or parts is None:
            return detection
        return replace(detection, landmarks=parts.find(image, detection.landmarks))


class _PersonParts:
    """The networks of one person's hands and face."""

    def __init__(self, options: LandmarkDetectorOptions) -> None:
        self._options = options
        interval = options.search_interval_frames
        self._hands: dict[Side, _Search] = {}
        self._hand_tasks: dict[Side, HandTask] = {}
        if options.hands:
            for offset, side in enumerate(SIDES):  # the two search in different frames
                self._hands[side] = _Search(interval, first_in=offset % interval)
                self._hand_tasks[side] = HandTask(min_confidence=options.min_hand_confidence)
        self._next_in_turn: Side = SIDES[0]
        self._last_hands: dict[Side, _LastHand] = {}
        self._face = _Search(interval, first_in=0)
        self._face_task = (
            FaceTask(min_confidence=options.min_face_confidence) if options.face else None
        )

    def open(self) -> None:
        for task in self._tasks():
            task.open()

    def close(self) -> None:
        for task in self._tasks():
            task.close()

    def find(
        self, image: UInt8[np.ndarray, "height width 3"], person: PersonLandmarks
    ) -> PersonLandmarks:
        """Return the person with hands and face."""
        hands = self._find_hands(image, person)
        left, right = hands.get("left"), hands.get("right")
        face = self._find_face(image, person)
        return replace(
            person,
            left_hand_px=None if left is None else read_only(left.points_px),
            right_hand_px=None if right is None else read_only(right.points_px),
            left_hand_world=None if left is None else read_only(left.world),
            right_hand_world=None if right is None else read_only(right.world),
            left_hand_score=_score(left),
            right_hand_score=_score(right),
            face_px=None if face is None else read_only(face[:FACE_POINT_COUNT]),
            irises_px=None if face is None else read_only(face[FACE_POINT_COUNT:]),
        )

    def _tasks(self) -> list[HandTask | FaceTask]:
        faces = [] if self._face_task is None else [self._face_task]
        return [*self._hand_tasks.values(), *faces]

    def _find_hands(
        self, image: UInt8[np.ndarray, "height width 3"], person: PersonLandmarks
    ) -> dict[Side, FoundHand]:
        height, width = image.shape[:2]
        searched: set[Side] = set()
        found: dict[Side, FoundHand] = {}
        resting = self._resting_side()
        for side, search in self._hands.items():
            if side == resting:
                continue
            region = hand_region(person, side, width, height)
            is_hidden = wrist_visibility(person, side) < self._options.min_wrist_visibility
            if region is None or not search.is_due(is_hidden=is_hidden):
                continue
            searched.add(side)
            hand = self._hand_tasks[side].find(region.of(image))
            if hand is not None:
                found[side] = replace(hand, points_px=_in_frame(hand.points_px, region))
        assigned = assign_hands(person, list(found.values()))
        for side, search in self._hands.items():
            if side in found and assigned.get(side) is not found[side]:
                self._hand_tasks[side].forget()  # it would follow the other hand
            if side in searched or side in assigned:
                search.note(is_found=side in assigned)
        if resting is not None and resting in self._last_hands:
            assigned[resting] = self._last_hands[resting].with_wrist(person, resting)
        self._last_hands = {
            side: _LastHand(hand, wrist_px(person, side)) for side, hand in assigned.items()
        }
        return assigned

    def _resting_side(self) -> Side | None:
        """Return the followed hand that is not looked at in this frame, where two hands take turns."""
        if not self._options.hands_in_turn or not all(
            search.is_following for search in self._hands.values()
        ):
            return None
        resting = self._next_in_turn
        self._next_in_turn = SIDES[1 - SIDES.index(resting)]
        return resting

    def _find_face(
        self, image: UInt8[np.ndarray, "height width 3"], person: PersonLandmarks
    ) -> Float32[np.ndarray, "478 3"] | None:
        height, width = image.shape[:2]
        region = head_region(person, width, height)
        is_hidden = not can_show_face(person)
        if self._face_task is None or region is None or not self._face.is_due(is_hidden=is_hidden):
            return None
        face = self._face_task.find(region.of(image))
        if face is not None:
            face = _in_frame(face, region)
            if is_hidden or not is_on_head(face, person, pixels_per_metre(person, width, height)):
                self._face_task.forget()
                face = None
        self._face.note(is_found=face is not None)
        return face


@dataclass(frozen=True, slots=True, eq=False)
class _LastHand:
    """A hand as it was given for the last frame, and where its pose wrist was."""

    hand: FoundHand
    wrist_px: Float32[np.ndarray, "2"]

    def with_wrist(self, person: PersonLandmarks, side: Side) -> FoundHand:
        """Return the hand moved along with the wrist of the body."""
        points_px = self.hand.points_px.copy()
        points_px[:, :2] += wrist_px(person, side) - self.wrist_px
        return replace(self.hand, points_px=points_px)


class _Search:
    """When to run a network: always while it follows something, else in every n-th frame."""

    def __init__(self, interval: int, *, first_in: int) -> None:
        self._interval = interval
        self._wait = first_in
        self._is_following = False

    @property
    def is_following(self) -> bool:
        """Whether it found something when it last ran."""
        return self._is_following

    def is_due(self, *, is_hidden: bool) -> bool:
        """Return whether to run in this frame; to be asked once a frame."""
        if self._is_following:
            return True
        if self._wait > 0:
            self._wait -= 1
            return False
        return not is_hidden

    def note(self, *, is_found: bool) -> None:
        """Take down what a run gave."""
        self._wait = 0 if is_found else self._interval - 1
        self._is_following = is_found


def _in_frame(
    points_px: Float32[np.ndarray, "points 3"], region: Region
) -> Float32[np.ndarray, "points 3"]:
    return points_px + np.array((region.x0, region.y0, 0), np.float32)


def _score(hand: FoundHand | None) -> float:
    """Return how clear the hand is: how sure MediaPipe is which hand it is, from 0.5 to 1; 0 for none.

    MediaPipe gives no other figure for a hand; it goes with sharpness and size.
    """
    return 0.0 if hand is None else max(hand.right_likelihood, 1 - hand.right_likelihood)
