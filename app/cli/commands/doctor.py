"""`doctor`: checks this computer and this checkout, and says how to mend what is wrong."""

import argparse
import ctypes
import ctypes.util
import dataclasses
import importlib.metadata
import json
import os
import platform
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import app
import assets
import calibration
import engines
from app.config import load_config
from app.paths import CHECKOUT, cache_folder, log_folder, settings_file, takes_folder, version
from app.session import engine_options
from engines.catalog import report_engines
from engines.model_store import is_intact, model_cards

_LOW_DISK_BYTES = 2_000_000_000
_LINUX_LIBRARIES = ("libGLESv2.so.2", "libEGL.so.1", "libGL.so.1", "libglib-2.0.so.0")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    state: Literal["ok", "note", "fault"]
    """`fault` stops something from working; `note` is worth knowing."""
    about: str
    """What was looked at."""
    text: str
    """What was found, and the cure."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("--json", action="store_true", help="one JSON list, for programs")


def run(arguments: argparse.Namespace) -> int:
    """Print one line a check; exit code 1 when something is at fault."""
    findings = list(_examine())
    if arguments.json:
        print(json.dumps([dataclasses.asdict(finding) for finding in findings]))
    else:
        for finding in findings:
            print(f"{finding.state:<5}  {finding.about}: {finding.text}")
    return int(any(finding.state == "fault" for finding in findings))


def _examine() -> Iterator[Finding]:
    yield Finding("ok", "ExPose Live", f"{version()} in {CHECKOUT}")
    yield Finding(
        "ok",
        "computer",
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    )
    yield _checkout()
    yield from _packages()
    yield from _libraries()
    yield from _models()
    yield from _engines()
    yield _cameras()
    yield from _folders()


def _checkout() -> Finding:
    strangers = [
        package.__name__
        for package in (app, assets, calibration, engines)
        if not str(package.__file__).startswith(str(CHECKOUT))
    ]
    if strangers:
        return Finding(
            "fault", "modules", f"{', '.join(strangers)} come from elsewhere; unset PYTHONPATH"
        )
    return Finding("ok", "modules", "all from this checkout")


def _packages() -> Iterator[Finding]:
    with (CHECKOUT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    for extra, requirements in groups.items():
        names = [
            re.split(r"[<>=!~;\[ ]", requirement, maxsplit=1)[0] for requirement in requirements
        ]
        missing = [name for name in names if not _is_installed(name)]
        about = f"packages [{extra}]" if extra else "packages"
        if not missing:
            yield Finding("ok", about, ", ".join(f"{n} {_installed(n)}" for n in names))
        elif extra:
            yield Finding("note", about, f"not installed: {', '.join(missing)} (optional)")
        else:
            yield Finding("fault", about, f"missing: {', '.join(missing)}; run 'pip install .'")
    rivals = [n for n in ("opencv-python", "opencv-python-headless") if _is_installed(n)]
    if rivals:
        cure = f"a second OpenCV; run 'pip uninstall {' '.join(rivals)}' and reinstall the first"
        yield Finding("fault", "OpenCV", cure)


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _installed(name: str) -> str:
    return importlib.metadata.version(name)


def _libraries() -> Iterator[Finding]:
    if sys.platform != "linux":
        return
    missing = [name for name in _LINUX_LIBRARIES if not _loads(name)]
    if missing:
        cure = f"missing: {', '.join(missing)}; run 'sh tools/install_system_libraries.sh'"
        yield Finding("fault", "system libraries", cure)
    else:
        yield Finding("ok", "system libraries", ", ".join(_LINUX_LIBRARIES))


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _models() -> Iterator[Finding]:
    for card in model_cards().values():
        if is_intact(card):
            yield Finding("ok", f"model {card.name}", f"{card.file}, {card.licence}")
        else:
            cure = f"missing or damaged; run 'git checkout -- assets/{card.file}'"
            yield Finding("fault", f"model {card.name}", cure)


def _engines() -> Iterator[Finding]:
    for report in report_engines(engine_options(load_config(settings=settings_file()))):
        about = f"engine {report.name} on {report.device}"
        if report.why_not is None:
            yield Finding("ok", about, "usable")
        else:
            yield Finding("note", about, report.why_not)


def _cameras() -> Finding:
    from app.capture.devices import list_cameras

    cameras = list_cameras()
    if not cameras:
        return Finding("note", "cameras", "none found; a file, a URL or the demo clip work without")
    return Finding("ok", "cameras", ", ".join(camera.name for camera in cameras))


def _folders() -> Iterator[Finding]:
    for about, folder in (
        ("takes", takes_folder()),
        ("settings", settings_file().parent),
        ("logs", log_folder()),
        ("cache", cache_folder()),
    ):
        existing = next(parent for parent in (folder, *folder.parents) if parent.is_dir())
        if not os.access(existing, os.W_OK):
            yield Finding(
                "fault", f"{about} folder", f"{folder}: cannot be written; mend its rights"
            )
            continue
        free = shutil.disk_usage(existing).free
        state: Literal["ok", "note"] = "ok" if free > _LOW_DISK_BYTES else "note"
        yield Finding(state, f"{about} folder", f"{folder} ({free / 1e9:.1f} GB free)")
