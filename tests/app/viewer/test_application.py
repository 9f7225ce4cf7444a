"""`main.py` without a command, as a program of its own: exit codes, the screenshot, no word on stderr."""

import os
import subprocess
import sys

import cv2
import pytest

from app.paths import CHECKOUT, DEMO_CLIP

pytestmark = [pytest.mark.qt, pytest.mark.slow]

TIMEOUT_S = 240


@pytest.fixture
def window(settings_folder):
    """Runs the window in a process of its own, with settings of its own, on the same screen as this one."""

    def run(*words):
        return subprocess.run(
            [sys.executable, "main.py", *words],
            cwd=CHECKOUT,
            env=dict(os.environ),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )

    return run


def test_a_picture_of_the_window_on_the_demo_clip(window, tmp_path):
    picture = tmp_path / "window.png"
    done = window("--source", str(DEMO_CLIP), "--duration", "2", "--screenshot", str(picture))
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    assert [line for line in lines if not line.startswith("engine: ")] == []
    image = cv2.imread(str(picture))
    assert image.shape[1] >= 760
    assert image.std() > 10  # not one colour


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--source", "absent.mp4", "--duration", "1"), 1, "absent.mp4"),
        (("--duration", "none"), 2, "none"),
        (("--set", "smoothing.strenght=1"), 2, "smoothing.strength"),
    ],
)
def test_what_goes_wrong(window, words, code, told):
    done = window(*words)
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_of_the_future_are_kept_and_told(window, settings_folder):
    settings_folder.mkdir(parents=True)
    (settings_folder / "window.toml").write_text("version = 99")
    done = window("--source", "absent.mp4", "--duration", "1")
    assert "version 99" in done.stderr
    assert (settings_folder / "window.toml.broken").read_text() == "version = 99"
