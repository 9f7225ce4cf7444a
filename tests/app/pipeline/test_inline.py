import threading

import pytest

from app.pipeline.pipeline import Pipeline
from engines.errors import CaptureError, StageError
from tests.app.pipeline.fakes import TIMEOUT_S, Sink, Source, Stage, skip_odd


def parts():
    return Source(40), [Stage("a", hook=skip_odd), Stage("b")], Sink()


def test_inline_gives_what_the_threads_give():
    source, stages, threaded = parts()
    pipeline = Pipeline(source, stages, [threaded], drop_frames=False)
    pipeline.start()
    assert pipeline.wait(TIMEOUT_S)
    source, stages, inline = parts()
    stats = Pipeline(source, stages, [inline], drop_frames=False).run_inline()

    def summary(sink):
        return [
            (p.frame.index, [(d.track_id, d.box.tolist()) for d in p.detections], [s.stage for s in p.spans])
            for p in sink.packets
        ]  # fmt: skip

    assert summary(inline) == summary(threaded)
    assert len(inline.packets) == 20
    assert stats.published == pipeline.stats().published == 20


def test_all_happens_on_the_calling_thread():
    source, stages, sink = parts()
    before = threading.active_count()
    Pipeline(source, stages, [sink], drop_frames=True).run_inline()
    assert threading.active_count() == before
    for part in (source, *stages, sink):
        assert part.threads == {threading.get_ident()}
        assert part.calls == ["open", "close"]


@pytest.mark.parametrize("delivery", ["newest", "prompt"])
def test_sinks_for_the_newest_get_every_packet(delivery):
    sink = Sink(delivery=delivery)
    stats = Pipeline(Source(9), [], [sink], drop_frames=True).run_inline()
    assert sink.indices == list(range(9))
    assert (stats.sinks[0].consumed, stats.sinks[0].dropped) == (9, 0)


def test_max_frames():
    sink = Sink()
    Pipeline(Source(9), [], [sink], drop_frames=False).run_inline(max_frames=4)
    assert sink.indices == [0, 1, 2, 3]


def test_a_failing_stage_raises_and_all_is_closed():
    def fail(index):
        raise ValueError("bad shape")

    source, stage, sink = Source(3), Stage(hook=fail), Sink()
    with pytest.raises(StageError, match="stage stage at frame 0: ValueError: bad shape"):
        Pipeline(source, [stage], [sink], drop_frames=False).run_inline()
    assert all(part.calls == ["open", "close"] for part in (source, stage, sink))


def test_a_failing_source_raises():
    source = Source(3, fail_open=CaptureError("camera: busy; close the other program"))
    sink = Sink()
    with pytest.raises(CaptureError, match="busy"):
        Pipeline(source, [], [sink], drop_frames=False).run_inline()
    assert sink.calls == []


def test_a_failing_sink_is_closed_and_the_rest_goes_on():
    def fail_at_1(index):
        if index == 1:
            raise OSError("gone")

    bad, good = Sink("bad", hook=fail_at_1), Sink("good")
    stats = Pipeline(Source(3), [], [bad, good], drop_frames=False).run_inline()
    assert good.indices == [0, 1, 2]
    assert [status.state for status in stats.sinks] == ["failed", "closed"]
    assert bad.calls == ["open", "close"]
