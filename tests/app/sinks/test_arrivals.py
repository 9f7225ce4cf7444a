import numpy as np
import pytest

from app.sinks.arrivals import Arrivals
from app.sinks.vmc_encoder import VmcEncoder
from app.sinks.vmc_options import VmcOptions
from tests.app.packets import moving_packets
from tests.app.sinks.fuzz import mutated

SENDER = ("127.0.0.1", 5000)


def test_rates_gaps_and_names_of_a_vmc_stream():
    encoder = VmcEncoder(VmcOptions())
    arrivals = Arrivals()
    times = [*range(60), *range(90, 120)]  # frames at 60 Hz, half a second missing
    packet = moving_packets(1)[0]
    for k in times:
        for place, datagram in enumerate(encoder.encode(packet)):
            # the datagrams of a frame come one shortly after the other
            arrivals.note(datagram, SENDER, round(k / 60 * 1e9) + 200_000 * place)
    bones = arrivals.streams["/VMC/Ext/Bone/Pos"]
    time = arrivals.streams["/VMC/Ext/T"]
    assert (bones.count, len(bones.names), bones.tags) == (90 * 55, 55, "sfffffff")
    assert time.rate_hz == pytest.approx(89 / (119 / 60), rel=1e-3)
    assert time.gaps == bones.gaps == 1
    assert time.longest_gap_ns / 1e9 == pytest.approx(31 / 60)
    assert arrivals.senders["127.0.0.1:5000"].count == 90 * 4
    assert 1000 < arrivals.largest < 1400
    assert arrivals.damaged == 0


def test_memory_has_an_end_whatever_comes():
    arrivals = Arrivals()
    rng = np.random.default_rng(1)
    for k in range(2000):
        address = f"/{k}".encode()
        padded = address + b"\0" * (4 - len(address) % 4)
        arrivals.note(padded + b",\0\0\0", ("127.0.0.1", k), k)
    for datagram in mutated([b"/a\0\0,s\0\0name\0\0\0\0"], rng, 3000):
        arrivals.note(datagram, SENDER, 5000)
    assert len(arrivals.streams) == len(arrivals.senders) == 257
    assert arrivals.streams["(others)"].count > 1500
    assert arrivals.damaged > 100
    assert arrivals.last_problem


def test_the_rate_of_the_last_second_falls_when_a_stream_ends():
    arrivals = Arrivals()
    for k in range(120):
        arrival = arrivals.note(b"/a\0\0,\0\0\0", SENDER, round(k / 30 * 1e9))
    assert arrival.sender == "127.0.0.1:5000"
    assert (arrival.messages[0].address, arrival.problem) == ("/a", None)
    stream = arrivals.streams["/a"]
    end = stream.last_ns
    assert stream.rate_now_hz(end) == 30
    assert stream.rate_now_hz(end + 500_000_000) == 15
    assert stream.rate_now_hz(end + 1_000_000_000) == 0
    assert stream.rate_hz == pytest.approx(30, rel=1e-3)


def test_a_slow_start_is_no_gap():
    arrivals = Arrivals()
    for time_s in (0, 0.003, *np.arange(0.02, 1, 1 / 60)):
        arrivals.note(b"/a\0\0,\0\0\0", SENDER, round(time_s * 1e9))
    assert arrivals.streams["/a"].gaps == 0


def test_what_cannot_be_read_is_told_with_its_reason():
    arrival = Arrivals().note(b"nonsense", SENDER, 1)
    assert arrival.messages == ()
    assert arrival.problem
    assert arrival.size == 8
