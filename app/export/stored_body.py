"""A body's model in its file, for work that is shared out among processes."""

from functools import cached_property
from pathlib import Path
from typing import Final

from engines.body.model import BodyModel, load_body


class StoredBody:
    """Is read when it is first wanted, once in each process: only the file's place goes from one to another."""

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        """The model file."""

    def __reduce__(self) -> tuple[type["StoredBody"], tuple[Path]]:
        return StoredBody, (self.path,)

    @cached_property
    def model(self) -> BodyModel:
        """The model. Raises what `load_body` does."""
        return load_body(self.path)
