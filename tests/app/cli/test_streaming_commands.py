"""send-test and monitor, each against the other end as the operating system sees it."""

import json
import socket
import threading

from app.cli.main import main
from app.sinks.test_pattern import PatternPerformer
from app.sinks.vmc_encoder import VmcEncoder
from app.sinks.vmc_options import VmcOptions
from tests.app.packets import body


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_what_send_test_sends_monitor_shows(capsys):
    # compiled before the clock of the monitor runs
    VmcEncoder(VmcOptions()).encode(PatternPerformer(body()).packet(0, 0.1, 0))
    port = free_port()
    sender = threading.Thread(
        target=send_when_somebody_listens, args=(["send-test", f"vmc://127.0.0.1:{port}"], port)
    )
    sender.start()
    code = main(["monitor", "--port", str(port), "--duration", "4", "--json"])
    sender.join(10)
    assert code == 0
    report = next(
        json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")
    )
    assert report["damaged"] == 0
    assert len(report["streams"]["/VMC/Ext/Bone/Pos"]["names"]) == 55
    assert report["streams"]["/VMC/Ext/T"]["count"] >= 10
    assert report["streams"]["/VMC/Ext/T"]["tags"] == "f"


def send_when_somebody_listens(words, port):
    from app.cli.commands import send_test
    from app.cli.parser import build_parser

    pause = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("127.0.0.1", port))
        for _ in range(500):
            try:
                probe.send(b"/probe\0\0,\0\0\0")
                pause.wait(0.02)
                probe.send(b"/probe\0\0,\0\0\0")
            except ConnectionRefusedError:
                continue
            break  # the monitor has the port
    arguments = build_parser("send-test").parse_args([*words, "--duration", "0.4", "--fps", "50"])
    send_test.run(arguments)


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
