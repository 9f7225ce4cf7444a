"""The vocabulary: what detectors, regressors, smoothers, sinks and takes hand to each other.

All records are frozen; all arrays are float32 (pictures uint8), C-contiguous and read-only once published.

Frames of reference: pictures have their origin at the top left, x right, y down, in pixels. The camera frame is
x right, y down, z forward, in metres. Joint rotations are axis-angle vectors in radians, relative to the parent joint.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float32, UInt8

from engines.errors import ConfigError

JOINT_COUNT = 55
BODY_JOINT_COUNT = 22
BETA_COUNT = 10
EXPRESSION_COUNT = 10
BLENDSHAPE_COUNT = 52


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """A pinhole camera with OpenCV distortion."""

    width: int
    """Picture width in pixels."""
    height: int
    """Picture height in pixels."""
    fx: float
    """Focal length along x in pixels."""
    fy: float
    """Focal length along y in pixels."""
    cx: float
    """Principal point x in pixels."""
    cy: float
    """Principal point y in pixels."""
    distortion: tuple[float, ...] = ()
    """OpenCV coefficients k1 k2 p1 p2 [k3 ...]; empty for none."""

    @classmethod
    def guess(cls, width: int, height: int) -> "Camera":
        """Return a camera with a focal length of one longer side, for pictures of an unknown camera."""
        focal = float(max(width, height))
        return cls(width, height, focal, focal, width / 2, height / 2)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture and when it was taken."""

    index: int
    """Running number of the frame in its source, from 0; gaps where the source dropped frames."""
    captured_ns: int
    """`time.perf_counter_ns()` right after the grab: for latency figures only."""
    timestamp_ns: int
    """Time on the source's own axis: presentation time for files, `captured_ns` for live sources."""
    image: UInt8[np.ndarray, "height width 3"]
    """BGR."""
    camera: Camera
    """The camera that took it, measured or guessed."""


@dataclass(frozen=True, slots=True, eq=False)
class PersonLandmarks:
    """MediaPipe landmarks of one person. 'left' and 'right' are the person's own."""

    pose_px: Float32[np.ndarray, "33 3"]
    """Pose landmarks: x, y in pixels; z relative depth in pixels, away from the camera."""
    pose_world: Float32[np.ndarray, "33 3"]
    """Metric pose landmarks: metres, hips at the origin, x right, y down, z away from the camera."""
    pose_visibility: Float32[np.ndarray, "33"]
    """Likelihood in [0, 1] that a landmark is in the picture and not hidden."""
    left_hand_px: Float32[np.ndarray, "21 3"] | None = None
    """Left hand landmarks in pixels, z as for the pose; None when not seen."""
    right_hand_px: Float32[np.ndarray, "21 3"] | None = None
    """Right hand landmarks in pixels; None when not seen."""
    left_hand_world: Float32[np.ndarray, "21 3"] | None = None
    """Metric left hand landmarks about the hand's middle, axes as of `pose_world`; None when not seen."""
    right_hand_world: Float32[np.ndarray, "21 3"] | None = None
    """Metric right hand landmarks; None when not seen."""
    left_hand_score: float = 0.0
    """Confidence in [0, 1] of the left hand."""
    right_hand_score: float = 0.0
    """Confidence in [0, 1] of the right hand."""
    face_px: Float32[np.ndarray, "468 3"] | None = None
    """Face mesh in pixels; None when not seen."""
    irises_px: Float32[np.ndarray, "10 3"] | None = None
    """Irises in pixels, the right one first: each its centre and four points on its edge; None when not seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A person found in a frame."""

    track_id: int
    """Stays the same while the person is followed."""
    box: Float32[np.ndarray, "4"]
    """x0 y0 x1 y1 in pixels; may reach beyond the picture."""
    score: float
    """Confidence in [0, 1]."""
    landmarks: PersonLandmarks | None = None
    """Landmarks, where the detector gives them."""
    held: bool = False
    """Not looked for in this frame: box and landmarks are those of the last frame in which they were."""


@dataclass(frozen=True, slots=True, eq=False)
class SmplxParams:
    """Pose and shape of one SMPL-X body in the camera frame."""

    global_orient: Float32[np.ndarray, "3"]
    """Rotation of the pelvis in the camera frame."""
    body_pose: Float32[np.ndarray, "21 3"]
    """Joints 1 to 21."""
    left_hand_pose: Float32[np.ndarray, "15 3"]
    """Joints 25 to 39: index, middle, pinky, ring, thumb; relative to the FLAT hand."""
    right_hand_pose: Float32[np.ndarray, "15 3"]
    """Joints 40 to 54."""
    jaw_pose: Float32[np.ndarray, "3"]
    """Joint 22."""
    leye_pose: Float32[np.ndarray, "3"]
    """Joint 23."""
    reye_pose: Float32[np.ndarray, "3"]
    """Joint 24."""
    betas: Float32[np.ndarray, "10"]
    """Shape coefficients in units of one standard deviation."""
    expression: Float32[np.ndarray, "10"]
    """Expression coefficients, in the space named by the body model."""
    transl: Float32[np.ndarray, "3"]
    """Added after posing, in metres: the pelvis is at rest-pelvis + transl, not at transl."""


@dataclass(frozen=True, slots=True, eq=False)
class PoseEstimate:
    """A whole expressive body for one person in one frame."""

    track_id: int
    """The detection's track."""
    params: SmplxParams
    """Pose, shape and place."""
    joints: Float32[np.ndarray, "55 3"]
    """Posed joints in SMPL-X order, metres, camera frame."""
    confidence: Float32[np.ndarray, "55"]
    """For each joint, in [0, 1]: 0 for a joint that is a guess (out of view), 1 for one seen clearly."""
    blendshapes: Float32[np.ndarray, "52"] | None = None
    """ARKit-named face coefficients in [0, 1], in the order of `engines.body.face.ARKIT_NAMES`."""
    left_hand_seen: bool = False
    """The left hand was observed in this frame, not held or eased."""
    right_hand_seen: bool = False
    """The right hand was observed in this frame."""
    face_seen: bool = False
    """The face was observed in this frame."""
    left_foot_stands: bool = False
    """The left foot is held where it stands."""
    right_foot_stands: bool = False
    """The right foot is held where it stands."""


SmoothedPart = Literal["body", "hands", "face", "root"]
"""What has a smoothing strength of its own: the fields of `PartStrengths`."""


@dataclass(frozen=True, slots=True)
class PartStrengths:
    """How strongly each part of a person is smoothed: 0 not at all, 1 as set up, 2 at half of each cut-off."""

    body: float = 1.0
    """Pelvis attitude, spine, head, arms and legs."""
    hands: float = 1.0
    """Wrists and fingers."""
    face: float = 1.0
    """Expression, jaw, gaze and eyelids."""
    root: float = 1.0
    """Place in space."""

    def __post_init__(self) -> None:
        """Refuse strengths without a meaning."""
        for part in ("body", "hands", "face", "root"):
            value = getattr(self, part)
            if not 0 <= value < float("inf"):
                raise ConfigError(f"smoothing strength of {part} is {value}; use 0 or more")

    def scaled(self, factor: float) -> "PartStrengths":
        """Return all strengths times a factor."""
        return PartStrengths(
            body=self.body * factor,
            hands=self.hands * factor,
            face=self.face * factor,
            root=self.root * factor,
        )
