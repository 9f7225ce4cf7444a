"""The WebSocket server against the websockets client, raw sockets and a real JavaScript engine."""

import contextlib
import json
import runpy
import shutil
import socket
import struct
import subprocess
import threading
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from app.sinks.target import parse_target
from app.sinks.websocket import MAX_CLIENTS, create
from app.sinks.websocket_frames import binary_frame, json_frame
from app.sinks.world import FIELDS
from engines.body.pose import full_pose
from engines.body.skeleton import PARENTS
from engines.errors import SinkError
from tests.app.packets import body, make_estimate, make_packet, tilted_world

ROOT = Path(__file__).resolve().parents[3]
WITHIN_A_TENTH_OF_A_DEGREE = np.radians(0.1) / 3
"""Of any element of a matrix, whose rotation is then less than 0.1 degrees off."""


@pytest.fixture
def server():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sink = create(parse_target(f"ws://127.0.0.1:{port}", {"ws": 8765}))
    sink.open()
    yield sink
    sink.close()


def packet(index=3, persons=2):
    rng = np.random.default_rng(5)
    estimates = [make_estimate(rng, track_id=7 + k) for k in range(persons)]
    return make_packet(index, estimates, world_from_camera=tilted_world())


def client(server, path="/json", **kwargs):
    return connect(f"ws://127.0.0.1:{server.port}{path}", compression=None, **kwargs)


def test_json_carries_parameters_that_give_our_joints_in_the_world(server):
    sent = packet()
    with client(server) as stream:
        hello = json.loads(stream.recv(5))
        server.consume(sent)
        frame = json.loads(stream.recv(5))
    assert (hello["type"], frame["type"], frame["index"]) == ("hello", "frame", 3)
    assert len(hello["joint_names"]) == len(hello["parents"]) == 55
    assert frame["time_s"] == pytest.approx(0.1)
    assert [person["track_id"] for person in frame["persons"]] == [7, 8]
    check_person(frame["persons"][0], sent.estimates[0])


def global_turns(pose, above):
    """Rotations of the joints by scipy, from what each is turned in its parent."""
    turns = []
    for own, parent in zip(Rotation.from_rotvec(pose).as_matrix(), PARENTS, strict=True):
        turns.append((above if parent < 0 else turns[parent]) @ own)
    return np.array(turns)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 1.5))
def test_any_pose_arrives_in_both_forms(seed, spread):
    estimate = make_estimate(np.random.default_rng(seed), spread=spread)
    sent = make_packet(1, [estimate], world_from_camera=tilted_world())
    check_person(json.loads(json_frame(sent))["persons"][0], estimate)
    values = np.frombuffer(binary_frame(sent), "<f4", sum(dict(FIELDS).values()), 24)
    ends = np.cumsum(list(dict(FIELDS).values()))
    check_person(dict(zip(dict(FIELDS), np.split(values, ends[:-1]), strict=True)), estimate)


def check_person(person, estimate):
    """Put the numbers through our own body model, as smplx would."""
    person = {
        name: np.array(value, np.float32) for name, value in person.items() if name != "track_id"
    }
    from engines.body.kinematics import posed_joints
    from engines.body.pose import params_from_full_pose

    pose = np.concatenate(
        [person[name] for name in (
            "global_orient", "body_pose", "jaw_pose", "leye_pose", "reye_pose", "left_hand_pose", "right_hand_pose",
        )]
    ).reshape(55, 3)  # fmt: skip
    params = params_from_full_pose(
        pose, betas=person["betas"], expression=person["expression"], transl=person["transl"]
    )
    joints = posed_joints(body(), params)
    world = estimate.joints @ tilted_world()[:3, :3].T + tilted_world()[:3, 3]
    np.testing.assert_allclose(joints, world, atol=1e-3)
    np.testing.assert_allclose(np.reshape(person["joints"], (55, 3)), world, atol=1e-4)
    np.testing.assert_allclose(global_turns(pose, np.eye(3)), global_turns(
        full_pose(estimate.params), tilted_world()[:3, :3]
    ), atol=WITHIN_A_TENTH_OF_A_DEGREE)  # fmt: skip
    np.testing.assert_allclose(person["blendshapes"], estimate.blendshapes, atol=1e-4)


def test_binary_is_the_same_numbers(server):
    sent = packet()
    with client(server, "/binary") as stream:
        counts = {field["name"]: field["count"] for field in json.loads(stream.recv(5))["fields"]}
        server.consume(sent)
        message = stream.recv(5)
    magic, index, seconds, persons = struct.unpack_from("<4sIdI", message)
    assert (magic, index, persons) == (b"EXL1", 3, 2)
    assert seconds == pytest.approx(0.1)
    assert len(message) == 20 + 2 * (4 + 4 * sum(counts.values()))
    assert struct.unpack_from("<i", message, 20) == (7,)
    values = np.frombuffer(message, "<f4", sum(counts.values()), 24)
    ends = np.cumsum(list(counts.values()))
    person = dict(zip(counts, np.split(values, ends[:-1]), strict=True))
    check_person(person, sent.estimates[0])


def test_the_newest_frame_is_sent_and_none_twice(server):
    with client(server) as stream:
        stream.recv(5)
        for index in range(5):
            server.consume(packet(index, 0))
            assert json.loads(stream.recv(5))["index"] == index


def test_a_client_that_never_reads_holds_up_nobody_and_not_the_end(server):
    with socket.socket() as slow, client(server, "/binary") as quick:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", server.port))
        slow.sendall(
            b"GET /binary HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        quick.recv(5)
        crowd = packet(0, 16)
        for _ in range(160):  # some 5 MB: more than any socket buffer holds
            server.consume(crowd)
            quick.recv(5)
        server.close()
    assert not [thread for thread in threading.enumerate() if "_serve_client" in thread.name]


def test_pages_of_other_sites_are_refused(server):
    for origin in ("http://evil.example", "null", "http://evil.example:8765"):
        with pytest.raises(InvalidStatus, match="403"), client(server, origin=origin):
            pass
    with client(server, origin=f"http://127.0.0.1:{server.port}") as stream:
        assert stream.recv(5)


def test_a_browser_gets_the_page(server):
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/", timeout=5) as answer:
        assert "new WebSocket" in answer.read().decode()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"http://127.0.0.1:{server.port}/etc/passwd", timeout=5)


def test_clients_are_limited(server):
    with contextlib.ExitStack() as opened:
        for _ in range(MAX_CLIENTS):
            opened.enter_context(client(server)).recv(5)
        with pytest.raises(InvalidStatus, match="503"), client(server):
            pass


def test_rubbish_at_the_port_does_not_stop_it(server):
    rng = np.random.default_rng(0)
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
            raw.sendall(rng.bytes(200) + b"\r\n\r\n")
    with client(server) as stream:
        stream.recv(5)
        stream.send("x" * 100)
        server.consume(packet(1, 0))
        assert json.loads(stream.recv(5))["index"] == 1


def test_a_port_in_use_is_said(server):
    other = create(parse_target(f"ws://127.0.0.1:{server.port}", {"ws": 8765}))
    with pytest.raises(SinkError, match="cannot listen"):
        other.open()
    other.close()


def test_the_python_example_reads_it(server, capsys):
    example = runpy.run_path(str(ROOT / "examples" / "websocket_client.py"))
    thread = threading.Thread(target=example["main"], args=(f"ws://127.0.0.1:{server.port}", 3))
    thread.start()
    for _ in range(500):
        server.consume(packet(3))
        thread.join(0.02)
        if not thread.is_alive():
            break
    assert not thread.is_alive()
    words = capsys.readouterr().out.split()
    wrist = packet().estimates[0].joints[20] @ tilted_world()[:3, :3].T + tilted_world()[:3, 3]
    np.testing.assert_allclose([float(word) for word in words[2:5]], wrist, atol=1e-3)


NODE = """
const page = require("fs").readFileSync(process.argv[1], "utf8");
let drawn = 0;
const pen = new Proxy({}, { get: (_, name) => name === "lineTo" ? () => { drawn++; } : () => {}, set: () => true });
const element = { getContext: () => pen, textContent: "" };
globalThis.document = { getElementById: () => element };
globalThis.location = { protocol: "http:", host: process.argv[2] };
globalThis.innerWidth = 800; globalThis.innerHeight = 600;
globalThis.WebSocket = class { constructor(url) { if (!url.endsWith("/json")) throw url; socket = this; } };
let socket;
(0, eval)(page.match(/<script>([^]*)<\\/script>/)[1]);
for (const line of require("fs").readFileSync(0, "utf8").trim().split("\\n")) socket.onmessage({ data: line });
console.log(drawn, element.textContent);
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_the_page_draws_every_bone_of_every_person(server):
    with client(server) as stream:
        hello = stream.recv(5)
        server.consume(packet())
        frame = stream.recv(5)
    done = subprocess.run(
        ["node", "-e", NODE, str(ROOT / "examples" / "websocket.html"), "127.0.0.1:1"],
        input=f"{hello}\n{frame}\n",
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("108 frame 3, 0.1 s, 2 in view")
