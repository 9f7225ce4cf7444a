"""send-test and monitor, each against the other end as the operating system sees it."""

import json
import socket
import threading

from app.cli.main import main
from app.sinks.catalog import create_sink
from app.sinks.osc_reader import read_osc
from app.sinks.pattern_player import PatternPlayer
from app.sinks.test_pattern import PatternPerformer
from tests.app.packets import body, moving_packets
from tests.app.recordings import record


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_what_send_test_sends_monitor_shows(capsys):
    """The pattern is being played when the monitor begins: how long either takes to start does not matter."""
    port = free_port()
    sink = create_sink(f"vmc://127.0.0.1:{port}")
    player = PatternPlayer(PatternPerformer(body()), [sink], fps=50)
    began, stop = threading.Event(), threading.Event()
    sender = threading.Thread(
        target=player.play, args=(stop,), kwargs={"on_part": lambda _part: began.set()}
    )
    sink.open()
    sender.start()
    assert began.wait(60)
    code = main(["monitor", "--port", str(port), "--duration", "1", "--json"])
    stop.set()
    sender.join(10)
    sink.close()
    assert code == 0
    report = next(
        json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")
    )
    assert report["damaged"] == 0
    assert len(report["streams"]["/VMC/Ext/Bone/Pos"]["names"]) == 55
    assert report["streams"]["/VMC/Ext/T"]["count"] >= 2
    assert report["streams"]["/VMC/Ext/T"]["tags"] == "f"


def test_send_test_says_where_nobody_listens_and_goes_on_elsewhere(capsys):
    port = free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        there = receiver.getsockname()[1]
        code = main(
            ["send-test", f"vmc://127.0.0.1:{port}", f"vmc://127.0.0.1:{there}", "--duration", "0.1"]
        )  # fmt: skip
        assert receiver.recv(2000).startswith(b"#bundle")
    out = capsys.readouterr().out.splitlines()
    assert code == 1
    assert "nobody listens there" in out[0]
    assert out[1].startswith(f"vmc://127.0.0.1:{there}: ok; ")


def test_replay_plays_a_take_and_says_what_became_of_each_target(tmp_path, capsys):
    folder = record(tmp_path, moving_packets(3))
    dead = f"vmc://127.0.0.1:{free_port()}"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        live = f"vmc://127.0.0.1:{receiver.getsockname()[1]}?packets=frame"
        code = main(["replay", str(folder), "--send", live, "--send", dead])
        frames = [read_osc(receiver.recv(65_536)) for _ in range(3)]
    assert code == 0
    for frame in frames:
        assert sum(message.address == "/VMC/Ext/Bone/Pos" for message in frame) == 55
    lines = capsys.readouterr().err.splitlines()
    assert f"{live}: ok; 3 sent, 0 lost" in lines
    assert any(line.startswith(f"{dead}: nobody listens there; ") for line in lines)


def test_monitor_says_that_nothing_came_and_what_to_check(capsys):
    assert main(["monitor", "--port", "0", "--duration", "0.05"]) == 1
    captured = capsys.readouterr()
    assert "0 datagrams" in captured.out
    assert "listening at 127.0.0.1:" in captured.err


def test_a_port_in_use_is_an_error(capsys):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        port = receiver.getsockname()[1]
        assert main(["monitor", "--port", str(port)]) == 1
    assert "cannot listen there" in capsys.readouterr().err


def test_a_wrong_target_is_a_usage_error(capsys):
    assert main(["send-test", "nowhere"]) == 2
    assert "is no way to send" in capsys.readouterr().err
