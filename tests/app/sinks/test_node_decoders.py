"""What we send, read by two decoders from npm that know nothing of python-osc."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from app.sinks.catalog import create_sink
from tests.app.packets import make_estimate, make_packet
from tests.app.sinks.receivers import messages

NODE = Path(__file__).resolve().parents[2] / "node"


@pytest.fixture(scope="module", autouse=True)
def decoders():
    """Skip where node or the packages are missing."""
    probe = "for (const name of ['osc', 'node-osc']) require.resolve(name)"
    if (
        shutil.which("node") is None
        or subprocess.run(
            ["node", "-e", probe], cwd=NODE, capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("needs node, and `npm install` in tests/node or NODE_PATH with osc, node-osc")


def sent(receiver, text):
    person = make_estimate(np.random.default_rng(0))
    sink = create_sink(text.format(port=receiver.getsockname()[1]))
    sink.open()
    for index in range(2):
        sink.consume(make_packet(index, [person]))
    datagrams = [receiver.recv(65_536) for _ in range(sink.status.sent)]
    sink.close()
    return datagrams


@pytest.mark.parametrize(
    ("target", "fewest"),
    [
        ("vmc://127.0.0.1:{port}?blendshapes=both,perfectsync&root=2.1", 2 * (55 + 30 + 52 + 4)),
        ("vmc://127.0.0.1:{port}?packets=frame", 2 * (55 + 15 + 4)),
        ("vmc://127.0.0.1:{port}?packets=messages", 2 * (55 + 15 + 4)),
        ("vrchat://127.0.0.1:{port}?rate=native&trackers=hip,feet,knees,chest,elbows", 2 * 60),
        ("osc://127.0.0.1:{port}", 2 * 16),
    ],
)
def test_npm_osc_and_node_osc_read_what_python_osc_reads(target, fewest, receiver):
    datagrams = sent(receiver, target)
    done = subprocess.run(
        ["node", str(NODE / "decode.js")],
        input="\n".join(datagram.hex() for datagram in datagrams),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ours = messages(datagrams)
    assert len(ours) >= fewest
    for decoder, theirs in json.loads(done.stdout).items():
        assert [(m[0], *m[2:]) for m in theirs] == ours, decoder
    letters = {str: "s", int: "i", float: "f"}
    types = [m[1] for m in json.loads(done.stdout)["osc"]]
    assert types == ["".join(letters[type(value)] for value in m[1:]) for m in ours]
