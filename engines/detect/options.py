"""What the landmark detector looks for, and how hard."""

from dataclasses import dataclass, fields
from typing import Final

_MOST_PERSONS: Final = 4


@dataclass(frozen=True, slots=True)
class LandmarkDetectorOptions:
    """Settings of the landmark detector. The body is always looked for: it says where hands and face are."""

    hands: bool = True
    """Look for the hands."""
    face: bool = True
    """Look for the face."""
    max_persons: int = 1
    """How many persons to follow, 1 to 4. Each one more costs about as much again."""
    min_person_confidence: float = 0.5
    """How sure to be that there is a person, 0 to 1. Lower it for persons who are small or close together."""
    min_tracking_confidence: float = 0.5
    """How sure to be that a followed person is still there, 0 to 1, before looking again in the whole picture."""
    min_hand_confidence: float = 0.5
    """How sure to be that there is a hand, 0 to 1."""
    min_face_confidence: float = 0.5
    """How sure to be that there is a face, 0 to 1."""
    min_wrist_visibility: float = 0.1
    """How visible a wrist has to be, 0 to 1, for its hand to be looked for."""
    hands_in_turn: bool | None = None
    """Look at one of two followed hands in each frame and move the other along with its wrist, in half the time.
    Unset: for cameras and streams, where lateness costs more; not for files."""
    search_interval_frames: int = 3
    """Look for a hand or face that is not followed only in every n-th frame; 1 for every frame."""

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: a value is out of its range.
        """
        if not 1 <= self.max_persons <= _MOST_PERSONS:
            raise ValueError(
                f"max_persons is {self.max_persons}; choose a number from 1 to {_MOST_PERSONS}"
            )
        if self.search_interval_frames < 1:
            raise ValueError(
                f"search_interval_frames is {self.search_interval_frames}; choose 1 or more"
            )
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name.startswith("min_") and not 0 <= value <= 1:
                raise ValueError(f"{field.name} is {value}; choose a number from 0 to 1")
