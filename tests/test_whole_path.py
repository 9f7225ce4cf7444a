"""The promises of the front door, on the shipped clip: what a new user sees."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.evaluation.walk import load_walk_truth, score_take
from app.paths import CHECKOUT, DEMO_CLIP, DEMO_PROFILE
from app.takes.load import load_take

pytestmark = pytest.mark.slow


def command_line(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py", *map(str, words)],
        cwd=CHECKOUT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("demo")
    done = command_line("demo", "-o", folder)
    assert done.returncode == 0, done.stderr
    return folder, done


def test_demo_writes_everything_and_says_so(demo):
    folder, done = demo
    take_folder = next(folder.glob("*_demo"))
    for file in ("take.npz", "take.json", "take_amass.npz", "take.bvh"):
        assert (take_folder / file).stat().st_size > 0
        assert file in done.stdout
    assert "100%" in done.stderr, "a progress bar"
    assert "detect" in done.stdout


def test_overlay_shows_the_body_over_the_person(demo):
    import av

    folder, _ = demo
    with av.open(str(folder / "overlay.mp4")) as video, av.open(str(DEMO_CLIP)) as clip:
        drawn = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
        plain = [frame.to_ndarray(format="rgb24") for frame in clip.decode(video=0)]
    assert len(drawn) == len(plain) == 100
    height, width = plain[0].shape[:2]
    for index in (10, 50, 90):
        left = drawn[index][:height, :width].astype(int)
        changed = np.abs(left - plain[index]).max(axis=2) > 40
        assert 0.02 < changed.mean() < 0.25, "the body covers its person, and no more"


def test_accuracy_on_the_clip_is_what_the_docs_promise(demo):
    folder, _ = demo
    take = load_take(next(folder.glob("*_demo")))
    truth = load_walk_truth(CHECKOUT / "tests" / "golden" / "walk_truth.npz")
    score = score_take(take, truth)
    assert (score.frames, score.missing) == (88, 0)
    assert score.mpjpe_mm <= 115
    assert score.pa_mpjpe_mm <= 80


def test_the_same_file_gives_the_same_bytes(demo, tmp_path):
    folder, _ = demo
    done = command_line(
        *("run", "--source", DEMO_CLIP, "--profile", DEMO_PROFILE),
        *("--every-frame", "--headless", "--record", tmp_path),
    )
    assert done.returncode == 0, done.stderr
    again = next(tmp_path.glob("*/take.npz")).read_bytes()
    assert again == next(folder.glob("*_demo/take.npz")).read_bytes()
    assert "capture to publish" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGKILL")
def test_a_killed_recording_is_recovered(tmp_path):
    endless = ["run", "--source", "synthetic:wave", "--realtime", "--record", str(tmp_path)]
    recording = subprocess.Popen(
        [sys.executable, "main.py", *endless, "--set", "capture.loop=true"],
        cwd=CHECKOUT,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_logged(recording, tmp_path)
    finally:
        recording.send_signal(signal.SIGKILL)
        recording.wait()
    done = command_line("run", "--source", DEMO_CLIP, "--max-frames", 1, "--record", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "recovered" in done.stderr
    takes = sorted(tmp_path.glob("*/take.npz"))
    assert len(takes) == 2
    assert len(load_take(takes[0].parent)) >= 20
    assert not list(tmp_path.glob("*/*.log"))


def _wait_until_logged(recording: subprocess.Popen[bytes], folder: Path) -> None:
    from threading import Event

    for _ in range(600):  # at most a minute, of which most is loading
        logs = [log for log in folder.rglob("*.log") if log.stat().st_size > 60_000]
        if logs or recording.poll() is not None:
            break
        Event().wait(0.1)
    assert recording.poll() is None
