"""The stand-in release and its build, made once for all tests and test processes that ask: a plug-in of pytest."""

import json
import tempfile
from pathlib import Path

import pytest

FOLDER = pytest.StashKey[tempfile.TemporaryDirectory]()


def pytest_configure(config):
    """One folder for all processes, deleted at the end: each release takes 0.7 GB and half a minute."""
    if not hasattr(config, "workerinput"):
        config.stash[FOLDER] = tempfile.TemporaryDirectory(prefix="expose-stand-in-")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["stand_in_folder"] = node.config.stash[FOLDER].name


def pytest_unconfigure(config):
    if FOLDER in config.stash:
        config.stash[FOLDER].cleanup()


@pytest.fixture(scope="session")
def stand_in_folder(request):
    """Where the releases lie, and a lock for each."""
    config = request.config
    worker = getattr(config, "workerinput", None)
    return Path(worker["stand_in_folder"] if worker else config.stash[FOLDER].name)


@pytest.fixture(scope="session")
def folder_a(stand_in_folder):
    """The data folder of a release like the official one."""
    return _made(stand_in_folder, "a")


@pytest.fixture(scope="session")
def folder_b(stand_in_folder):
    """The data folder of a release that takes the other branches."""
    return _made(stand_in_folder, "b")


@pytest.fixture(scope="session")
def cache_home(stand_in_folder):
    """The folder that the app finds its cache in, with XDG_CACHE_HOME set to it."""
    return stand_in_folder / "cache"


@pytest.fixture(scope="session")
def built_a(folder_a, cache_home, stand_in_folder):
    """`folder_a` as ONNX files."""
    from engines.expose.export import build_release

    steps = []
    with _lock(stand_in_folder, "built"):
        build = build_release(
            folder_a, cache_home / "expose-live", progress=lambda *step: steps.append(step)
        )
        if not _steps_file(stand_in_folder).exists():  # later ones find the build in the cache
            _steps_file(stand_in_folder).write_text(json.dumps(steps))
    return build


@pytest.fixture(scope="session")
def build_steps(built_a, stand_in_folder):
    """What was told while `built_a` was made: (step, share done)."""
    return json.loads(_steps_file(stand_in_folder).read_text())


def _steps_file(folder):
    return folder / "build_steps.json"


def _lock(folder, name):
    from filelock import FileLock  # comes with torch, without which nothing here can be made

    return FileLock(folder / f"{name}.lock")


def _made(folder, name):
    from tests.engines.expose.stand_in.release import DIGEST, build

    made = folder / f"{name}.made"
    with _lock(folder, name):
        if not made.exists():
            assert build(folder / name, name) == DIGEST[name]
            made.touch()
    return folder / name / "data"
