"""Runs a clip once through the detectors, and its landmarks through every way of making a body of them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64
from numpy.typing import NDArray

from app.evaluation.picture_measures import picture_offsets
from app.evaluation.walk import LIMB_JOINTS, LIMB_LANDMARKS
from app.pipeline.packet import Packet
from app.pipeline.protocols import Source
from app.pipeline.stages import RefineStage
from engines.body.model import BodyModel
from engines.catalog import Engine
from engines.errors import SkipFrame
from engines.landmarks.view import PersonView, view_person
from engines.protocols import Regressor
from engines.types import Frame, PoseEstimate, SmplxParams

LANDMARKS = "mediapipe"
"""Name of the method that takes the detector's own 3D points as they are."""
LIVE_ENDING = "+live"
"""Ending of the name of a method that is smoothed and grounded as in a live run."""


@dataclass(frozen=True, slots=True, eq=False)
class MotionRun:
    """What a method made of a clip: one row for each frame that was read."""

    frames: Int64[np.ndarray, "N"]
    """Numbers of the frames."""
    timestamps_s: Float64[np.ndarray, "N"]
    """When they were taken."""
    limbs: Float64[np.ndarray, "N 12 3"]
    """Shoulders, elbows, wrists, hips, knees, ankles, left then right; metres, axes of the camera frame; NaN where
    nobody was found."""
    joints: Float64[np.ndarray, "N 55 3"] | None = None
    """All joints in the camera frame, where the method places a body."""
    params: tuple[SmplxParams | None, ...] = ()
    """The body of each frame, where the method has one."""
    hands_seen: Bool[np.ndarray, "N 2"] | None = None
    """The left and the right hand were observed."""
    offsets: Float64[np.ndarray, "N 33 2"] | None = None
    """How far the body's landmarks lie from those seen, as `picture_offsets` gives it; NaN in frames without a body."""

    @property
    def frame_rate(self) -> float:
        """Frames per second."""
        return float(1 / np.median(np.diff(self.timestamps_s)))


def run_clip(
    source: Source,
    engine: Engine,
    regressors: Mapping[str, Regressor],
    refine: Callable[[], RefineStage],
    *,
    limit: int | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> dict[str, MotionRun]:
    """Return what the landmarks alone, each regressor, and each regressor with live smoothing make of a clip.

    Args:
        source: The clip; opened and closed here. Of several persons the first is taken.
        engine: Whose detectors find the landmarks; opened already.
        regressors: By name; opened already.
        refine: Makes a fresh stage with smoothing and placement.
        limit: Only so many frames.
        progress: Told the frames done.
    """
    stages = {name: refine() for name in regressors}
    for stage in stages.values():
        stage.open()
    frames, timestamps = [], []
    landmarks: list[NDArray[np.float64]] = []
    views: list[PersonView | None] = []
    estimates: dict[str, list[PoseEstimate | None]] = {
        name + ending: [] for name in regressors for ending in ("", LIVE_ENDING)
    }
    source.open()
    with closing(source):
        for frame in _frames(source, limit):
            detections = engine.detector.detect(frame)
            if engine.parts_detector is not None:
                detections = engine.parts_detector.refine(frame, detections)
            frames.append(frame.index)
            timestamps.append(frame.timestamp_ns * 1e-9)
            first = detections[0].landmarks if detections else None
            points = np.full((12, 3), np.nan)
            landmarks.append(points if first is None else first.pose_world[LIMB_LANDMARKS])
            views.append(None if first is None else view_person(first, frame.camera))
            for name, regressor in regressors.items():
                found = regressor.regress(frame, detections)
                estimates[name].append(found[0] if found else None)
                live = stages[name].process(Packet(frame, detections, found)).estimates
                estimates[name + LIVE_ENDING].append(live[0] if live else None)
            progress(len(frames))
    index, times = np.array(frames, np.int64), np.array(timestamps)
    runs = {LANDMARKS: MotionRun(index, times, np.array(landmarks, np.float64).reshape(-1, 12, 3))}
    return runs | {
        name: _run(index, times, found, _offsets(engine.body, found, views))
        for name, found in estimates.items()
    }


def _frames(source: Source, limit: int | None) -> Iterator[Frame]:
    done = 0
    while limit is None or done < limit:
        try:
            frame = source.read()
        except SkipFrame:
            continue
        if frame is None:
            return
        done += 1
        yield frame


def _offsets(
    model: BodyModel, found: list[PoseEstimate | None], views: list[PersonView | None]
) -> NDArray[np.float64]:
    offsets = np.full((len(found), 33, 2), np.nan)
    for row, (estimate, view) in enumerate(zip(found, views, strict=True)):
        if estimate is not None and view is not None:
            offsets[row] = picture_offsets(model, estimate, view)
    return offsets


def _run(
    frames: NDArray[np.int64],
    times: NDArray[np.float64],
    found: list[PoseEstimate | None],
    offsets: NDArray[np.float64],
) -> MotionRun:
    joints = np.full((len(found), 55, 3), np.nan)
    hands = np.zeros((len(found), 2), np.bool_)
    for row, estimate in enumerate(found):
        if estimate is not None:
            joints[row] = estimate.joints
            hands[row] = estimate.left_hand_seen, estimate.right_hand_seen
    return MotionRun(
        frames,
        times,
        joints[:, LIMB_JOINTS],
        joints,
        tuple(None if estimate is None else estimate.params for estimate in found),
        hands,
        offsets,
    )
