"""Targets that are dead, slow, gone or come back; and what they cost the others."""

import errno
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.pipeline.publisher import Publisher
from app.pipeline.relay import SinkRelay
from app.sinks import udp
from app.sinks.catalog import SINKS, create_sink
from app.sinks.target import parse_target
from app.sinks.udp import UdpSender
from app.sinks.udp_listener import UdpListener
from engines.errors import SinkError
from tests.app.packets import make_packet
from tests.app.sinks.test_vmc import make_one


def sender(port, host="127.0.0.1"):
    return UdpSender(parse_target(f"vmc://{host}:{port}", {"vmc": 39539}))


def bound(port=0):
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", port))
    receiver.settimeout(5)
    return receiver


def test_a_receiver_that_vanishes_and_returns_is_served_again():
    udp_sender = sender(port := free_port())
    udp_sender.open()
    for _ in range(2):
        with bound(port) as receiver:
            udp_sender.send([b"one"])
            udp_sender.send([b"two"])
            assert receiver.recv(10) in (b"one", b"two")
        for _ in range(3):
            udp_sender.send([b"lost"])
        assert udp_sender.status.problem == "nobody listens there"
    udp_sender.close()


def free_port():
    with bound() as probe:
        return probe.getsockname()[1]


class Unreachable(socket.socket):
    """There is no way to 127.0.0.2."""

    def connect(self, address):
        if address[0] == "127.0.0.2":
            raise OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH))
        super().connect(address)


def join_look_ups():
    for thread in threading.enumerate():
        if thread.name.startswith("look up"):
            thread.join(5)


def test_a_host_that_moves_is_found_at_its_new_address(monkeypatch):
    """The old address becomes unreachable; the name then stands for another one, after a time with no answer."""
    now = [1000.0]
    monkeypatch.setattr(udp.time, "monotonic", lambda: now[0])
    with bound() as receiver:
        place = receiver.getsockname()
        book = {"address": ("127.0.0.2", place[1])}

        def look_up(host, port, family=0, kind=0, *_args, **_kwargs):
            if book["address"] is None:
                raise socket.gaierror(socket.EAI_AGAIN, "name service is away")
            return [(socket.AF_INET, socket.SOCK_DGRAM, 0, "", book["address"])]

        monkeypatch.setattr(udp.socket, "getaddrinfo", look_up)
        monkeypatch.setattr(udp.socket, "socket", Unreachable)
        moving = sender(place[1], "moving.example")
        moving.open()
        moving.send([b"lost"])
        book["address"] = None
        now[0] += 11
        moving.send([b"lost"])
        join_look_ups()
        assert moving.status.problem is not None
        book["address"] = place
        now[0] += 5
        moving.send([b"not yet looked up again"])
        assert moving.status.sent == 0
        now[0] += 6
        moving.send([b"lost too, but its failure looks the host up"])
        join_look_ups()
        moving.send([b"here"])
        assert receiver.recv(10) == b"here"
        assert moving.status.problem is None
        moving.close()


def test_a_host_whose_old_address_refuses_is_found_at_its_new_one(monkeypatch):
    """Another computer has the old address now, and nobody listens there."""
    now = [1000.0]
    monkeypatch.setattr(udp.time, "monotonic", lambda: now[0])
    book = {"address": ("127.0.0.1", free_port())}
    monkeypatch.setattr(
        udp.socket,
        "getaddrinfo",
        lambda *_args, **_kwargs: [(socket.AF_INET, socket.SOCK_DGRAM, 0, "", book["address"])],
    )
    moving = sender(9, "moving.example")
    moving.open()
    with bound() as receiver:
        book["address"] = receiver.getsockname()
        now[0] += 11
        for _ in range(2):
            moving.send([b"lost"])
        assert moving.status.problem == "nobody listens there"
        join_look_ups()
        moving.send([b"here"])
        assert receiver.recv(10) == b"here"
        assert moving.status.problem is None
    moving.close()


def test_a_host_that_is_not_known_at_the_start_is_said_and_found_later(monkeypatch, caplog):
    now = [1000.0]
    monkeypatch.setattr(udp.time, "monotonic", lambda: now[0])
    with bound() as receiver:
        book = {}

        def look_up(host, port, *_args, **_kwargs):
            if host not in book:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return [(socket.AF_INET, socket.SOCK_DGRAM, 0, "", book[host])]

        monkeypatch.setattr(udp.socket, "getaddrinfo", look_up)
        asleep = sender(9, "studio.local")
        asleep.open()
        assert "host 'studio.local' is not known" in caplog.text
        asleep.send([b"lost", b"lost"])
        assert (asleep.status.sent, asleep.status.failed) == (0, 2)
        assert "studio.local" in asleep.status.problem
        book["studio.local"] = receiver.getsockname()
        now[0] += 11
        asleep.send([b"lost"])
        join_look_ups()
        asleep.send([b"here"])
        assert receiver.recv(10) == b"here"
        assert asleep.status.problem is None
        asleep.close()


def test_version_4_of_an_address_goes_before_version_6(monkeypatch):
    with bound() as receiver:
        place = receiver.getsockname()
        found = [
            (socket.AF_INET6, socket.SOCK_DGRAM, 0, "", ("::1", place[1], 0, 0)),
            (socket.AF_INET, socket.SOCK_DGRAM, 0, "", place),
        ]
        monkeypatch.setattr(udp.socket, "getaddrinfo", lambda *_args, **_kwargs: found)
        both = sender(place[1], "localhost")
        both.open()
        both.send([b"here"])
        assert receiver.recv(10) == b"here"
        both.close()


def test_a_target_that_stays_away_is_warned_of_less_and_less_often(monkeypatch, caplog):
    now = [1000.0]
    monkeypatch.setattr(udp.time, "monotonic", lambda: now[0])
    away = sender(free_port())
    away.open()
    for _ in range(3600):
        now[0] += 1.0
        away.send([b"lost"])
    away.close()
    assert 8 < len(caplog.records) < 20
    assert "nobody listens there; " in caplog.text


def test_a_name_server_that_does_not_answer_holds_up_nobody(monkeypatch, receiver):
    """The one thread of ten targets goes on sending while one of them is being looked up."""
    now, release, asked = [1000.0], threading.Event(), []
    sent_on = set()

    def look_up(host, port, *_args, **_kwargs):
        if host != "moving.example":
            return [(socket.AF_INET, socket.SOCK_DGRAM, 0, "", (host, port))]
        asked.append(threading.get_ident())
        if len(asked) > 1:
            release.wait(20)
        return [(socket.AF_INET, socket.SOCK_DGRAM, 0, "", ("127.0.0.2", port))]

    class Watched(Unreachable):
        def send(self, data):
            sent_on.add(threading.get_ident())
            return super().send(data)

    monkeypatch.setattr(udp.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(udp.socket, "getaddrinfo", look_up)
    monkeypatch.setattr(udp.socket, "socket", Watched)
    port = receiver.getsockname()[1]
    failures = []
    publisher = Publisher(time.perf_counter_ns)
    for text in ("vmc://moving.example", *[f"livelinkface://127.0.0.1:{port}"] * 9):
        relay = SinkRelay(create_sink(text), drop_frames=True, on_failure=failures.append)
        publisher.add(relay)
        relay.worker.start()
        relay.worker.wait_until_open()
    now[0] += 11
    for index in range(5):
        publisher.publish(make_packet(index, [make_one()]))
        for _ in range(9):
            assert receiver.recv(65536)
    assert len(asked) == 2, "it was looked up again, and that has not ended"
    assert len(sent_on) == 1, "all targets share one thread"
    assert asked[1] not in sent_on
    release.set()
    publisher.close()
    for relay in publisher.relays:
        assert relay.worker.join(5)
    join_look_ups()
    assert failures == []
    assert [relay.status().consumed for relay in publisher.relays] == [5] * 10


def own_network():
    """The command that gives a process a network of its own, or None where this user may not."""
    for command in (["unshare", "-n"], ["unshare", "-rn"]):
        if shutil.which("unshare") and shutil.which("ip"):
            done = subprocess.run(
                [*command, "ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1"],
                capture_output=True, check=False,
            )  # fmt: skip
            if done.returncode == 0:
                return command
    return None


def test_an_interface_that_goes_down_and_comes_back_with_another_address():
    command = own_network()
    if command is None:
        pytest.skip("needs Linux, `unshare`, `ip` and the right to make a network interface")
    script = Path(__file__).with_name("interface_down.py")
    done = subprocess.run(
        [*command, sys.executable, str(script)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    for step in ("up", "up again"):
        assert report[step][:3] == [10, 0, None], step
    for step in ("down", "no address", "unplugged"):
        assert report[step][:2] == [0, 10], step
        assert report[step][2]
    sent, failed, problem, _ = report["another address"]
    assert sent >= 9
    assert failed <= 1
    assert problem is None
    assert len({port for *_, port in report.values()}) == 1, "receivers know a sender by its port"


def test_a_full_send_buffer_loses_datagrams_and_waits_for_nothing(monkeypatch):
    class Full(socket.socket):
        def send(self, data):
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(udp.socket, "socket", Full)
    full = sender(free_port())
    full.open()
    full.send([b"a", b"b"])
    assert (full.status.sent, full.status.failed) == (0, 2)
    full.close()


@pytest.mark.parametrize("error", [ConnectionRefusedError, ConnectionResetError])
def test_every_systems_word_for_a_port_where_nobody_listens(error, monkeypatch):
    """Linux and macOS refuse, Windows resets; the socket goes on."""

    class Closed(socket.socket):
        def send(self, data):
            raise error(errno.ECONNREFUSED, "no")

    monkeypatch.setattr(udp.socket, "socket", Closed)
    unheard = sender(free_port())
    unheard.open()
    unheard.send([b"a"])
    port = unheard._socket.getsockname()[1]
    unheard.send([b"b"])
    assert unheard.status.problem == "nobody listens there"
    assert unheard._socket.getsockname()[1] == port
    unheard.close()


def test_one_stuck_target_holds_up_neither_the_path_nor_the_others(receiver):
    class Stuck:
        name = "stuck"
        delivery = "newest"
        release = threading.Event()
        entered = threading.Event()

        def open(self):
            pass

        def consume(self, packet):
            self.entered.set()
            self.release.wait(10)

        def close(self):
            pass

    stuck = Stuck()
    live = create_sink(f"vmc://127.0.0.1:{receiver.getsockname()[1]}?packets=frame")
    failures = []
    relays = [
        SinkRelay(sink, drop_frames=True, on_failure=failures.append) for sink in (stuck, live)
    ]
    for relay in relays:
        relay.worker.start()
    for index in range(20):
        for relay in relays:
            relay.offer(make_packet(index, [make_one()]))
        assert receiver.recv(65536)
    assert stuck.entered.is_set()
    assert relays[0].status().dropped >= 17
    stuck.release.set()
    for relay in relays:
        relay.end()
        assert relay.worker.join(5)
    assert failures == []


@pytest.mark.parametrize("scheme", SINKS)
def test_every_target_sends_nothing_off_this_computer_unless_told_to(scheme):
    sink = create_sink(f"{scheme}://?rate=native")
    host = getattr(sink, "_place", None) or (sink._udp._target.host,)
    assert host[0] == "127.0.0.1"


def test_a_listener_reads_what_waits_and_no_more_at_once():
    listener = UdpListener("127.0.0.1", 0)
    assert list(listener.receive()) == []
    listener.open()
    assert not listener.wait(0)
    with bound() as other:
        for _ in range(100):
            other.sendto(b"x", ("127.0.0.1", listener.port))
        assert listener.wait(5)
        assert len(list(listener.receive())) == 64
        assert listener.send_to(b"answer", other.getsockname())
        assert other.recv(10) == b"answer"
    listener.close()
    listener.close()
    assert not listener.send_to(b"x", ("127.0.0.1", 1))


def test_a_listener_of_another_computers_address_is_an_error():
    listener = UdpListener("192.0.2.1", 0)
    with pytest.raises(SinkError, match="cannot listen there"):
        listener.open()
