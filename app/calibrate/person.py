"""Measures floor and performer from a person in view, live with cues or from a recording."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

from app.calibrate.cues import FLOOR_WALK, PERFORMER_POSES, countdown
from app.calibrate.frames import OnProgress, Reading
from app.pipeline.protocols import Source
from calibration.floor import FloorCalibration
from calibration.performer import PerformerCalibration, calibrate_performer
from calibration.standing import StandingFit, floor_from_person
from calibration.stillness import StillnessCheck
from calibration.upright import body_proportions
from engines.catalog import Engine
from engines.errors import CalibrationError
from engines.landmarks.view import PersonView, view_person
from engines.types import Detection, Frame, PoseEstimate

_TWO_SHARE: Final = 0.2
_STILLNESS_EVERY: Final = 6
_LEAST_TOGETHER: Final = 3


def measure_floor_with_person(
    source: Source,
    engine: Engine,
    on_progress: OnProgress,
    *,
    stature_m: float | None = None,
    duration_s: float | None = None,
) -> StandingFit:
    """Return the floor under a person who stands or walks, in the frame of the source's camera.

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
    cues, end_s = countdown(*FLOOR_WALK)
    limit_s = end_s if source.is_live and duration_s is None else duration_s
    watch = _Watch("floor")
    reading = Reading(source, on_progress, cues, limit_s)
    with ExitStack() as opened:
        opened.callback(engine.detector.close)
        engine.detector.open()
        for frame in reading.frames():
            watch.see(frame, engine.detector.detect(frame))
            reading.tell(f"person seen in {len(watch.views)} pictures")
    watch.check()
    return floor_from_person(
        watch.views, body_proportions(engine.body), stature_m=stature_m, source=source.name
    )


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
    cues, end_s = countdown(*PERFORMER_POSES)
    limit_s = end_s if source.is_live and duration_s is None else duration_s
    watch = _Watch("performer")
    reading = Reading(source, on_progress, cues, limit_s)
    estimates: list[PoseEstimate] = []
    with ExitStack() as opened:
        for part in (engine.detector, engine.parts_detector, engine.regressor):
            if part is not None:
                opened.callback(part.close)
                part.open()
        for frame in reading.frames():
            alone = watch.see(frame, engine.detector.detect(frame))
            if engine.parts_detector is not None:
                alone = engine.parts_detector.refine(frame, alone)
            estimates += engine.regressor.regress(frame, alone)
            reading.tell(f"person seen in {len(watch.views)} pictures")
    watch.check()
    return calibrate_performer(
        engine.body,
        watch.views,
        estimates,
        stature_m=stature_m,
        floor=floor,
        source=source.name,
    )


@dataclass(slots=True)
class _Watch:
    """Looks at one person after another picture, and for what must not be: a second one, a moving camera."""

    what: str
    views: list[PersonView] = field(default_factory=list)
    pictures: int = 0
    together: int = 0
    stillness: StillnessCheck = field(default_factory=StillnessCheck)

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
