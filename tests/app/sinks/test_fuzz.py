"""Datagrams from anybody to everything that listens: no crash, no growth of memory, no thread that hangs.

The suite sends some thousands. EXPOSE_LIVE_FUZZ_DATAGRAMS=1000000 sends as many as that (some minutes).
"""

import itertools
import os
import socket
import threading
from pathlib import Path

import numpy as np
import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from app.sinks.arrivals import Arrivals
from app.sinks.catalog import create_sink
from app.sinks.head import head_pose
from app.sinks.ifacialmocap import GREETING, face_message
from app.sinks.vmc_commands import VmcCommands
from app.sinks.vmc_encoder import VmcEncoder
from app.sinks.vmc_options import VmcOptions
from app.sinks.vrchat_space import VrchatSpace
from tests.app.packets import make_packet, moving_packets
from tests.app.sinks.fuzz import mutated

COUNT = int(os.environ.get("EXPOSE_LIVE_FUZZ_DATAGRAMS", "8000"))
BATCH = 50
GROWTH_BYTES = 16 << 20


def osc(address, *arguments):
    builder = OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    return builder.build().dgram


def seeds():
    """One of each kind that any of them understands, and what they are sent by mistake."""
    packet = moving_packets(1)[0]
    person = packet.estimates[0]
    yield from VmcEncoder(VmcOptions()).encode(packet)
    yield osc("/VMC/Ext/Set/Period", 2, 2, 2, 2, 2, 2)
    yield osc("/VMC/Ext/Set/Calib/Exec", 1)
    yield osc("/VMC/Ext/Set/Req")
    yield osc("/tracking/vrsystem/head/pose", 1.0, 1.6, -2.0, 5.0, 130.0, -3.0)
    yield GREETING
    yield GREETING + b"|sendDataVersion=v2"
    pose = head_pose(person, packet.world_from_camera)
    yield face_message(person.blendshapes, pose, "-")


def resident_bytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read as Linux has it")
def test_nothing_that_anybody_sends_stops_them_or_makes_them_grow(unused_udp_port):
    commands, arrivals, space = VmcCommands(), Arrivals(), VrchatSpace(None)
    datagrams = mutated(list(seeds()), np.random.default_rng(0), COUNT)
    threads = set(threading.enumerate())
    settled = None
    for index, datagram in enumerate(datagrams):
        commands.feed(datagram)
        space.feed(datagram)
        arrivals.note(datagram, ("127.0.0.1", index % 60_000), index)
        if index == COUNT // 4:
            settled = resident_bytes()
    assert resident_bytes() - settled < GROWTH_BYTES
    assert set(threading.enumerate()) == threads
    assert arrivals.datagrams == COUNT
    assert len(arrivals.streams) <= 257
    assert min(commands.periods.values()) >= 1
    assert commands.calibration in (1, 2, 3)


@pytest.mark.parametrize("target", ["vmc", "vrchat", "ifacialmocap"])
def test_a_sink_that_listens_goes_on_sending_whatever_it_is_sent(target, receiver, unused_udp_port):
    sink = create_sink(
        f"{target}://127.0.0.1:{receiver.getsockname()[1]}?rate=native"
        f"&receive={unused_udp_port}".replace(
            "receive", "listen" if target[0] == "i" else "receive"
        )
    )
    sink.open()
    datagrams = mutated(list(seeds()), np.random.default_rng(1), COUNT // 10)
    packets = itertools.cycle(moving_packets(4))
    threads = set(threading.enumerate())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.setblocking(False)
        while batch := list(itertools.islice(datagrams, BATCH)):
            for datagram in batch:
                stranger.sendto(datagram, ("127.0.0.1", unused_udp_port))
            sink.consume(next(packets))
        stranger.sendto(GREETING, ("127.0.0.1", unused_udp_port))
    sent = sink.status.sent
    sink.consume(make_packet(9, moving_packets(1, seed=9)[0].estimates))
    assert receiver.recv(65_536)
    assert target == "ifacialmocap" or sink.status.sent > sent
    assert set(threading.enumerate()) == threads
    sink.close()
