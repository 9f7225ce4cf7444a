"""What runs the networks of ExPose, on whatever device: NumPy arrays in, NumPy arrays out."""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from jaxtyping import Bool, Float32

PARTS: Final = ("right_hand", "left_hand", "head")
"""The parts, in the order of all arrays that have one row for each."""


@dataclass(frozen=True, slots=True, eq=False)
class BodyAnswer:
    """What the body network says about one person."""

    vector: Float32[np.ndarray, "parameters"]
    """Its parameter vector, see `engines.expose.layout`."""
    boxes: Float32[np.ndarray, "3 3"]
    """Squares around right hand, left hand and head: centre x, y and side in pixels of the picture."""
    hand_start: Float32[np.ndarray, "2 hand"]
    """Start of the hand network: right hand, left hand as a right hand."""
    head_start: Float32[np.ndarray, "head"]
    """Start of the head network."""


@dataclass(frozen=True, slots=True, eq=False)
class WholeBody:
    """One person, all networks' answers put together."""

    rotations: Float32[np.ndarray, "55 3 3"]
    """Relative to the parent; the pelvis in the axes of the camera; hands relative to the flat hand."""
    betas: Float32[np.ndarray, "10"]
    expression: Float32[np.ndarray, "10"]
    scale: float
    """A point X of the body is seen at `scale * (X_xy + translation)`, -1 to 1 over the body crop."""
    translation: Float32[np.ndarray, "2"]


class Backend(Protocol):
    """The networks of one release. Opened, used and closed on one thread."""

    provider: str
    """Library and device that are really in use."""

    def body(
        self,
        crop: Float32[np.ndarray, "3 side side"],
        image_from_crop: Float32[np.ndarray, "3 3"],
        side: float,
    ) -> BodyAnswer:
        """Return the body in a normalised crop, which is `side` pixels wide in the picture."""

    def hands(
        self,
        crops: Float32[np.ndarray, "2 3 side side"],
        start: Float32[np.ndarray, "2 hand"],
    ) -> Float32[np.ndarray, "2 hand"]:
        """Return the vectors of the right hand and of the mirrored left hand."""

    def head(
        self, crop: Float32[np.ndarray, "3 side side"], start: Float32[np.ndarray, "head"]
    ) -> Float32[np.ndarray, "head"]:
        """Return the vector of the head."""

    def merge(
        self,
        vector: Float32[np.ndarray, "parameters"],
        hands: Float32[np.ndarray, "2 hand"],
        head: Float32[np.ndarray, "head"],
        use: Bool[np.ndarray, "3"],
    ) -> WholeBody:
        """Return the whole body; for each part, `use` says whether its network's answer replaces the body's."""

    def close(self) -> None:
        """Free the networks; may be called twice."""
