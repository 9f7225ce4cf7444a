"""What a build process may do; in a module of its own, because the process imports it."""

import os
from pathlib import Path

from engines.errors import EngineUnavailable
from engines.runtime.plan_cache import PlanCache


def build(job, tell):
    """Build what is not there, and note each build."""
    cache = PlanCache(job.folder)
    if cache.read(job.key) is not None:
        return
    tell("tactics", 0.5)
    with (job.folder / "builds").open("a") as file:
        file.write("x")
    cache.write(job.key, b"plan")


def build_with_another(job, tell):
    """Build once the other instance is seen waiting for the lock, or has had its turn."""
    tell("has the lock", 0.0)
    (job.folder / "go").read_text()  # a named pipe: opened when the test says so
    build(job, tell)


def fail(job, tell):
    """Fail as a build does."""
    raise EngineUnavailable("the disk is full")


def crash(job, tell):
    """End as a driver does that takes the process with it."""
    os._exit(42)


def hang(job, tell):
    """Begin, and never end."""
    tell("tactics", 0.1)
    Path(job.folder / "never").read_text()  # a named pipe that nobody writes to
