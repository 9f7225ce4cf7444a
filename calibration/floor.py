"""The floor as a camera sees it: from a board that lies on it; and the record that all ways of finding it end in."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
from jaxtyping import Float32, Float64
from numpy.typing import NDArray

from calibration.board import BoardView
from calibration.quality import Quality, worst
from engines.body.pose import read_only
from engines.errors import CalibrationError
from engines.types import Camera

_Row = tuple[float, float, float, float]

_LEAST_VIEWS: Final = 3
_STEEPEST_DEG: Final = (
    65.0  # a camera turned farther than this from level is one whose board does not lie
)
_MOVED_M: Final = 0.03
_MOVED_DEG: Final = 3.0
_ALIKE: Final = 1.5  # two poses whose errors differ by less than this factor fit equally well
_FAIR_PITCH_SIGMA_DEG: Final = 1.0
_FAIR_RMS: Final = 2 / 1280


@dataclass(frozen=True, slots=True, eq=False)
class FloorCalibration:
    """The floor, as seen from a camera that stands still."""

    method: Literal["board", "person"]
    """What told it."""
    world_from_camera: tuple[_Row, _Row, _Row, _Row]
    """Takes camera points to the world: y up, floor at y = 0, +z towards the camera; metres."""
    camera_height_m: float
    """Height of the lens above the floor."""
    pitch_deg: float
    """How far the camera looks up; negative for down."""
    roll_deg: float
    """How far the camera is turned about its optical axis, clockwise as seen from behind it."""
    pitch_sigma_deg: float
    """Standard deviation of the pitch."""
    height_sigma_m: float
    """Standard deviation of the height."""
    frames: int
    """Pictures used."""
    source: str
    """What the user called the camera or the clip."""
    quality: Quality
    """Mark and reason."""
    facing_deg: float = 0.0
    """Where the person faced while standing: 0 is towards the camera, positive to the picture's right."""
    measured_at: str = ""
    """Local time with its zone, ISO 8601; empty where nobody noted it."""

    @property
    def matrix(self) -> Float32[np.ndarray, "4 4"]:
        """`world_from_camera` as a read-only array."""
        return read_only(np.array(self.world_from_camera))


def world_from_up(
    up: NDArray[np.floating], camera_height_m: float, origin: NDArray[np.floating]
) -> Float64[np.ndarray, "4 4"]:
    """Return `world_from_camera` (4, 4).

    Args:
        up: Unit vector against gravity, camera frame.
        camera_height_m: Height of the lens above the floor.
        origin: A camera-frame point; the world's origin is on the floor under it.
    """
    up = np.asarray(up, np.float64) / np.linalg.norm(up)
    right = np.array([1.0, 0, 0]) - up[0] * up
    right /= np.linalg.norm(right)
    matrix = np.eye(4)
    matrix[:3, :3] = right, up, np.cross(right, up)
    matrix[:3, 3] = -matrix[:3, :3] @ np.asarray(origin, np.float64)
    matrix[1, 3] = camera_height_m
    return matrix


def pitch_and_roll_deg(up: NDArray[np.floating]) -> tuple[float, float]:
    """Return pitch and roll, as `FloorCalibration` defines them, of a camera that sees `up` there."""
    x, y, z = (float(each) for each in up)
    return math.degrees(math.asin(min(max(z, -1.0), 1.0))), math.degrees(math.atan2(-x, -y))


def up_of_camera(pitch_deg: float, roll_deg: float) -> Float64[np.ndarray, "3"]:
    """Return the unit vector against gravity in the frame of a camera of this pitch and roll."""
    pitch, roll = math.radians(pitch_deg), math.radians(roll_deg)
    level = math.cos(pitch)
    return np.array([-level * math.sin(roll), -level * math.cos(roll), math.sin(pitch)])


def matrix_rows(matrix: NDArray[np.floating]) -> tuple[_Row, _Row, _Row, _Row]:
    """Return a (4, 4) matrix as plain numbers."""
    rows = [tuple(float(each) for each in row) for row in matrix]
    return rows[0], rows[1], rows[2], rows[3]  # type: ignore[return-value]


def floor_from_board(
    views: Sequence[BoardView], camera: Camera, *, source: str = ""
) -> FloorCalibration:
    """Return the floor under a board that lies on it, seen by a camera that stands still.

    The world's origin is under the middle of the board.

    Args:
        views: The board in several pictures.
        camera: The camera, best a measured one.
        source: What the user calls it, for the record.

    Raises:
        CalibrationError: the views do not tell; the message says what to do.
    """
    if len(views) < _LEAST_VIEWS:
        raise CalibrationError(
            f"floor: the board was seen in {len(views)} pictures, {_LEAST_VIEWS} is the least; lay it on the floor in "
            "full view, well lit"
        )
    if sum(view.mirrored for view in views) > len(views) / 2:
        raise CalibrationError(
            "floor: the picture is mirrored, the board is seen from behind; switch mirroring off in the camera's "
            "settings (the preview is mirrored by the app)"
        )
    poses = [_pose(view, camera) for view in views]
    ups = np.array([pose.up for pose in poses])
    middles = np.array([pose.middle for pose in poses])
    up, middle = np.median(ups, axis=0), np.median(middles, axis=0)
    up /= np.linalg.norm(up)
    _check_still(ups, middles, up, middle)
    if up @ (0, -1, 0) < math.cos(math.radians(_STEEPEST_DEG)):
        raise CalibrationError(
            "floor: the board does not lie on the floor, or the camera lies on its side; lay the board flat, and set "
            "capture.rotate_deg for a turned camera"
        )
    height = float(-up @ middle)
    pitch, roll = pitch_and_roll_deg(up)
    tilts = np.degrees(np.arccos(np.clip(ups @ up, -1, 1)))
    pitch_sigma = float(np.sqrt((tilts**2).mean() / 2 + 0.1**2))
    rms = float(np.median([pose.rms_px for pose in poses]))
    return FloorCalibration(
        method="board",
        world_from_camera=matrix_rows(world_from_up(up, height, middle)),
        camera_height_m=height,
        pitch_deg=pitch,
        roll_deg=roll,
        pitch_sigma_deg=pitch_sigma,
        height_sigma_m=float(np.hypot((middles @ up).std(), 0.002 * height)),
        frames=len(views),
        source=source,
        quality=_board_quality(pitch_sigma, rms, camera),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Pose:
    up: NDArray[np.float64]  # (3,), away from the printed side
    middle: NDArray[np.float64]  # (3,), camera frame
    rms_px: float


def _pose(view: BoardView, camera: Camera) -> _Pose:
    """Return where a board lies. Of two poses that fit about equally well the one that is more level is taken."""
    matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])
    distortion = np.array(camera.distortion or (0.0,) * 4)
    points = view.points
    _, turns, places, errors = cv2.solvePnPGeneric(
        points.board_m, points.pixels, matrix, distortion, flags=cv2.SOLVEPNP_IPPE
    )
    middle: NDArray[np.float64] = (points.board_m.min(axis=0) + points.board_m.max(axis=0)) / 2
    best = min(float(error) for error in np.ravel(errors))
    candidates = []
    for turn, place, error in zip(turns, places, np.ravel(errors), strict=True):
        rotation = np.asarray(cv2.Rodrigues(turn)[0], np.float64)
        centre = rotation @ middle + place[:, 0]
        up = -rotation[:, 2] * float(np.sign(rotation[:, 2] @ centre))
        if float(error) <= max(_ALIKE * best, best + 0.05):
            candidates.append(_Pose(up, centre, float(error)))
    return min(candidates, key=lambda pose: abs(pose.up[0]))


def _check_still(
    ups: NDArray[np.float64],
    middles: NDArray[np.float64],
    up: NDArray[np.float64],
    middle: NDArray[np.float64],
) -> None:
    moved = np.linalg.norm(middles - middle, axis=1)
    turned = np.degrees(np.arccos(np.clip(ups @ up, -1, 1)))
    distance = float(np.linalg.norm(middle))
    away = (moved > _MOVED_M * (distance if distance > 1 else 1.0)) | (turned > 2 * _MOVED_DEG)
    if away.mean() > 0.25:
        raise CalibrationError(
            f"floor: the board or the camera moved, by {100 * np.quantile(moved, 0.9):.0f} cm; leave the board on the "
            "floor, fix the camera, and measure again"
        )


def _board_quality(pitch_sigma_deg: float, rms_px: float, camera: Camera) -> Quality:
    doubts = []
    if pitch_sigma_deg > _FAIR_PITCH_SIGMA_DEG:
        doubts.append(
            Quality(
                "yellow",
                f"pitch known to {pitch_sigma_deg:.1f} degrees only; use a larger board or bring it nearer",
            )
        )
    if rms_px > _FAIR_RMS * max(camera.width, camera.height):
        doubts.append(
            Quality(
                "yellow",
                f"corners {rms_px:.1f} px off; measure the camera first, and lay the board flat",
            )
        )
    return worst(doubts, otherwise=f"board seen well, pitch known to {pitch_sigma_deg:.1f} degrees")
