"""How far bodies lie from their pictures."""

import dataclasses

import av
import numpy as np
import pytest

from app.capture.synthetic import SyntheticOptions, SyntheticSource
from app.cli.main import main
from app.evaluation.motion_report import measure_clip
from app.evaluation.motion_run import LIVE_ENDING, run_clip
from app.evaluation.picture_measures import picture_measures, picture_offsets
from app.pipeline.stages import RefineStage
from calibration.placement import Placement
from engines.catalog import Engine
from engines.landmarks.options import LandmarkOptions
from engines.landmarks.regressor import LandmarkRegressor
from engines.landmarks.synthesis import landmarks_of_body
from engines.landmarks.view import view_person
from engines.smoothing.ground import Ground
from engines.smoothing.smoother import EstimateSmoother
from engines.types import Camera, Detection, Frame
from tests.estimates import estimate, open_body, upright_pose

CAMERA = Camera(1280, 720, 900.0, 900.0, 640.0, 360.0)


def test_a_body_over_its_picture_has_no_offset_and_one_beside_it_has_its_shoulders_share():
    body = estimate(upright_pose(), pelvis=(0.1, 0.5, 1.5))
    seen = landmarks_of_body(open_body(), body.params, CAMERA)
    view = view_person(seen, CAMERA)
    none = picture_offsets(open_body(), body, view)
    assert np.nanmax(np.abs(none)) < 1e-3
    assert np.isnan(none[[25, 26, 27, 28]]).all()  # out of the picture
    width = np.linalg.norm(body.joints[16] - body.joints[17])
    aside = estimate(upright_pose(), pelvis=(0.1 + 0.1 * width, 0.5, 1.5))
    measures = picture_measures(picture_offsets(open_body(), aside, view)[None])
    assert measures["off_right_pct"] == pytest.approx(10, abs=0.7)
    assert measures["off_down_pct"] == pytest.approx(0, abs=0.1)
    assert measures["off_shoulders_pct"] == pytest.approx(10, abs=0.5)
    assert picture_measures(np.full((3, 33, 2), np.nan)) == {}


class _Webcam:
    """The synthetic performer at a webcam: landmarks as MediaPipe's, trembling, without the time that pictures take."""

    name, is_live, frame_count = "desk", False, 240

    def __init__(self):
        self._performer = SyntheticSource("desk", SyntheticOptions(frame_count=240), open_body())
        self._random = np.random.default_rng(0)

    def open(self):
        self._next = 0

    def close(self):
        pass

    def read(self):
        index, self._next = self._next, self._next + 1
        if index == self.frame_count:
            return None
        image = np.zeros((1, 1, 3), np.uint8)
        return Frame(index, 0, round(index * 1e9 / 30), image, self._performer.camera)

    def detect(self, frame):
        truth = self._performer.truth(frame.index)
        seen = landmarks_of_body(open_body(), truth, frame.camera)
        noise = self._random.normal(scale=3.0, size=(33, 3)).astype(np.float32)
        alone = dataclasses.replace(
            seen, pose_px=seen.pose_px + noise, left_hand_px=None, right_hand_px=None, face_px=None
        )
        return (Detection(1, np.zeros(4, np.float32), 1.0, alone),)


def test_the_body_lies_over_somebody_close_to_a_webcam():
    """Who sways and stops is followed, and so are hands before elbows come into view: they had been off by 113 %."""
    body, webcam = open_body(), _Webcam()
    regressor = LandmarkRegressor(body, LandmarkOptions())
    engine = Engine("landmarks", "cpu", body, webcam, None, regressor)
    runs = run_clip(
        webcam, engine, {"solver": regressor},
        lambda: RefineStage(body, EstimateSmoother(body), Placement(body), ground=Ground(body)),
    )  # fmt: skip
    measured = measure_clip(body, runs, None)
    assert set(measured) == {"solver", "solver" + LIVE_ENDING}
    for measures in measured.values():
        assert (measures["frames"], measures["missing"]) == (240, 0)
        assert measures["off_head_pct"] < 3
        assert measures["off_shoulders_pct"] < 3.5
        assert measures["off_elbows_pct"] < 13
        assert measures["off_wrists_pct"] < 40
        assert abs(measures["off_right_pct"]) < 1


def test_a_clip_without_truth_is_measured_on_request(tmp_path, capsys):
    picture = np.zeros((96, 128, 3), np.uint8)
    with av.open(str(tmp_path / "nobody.mp4"), "w") as video:
        stream = video.add_stream("mpeg4", rate=30, width=128, height=96)
        for _ in range(4):
            video.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        video.mux(stream.encode())
    words = ["evaluate", str(tmp_path), "--dataset", "overlay", "--solvers", "analytic"]
    assert main([*words, "--clips", "another"]) == 2
    assert "no clip NAME.mp4" in capsys.readouterr().err
    assert main(words) == 1  # nobody was found in any
    out = capsys.readouterr().out
    assert "nobody (4 frames)" in out
    assert "mediapipe" not in out
