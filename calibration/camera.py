"""Measures a camera from views of a board: intrinsics, how sure they are, and a mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from calibration.board import BoardSpec, BoardView
from calibration.intrinsics import IntrinsicsFit, fit_intrinsics
from calibration.quality import Quality, worst
from engines.errors import CalibrationError
from engines.types import Camera

_LEAST_VIEWS: Final = 4
_MAX_RMS: Final = 3 / 1280  # of the longer side: more is another board, not a lens
_FAIR_RMS: Final = 1 / 1280
_MAX_FOCAL_SIGMA: Final = 0.05  # of the focal length
_FAIR_FOCAL_SIGMA: Final = 0.02
_FAIR_CENTRE_SIGMA: Final = 0.0075  # of the longer side: hardly ever off by more than 1.5 %
_MIRRORED_SHARE: Final = 0.9
_GUESS_SIGMA: Final = 0.1
_GUESS_CENTRE_SIGMA: Final = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class CameraCalibration:
    """A measured camera."""

    camera: Camera
    """Size, focal lengths, principal point, distortion k1 k2 p1 p2 k3."""
    rms_px: float
    """How far corners are from where the camera sees them, root mean square."""
    focal_sigma_px: float
    """Standard deviation of the focal length."""
    centre_sigma_px: float
    """Standard deviation of the principal point along its less certain axis."""
    views: int
    """Views of the board that were used."""
    board: str
    """The board, as it is written."""
    mirrored: bool
    """The board showed its mirror image in nearly all views."""
    source: str
    """What the user called the camera or the clip."""
    quality: Quality
    """Mark and reason."""
    measured_at: str = ""
    """Local time with its zone, ISO 8601; empty where nobody noted it."""
    device_name: str = ""
    """What the maker calls a live camera; empty for recordings, and where the system does not tell."""
    device_path: str = ""
    """Where it was plugged in."""


def calibrate_camera(
    views: Sequence[BoardView], width: int, height: int, board: BoardSpec, *, source: str = ""
) -> CameraCalibration:
    """Return the camera that took the views.

    Args:
        views: Different views of one board, such as `ViewCollector.views`.
        width: Picture width, px.
        height: Picture height, px.
        board: What the board is, for the record.
        source: What the user calls the camera, for the record.

    Raises:
        CalibrationError: the views do not tell; the message says what to do.
    """
    if len(views) < _LEAST_VIEWS:
        raise CalibrationError(
            f"board: seen in {len(views)} different views, {_LEAST_VIEWS} is the least and 15 are good; move it "
            "to the corners of the picture and tilt it to all sides"
        )
    fit = fit_intrinsics([view.points for view in views], width, height)
    _check(fit, width, height)
    mirrored = sum(view.mirrored for view in views) > _MIRRORED_SHARE * len(views)
    return CameraCalibration(
        camera=Camera(width, height, fit.fx, fit.fy, fit.cx, fit.cy, fit.distortion),
        rms_px=fit.rms_px,
        focal_sigma_px=fit.focal_sigma_px,
        centre_sigma_px=fit.centre_sigma_px,
        views=len(views),
        board=str(board),
        mirrored=mirrored,
        source=source,
        quality=_quality(fit, max(width, height), mirrored),
    )


def guessed_calibration(camera: Camera, *, source: str = "") -> CameraCalibration:
    """Return the record of a camera that nobody measured, such as one of `calibration.camera_guess`."""
    return CameraCalibration(
        camera=camera,
        rms_px=0.0,
        focal_sigma_px=_GUESS_SIGMA * camera.fx,
        centre_sigma_px=_GUESS_CENTRE_SIGMA * max(camera.width, camera.height),
        views=0,
        board="",
        mirrored=False,
        source=source,
        quality=Quality("yellow", "guessed, known to about 10 %; measure it with a board"),
    )


def _check(fit: IntrinsicsFit, width: int, height: int) -> None:
    longer = max(width, height)
    if not fit.rms_px <= _MAX_RMS * longer:
        raise CalibrationError(
            f"board: its corners are {fit.rms_px:.1f} px off any flat board; check columns, rows and 'legacy' in "
            "the board's text, and glue the sheet to something stiff"
        )
    if not fit.focal_sigma_px <= _MAX_FOCAL_SIGMA * fit.fx:
        raise CalibrationError(
            f"board: the views are too much alike, the focal length is uncertain by "
            f"{100 * fit.focal_sigma_px / fit.fx:.0f} %; tilt the board to all sides and move it about"
        )
    if not (-0.2 * width < fit.cx - width / 2 < 0.2 * width) or not (
        -0.2 * height < fit.cy - height / 2 < 0.2 * height
    ):
        raise CalibrationError(
            f"board: the middle of the lens came out at ({fit.cx:.0f}, {fit.cy:.0f}) px of {width} x {height}; "
            "the picture is cropped, or the views do not tell: show the board in all corners"
        )


def _quality(fit: IntrinsicsFit, longer: int, mirrored: bool) -> Quality:
    doubts = []
    if mirrored:
        doubts.append(
            Quality(
                "red",
                "the board is seen mirrored: right if it was its back; otherwise the camera mirrors its pictures: "
                "switch that off in its settings and measure again",
            )
        )
    if fit.focal_sigma_px > _FAIR_FOCAL_SIGMA * fit.fx:
        percent = 100 * fit.focal_sigma_px / fit.fx
        doubts.append(
            Quality("yellow", f"focal length known to {percent:.1f} % only; tilt the board more")
        )
    if fit.centre_sigma_px > _FAIR_CENTRE_SIGMA * longer:
        doubts.append(
            Quality(
                "yellow",
                f"middle of the lens known to {fit.centre_sigma_px:.0f} px only; turn the board and show it in "
                "all corners",
            )
        )
    if fit.rms_px > _FAIR_RMS * longer:
        doubts.append(
            Quality(
                "yellow", f"corners {fit.rms_px:.1f} px off; use a stiff board and hold it still"
            )
        )
    return worst(
        doubts,
        otherwise=f"corners {fit.rms_px:.2f} px off, focal length known to {100 * fit.focal_sigma_px / fit.fx:.1f} %",
    )
