"""The stand-in release and its build, made once for all tests that ask: a plug-in of pytest."""

import tempfile
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def stand_in_folder():
    """Deleted at the end: each release takes 0.7 GB."""
    with tempfile.TemporaryDirectory(prefix="expose-stand-in-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def folder_a(stand_in_folder):
    """The data folder of a release like the official one."""
    return _made(stand_in_folder, "a")


@pytest.fixture(scope="session")
def folder_b(stand_in_folder):
    """The data folder of a release that takes the other branches."""
    return _made(stand_in_folder, "b")


@pytest.fixture(scope="session")
def build_steps():
    """What was told while `built_a` was made: (step, share done)."""
    return []


@pytest.fixture(scope="session")
def cache_home(stand_in_folder):
    """The folder that the app finds its cache in, with XDG_CACHE_HOME set to it."""
    return stand_in_folder / "cache"


@pytest.fixture(scope="session")
def built_a(folder_a, cache_home, build_steps):
    """`folder_a` as ONNX files."""
    from engines.expose.export import build_release

    return build_release(
        folder_a, cache_home / "expose-live", progress=lambda *step: build_steps.append(step)
    )


def _made(folder, name):
    from tests.engines.expose.stand_in.release import DIGEST, build

    assert build(folder / name, name) == DIGEST[name]
    return folder / name / "data"
