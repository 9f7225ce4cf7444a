import threading
from dataclasses import replace

import numpy as np
import pytest

from app.pipeline.pipeline import Pipeline
from engines.errors import CaptureError, SinkError, SourceNotFound, StageError
from engines.types import Detection, PersonLandmarks
from tests.app.pipeline import fakes
from tests.app.pipeline.fakes import TIMEOUT_S, BlockedSource, Gate, Sink, Source, Stage, wait_for


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = set(threading.enumerate())
    yield
    left = [t for t in threading.enumerate() if t not in before]
    for thread in left:
        thread.join(TIMEOUT_S)
    assert not [t for t in left if t.is_alive()]


def run(pipeline):
    pipeline.start()
    assert pipeline.wait(TIMEOUT_S)
    return pipeline.stats()


def stage_stats(pipeline, name):
    return next(stage for stage in pipeline.stats().stages if stage.name == name)


def test_every_frame_passes_all_stages_in_order():
    stages, sink = [Stage("a"), Stage("b")], Sink()
    stats = run(Pipeline(Source(500), stages, [sink], drop_frames=False))
    assert sink.indices == list(range(500))
    assert stats.published == 500
    assert [(s.name, s.frames, s.dropped) for s in stats.stages] == [
        ("capture", 500, 0), ("a", 500, 0), ("b", 500, 0),
    ]  # fmt: skip
    spans = sink.packets[7].spans
    assert [span.stage for span in spans] == ["a", "b"]
    assert spans[0].start_ns <= spans[0].end_ns <= spans[1].start_ns <= spans[1].end_ns


def test_a_slow_sink_for_every_packet_loses_none_of_a_file():
    gate = Gate(at=0)
    sink = Sink(hook=gate)
    pipeline = Pipeline(Source(600), [Stage()], [sink], drop_frames=False)
    pipeline.start()
    wait_for(gate.reached)
    assert not pipeline.wait(0)
    gate.opened.set()
    assert pipeline.wait(TIMEOUT_S)
    assert sink.indices == list(range(600))
    assert pipeline.stats().sinks[0].dropped == 0


def test_a_sink_for_the_newest_never_holds_up_a_file():
    gate = Gate()
    slow, every = Sink("slow", delivery="newest", hook=gate), Sink("every")
    pipeline = Pipeline(Source(50), [Stage()], [slow, every], drop_frames=False)
    pipeline.start()
    every.wait_for_index(49)
    gate.opened.set()
    assert pipeline.wait(TIMEOUT_S)
    assert slow.indices[-1] == 49
    status = pipeline.stats().sinks[0]
    assert status.consumed + status.dropped == 50


def test_newest_wins_in_a_live_pipeline():
    """The stage is busy with frame 0 while 1 to 9 come: it goes on with 9."""
    gate, source_done = Gate(at=0), threading.Event()

    def read_hook(index):
        if index == 1:
            wait_for(gate.reached)
        if index == 10:
            source_done.set()
            wait_for(gate.opened)

    sink = Sink()
    pipeline = Pipeline(
        Source(11, read_hook=read_hook), [Stage(hook=gate)], [sink], drop_frames=True
    )
    pipeline.start()
    wait_for(source_done)
    gate.opened.set()
    assert pipeline.wait(TIMEOUT_S)
    assert sink.indices in ([0, 9, 10], [0, 10])
    assert stage_stats(pipeline, "stage").dropped == 11 - len(sink.indices)


def test_a_late_recorder_of_a_live_source_drops_and_counts():
    gate = Gate(at=0)
    sink, other = Sink("late", hook=gate), Sink("prompt")
    source = Source(400, read_hook=lambda index: index == 0 or other.wait_for_index(index - 1))
    pipeline = Pipeline(source, [], [sink, other], drop_frames=True)
    pipeline.start()
    other.wait_for_index(399)
    gate.opened.set()
    assert pipeline.wait(TIMEOUT_S)
    status = pipeline.stats().sinks[0]
    assert status.consumed + status.dropped == 400
    assert status.consumed in (256, 257)
    assert sink.indices[-256:] == list(range(144, 400))


def test_each_is_opened_used_and_closed_on_a_thread_of_its_own():
    parts = [Source(3), Stage("a"), Stage("b"), Sink("x"), Sink("y")]
    run(Pipeline(parts[0], parts[1:3], parts[3:], drop_frames=False))
    assert all(len(part.threads) == 1 for part in parts)
    assert len({next(iter(part.threads)) for part in parts}) == 5
    assert all(part.calls == ["open", "close"] for part in parts)
    assert threading.get_ident() not in set().union(*(part.threads for part in parts))


@pytest.mark.parametrize(
    "error", [StageError("regress: out of memory; use --device cpu"), KeyError("x")]
)
def test_a_stage_that_fails_stops_all_and_reaches_the_owner(error):
    def fail_at_5(index):
        if index == 5:
            raise error

    parts = [Source(10_000), Stage("a"), Stage("b", hook=fail_at_5), Sink()]
    pipeline = Pipeline(parts[0], parts[1:3], parts[3:], drop_frames=False)
    pipeline.start()
    with pytest.raises(StageError) as caught:
        pipeline.wait(TIMEOUT_S)
    if isinstance(error, StageError):
        assert caught.value is error
    else:
        assert "stage b at frame 5: KeyError" in str(caught.value)
        assert caught.value.__cause__ is error
    assert parts[3].indices == [0, 1, 2, 3, 4]
    assert all(part.calls == ["open", "close"] for part in parts)
    pipeline.stop()  # an error is raised once


def test_a_failure_is_raised_by_stop_where_nobody_waited():
    ended = threading.Event()
    source = Source(3, read_hook=lambda index: (_ for _ in ()).throw(OSError("unplugged")))
    pipeline = Pipeline(source, [], [Sink()], drop_frames=True, on_event=lambda event: ended.set())
    pipeline.start()
    wait_for(ended)
    with pytest.raises(CaptureError, match="source fake source: OSError: unplugged"):
        pipeline.stop()


def test_a_failing_source_keeps_what_was_captured():
    def fail_at_20(index):
        if index == 20:
            raise CaptureError("camera: unplugged; plug it in")

    sink = Sink()
    pipeline = Pipeline(Source(30, read_hook=fail_at_20), [Stage()], [sink], drop_frames=False)
    pipeline.start()
    with pytest.raises(CaptureError, match="unplugged"):
        pipeline.wait(TIMEOUT_S)
    assert sink.indices == list(range(20))


def test_a_failure_to_close_a_stage_is_told():
    pipeline = Pipeline(Source(1), [Stage(fail_close=OSError("stuck"))], drop_frames=False)
    pipeline.start()
    with pytest.raises(StageError, match="stuck"):
        pipeline.wait(TIMEOUT_S)


@pytest.mark.parametrize("position", [0, 1, 2])
def test_errors_of_opening_surface_before_start_returns(position):
    error = SourceNotFound("nothing.mp4: no such file; check --source")
    parts = [Source(3), Stage(), Sink()]
    parts[position].fail_open = error
    pipeline = Pipeline(parts[0], parts[1:2], parts[2:], drop_frames=False)
    with pytest.raises(SourceNotFound) as caught:
        pipeline.start()
    assert caught.value is error
    opened = [part for part in parts if "open" in part.calls]
    assert all(part.calls == ["open", "close"] for part in opened)
    assert len(opened) == (1 if position == 0 else 3 if position == 2 else 2)
    assert pipeline.stats().published == 0


def test_a_failing_sink_is_closed_and_shown_and_the_rest_goes_on():
    def fail_at_3(index):
        if index == 3:
            raise OSError("no route to host")

    events = []
    bad, good = Sink("vmc", hook=fail_at_3), Sink("recorder")
    pipeline = Pipeline(
        Source(100), [Stage()], [bad, good], drop_frames=False, on_event=events.append
    )
    stats = run(pipeline)
    assert good.indices == list(range(100))
    assert bad.indices == [0, 1, 2]
    assert bad.calls == ["open", "close"]
    status = stats.sinks[0]
    assert (status.state, status.consumed) == ("failed", 3)
    assert "sink vmc: OSError: no route to host" in status.error
    assert stats.sinks[1].state == "closed"
    assert stats.sinks[1].error is None
    assert [(e.kind, e.name) for e in events] == [("sink_failed", "vmc"), ("ended", "fake source")]


def test_a_sink_that_cannot_finish_has_failed():
    sink = Sink(fail_close=SinkError("recorder: disk full; free some space"))
    stats = run(Pipeline(Source(2), [], [sink], drop_frames=False))
    assert stats.sinks[0].state == "failed"
    assert stats.sinks[0].error == "recorder: disk full; free some space"


def test_skipped_frames_are_counted():
    sink = Sink()
    pipeline = Pipeline(Source(10), [Stage(hook=fakes.skip_odd)], [sink], drop_frames=False)
    run(pipeline)
    assert sink.indices == [0, 2, 4, 6, 8]
    stats = stage_stats(pipeline, "stage")
    assert (stats.frames, stats.skipped) == (5, 5)


def test_a_source_may_skip_and_leave_out_frames():
    sink = Sink()
    source = Source(0, indices=[0, 1, 2, 4, 5, 6], read_hook=fakes.skip_odd)
    pipeline = Pipeline(source, [], [sink], drop_frames=False)
    run(pipeline)
    assert sink.indices == [0, 2, 4, 6]
    stats = stage_stats(pipeline, "capture")
    assert (stats.frames, stats.skipped) == (4, 2)
    assert stats.dropped == 1  # number 3


def test_max_frames_ends_the_run():
    sink = Sink()
    run(Pipeline(Source(100), [Stage()], [sink], drop_frames=False, max_frames=7))
    assert sink.indices == list(range(7))


def test_stop_lets_packets_on_their_way_arrive():
    gate = Gate(at=3)
    stage, sink = Stage(hook=gate), Sink()
    pipeline = Pipeline(Source(1000), [stage], [sink], drop_frames=False)
    pipeline.start()
    wait_for(gate.reached)
    stopper = threading.Thread(target=pipeline.stop)
    stopper.start()
    gate.opened.set()
    stopper.join(TIMEOUT_S)
    assert not stopper.is_alive()
    assert sink.indices == stage.seen
    assert 3 in sink.indices
    assert len(sink.indices) < 1000
    assert sink.calls == ["open", "close"]


def test_stop_ends_a_read_that_blocks():
    source, sink = BlockedSource(), Sink()
    pipeline = Pipeline(source, [Stage()], [sink], drop_frames=True)
    pipeline.start()
    wait_for(source.reading)
    pipeline.stop()  # the error of the closed device is no failure
    assert sink.calls == ["open", "close"]
    assert "close" in source.calls


def test_a_source_stuck_for_ever_is_left_behind(caplog):
    source, stage, sink = BlockedSource(heeds_close=False), Stage(), Sink()
    pipeline = Pipeline(source, [stage], [sink], drop_frames=True)
    pipeline.start()
    wait_for(source.reading)
    pipeline.stop(timeout_s=TIMEOUT_S)
    assert "left behind after 10 s: source blocked source" in caplog.text
    assert stage.calls == sink.calls == ["open", "close"]
    source.released.set()


def test_a_stage_stuck_for_ever_leaves_the_sinks_time_to_finish(caplog):
    gate = Gate(at=1)
    sink = Sink()
    pipeline = Pipeline(Source(5), [Stage(hook=gate)], [sink], drop_frames=False)
    pipeline.start()
    wait_for(gate.reached)
    pipeline.stop(timeout_s=0.1)
    assert "stage stage" in caplog.text
    wait_for(sink.is_closed)
    assert sink.indices == [0]
    gate.opened.set()


def test_a_sink_stuck_for_ever_does_not_keep_the_pipeline(caplog):
    gate = Gate()
    sink = Sink(hook=gate)
    pipeline = Pipeline(Source(1000), [Stage()], [sink], drop_frames=False)
    pipeline.start()
    wait_for(gate.reached)
    pipeline.stop(timeout_s=0.05)
    assert "sink sink" in caplog.text
    gate.opened.set()


def test_sinks_come_and_go_while_it_runs():
    first, late = Sink("first"), Sink("late")
    come, go = Gate(at=5), Gate(at=20)
    source = Source(30, read_hook=lambda index: (come(index), go(index)))
    with Pipeline(source, [Stage()], [first], drop_frames=False) as pipeline:
        wait_for(come.reached)
        first.wait_for_index(4)
        pipeline.add_sink(late)
        come.opened.set()
        wait_for(go.reached)
        late.wait_for_index(19)
        pipeline.remove_sink(late)
        assert late.indices == list(range(5, 20))
        assert late.calls == ["open", "close"]
        assert [status.name for status in pipeline.stats().sinks] == ["first"]
        go.opened.set()
        assert pipeline.wait(TIMEOUT_S)
    assert len(late.packets) == 15
    assert first.indices == list(range(30))


def test_a_sink_that_cannot_be_added_does_not_disturb():
    gate = Gate(at=0)
    good = Sink("good")
    pipeline = Pipeline(Source(5, read_hook=gate), [], [good], drop_frames=False)
    pipeline.start()
    bad = Sink("bad", fail_open=SinkError("bad: port in use; choose another"))
    with pytest.raises(SinkError, match="port in use"):
        pipeline.add_sink(bad)
    gate.opened.set()
    assert pipeline.wait(TIMEOUT_S)
    assert good.indices == list(range(5))
    late = Sink("late")
    with pytest.raises(SinkError, match="the run has ended"):
        pipeline.add_sink(late)
    assert late.packets == []


def test_a_sink_added_before_the_start_is_served():
    sink = Sink()
    pipeline = Pipeline(Source(3), [], drop_frames=False)
    pipeline.add_sink(sink)
    run(pipeline)
    assert sink.indices == [0, 1, 2]


def test_published_arrays_are_read_only():
    def landmarks(packet):
        points = PersonLandmarks(
            np.zeros((33, 3), np.float32), np.zeros((33, 3), np.float32), np.zeros(33, np.float32)
        )
        return replace(packet, detections=(Detection(0, np.zeros(4, np.float32), 1.0, points),))

    stage, sink = Stage(), Sink()
    stage.process = landmarks
    run(Pipeline(Source(1), [stage], [sink], drop_frames=False))
    (packet,) = sink.packets
    (detection,) = packet.detections
    arrays = [
        packet.frame.image,
        packet.world_from_camera,
        detection.box,
        detection.landmarks.pose_px,
    ]
    assert not any(array.flags.writeable for array in arrays)


def test_an_error_in_the_block_is_not_covered_by_one_of_the_pipeline():
    source = Source(1, read_hook=lambda index: (_ for _ in ()).throw(OSError("unplugged")))
    with pytest.raises(ZeroDivisionError), Pipeline(source, [], drop_frames=True):
        raise ZeroDivisionError


def test_runs_once():
    pipeline = Pipeline(Source(1), [], drop_frames=False)
    with pytest.raises(RuntimeError, match="not started"):
        pipeline.wait(0)
    pipeline.stop()
    run(pipeline)
    with pytest.raises(RuntimeError, match="runs once"):
        pipeline.start()
    pipeline.stop()


def test_statistics_are_those_of_the_clock():
    clock = fakes.Clock()

    def tick(ms):
        clock.now_ns += round(ms * 1e6)

    source = Source(10, read_hook=lambda index: tick(20), clock=clock)
    stage = Stage(hook=lambda index: tick(12))
    stats = Pipeline(source, [stage], drop_frames=False, clock_ns=clock).run_inline()
    capture, processed = stats.stages
    assert capture.median_ms == pytest.approx(20)
    assert processed.p95_ms == pytest.approx(12)
    assert stats.age_p50_ms == pytest.approx(12)
    assert stats.fps == pytest.approx(1e3 / 32)
    assert stats.capture_fps == pytest.approx(1e3 / 32)
