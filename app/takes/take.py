"""A take in memory."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, Int64

from app.takes.header import TakeHeader
from engines.types import Camera


@dataclass(frozen=True, slots=True)
class TimedMarker:
    """A moment that the user marked."""

    time_ns: int
    """On the axis of `Take.timestamps_ns`."""
    text: str
    """What the user called it; may be empty."""


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """One person through a recording. Arrays are read-only; N is the number of frames."""

    path: Path
    """The file it came from."""
    header: TakeHeader | None
    """Who made it, from what, when; None for a take.npz that was parted from its take.json."""
    frame_index: Int64[np.ndarray, "N"]
    """Numbers of the source's frames."""
    timestamps_ns: Int64[np.ndarray, "N"]
    """Time since the recording's first frame, pauses left out."""
    source_timestamps_ns: Int64[np.ndarray, "N"]
    """`Frame.timestamp_ns`: time on the source's own axis."""
    markers: tuple[TimedMarker, ...]
    """What the user marked while recording."""
    frame_rate: float
    """Mean frames per second."""
    poses: Float32[np.ndarray, "N 165"]
    """Axis-angle of the 55 joints; the root in AMASS's z-up world."""
    trans: Float32[np.ndarray, "N 3"]
    """AMASS's translation, z-up world: the pelvis is at `rest_joints[0] + trans`."""
    betas: Float32[np.ndarray, "10"]
    """The person's shape for the whole take."""
    rest_joints: Float32[np.ndarray, "55 3"]
    """Rest joints of that shape, metres, body rest frame."""
    expression: Float32[np.ndarray, "N 10"]
    """Expression coefficients, in `expression_space`."""
    expression_space: str
    """What they mean."""
    body_model: str
    """`BodyModel.name` of the body that was solved for."""
    joints: Float32[np.ndarray, "N 55 3"]
    """Camera frame, metres; NaN where the person was not seen."""
    confidence: Float32[np.ndarray, "N 55"]
    """In [0, 1]; 0 where the person was not seen."""
    blendshapes: Float32[np.ndarray, "N 52"]
    """In [0, 1], in the order of `engines.body.face.ARKIT_NAMES`; the last known where none was given."""
    blendshapes_given: Bool[np.ndarray, "N"]
    """Blendshapes came with this frame."""
    left_hand_seen: Bool[np.ndarray, "N"]
    """The left hand was observed."""
    right_hand_seen: Bool[np.ndarray, "N"]
    """The right hand was observed."""
    face_seen: Bool[np.ndarray, "N"]
    """The face was observed."""
    global_orient_camera: Float32[np.ndarray, "N 3"]
    """`SmplxParams.global_orient` as it was: camera frame."""
    transl_camera: Float32[np.ndarray, "N 3"]
    """`SmplxParams.transl` as it was: camera frame, for `betas_per_frame`."""
    betas_per_frame: Float32[np.ndarray, "N 10"]
    """`SmplxParams.betas` as they were."""
    world_from_camera: Float32[np.ndarray, "N 4 4"]
    """Takes camera-frame points to the world (y up)."""
    camera: Camera
    """The camera of the first frame."""
    track_id: int
    """The person's track; -1 for a take of nobody."""

    @property
    def seen(self) -> Bool[np.ndarray, "N"]:
        """The person was seen in this frame."""
        return np.isfinite(self.joints[:, 0, 0])

    def __len__(self) -> int:
        return len(self.frame_index)
