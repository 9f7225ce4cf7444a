"""MediaPipe's landmark networks, one object each. The only file that imports mediapipe.

MediaPipe's own smoothing is unwanted: it lags, and engines.smoothing knows more. It cannot be switched off for one
person or face, but its one-euro filters work on time stamps, and stamps that are 1,000 s apart leave 0.3 % of it. That
also makes MediaPipe's demand for rising time stamps nobody's concern: live sources, loops and clock steps are the same.
Asking for two persons switches smoothing off too, but then the whole picture is searched in every frame: 1.5 times
the work (measured on two 60 fps clips with known truth: 84.9 and 84.4 mm after alignment this way, 80.8 and 83.4 that
way, 85.0 and 84.2 smoothed).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np
from jaxtyping import Float32, UInt8
from numpy.typing import NDArray

from engines.detect.native_log import native_stderr_to_log
from engines.errors import EngineUnavailable, StageError
from engines.model_store import model_path

FACE_POINT_COUNT: Final = 468
"""Points of the face mesh; five of the right and five of the left iris follow them."""
_TIME_STEP_MS: Final = 1_000_000
_MAX_CALLS: Final = 9_000_000
"""MediaPipe's clocks are 64 bits of nanoseconds: start anew before they run over (83 hours at 30 fps)."""
_VISIBILITY_ALPHA: Final = 0.1
"""Weight of the newest value in MediaPipe's visibility filter (pose_landmarks_detector_graph.cc)."""
_BLANK: Final = np.zeros((64, 64, 3), np.uint8)
"""Shows nothing: to warm up, and to make a network lose what it follows."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundBody:
    """The body landmarks of one person."""

    points_px: Float32[np.ndarray, "33 3"]
    """Pixels of the given picture; z relative depth in pixels, away from the camera."""
    world: Float32[np.ndarray, "33 3"]
    """Metres, hips at the origin, x right, y down, z away from the camera."""
    visibility: Float32[np.ndarray, "33"]
    """In [0, 1]."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundHand:
    """The landmarks of one hand."""

    points_px: Float32[np.ndarray, "21 3"]
    """Pixels of the given picture; z relative to the wrist."""
    right_likelihood: float
    """How likely this is the person's own right hand, in [0, 1], by its looks; trustworthy for large, clear hands."""
    world: Float32[np.ndarray, "21 3"]
    """Metres about the middle of the hand; x right, y down, z away from the camera."""


class _Landmark(Protocol):
    x: float
    y: float
    z: float
    visibility: float | None


class _Task(ABC):
    """A MediaPipe landmarker in video mode: it follows what it found in the picture before."""

    _card: str
    """Name of the model in assets/models.toml."""

    def __init__(self) -> None:
        self._landmarker: Any = None
        self._image: Any = None
        self._format: Any = None
        self._rgb: UInt8[np.ndarray, "height width 3"] | None = None
        self._calls = 0

    def open(self) -> None:
        """Load the network and run it once.

        Raises:
            ModelMissing: the model file is not there.
            EngineUnavailable: MediaPipe is not installed, or cannot load the model.
        """
        path = model_path(self._card)
        self._calls = 0
        try:
            from mediapipe import Image, ImageFormat

            self._image, self._format = Image, ImageFormat.SRGB
            with native_stderr_to_log():
                self._start(path)
                self._run(_BLANK)
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise EngineUnavailable(
                f"{path}: MediaPipe cannot load it ({error}); run 'python main.py doctor'"
            ) from error

    def close(self) -> None:
        """Free the network; may be called twice."""
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None

    def forget(self) -> None:
        """Follow nothing any more: search anew in the next picture."""
        self._run(_BLANK)

    def _run(self, image: UInt8[np.ndarray, "height width 3"]) -> Any:
        """Return MediaPipe's result for a BGR picture."""
        if self._landmarker is None:
            raise StageError(f"the {self._card} landmarker is not open; call open() first")
        if self._calls == _MAX_CALLS:
            self.close()
            self.open()
        self._calls += 1
        self._rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB, dst=self._rgb)
        picture = self._image(image_format=self._format, data=self._rgb)  # copies
        return self._landmarker.detect_for_video(picture, self._calls * _TIME_STEP_MS)

    def _start(self, path: Path) -> None:
        self._landmarker = self._create(path)

    @abstractmethod
    def _create(self, path: Path) -> Any:
        """Return the landmarker of the model file."""


class BodyTask(_Task):
    """Finds the body landmarks of one or more persons."""

    _card = "pose"

    def __init__(
        self, *, max_persons: int, min_confidence: float, min_tracking_confidence: float
    ) -> None:
        super().__init__()
        self._max_persons = max_persons
        self._min_confidence = min_confidence
        self._min_tracking_confidence = min_tracking_confidence
        self._smoothed_visibility: NDArray[np.float32] | None = None

    def find(self, image: UInt8[np.ndarray, "height width 3"]) -> list[FoundBody]:
        """Return the persons in a BGR picture."""
        height, width = image.shape[:2]
        result = self._run(image)
        return [
            FoundBody(_pixels(points, width, height), _metres(world), self._visibility(points))
            for points, world in zip(
                result.pose_landmarks, result.pose_world_landmarks, strict=True
            )
        ]

    def _start(self, path: Path) -> None:
        # finds a body in anything: MediaPipe has something to say, once, when it does, and here that goes to the log
        self._landmarker = self._create(path, min_confidence=0.0)
        self._run(_BLANK)
        self.close()
        super()._start(path)

    def _create(self, path: Path, min_confidence: float | None = None) -> Any:
        from mediapipe.tasks.python import BaseOptions
        from mediapipe.tasks.python.vision import PoseLandmarker, PoseLandmarkerOptions, RunningMode

        self._smoothed_visibility = None
        tracking = self._min_tracking_confidence if min_confidence is None else min_confidence
        options = PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(path)),
            running_mode=RunningMode.VIDEO,
            num_poses=self._max_persons,
            min_pose_detection_confidence=(
                self._min_confidence if min_confidence is None else min_confidence
            ),
            min_pose_presence_confidence=tracking,
            min_tracking_confidence=tracking,
        )
        return PoseLandmarker.create_from_options(options)

    def _visibility(self, points: list[_Landmark]) -> NDArray[np.float32]:
        """Return the visibility before MediaPipe's smoothing, which is exponential and has no regard for time.

        The filter runs for a single person only, and is not reset when that person is lost (checked against the
        still-picture mode: exact to 3e-7).
        """
        smoothed = np.array([point.visibility or 0.0 for point in points], np.float32)
        if self._max_persons > 1:
            return smoothed
        before, self._smoothed_visibility = self._smoothed_visibility, smoothed
        if before is None:
            return smoothed
        newest = (smoothed - (1 - _VISIBILITY_ALPHA) * before) / _VISIBILITY_ALPHA
        return np.clip(newest, 0.0, 1.0)


class HandTask(_Task):
    """Finds one hand."""

    _card = "hand"

    def __init__(self, *, min_confidence: float) -> None:
        super().__init__()
        self._min_confidence = min_confidence

    def find(self, image: UInt8[np.ndarray, "height width 3"]) -> FoundHand | None:
        """Return the hand in a BGR picture."""
        height, width = image.shape[:2]
        result = self._run(image)
        if not result.hand_landmarks:
            return None
        label = result.handedness[0][0]
        right = label.score if label.category_name == "Right" else 1 - label.score
        return FoundHand(
            _pixels(result.hand_landmarks[0], width, height),
            right,
            _metres(result.hand_world_landmarks[0]),
        )

    def _create(self, path: Path) -> Any:
        from mediapipe.tasks.python import BaseOptions
        from mediapipe.tasks.python.vision import HandLandmarker, HandLandmarkerOptions, RunningMode

        options = HandLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(path)),
            running_mode=RunningMode.VIDEO,
            num_hands=1,
            min_hand_detection_confidence=self._min_confidence,
            min_hand_presence_confidence=self._min_confidence,
        )
        return HandLandmarker.create_from_options(options)


class FaceTask(_Task):
    """Finds one face."""

    _card = "face"

    def __init__(self, *, min_confidence: float) -> None:
        super().__init__()
        self._min_confidence = min_confidence

    def find(
        self, image: UInt8[np.ndarray, "height width 3"]
    ) -> Float32[np.ndarray, "478 3"] | None:
        """Return the mesh of the face in a BGR picture: pixels, z relative to the head's middle; the irises last."""
        height, width = image.shape[:2]
        result = self._run(image)
        if not result.face_landmarks:
            return None
        return _pixels(result.face_landmarks[0], width, height)

    def _create(self, path: Path) -> Any:
        from mediapipe.tasks.python import BaseOptions
        from mediapipe.tasks.python.vision import FaceLandmarker, FaceLandmarkerOptions, RunningMode

        options = FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(path)),
            running_mode=RunningMode.VIDEO,
            num_faces=1,
            min_face_detection_confidence=self._min_confidence,
            min_face_presence_confidence=self._min_confidence,
        )
        return FaceLandmarker.create_from_options(options)


def _pixels(points: list[_Landmark], width: int, height: int) -> NDArray[np.float32]:
    """Return normalised landmarks in pixels; z is in units of the picture's width (MediaPipe's documentation)."""
    normalised = np.array([(point.x, point.y, point.z) for point in points], np.float32)
    return normalised * np.array((width, height, width), np.float32)


def _metres(points: list[_Landmark]) -> NDArray[np.float32]:
    return np.array([(point.x, point.y, point.z) for point in points], np.float32)
