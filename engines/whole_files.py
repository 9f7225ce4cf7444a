"""Files that are there whole or not at all, also where two programs write the same one at once."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def renamed_when_done(path: Path) -> Iterator[Path]:
    """Give a name to write to; on success it becomes `path`, and nothing is left of it otherwise."""
    unfinished = path.with_name(f"unfinished-{os.getpid()}-{path.name}")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
