"""Measures a camera with a board, from a live camera or a recording."""

from typing import Final

import numpy as np
from jaxtyping import UInt8

from app.calibrate.frames import OnProgress, Reading
from app.pipeline.protocols import Source
from calibration.board import BoardFinder, BoardSpec, BoardView
from calibration.camera import CameraCalibration, calibrate_camera
from calibration.diagnosis import which_other_board, why_not_found
from calibration.floor import FloorCalibration, floor_from_board
from calibration.views import ViewCollector
from engines.errors import CalibrationError
from engines.types import Camera, Frame

_LIVE_S: Final = 120.0
_DIAGNOSED: Final = 6
_DIAGNOSE_EVERY: Final = 10
_FLOOR_VIEWS: Final = 60
_LOOK_CLOSER_EVERY_S: Final = 4.0


def measure_camera(
    source: Source, board: BoardSpec, on_progress: OnProgress, *, duration_s: float | None = None
) -> CameraCalibration:
    """Return the camera behind a source that shows a board.

    A live camera is watched until the guide says that it is enough, or the source is told to finish; a recording to its
    end.

    Raises:
        CalibrationError: the board was not seen, or not in enough different views; the message says what to do.
        CaptureError: the source cannot be opened or read.
    """
    limit_s = _LIVE_S if source.is_live and duration_s is None else duration_s
    reading = Reading(source, on_progress, duration_s=limit_s)
    hunt = _Hunt(board)
    collector: ViewCollector | None = None
    for frame in reading.frames():
        if collector is None:
            collector = ViewCollector(frame.camera.width, frame.camera.height)
        _check_size(frame, collector, source)
        collector.add(hunt.find(frame.image))
        guide = collector.guide()
        problem = hunt.problem(frame.image, reading.elapsed_s) if source.is_live else ""
        told = f"{guide.views} views; {problem or guide.advice}"
        reading.tell(told, guide=guide, seen=guide.views, problem=problem)
        if source.is_live and guide.is_enough:
            break
    if collector is None:
        raise CalibrationError(f"{source.name}: holds no pictures; choose another source")
    reading.tell_computing()
    hunt.check()
    if not collector.views:
        raise CalibrationError(_why_unusable(collector))
    return calibrate_camera(
        collector.views, collector.width, collector.height, board, source=source.name
    )


def measure_floor_with_board(
    source: Source, board: BoardSpec, on_progress: OnProgress, *, duration_s: float | None = None
) -> FloorCalibration:
    """Return the floor under a board that lies on it, in the frame of the source's camera.

    Raises:
        CalibrationError: the board was not seen, is mirrored, or moved; the message says what to do.
        CaptureError: the source cannot be opened or read.
    """
    limit_s = 5.0 if source.is_live and duration_s is None else duration_s
    reading = Reading(source, on_progress, duration_s=limit_s)
    hunt = _Hunt(board)
    views: list[BoardView] = []
    camera: Camera | None = None
    for frame in reading.frames():
        camera = frame.camera
        view = hunt.find(frame.image)
        if view is not None and len(views) < _FLOOR_VIEWS:
            views.append(view)
        reading.tell(f"board seen in {len(views)} pictures", seen=len(views))
    reading.tell_computing()
    hunt.check()
    if camera is None:
        raise CalibrationError(f"{source.name}: holds no pictures; choose another source")
    return floor_from_board(views, camera, source=source.name)


class _Hunt:
    """Looks for a board, and keeps a few pictures to say why it is not found."""

    def __init__(self, board: BoardSpec) -> None:
        self._board = board
        self._finder = BoardFinder(board)
        self._pictures: list[UInt8[np.ndarray, "height width 3"]] = []
        self._looked = 0
        self._seen = 0
        self._problem = ""
        self._looks_closer_s = _LOOK_CLOSER_EVERY_S

    def find(self, image: UInt8[np.ndarray, "height width 3"]) -> BoardView | None:
        view = self._finder.find(image)
        self._seen += view is not None
        if (
            view is None
            and self._looked % _DIAGNOSE_EVERY == 0
            and len(self._pictures) < _DIAGNOSED
        ):
            self._pictures.append(image)
        self._looked += 1
        return view

    def problem(self, image: UInt8[np.ndarray, "height width 3"], now_s: float) -> str:
        """Return which other board is held before a live camera, and what to do; empty where none is.

        A closer look takes a second, and is taken now and then as long as the board was never seen.
        """
        if self._seen:
            return ""
        if now_s >= self._looks_closer_s:
            self._looks_closer_s = now_s + _LOOK_CLOSER_EVERY_S
            self._problem = which_other_board(self._board, [image]) or ""
        return self._problem

    def check(self) -> None:
        """Raise `CalibrationError` where the board was never seen."""
        if not self._seen:
            raise CalibrationError(f"board: {why_not_found(self._board, self._pictures)}")


def _check_size(frame: Frame, collector: ViewCollector, source: Source) -> None:
    if (frame.camera.width, frame.camera.height) != (collector.width, collector.height):
        raise CalibrationError(
            f"{source.name}: pictures of {collector.width} x {collector.height} and of {frame.camera.width} x "
            f"{frame.camera.height}; give pictures of one size"
        )


def _why_unusable(collector: ViewCollector) -> str:
    counts = collector.counts
    if counts["blurred"] >= counts["few"]:
        return (
            f"board: blurred in all {counts['blurred']} pictures that show it; more light, hold it still, and check "
            "the focus"
        )
    return (
        f"board: only a few corners seen, in {counts['few']} pictures; show more of it, and check columns and rows in "
        "the board's text"
    )
