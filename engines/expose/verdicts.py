"""Remembers how well each runtime agreed with the reference, so that not every start loads both."""

import hashlib
import json
import logging
import os
import platform
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Final

from engines.expose.agreement import Agreement
from engines.expose.build_files import STAGES, Build
from engines.runtime.catalog import REFERENCE, Runtime
from engines.whole_files import renamed_when_done

VERDICTS: Final = "verdicts.json"
"""File in the folder of a build: what was compared -> figures."""

logger = logging.getLogger(__name__)


def agreement_of(build: Build, runtime: Runtime, measure: Callable[[], Agreement]) -> Agreement:
    """Return how well a runtime agrees; measured now, unless it was before for these files, versions and machine.

    A file of verdicts that cannot be read is replaced; one that cannot be written costs time at the next start only.
    """
    path = build.folder / VERDICTS
    key = _key(build, runtime)
    known = _read(path)
    if key in known:
        return known[key]
    agreement = measure()
    _write(path, _read(path) | {key: agreement})
    return agreement


def remembered_agreement(build: Build, runtime: Runtime) -> Agreement | None:
    """Return how well a runtime agreed when it was first used; None where it never was, or is the reference."""
    known = _read(build.folder / VERDICTS)
    return known.get(_key(build, runtime)) if known and build.has(STAGES) else None


def _key(build: Build, runtime: Runtime) -> str:
    digest = hashlib.sha256()
    for graph in STAGES:
        with build.path(graph).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    libraries = [f"{each.package} {version(each.package)}" for each in (runtime, REFERENCE)]
    here = platform.uname()
    machine = f"{here.system} {here.node} {here.machine} {os.cpu_count()} cores"
    return ", ".join([digest.hexdigest(), runtime.name, *libraries, machine])


def _read(path: Path) -> dict[str, Agreement]:
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return {str(key): Agreement(**figures) for key, figures in table.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        logger.info("%s: not readable (%s); measuring again", path, error)
        return {}


def _write(path: Path, verdicts: dict[str, Agreement]) -> None:
    table = {key: asdict(agreement) for key, agreement in verdicts.items()}
    try:
        with renamed_when_done(path) as unfinished:
            unfinished.write_text(json.dumps(table, indent=1), encoding="utf-8")
    except OSError as error:
        logger.info("%s: not written (%s); the next start measures again", path, error)
