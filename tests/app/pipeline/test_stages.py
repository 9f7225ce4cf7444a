import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from app.pipeline.controls import Controls
from app.pipeline.packet import Packet
from app.pipeline.pipeline import Pipeline
from app.pipeline.stages import DetectStage, PartsStage, RefineStage, RegressStage
from calibration.placement import Placement
from engines.body.kinematics import skin
from engines.body.parts import ALL_PARTS
from engines.body.pose import full_pose
from engines.body.skeleton import JOINT_INDEX, MIRROR
from engines.smoothing.smoother import EstimateSmoother
from engines.types import Detection, PartStrengths
from tests.app.pipeline.fakes import Recorded, Sink, Source, frame
from tests.estimates import estimate, open_body, upright_pose


class Engine(Recorded):
    """Detector, parts detector and regressor in one."""

    def detect(self, frame):
        return (Detection(1, np.full(4, frame.index, np.float32), 0.5),)

    def refine(self, frame, detections):
        return tuple(dataclasses.replace(d, score=0.9) for d in detections)

    def regress(self, frame, detections):
        return tuple(
            estimate(track_id=d.track_id, pelvis=(0.01 * frame.index, 0, 3)) for d in detections
        )


def packet(*estimates, index=0):
    return Packet(frame(index), estimates=estimates)


def in_world(packet):
    (e,) = packet.estimates
    return e.joints @ packet.world_from_camera[:3, :3].T + packet.world_from_camera[:3, 3]


def refine(smoother=None, **kwargs):
    return RefineStage(open_body(), smoother, Placement(open_body()), **kwargs)


def test_the_whole_path_from_frames_to_the_world():
    engine, sink = Engine(), Sink()
    stages = [
        DetectStage(engine), PartsStage(engine), RegressStage(engine), refine(EstimateSmoother(open_body())),
    ]  # fmt: skip
    Pipeline(Source(5), stages, [sink], drop_frames=False).run_inline()
    assert engine.calls == ["open"] * 3 + ["close"] * 3
    last = sink.packets[-1]
    assert [span.stage for span in last.spans] == ["detect", "parts", "regress", "refine"]
    assert last.detections[0].score == 0.9
    assert 0 < last.estimates[0].joints[0, 0] < 0.04  # smoothed
    assert last.world_from_camera[1, 3] > 0.5


def test_without_a_smoother_estimates_pass():
    stage = refine()
    given = estimate(pelvis=(0.3, 0, 3))
    assert stage.process(packet(given)).estimates == (given,)
    jump = estimate(pelvis=(0.9, 0, 3))
    assert stage.process(packet(jump, index=1)).estimates == (jump,)


def test_nobody_in_view():
    result = refine(EstimateSmoother(open_body())).process(packet())
    assert result.estimates == ()


def test_strength_is_live():
    stage = refine(EstimateSmoother(open_body()))
    stage.process(packet(estimate()))
    stage.controls = Controls(smoothing_strength=0)
    result = stage.process(packet(estimate(pelvis=(1, 0, 3)), index=1))
    assert result.estimates[0].joints[0, 0] == pytest.approx(1, abs=1e-5)


def test_each_part_has_a_strength_and_a_delay_that_follows_it():
    stage = refine(EstimateSmoother(open_body()))
    assert stage.added_delay_ms("root") > 0
    half = Controls(smoothing_strength=0.5, part_strengths=PartStrengths(body=0.5))
    assert stage.added_delay_ms("root", half) == pytest.approx(0.5 * stage.added_delay_ms("root"))
    assert stage.added_delay_ms("body", half) == pytest.approx(0.25 * stage.added_delay_ms("body"))
    assert refine().added_delay_ms("body") == 0
    stage.process(packet(estimate()))
    stage.controls = Controls(part_strengths=PartStrengths(root=0))
    result = stage.process(packet(estimate(pelvis=(1, 0, 3)), index=1))
    assert result.estimates[0].joints[0, 0] == pytest.approx(1, abs=1e-5)


def test_mirrored_motion_is_the_mirror_image_in_the_world():
    raised = estimate(
        upright_pose(left_shoulder=(0, 0, 1.2), spine2=(0, 0.3, 0)), pelvis=(0.5, 0, 3)
    )
    moved = estimate(upright_pose(left_shoulder=(0, 0, 1.2)), pelvis=(0.9, 0, 2.5))
    plain, mirrored = refine(), refine(controls=Controls(mirror_motion=True))
    for index, given in enumerate((raised, moved)):
        expected = in_world(plain.process(packet(given, index=index)))[MIRROR] * (-1, 1, 1)
        result = mirrored.process(packet(given, index=index))
        np.testing.assert_allclose(in_world(result), expected, atol=1e-3)
    wrists = in_world(result)[[JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]]]
    assert wrists[1, 1] > wrists[0, 1]


def test_toggling_the_mirror_does_not_disturb_the_filter():
    stage = refine(EstimateSmoother(open_body()))
    still = estimate(upright_pose(left_elbow=(0, -1, 0)), pelvis=(0.4, 0, 3))
    first = stage.process(packet(still))
    stage.controls = Controls(mirror_motion=True)
    stage.process(packet(still, index=1))
    stage.controls = Controls()
    again = stage.process(packet(still, index=2))
    np.testing.assert_allclose(again.estimates[0].joints, first.estimates[0].joints, atol=1e-5)


def test_frozen_bodies_are_held_and_then_followed_from_where_the_performer_is():
    stage = refine(EstimateSmoother(open_body()))
    for index in range(20):
        before = stage.process(packet(estimate(), index=index))
    stage.controls = Controls(frozen=True, mirror_motion=True)
    for index in range(20, 80):
        held = stage.process(packet(estimate(pelvis=(0.6, 0, 3)), index=index))
        assert held.estimates is before.estimates
        assert held.world_from_camera is before.world_from_camera
        assert held.frame.index == index
    stage.controls = Controls()
    after = stage.process(packet(estimate(pelvis=(0.6, 0, 3)), index=80))
    assert after.estimates[0].joints[0, 0] == pytest.approx(0.6, abs=0.01)


def test_frozen_from_the_start_holds_the_first_packet():
    stage = refine(controls=Controls(frozen=True))
    first = stage.process(packet(estimate()))
    assert stage.process(packet(index=1)).estimates is first.estimates


def test_parts_are_switched_live():
    stage = refine()
    waving = estimate(upright_pose(left_shoulder=(0, 0, 1.2)), pelvis=(0.5, 0, 3))
    stage.process(packet(waving))
    stage.controls = Controls(parts=ALL_PARTS - {"root", "body"})
    result = stage.process(
        packet(estimate(upright_pose(left_shoulder=(0, 0, 1.2)), pelvis=(0.9, 0, 3)), index=1)
    )
    np.testing.assert_allclose(in_world(result)[0, [0, 2]], 0, atol=1e-5)
    assert full_pose(result.estimates[0].params)[JOINT_INDEX["left_shoulder"], 2] < -1


def test_feet_stand_on_the_floor_of_the_world():
    result = refine(EstimateSmoother(open_body())).process(packet(estimate(pelvis=(0.3, 0.2, 4))))
    vertices = skin(open_body(), result.estimates[0].params)
    heights = vertices @ result.world_from_camera[1, :3] + result.world_from_camera[1, 3]
    assert heights.min() == pytest.approx(0, abs=0.01)


def test_what_the_engine_gave_goes_along_unsmoothed():
    stage = refine(EstimateSmoother(open_body()))
    for k in range(4):
        given = estimate(pelvis=(0.1 * k, 0, 3))
        done = stage.process(packet(given, index=k))
    assert done.raw_estimates == (given,)
    assert done.estimates[0].joints[0, 0] < given.joints[0, 0], "what is smoothed lags"
    (lost,) = stage.process(packet(index=4)).estimates
    assert lost.joints[0, 0] > 0, "a lost person is held"
    assert stage.process(packet(index=5)).raw_estimates == ()
    assert refine().process(packet(given)).raw_estimates == ()


def test_what_the_engine_gave_is_mirrored_and_switched_off_as_the_rest():
    stage = refine(EstimateSmoother(open_body()))
    stage.controls = Controls(mirror_motion=True, parts=ALL_PARTS - {"hands"})
    done = stage.process(packet(estimate(pelvis=(0.3, 0, 3))))
    ((raw,), (shown,)) = done.raw_estimates, done.estimates
    np.testing.assert_array_equal(raw.joints, shown.joints)
    assert not raw.confidence[25:].any()


_LOADED_WHILE_RUNNING = """
import gc
from numba.core.registry import CPUDispatcher
import numpy as np
from engines.smoothing.ground import Ground
from tests.app.pipeline.test_stages import (
    EstimateSmoother, Placement, RefineStage, dataclasses, estimate, open_body, packet
)

def loaded():
    return {d.py_func: len(d.overloads) for d in gc.get_objects() if isinstance(d, CPUDispatcher)}

body = open_body()
stage = RefineStage(body, EstimateSmoother(body), Placement(body), ground=Ground(body))
stage.open()
before = loaded()
for index in range(60):
    seen = np.full(55, 0.9 if index < 30 else 0.0, np.float32)
    one = estimate(pelvis=(0.02 * min(index, 10), 0, 3))
    stage.process(packet(dataclasses.replace(one, confidence=seen), index=index))
print([f.__name__ for f, count in loaded().items() if count != before.get(f, 0)])
"""


def test_a_stage_that_is_open_compiles_nothing_more():
    command = [sys.executable, "-c", _LOADED_WHILE_RUNNING]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
