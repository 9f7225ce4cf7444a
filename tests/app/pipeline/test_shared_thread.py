"""Sinks that never wait share a thread, and nothing else."""

import threading

import pytest

from app.pipeline.pipeline import Pipeline
from engines.errors import SinkError
from tests.app.pipeline.fakes import TIMEOUT_S, Gate, Sink, Source, Stage, wait_for


def prompt(name="prompt", **kwargs):
    return Sink(name, delivery="prompt", **kwargs)


def test_prompt_sinks_consume_on_one_thread_and_are_opened_and_closed_on_others():
    sinks = [prompt(str(k)) for k in range(10)]
    used_on = []
    for sink in sinks:
        sink.hook = lambda _index: used_on.append(threading.get_ident())
    pipeline = Pipeline(Source(50), [Stage()], sinks, drop_frames=False)
    pipeline.start()
    assert pipeline.wait(TIMEOUT_S)
    assert len(set(used_on)) == 1
    assert len(set.union(*(sink.threads for sink in sinks))) == 11
    for sink, status in zip(sinks, pipeline.stats().sinks, strict=True):
        assert sink.calls == ["open", "close"]
        assert sink.indices[-1] == 49, "the last packet reaches them all"
        assert (status.state, status.consumed + status.dropped) == ("closed", 50)
        assert len(sink.indices) == status.consumed


def test_one_that_fails_is_closed_and_told_of_and_the_others_miss_nothing():
    def fail(index):
        if index == 3:
            raise ValueError("bad")

    events = []
    before, failing, after = prompt("before"), prompt("failing", hook=fail), prompt("after")
    source = Source(9, read_hook=lambda index: index == 0 or after.wait_for_index(index - 1))
    pipeline = Pipeline(
        source, [], [before, failing, after], drop_frames=True, on_event=events.append
    )
    pipeline.start()
    assert pipeline.wait(TIMEOUT_S)
    assert before.indices == after.indices == list(range(9))
    assert failing.indices == [0, 1, 2]
    assert failing.calls == ["open", "close"]
    assert [(event.kind, event.name) for event in events] == [
        ("sink_failed", "failing"), ("ended", source.name),
    ]  # fmt: skip
    assert [sink.state for sink in pipeline.stats().sinks] == ["closed", "failed", "closed"]


def test_one_that_waits_after_all_holds_up_neither_the_path_nor_other_threads():
    gate = Gate(at=0)
    stuck, fellow, other = prompt("stuck", hook=gate), prompt("fellow"), Sink("other")
    pipeline = Pipeline(Source(50), [Stage()], [stuck, fellow, other], drop_frames=False)
    pipeline.start()
    other.wait_for_index(49)
    wait_for(gate.reached)
    gate.opened.set()
    assert pipeline.wait(TIMEOUT_S)
    for status in pipeline.stats().sinks[:2]:
        assert status.consumed + status.dropped == 50


def test_one_is_added_and_removed_while_the_others_go_on():
    gate, late = Gate(at=5), prompt("late")
    stays = prompt("stays")
    source = Source(9, read_hook=gate)
    pipeline = Pipeline(source, [], [stays], drop_frames=False)
    pipeline.start()
    wait_for(gate.reached)
    pipeline.add_sink(late)
    gate.opened.set()
    late.wait_for_index(8)
    pipeline.remove_sink(late)
    assert late.is_closed.is_set()
    assert pipeline.wait(TIMEOUT_S)
    assert min(late.indices) >= 4
    assert stays.indices[-1] == 8


def test_none_is_closed_while_it_consumes():
    gate, busy = Gate(at=0), prompt("busy")
    busy.hook = gate
    with Pipeline(Source(1), [], [busy], drop_frames=True) as pipeline:
        wait_for(gate.reached)
        pipeline.remove_sink(busy, timeout_s=0)
        assert busy.calls == ["open"]
        gate.opened.set()
        wait_for(busy.is_closed)
    assert busy.indices == [0]


def test_one_that_cannot_be_opened_ends_the_start_and_closes_the_others():
    good, bad = prompt("good"), prompt("bad", fail_open=SinkError("bad: no such host"))
    with pytest.raises(SinkError, match="no such host"):
        Pipeline(Source(3), [], [good, bad], drop_frames=True).start()
    wait_for(good.is_closed)
    assert good.packets == []
