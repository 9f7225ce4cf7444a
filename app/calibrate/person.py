"""Measures floor and performer, and guesses the camera, from a person in view, live with cues or from a recording."""

import itertools
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from app.calibrate.cues import (
    CAMERA_STAND,
    FLOOR_ONCE_MORE,
    FLOOR_WALK,
    PERFORMER_POSES,
    countdown,
)
from app.calibrate.frames import OnProgress, Reading
from app.pipeline.protocols import Source
from calibration.camera import CameraCalibration, guessed_calibration
from calibration.camera_guess import camera_of_standing_person
from calibration.floor import FloorCalibration
from calibration.performer import PerformerCalibration, calibrate_performer
from calibration.standing import StandingFit, floor_from_person
from calibration.stillness import StillnessCheck
from calibration.upright import Proportions, body_proportions
from engines.catalog import Engine
from engines.errors import CalibrationError
from engines.landmarks.view import PersonView, view_person
from engines.types import Detection, Frame, PersonLandmarks, PoseEstimate

_USUAL_RATE_HZ: Final = 30.0
_TWO_SHARE: Final = 0.2
_STILLNESS_EVERY: Final = 6
_LEAST_TOGETHER: Final = 3
_EARS: Final = (7, 8)
_SOLES: Final = (29, 30, 31, 32)  # heels, big toes
_SEEN: Final = 0.5
_MOST_MORE: Final = 2  # times that somebody is asked to walk once more


def measure_floor_with_person(
    source: Source,
    engine: Engine,
    on_progress: OnProgress,
    *,
    stature_m: float | None = None,
    duration_s: float | None = None,
) -> StandingFit:
    """Return the floor under a person who stands or walks, in the frame of the source's camera.

    Before a live camera that is not told when to end, the person is asked to walk once more, and again, as long as the
    floor is known too badly.

    Args:
        source: Where the pictures come from.
        engine: Its detector is used; it should look for two persons, to tell that there is only one.
        on_progress: Hears how it goes.
        stature_m: Height of the person, where known.
        duration_s: End after so many seconds.

    Raises:
        CalibrationError: nobody or two people in view, a moving camera; the message says what to do.
        CaptureError: the source cannot be opened or read.
    """
    proportions = body_proportions(engine.body, stature_m)
    reading = _reading(source, on_progress, FLOOR_WALK, duration_s)
    watch = _Watch("floor")
    laps = itertools.repeat(FLOOR_ONCE_MORE, _MOST_MORE if duration_s is None else 0)

    def fit() -> StandingFit:
        return floor_from_person(
            watch.views,
            proportions,
            rate_hz=watch.rate_hz,
            stature_m=stature_m,
            source=source.name,
        )

    def more() -> Sequence[tuple[float, str]]:
        return () if not watch.views or fit().is_sure else next(laps, ())

    reading.more = more
    _look_at_person(watch, reading, engine, (engine.detector,))
    return fit()


def measure_performer(
    source: Source,
    engine: Engine,
    on_progress: OnProgress,
    *,
    stature_m: float | None = None,
    floor: FloorCalibration | None = None,
    duration_s: float | None = None,
) -> PerformerCalibration:
    """Return the person in front of a source: shape, lean, face, hands.

    Args:
        source: Where the pictures come from.
        engine: All of its parts are used; its detector should look for two persons.
        on_progress: Hears how it goes.
        stature_m: Height of the person, where known.
        floor: As measured before, from where the camera stands now.
        duration_s: End after so many seconds.

    Raises:
        CalibrationError: nobody or two people in view, a moving camera; the message says what to do.
        CaptureError: the source cannot be opened or read.
    """
    reading = _reading(source, on_progress, PERFORMER_POSES, duration_s)
    estimates: list[PoseEstimate] = []

    def solve(frame: Frame, alone: tuple[Detection, ...]) -> None:
        if engine.parts_detector is not None:
            alone = engine.parts_detector.refine(frame, alone)
        estimates.extend(engine.regressor.regress(frame, alone))

    parts = (engine.detector, engine.parts_detector, engine.regressor)
    watch = _Watch("performer")
    _look_at_person(watch, reading, engine, parts, solve)
    return calibrate_performer(
        engine.body,
        watch.views,
        estimates,
        rate_hz=watch.rate_hz,
        stature_m=stature_m,
        floor=floor,
        source=source.name,
    )


def guess_camera_from_person(
    source: Source,
    engine: Engine,
    on_progress: OnProgress,
    *,
    stature_m: float,
    distance_m: float,
    duration_s: float | None = None,
) -> CameraCalibration:
    """Return a guess of the camera from how large a person appears who stands at a known distance.

    Args:
        source: Where the pictures come from.
        engine: Its detector is used; it should look for two persons, to tell that there is only one.
        on_progress: Hears how it goes.
        stature_m: Height of the person.
        distance_m: From the lens to the person, along the floor.
        duration_s: End after so many seconds.

    Raises:
        CalibrationError: nobody or two people in view, or nobody from head to foot; the message says what to do.
        CaptureError: the source cannot be opened or read.
    """
    reading = _reading(source, on_progress, CAMERA_STAND, duration_s)
    proportions = body_proportions(engine.body, stature_m)
    ends: list[NDArray[np.float64]] = []
    sizes: set[tuple[int, int]] = set()

    def measure(frame: Frame, alone: tuple[Detection, ...]) -> None:
        sizes.add((frame.camera.width, frame.camera.height))
        ends.extend(
            feet_and_top(detection.landmarks, proportions)
            for detection in alone
            if detection.landmarks is not None
        )

    _look_at_person(_Watch("camera"), reading, engine, (engine.detector,), measure)
    if len(sizes) > 1:
        raise CalibrationError(f"{source.name}: pictures of several sizes; give pictures of one")
    width, height = sizes.pop()
    camera = camera_of_standing_person(
        width, height, np.array(ends), stature_m=stature_m, distance_m=distance_m
    )
    return guessed_calibration(camera, source=source.name)


def feet_and_top(
    landmarks: PersonLandmarks, proportions: Proportions
) -> Float64[np.ndarray, "2 2"]:
    """Return the middle between the soles and the top of the head of an upright person, px; NaN where not seen.

    MediaPipe has no landmark on top of the head: it is as far above the ears as in the mean body.
    """
    needed = [*_EARS, *_SOLES]
    if landmarks.pose_visibility[needed].min() < _SEEN:
        return np.full((2, 2), np.nan)
    pixels = landmarks.pose_px[:, :2].astype(np.float64)
    soles, ears = pixels[list(_SOLES)].mean(axis=0), pixels[list(_EARS)].mean(axis=0)
    stature = (ears - soles) / (proportions.ears - proportions.soles)
    feet = soles - stature * proportions.soles
    return np.array([feet, feet + stature])


def _reading(
    source: Source,
    on_progress: OnProgress,
    poses: tuple[tuple[float, str], ...],
    duration_s: float | None,
) -> Reading:
    cues, end_s = countdown(*poses)
    limit_s = end_s if source.is_live and duration_s is None else duration_s
    return Reading(source, on_progress, cues, limit_s)


class _Part(Protocol):
    def open(self) -> None: ...

    def close(self) -> None: ...


def _look_at_person(
    watch: "_Watch",
    reading: Reading,
    engine: Engine,
    parts: Sequence[_Part | None],
    look: Callable[[Frame, tuple[Detection, ...]], None] = lambda _frame, _alone: None,
) -> None:
    """Watch the one person that a source shows; `look` gets each picture, with that person's detection.

    Opens and closes the parts of the engine that are used.
    """
    with ExitStack() as opened:
        for part in parts:
            if part is not None:
                opened.callback(part.close)
                part.open()
        for frame in reading.frames():
            look(frame, watch.see(frame, engine.detector.detect(frame)))
            seen = len(watch.views)
            reading.tell(f"person seen in {seen} pictures", seen=seen)
        reading.tell_computing()
    watch.check()


@dataclass(slots=True)
class _Watch:
    """Looks at one person after another picture, and for what must not be: a second one, a moving camera."""

    what: str
    views: list[PersonView] = field(default_factory=list)
    times_ns: list[int] = field(default_factory=list)
    pictures: int = 0
    together: int = 0
    stillness: StillnessCheck = field(default_factory=StillnessCheck)

    @property
    def rate_hz(self) -> float:
        """Views in a second; as of a usual camera where there are too few to tell."""
        gap_ns = float(np.median(np.diff(self.times_ns))) if len(self.times_ns) > 1 else 0.0
        return 1e9 / gap_ns if gap_ns > 0 else _USUAL_RATE_HZ

    def see(self, frame: Frame, found: Sequence[Detection]) -> tuple[Detection, ...]:
        """Take in one picture and return the detection of the largest person, if there is one."""
        if self.pictures % _STILLNESS_EVERY == 0:
            self.stillness.add(frame.image, [detection.box for detection in found])
        self.pictures += 1
        self.together += len(found) > 1
        largest = max(found, key=_area, default=None)
        if largest is None:
            return ()
        if largest.landmarks is not None:
            view = view_person(largest.landmarks, frame.camera)
            if view is not None:
                self.views.append(view)
                self.times_ns.append(frame.timestamp_ns)
        return (largest,)

    def check(self) -> None:
        """Raise `CalibrationError` for what must not be."""
        if not self.views:
            raise CalibrationError(
                f"{self.what}: nobody was seen in {self.pictures} pictures; step into view, from head to foot, in "
                "even light"
            )
        if self.together > max(_TWO_SHARE * len(self.views), _LEAST_TOGETHER):
            raise CalibrationError(
                f"{self.what}: two people in view; only the performer may be seen, ask the other to step aside"
            )
        self.stillness.check(self.what)


def _area(detection: Detection) -> float:
    x0, y0, x1, y1 = detection.box
    return float((x1 - x0) * (y1 - y0))
