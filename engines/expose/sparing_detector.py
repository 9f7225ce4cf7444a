"""Looks for persons on some frames only: ExPose's own answers say where they are in between."""

from dataclasses import replace

from engines.protocols import Detector
from engines.types import Detection, Frame


class SparingDetector:
    """A `Detector` that asks another one on every n-th frame, and on every frame while nobody is in view.

    In between it gives the last detections again, marked as held.
    """

    def __init__(self, detector: Detector, every: int) -> None:
        self._detector = detector
        self._every = every
        self._held: tuple[Detection, ...] = ()
        self._age = 0

    def open(self) -> None:
        """Open the detector. Raises like it."""
        self._detector.open()
        self._held = ()

    def detect(self, frame: Frame) -> tuple[Detection, ...]:
        """Return the persons in view, or those of an earlier frame."""
        self._age += 1
        if self._held and self._age < self._every:
            return self._held
        found = self._detector.detect(frame)
        self._held = tuple(replace(detection, held=True) for detection in found)
        self._age = 0
        return found

    def close(self) -> None:
        """Close the detector; may be called twice."""
        self._detector.close()
