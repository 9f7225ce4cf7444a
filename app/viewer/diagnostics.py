"""What a report of a problem needs: versions, settings, the last lines of the log. No pictures, no names of people."""

import importlib.metadata
import platform
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

import tomli_w

from app.logs import log_file
from app.paths import version
from app.viewer.settings_store import as_table
from app.viewer.status import Status
from app.viewer.studio import Studio

_PACKAGES: Final = (
    "mediapipe",
    "numpy",
    "numba",
    "opencv-contrib-python",
    "onnxruntime",
    "PyQt5",
    "moderngl",
    "av",
)
_LOG_LINES: Final = 60
_HOME: Final = "~"


def diagnostics(studio: Studio, status: Status | None, renderer: str) -> str:
    """Return the text that "copy diagnostics" copies; the user's home folder is written as ~."""
    lines = [
        f"ExPose Live {version()}",
        f"Python {sys.version.split()[0]} on {platform.platform()}",
        f"OpenGL: {renderer or 'none'}",
        *(f"{name} {_installed(name)}" for name in _PACKAGES),
        "",
        f"state: {studio.state}",
    ]
    if status is not None:
        stats = status.stats
        lines += [
            f"engine: {status.engine} on {status.device}",
            f"{stats.capture_fps:.1f} fps from the camera, {stats.fps:.1f} fps from the engine, "
            f"age {stats.age_p50_ms:.0f} / {stats.age_p95_ms:.0f} ms, {stats.dropped} dropped",
            *(
                f"  {stage.name}: median {stage.median_ms:.1f} ms, p95 {stage.p95_ms:.1f} ms"
                for stage in stats.stages
            ),
            *(f"  {sink.name}: {sink.state} {sink.error or ''}".rstrip() for sink in stats.sinks),
        ]
    recording = replace(studio.settings.recording, name="")  # it may be a person's
    settings = replace(studio.settings, recording=recording, layout="", geometry="")
    lines += ["", "settings:", tomli_w.dumps(as_table(settings))]
    lines += ["log:", *_last_lines()]
    return "\n".join(lines).replace(str(Path.home()), _HOME)


def _installed(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "is not installed"


def _last_lines() -> list[str]:
    try:
        text = log_file().read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return [f"cannot be read ({error})"]
    return text.splitlines()[-_LOG_LINES:]
