import threading

import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp

from app.sinks.pace import RetimedSink
from app.sinks.retime import Retimer, estimate_between
from app.sinks.udp import SendStatus
from engines.body.kinematics import posed_joints
from engines.body.pose import full_pose
from engines.errors import SinkError
from tests.app.packets import body, make_estimate, make_packet

BETAS = np.linspace(-1, 1, 10)


def two_estimates():
    rng = np.random.default_rng(3)
    return make_estimate(rng, betas=BETAS), make_estimate(rng, betas=BETAS)


def test_rotations_go_the_shortest_way_and_bones_keep_their_length():
    start, end = two_estimates()
    middle = estimate_between(start, end, 0.3)
    for a, b, got in zip(
        full_pose(start.params), full_pose(end.params), full_pose(middle.params), strict=True
    ):
        expected = Slerp([0, 1], Rotation.from_rotvec([a, b]))(0.3)
        assert (expected.inv() * Rotation.from_rotvec(got)).magnitude() < 1e-4
    np.testing.assert_allclose(middle.joints, posed_joints(body(), middle.params), atol=2e-4)
    np.testing.assert_allclose(
        middle.blendshapes, 0.7 * start.blendshapes + 0.3 * end.blendshapes, atol=1e-6
    )


@pytest.mark.parametrize("fraction", [0.0, 1.0])
def test_the_ends_are_the_estimates(fraction):
    ends = two_estimates()
    got = estimate_between(*ends, fraction)
    np.testing.assert_allclose(got.joints, ends[int(fraction)].joints, atol=1e-4)


def play(times_s, arrivals_s, asked_s, rate_hz=1e6):
    """What is shown at each time asked for, the place being the time itself."""
    retimer = Retimer(rate_hz)
    shown = []
    events = sorted(
        [(t, 0, stamp) for stamp, t in zip(times_s, arrivals_s, strict=True)]
        + [(t, 1, None) for t in asked_s]
    )
    for now, kind, stamp in events:
        if kind == 0:
            retimer.push(make_packet(0, timestamp_ns=round(stamp * 1e9)), round(now * 1e9))
        else:
            packet = retimer.sample(round(now * 1e9))
            shown.append(None if packet is None else packet.frame.timestamp_ns / 1e9)
    return np.array(shown, float)


def test_a_30_hz_camera_gives_even_60_hz_one_frame_late():
    times = np.arange(60) / 30
    asked = 0.5 + np.arange(60) / 60
    shown = play(times, times, asked)
    np.testing.assert_allclose(np.diff(shown), 1 / 60, atol=1e-6)
    np.testing.assert_allclose(shown, asked - 1 / 30, atol=1e-3)


def test_moments_are_whole_periods_of_the_source_whenever_it_is_asked():
    times = np.arange(61) / 30
    asked = 0.5 + np.arange(480) / 480 + np.random.default_rng(0).uniform(0, 2e-3, 480)
    shown = play(times, times, asked, rate_hz=60)
    shown = shown[~np.isnan(shown)]
    np.testing.assert_allclose(shown, np.arange(len(shown)) / 60 + shown[0], atol=1e-6)
    assert len(shown) == pytest.approx(60, abs=1)
    assert shown[0] * 60 == pytest.approx(round(shown[0] * 60), abs=1e-4)


def test_it_is_due_when_the_next_moment_comes_and_not_before():
    retimer = Retimer(60)
    assert retimer.sample(0) is None
    assert retimer.due_ns(0) == round(1e9 / 60)
    for index in range(3):
        stamp = round(index * 1e9 / 30)
        retimer.push(make_packet(index, timestamp_ns=stamp), stamp)
    assert retimer.sample(stamp) is not None
    for _ in range(5):
        due = retimer.due_ns(0)
        assert retimer.sample(due - 1000) is None
        assert retimer.sample(due + 1000) is not None


def test_uneven_arrivals_are_evened_out():
    times = np.arange(150) / 30
    late = np.random.default_rng(0).uniform(0, 0.012, 150)
    asked = 2 + np.arange(150) / 60
    steps = np.diff(play(times, times + late, asked))
    assert steps.std() < 0.003
    assert steps.mean() == pytest.approx(1 / 60, rel=0.02)


def test_a_pause_of_the_source_stops_it_and_a_new_start_starts_it():
    shown = play([0.0, 0.03, 50.0, 50.03], [0.0, 0.03, 50.0, 50.03], [0.04, 0.3, 10.0, 50.04])
    assert np.isnan(shown[2])
    assert shown[1] == pytest.approx(0.03)
    assert shown[3] > 49
    again = play([5.0, 5.03, 0.0, 0.03], [0.0, 0.03, 0.06, 0.09], [0.1])
    assert again[0] < 0.1


class Collector:
    name = "collector"
    delivery = "newest"
    status = SendStatus(0, 0, None)

    def __init__(self, fail=False):
        self.fail = fail
        self.got_some = threading.Event()
        self.packets = []
        self.threads = set()
        self.is_open = False

    def open(self):
        self.is_open = True

    def consume(self, packet):
        if self.fail:
            self.got_some.set()
            raise SinkError("collector: full")
        self.packets.append(packet)
        self.threads.add(threading.get_ident())
        if len(self.packets) > 3:
            self.got_some.set()

    def close(self):
        self.is_open = False


def test_a_thread_sends_between_the_packets_and_ends_with_the_sink():
    collector = Collector()
    sink = RetimedSink(collector, 200)
    sink.open()
    sink.consume(make_packet(0, timestamp_ns=0))
    sink.consume(make_packet(1, timestamp_ns=10**9))
    assert collector.got_some.wait(5)
    sink.close()
    sink.close()
    assert not collector.is_open
    assert not any(thread.name == "even rates" for thread in threading.enumerate())


def test_targets_of_one_rate_share_a_thread_and_what_is_made_for_them():
    collectors = [Collector() for _ in range(5)]
    sinks = [RetimedSink(collector, 100) for collector in collectors]
    first, last = (
        make_packet(k, two_estimates()[k : k + 1], timestamp_ns=k * 10**9 // 4) for k in (0, 1)
    )
    for sink in sinks:
        sink.open()
    for packet in (first, last):
        for sink in sinks:
            sink.consume(packet)
    for collector in collectors:
        assert collector.got_some.wait(5)
    for sink in sinks:
        sink.close()
    assert len(set.union(*(collector.threads for collector in collectors))) == 1
    made = [
        {p.frame.timestamp_ns: p.estimates[0] for p in collector.packets}
        for collector in collectors
    ]
    common = set.intersection(*(set(each) for each in made))
    assert common
    for moment in common:
        assert len({id(each[moment]) for each in made}) == 1


def test_a_failure_is_told_with_the_next_packet():
    collector = Collector(fail=True)
    sink = RetimedSink(collector, 100)
    sink.open()
    sink.consume(make_packet(0))
    assert collector.got_some.wait(5)
    with pytest.raises(SinkError, match="full"):  # noqa: PT012  # the thread needs a moment
        for _ in range(100_000):
            sink.consume(make_packet(0))
    sink.close()
