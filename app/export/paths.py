"""Libraries that write to a path of their own, where an export writes to an open file."""

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO


def write_by_path(file: BinaryIO, name: str, write: Callable[[Path], object]) -> None:
    """Let `write` make a file of that name in a folder of its own, and copy it into `file`.

    Raises:
        OSError: there is no room for it.
    """
    with TemporaryDirectory(prefix="expose-live-") as folder:
        path = Path(folder) / name
        write(path)
        with path.open("rb") as made:
            shutil.copyfileobj(made, file)
