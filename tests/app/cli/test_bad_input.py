"""Wrong calls and wrong files: one clear line, the right exit code, never a traceback."""

import json
import os
import socket
import subprocess
import sys

import cv2
import numpy as np
import pytest

from app.cli.main import main
from app.paths import DEMO_CLIP


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Runs the command line in this process, away from the user's own settings; gives exit code and stderr lines."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def run(*words):
        try:
            code = main([str(word) for word in words])
        except SystemExit as left:
            code = left.code
        err = capsys.readouterr().err
        assert "Traceback" not in err
        return code, [line for line in err.splitlines() if line.startswith("error: ")]

    return run


def _text_named_mp4(folder):
    path = folder / "text.mp4"
    path.write_text("this is no video\n" * 50)
    return path


def _truncated_video(folder):
    path = folder / "cut.mp4"
    path.write_bytes(DEMO_CLIP.read_bytes()[:2000])
    return path


def _empty_folder(folder):
    path = folder / "empty"
    path.mkdir()
    return path


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda folder: folder / "absent.mp4", "absent.mp4"),
        (_text_named_mp4, "text.mp4"),
        (_truncated_video, "cut.mp4"),
        (_empty_folder, "empty"),
        (lambda _: "camra:0", "did you mean camera:0"),
        (lambda _: "synthetic:wlk", "walk"),
    ],
    ids=["missing", "text", "truncated", "empty folder", "misspelt camera", "misspelt motion"],
)
def test_a_source_that_is_none(call, tmp_path, make, text):
    code, errors = call("run", "--source", make(tmp_path))
    assert code == 2
    assert len(errors) == 1
    assert text in errors[0]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["fly"], "invalid choice: 'fly'"),
        (["run", "--sorce", "x"], "--sorce"),
        (["run", "--duration", "-1"], "'-1' is not a time above 0 seconds"),
        (["run", "--max-frames", "0"], "'0' is not a whole number above 0"),
        (["run", "--realtime", "--every-frame"], "not allowed with"),
        (
            ["run", "--source", str(DEMO_CLIP), "--set", "smoothing.strenght=1"],
            "smoothing.strength",
        ),
        (["run", "--source", str(DEMO_CLIP), "--set", "capture.rotate_deg=45"], "rotate_deg"),
        (
            ["run", "--source", str(DEMO_CLIP), "--engine", "magic"],
            "known are auto, expose, landmarks",
        ),
        (["run", "--source", str(DEMO_CLIP), "--device", "cuda", "--engine", "landmarks"], "cpu"),
        (["run", "--source", str(DEMO_CLIP), "--send", "vnc://localhost"], "vmc"),
        (["run", "--source", str(DEMO_CLIP), "--send", "vmc://localhost:99999"], "99999"),
        (["run", "--source", str(DEMO_CLIP), "--config", "/absent.toml"], "/absent.toml"),
        (["run", "--source", str(DEMO_CLIP), "--video"], "--record"),
        (["export", "/absent", "--to", "bvh"], "/absent"),
        (["export", "/absent", "--to", "doc"], "invalid choice"),
        (["replay", "/absent", "--send", "vmc://"], "/absent"),
    ],
    ids=lambda value: " ".join(value[:1] + value[-2:]) if isinstance(value, list) else None,
)
def test_a_wrong_call(call, words, text):
    code, errors = call(*words)
    assert code == 2
    assert len(errors) == 1
    assert text in errors[0]


def test_no_command_without_a_display_says_so(tmp_path):
    # in a process of its own: where a test before this one has made the application, the window would open
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    command = [sys.executable, "main.py"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "no display" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("size", [(1, 1), (48, 10_000)], ids=["1x1", "10000 wide"])
def test_pictures_of_odd_sizes_with_nobody_in_them(call, tmp_path, size):
    picture = tmp_path / "nobody.png"
    cv2.imwrite(str(picture), np.full((*size, 3), 90, np.uint8))
    takes = tmp_path / "takes"
    code, errors = call("run", "--source", picture, "--record", takes)
    assert (code, errors) == (0, [])
    with np.load(next(takes.glob("*/take.npz"))) as take:
        assert take["joints"].shape == (1, 55, 3)
        assert np.isnan(take["joints"]).all()


def test_a_receiver_that_is_not_there_costs_nothing(call):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    target = f"vmc://127.0.0.1:{port}"
    code, errors = call("run", "--source", DEMO_CLIP, "--max-frames", 3, "--send", target)
    assert (code, errors) == (0, [])


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full and /proc are Linux's")
def test_a_folder_that_cannot_be_written(call):
    code, errors = call("run", "--source", DEMO_CLIP, "--max-frames", 3, "--record", "/proc/takes")
    assert code == 1
    assert len(errors) == 1
    assert "/proc/takes" in errors[0]


def test_a_broken_body_is_named(tmp_path):
    from engines.body.model import load_body
    from engines.errors import ModelError

    broken = tmp_path / "SMPLX_NEUTRAL.npz"
    broken.write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(ModelError, match=r"SMPLX_NEUTRAL\.npz"):
        load_body(broken)


def test_engines_and_devices_answer_in_json(call, capsys):
    assert main(["engines", "--json"]) == 0
    tables = json.loads(capsys.readouterr().out)
    assert {"name": "landmarks", "device": "cpu", "why_not": None} in tables["engines"]
    assert {"name": "onnxruntime", "device": "cpu", "why_not": None} in tables["runtimes"]
    assert main(["devices", "--json"]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), list)


def test_doctor_finds_nothing_wrong_here(call, capsys):
    assert main(["doctor", "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)
    assert not [finding for finding in findings if finding["state"] == "fault"]
    assert {"model pose", "model open_body"} <= {finding["about"] for finding in findings}
