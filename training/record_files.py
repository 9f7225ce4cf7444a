"""Records whose fields are arrays, in npz files."""

from dataclasses import fields
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np

from engines.errors import ModelError


class ArrayRecord(Protocol):
    """A dataclass of arrays alone."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Record = TypeVar("Record", bound=ArrayRecord)


def save_record(record: ArrayRecord, path: Path) -> None:
    """Write a record's arrays under the names of its fields."""
    arrays = {field.name: getattr(record, field.name) for field in fields(record)}
    np.savez_compressed(path, **arrays)


def load_record(kind: type[Record], path: Path, what: str, maker: str) -> Record:
    """Load what `save_record` wrote.

    Args:
        kind: The record's class.
        path: Where it is.
        what: What it holds, for the message.
        maker: The command that makes such a file.

    Raises:
        ModelError: no such file, or it holds something else.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            return kind(**{field.name: archive[field.name] for field in fields(kind)})
    except (OSError, KeyError, ValueError) as error:
        raise ModelError(f"{path}: no {what} ({error}); make them with {maker}") from error
