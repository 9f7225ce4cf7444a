import json

import numpy as np
import pytest

from app.cli.main import main
from app.evaluation.motion_measures import (
    body_measures,
    delay_ms,
    place_measures,
    steadiness_measures,
)
from app.evaluation.motion_report import MotionReport, measure_clip
from app.evaluation.motion_run import LANDMARKS, LIVE_ENDING, MotionRun, run_clip
from app.evaluation.motion_truth import MotionTruth, load_motion_truth, truth_of_params
from app.evaluation.still_source import StillSource
from app.evaluation.walk import LIMB_JOINTS, LIMB_LANDMARKS
from app.pipeline.stages import RefineStage
from calibration.placement import Placement
from engines.body.kinematics import posed_joints
from engines.body.pose import params_from_full_pose
from engines.body.surface_parts import surface_parts
from engines.catalog import Engine
from engines.errors import DatasetError
from engines.landmarks.synthesis import landmarks_of_body
from engines.smoothing.smoother import EstimateSmoother
from engines.types import Camera, Detection
from tests.app.pipeline.fakes import Source
from tests.estimates import estimate, open_body, upright_pose

FPS = 30.0
CAMERA = Camera.guess(640, 480)


def waving(count=60, still_from=None):
    """Parameters of somebody who waves, and stands still from a frame on."""
    params = []
    for k in range(count):
        t = min(k, still_from if still_from is not None else k) / FPS
        pose = upright_pose(
            left_shoulder=(0, 0, 0.8 * np.sin(4 * t)), left_elbow=(0, -0.5 - 0.4 * np.sin(6 * t), 0)
        )
        rest = open_body().rest_joints(np.zeros(10))[0]
        params.append(params_from_full_pose(pose, transl=np.array([0.1 * t, 0, 3]) - rest))
    return tuple(params)


def truth_of(params, **kwargs):
    return truth_of_params(open_body(), np.arange(len(params)), params, **kwargs)


def run_of(params, joints=None, seen=True):
    joints = (
        np.array([posed_joints(open_body(), p) for p in params], np.float64)
        if joints is None
        else joints
    )
    return MotionRun(
        np.arange(len(joints)), np.arange(len(joints)) / FPS, joints[:, LIMB_JOINTS], joints,
        params, np.full((len(joints), 2), seen),
    )  # fmt: skip


def by_the_book(found, target):
    """MPJPE and PA-MPJPE in mm, written down anew: an independent check."""
    moved = found - found[6:8].mean(0) + target[6:8].mean(0)
    a, b = found - found.mean(0), target - target.mean(0)
    u, s, vt = np.linalg.svd(a.T @ b)
    sign = np.array([1, 1, np.sign(np.linalg.det(u @ vt))])
    aligned = (s * sign).sum() / (a**2).sum() * a @ (u * sign) @ vt
    lengths = [np.linalg.norm(each, axis=1).mean() for each in (moved - target, aligned - b)]
    return 1e3 * np.array(lengths)


def test_places_are_measured_by_the_protocol_of_the_walk_clips():
    rng = np.random.default_rng(0)
    target, found = rng.normal(size=(2, 9, 12, 3))
    truth = MotionTruth(np.arange(9), target, target[:, :2])
    found[0] = found[4] = np.nan
    run = MotionRun(np.arange(9), np.arange(9) / FPS, found)
    measures = place_measures(run, truth)
    rows = [1, 2, 3, 3, 5, 6, 7, 8]  # a missing frame has the last one's points, the first has none
    expected = np.array([by_the_book(found[r], target[k]) for k, r in enumerate(rows, start=1)])
    expected = np.vstack([[1000, 1000], expected]).mean(axis=0)
    assert (measures["frames"], measures["missing"]) == (9, 2)
    assert [measures["mpjpe_mm"], measures["pa_mpjpe_mm"]] == pytest.approx(expected)


def test_the_truth_itself_has_no_error_and_its_own_steadiness():
    params = waving()
    measures = measure_clip(open_body(), {"exact": run_of(params)}, truth_of(params))["exact"]
    for name, value in measures.items():
        if name.endswith(("_mm", "_deg")):
            assert value == pytest.approx(0, abs=1e-2), name
    points = run_of(params).limbs
    points = points - points[:, 6:8].mean(axis=1, keepdims=True)
    third = np.linalg.norm(np.diff(points, 3, axis=0), axis=2).mean() * FPS**3
    assert measures["jitter_m_s3"] == pytest.approx(third)


def test_errors_along_the_axes_add_up():
    params = waving()
    joints = run_of(params).joints + np.zeros(3)
    joints[:, 20] += (0.12, 0, 0.24)  # one of twelve joints
    measures = place_measures(run_of(params, joints), truth_of(params))
    assert measures["x_mm"] == pytest.approx(10)
    assert measures["y_mm"] == pytest.approx(0, abs=1e-6)
    assert measures["z_mm"] == pytest.approx(20)
    assert measures["in_plane_mm"] == pytest.approx(10)


def test_angles_and_surface():
    params = waving()
    wrong = tuple(
        params_from_full_pose(
            upright_pose(left_index1=(0, 0, -0.3)), betas=p.betas, transl=p.transl
        )
        for p in params
    )
    straight = tuple(
        params_from_full_pose(upright_pose(), betas=p.betas, transl=p.transl) for p in params
    )
    measures = body_measures(open_body(), run_of(wrong), truth_of(straight))
    assert measures["finger_angle_deg"] == pytest.approx(np.degrees(0.3) / 30, rel=1e-3)
    assert measures["body_angle_deg"] == pytest.approx(0, abs=1e-3)
    assert measures["pa_v2v_hands_mm"] > 0.5
    assert measures["pa_v2v_face_mm"] == pytest.approx(0, abs=1e-3)
    assert 0 < measures["pve_mm"] < measures["pa_v2v_hands_mm"]
    blind = body_measures(open_body(), run_of(wrong, seen=False), truth_of(straight))
    assert "finger_angle_deg" not in blind
    assert "pa_v2v_hands_mm" not in blind
    unknown = body_measures(open_body(), run_of(wrong), truth_of(straight, has_hands=False))
    assert "pa_v2v_hands_mm" not in unknown


def test_parts_of_the_surface_do_not_overlap():
    parts = surface_parts(open_body())
    pieces = np.concatenate([parts[n] for n in ("body", "left_hand", "right_hand", "face")])
    assert len(np.unique(pieces)) == len(pieces) < len(parts["all"])
    assert open_body().v_template[parts["face"], 2].min() > open_body().v_template[:, 2].mean()


@pytest.mark.parametrize("delay_frames", [0, 1, 3])
def test_delay_is_found_in_noise(delay_frames):
    rng = np.random.default_rng(0)
    points = run_of(waving(120)).limbs
    late = np.concatenate([np.repeat(points[:1], delay_frames, axis=0), points])[: len(points)]
    found = delay_ms(late + rng.normal(scale=0.003, size=late.shape), points, FPS)
    assert found == pytest.approx(delay_frames * 1e3 / FPS, abs=5)


def test_delay_of_nothing_is_unknown():
    assert np.isnan(delay_ms(np.zeros((40, 12, 3)), np.zeros((40, 12, 3)), FPS))


def test_sliding_feet_and_a_trembling_person_are_measured_where_truth_is_still():
    params = waving(150, still_from=20)
    rng = np.random.default_rng(0)
    joints = run_of(params).joints + rng.normal(scale=0.001, size=(150, 55, 3))
    joints[:, [10, 11], 0] += 0.004 * np.arange(150)[:, None]
    measures = steadiness_measures(run_of(params, joints), truth_of(params))
    assert measures["foot_slide_mm"] == pytest.approx(4.6, abs=0.3)
    assert measures["still_speed_mm_s"] == pytest.approx(
        np.sqrt((20 * 2 * 3 * 30**2 + 2 * (120**2 + 2 * 3 * 30**2)) / 22), rel=0.1
    )
    moving = steadiness_measures(run_of(waving(150)), truth_of(waving(150)))
    assert "still_speed_mm_s" not in moving


class TestTruth:
    """Reading truths from files."""

    def test_points_joints_and_parameters_agree(self, tmp_path):
        params = waving(5)
        full = truth_of(params)
        joints = run_of(params).joints
        points = np.zeros((5, 33, 3))
        points[:, LIMB_LANDMARKS], points[:, [31, 32]] = full.limbs, full.toes
        names = ("global_orient", "body_pose", "transl", "betas")
        np.savez(
            tmp_path / "params.npz", frames=np.arange(5),
            **{name: np.array([getattr(p, name) for p in params]) for name in names},
        )  # fmt: skip
        np.savez(tmp_path / "joints.npz", frames=np.arange(5), joints=joints)
        np.savez(tmp_path / "points.npz", frames=np.arange(5), points=points)
        for name in ("params", "joints", "points"):
            read = load_motion_truth(tmp_path / f"{name}.npz", open_body())
            np.testing.assert_allclose(read.limbs, full.limbs, atol=1e-6)
            np.testing.assert_allclose(read.toes, full.toes, atol=1e-6)
            assert len(read.params) == (5 if name == "params" else 0)
            assert not read.has_hands

    @pytest.mark.parametrize(
        ("arrays", "message"),
        [
            ({"points": np.zeros((2, 33, 3))}, "frames"),
            ({"frames": np.arange(2)}, "neither"),
            ({"frames": np.arange(2), "points": np.zeros((3, 33, 3))}, "shape"),
            (
                {"frames": np.arange(2), "global_orient": np.zeros((2, 3)), "betas": np.zeros(9),
                 "body_pose": np.zeros((2, 21, 3)), "transl": np.zeros(3)}, "betas",
            ),
        ],
    )  # fmt: skip
    def test_what_is_none_is_refused(self, tmp_path, arrays, message):
        np.savez(tmp_path / "truth.npz", **arrays)
        with pytest.raises(DatasetError, match=message):
            load_motion_truth(tmp_path / "truth.npz", open_body())

    def test_a_file_that_is_no_npz(self, tmp_path):
        (tmp_path / "truth.npz").write_text("no")
        with pytest.raises(DatasetError, match="cannot be read"):
            load_motion_truth(tmp_path / "truth.npz", open_body())


class _Detector:
    """Sees the landmarks of the true body; nobody in the first frame."""

    def __init__(self, params):
        self.params = params

    def open(self):
        pass

    def close(self):
        pass

    def detect(self, frame):
        if frame.index == 0:
            return ()
        seen = landmarks_of_body(open_body(), self.params[frame.index], CAMERA)
        return (Detection(1, np.zeros(4, np.float32), 1.0, seen),)


class _Regressor(_Detector):
    def regress(self, frame, detections):
        place = (0.01 * frame.index, 0, 3)
        return tuple(estimate(upright_pose(), pelvis=place) for _ in detections)


def test_a_clip_is_run_through_all_methods():
    params = waving(12)
    engine = Engine("fake", "cpu", open_body(), _Detector(params), None, _Regressor(params))
    body = open_body()
    runs = run_clip(
        Source(12), engine, {"still": _Regressor(params)},
        lambda: RefineStage(body, EstimateSmoother(body), Placement(body)), limit=10,
    )  # fmt: skip
    assert set(runs) == {LANDMARKS, "still", "still" + LIVE_ENDING}
    assert all(len(run.frames) == 10 for run in runs.values())
    assert np.isnan(runs["still"].limbs[0]).all()
    assert runs["still"].joints[5, 0, 0] == pytest.approx(0.05)
    assert 0 < runs["still" + LIVE_ENDING].joints[5, 0, 0] < 0.05
    landmarks = runs[LANDMARKS].limbs
    true = truth_of(params).limbs[1:10]
    np.testing.assert_allclose(
        landmarks[1:] - landmarks[1:, 6:8].mean(axis=1, keepdims=True),
        true - true[:, 6:8].mean(axis=1, keepdims=True), atol=0.05,
    )  # fmt: skip


def test_report_has_a_table_means_and_json():
    report = MotionReport(
        {
            "a": {"x": {"frames": 5.0, "mpjpe_mm": 10.0, "missing": 0.0}},
            "b": {"x": {"frames": 5.0, "mpjpe_mm": 20.0, "missing": 1.0, "pve_mm": float("nan")}},
        }
    )
    assert report.mean()["x"]["mpjpe_mm"] == 15
    assert json.loads(json.dumps(report.to_json()))["mean"]["x"]["mpjpe_mm"] == 15
    assert "pve_mm" not in report.to_json()["b"]["x"]
    table = report.table()
    assert "MPJPE" in table
    assert "15.0" in table
    assert "PVE " not in table.split("MPJPE (hips")[0]


def test_a_still_source_trembles_but_does_not_move():
    source = StillSource(Source(3), frame_count=4)
    source.open()
    frames = [source.read() for _ in range(4)]
    assert source.read() is None
    assert [f.index for f in frames] == [0, 1, 2, 3]
    assert frames[3].timestamp_ns == pytest.approx(1e8, abs=10)
    assert not np.array_equal(frames[0].image, frames[1].image)
    again = StillSource(Source(3), frame_count=4)
    again.open()
    np.testing.assert_array_equal(again.read().image, frames[0].image)


def test_a_folder_without_clips_is_an_error(tmp_path, capsys):
    assert main(["evaluate", str(tmp_path), "--dataset", "clips"]) == 2
    assert "NAME_truth.npz" in capsys.readouterr().err


@pytest.mark.parametrize("dataset", ["clips", "ehf"])
def test_a_data_set_without_a_folder_is_a_usage_error(dataset, capsys):
    assert main(["evaluate", "--dataset", dataset]) == 2
    assert "folder" in capsys.readouterr().err
