import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from app.sinks.catalog import create_sink
from app.sinks.osc_reader import read_osc
from app.sinks.world import world_values
from tests.app.packets import make_estimate, make_packet, tilted_world
from tests.app.sinks.receivers import messages
from tests.app.sinks.test_websocket import check_person


def received(receiver, people, options=""):
    sink = create_sink(f"osc://127.0.0.1:{receiver.getsockname()[1]}{options}")
    sink.open()
    sink.consume(make_packet(6, people, world_from_camera=tilted_world()))
    datagrams = [receiver.recv(2000) for _ in range(sink.status.sent)]
    sink.close()
    assert max(map(len, datagrams)) < 1400
    return datagrams


def test_python_osc_reads_every_persons_parameters(receiver):
    rng = np.random.default_rng(2)
    people = [make_estimate(rng, track_id=5), make_estimate(rng, track_id=9)]
    got = messages(received(receiver, people))
    assert got[0] == ("/smplx/frame", 6, np.float32(0.2), 2)
    assert got[-1] == ("/smplx/end", 6)
    assert [m for m in got if m[0].endswith("/track")] == [
        ("/smplx/0/track", 5),
        ("/smplx/1/track", 9),
    ]
    for place, estimate in enumerate(people):
        prefix = f"/smplx/{place}/"
        person = {m[0].removeprefix(prefix): m[1:] for m in got if m[0].startswith(prefix)}
        check_person(person, estimate)


@pytest.mark.parametrize("seed", range(8))
def test_any_pose_arrives(seed, receiver):
    estimate = make_estimate(np.random.default_rng(seed), spread=0.2 * seed)
    got = messages(received(receiver, [estimate]))
    check_person(
        {m[0].rpartition("/")[2]: m[1:] for m in got if "/0/" in m[0] and m[0][-5:] != "track"},
        estimate,
    )


def test_persons_can_be_limited_and_nobody_is_a_frame_too(receiver):
    rng = np.random.default_rng(2)
    people = [make_estimate(rng), make_estimate(rng)]
    got = [m for d in received(receiver, people, "?persons=1") for m in read_osc(d)]
    assert not any(m.address.startswith("/smplx/1/") for m in got)
    assert [m[0] for m in messages(received(receiver, []))] == ["/smplx/frame", "/smplx/end"]


def test_the_example_prints_what_is_sent(unused_udp_port):
    example = Path(__file__).resolve().parents[3] / "examples" / "osc_client.py"
    person = make_estimate(np.random.default_rng(3))
    sink = create_sink(f"osc://127.0.0.1:{unused_udp_port}")
    sink.open()
    with subprocess.Popen(
        [sys.executable, "-u", str(example), str(unused_udp_port)],
        stdout=subprocess.PIPE, text=True,
    ) as client:  # fmt: skip
        lines = []
        reader = threading.Thread(target=lambda: lines.append(client.stdout.readline()))
        reader.start()
        for index in range(500):
            sink.consume(make_packet(index, [person], world_from_camera=tilted_world()))
            reader.join(0.04)
            if lines:
                break
        client.terminate()
    sink.close()
    number, *place = lines[0].split()
    assert number == "0"
    values = world_values(person, tilted_world())
    np.testing.assert_allclose([float(word) for word in place], values[165:168], atol=1e-3)
