"""The settings of a release by dotted key, checked: from the authors' YAML file, or from a JSON file of ours."""

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from engines.errors import ModelError

CURE: Final = "use the conf.yaml of the release"
"""What a user can do about a setting that cannot be used."""


def read_settings(path: Path) -> "Settings":
    """Return the settings of a YAML or JSON file; JSON needs no further package.

    Raises:
        ModelError: the file is missing or cannot be read.
    """
    if path.suffix == ".json":
        return Settings(path, _read_json(path))
    from engines.expose.settings_yaml import read_tree

    return Settings(path, read_tree(path))


@dataclass(frozen=True, slots=True)
class Settings:
    """Checked access to settings by dotted key."""

    path: Path
    tree: Mapping[object, object]

    def get(self, key: str, default: object) -> object:
        """Return a setting as yacs reads it: strings that spell a Python literal are that literal."""
        node: object = self.tree
        for name in key.split("."):
            if not isinstance(node, Mapping) or name not in node:
                return default
            node = node[name]
        if not isinstance(node, str):
            return node
        try:
            return cast(object, ast.literal_eval(node))
        except (ValueError, SyntaxError):
            return node

    def must_be(self, key: str, default: object, wanted: object) -> None:
        """Raise unless a setting has the one value that can be used."""
        value = self.get(key, default)
        if value != wanted:
            raise self.error(key, value, f"only {wanted!r} can be used; {CURE}")

    def choice(self, key: str, default: str, known: tuple[str, ...]) -> str:
        """Return one of the known words; null stands for `none`."""
        value = self.get(key, default)
        word = "none" if value is None else value
        if not isinstance(word, str) or word not in known:
            raise self.error(key, value, f"known here: {', '.join(known)}")
        return word

    def text(self, key: str, default: str) -> str:
        """Return a word or path."""
        value = self.get(key, default)
        if not isinstance(value, str):
            raise self.error(key, value, "expected a text")
        return value

    def switch(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self.get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, value, "expected true or false")
        return value

    def count(self, key: str, default: int) -> int:
        """Return a whole number above zero."""
        return self._count(key, self.get(key, default))

    def counts(self, key: str, default: tuple[int, ...]) -> tuple[int, ...]:
        """Return some whole numbers above zero."""
        value = self.get(key, default)
        if not isinstance(value, list | tuple) or not value:
            raise self.error(key, value, "expected a list of whole numbers")
        return tuple(self._count(key, item) for item in value)

    def positive(self, key: str, default: float) -> float:
        """Return a number above zero."""
        value = self.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e6:
            raise self.error(key, value, "expected a number above 0")
        return float(value)

    def colour(self, key: str, default: tuple[float, float, float]) -> tuple[float, float, float]:
        """Return three numbers in (0, 1]."""
        value = self.get(key, default)
        if not isinstance(value, list | tuple) or len(value) != 3:
            raise self.error(key, value, "expected three numbers for red, green and blue")
        for item in value:
            if isinstance(item, bool) or not isinstance(item, int | float) or not 0 < item <= 1:
                raise self.error(key, value, "expected numbers above 0, at most 1")
        return (float(value[0]), float(value[1]), float(value[2]))

    def error(self, key: str, value: object, cure: str) -> ModelError:
        """Return the error that names the file, the key, the value and the way out."""
        return ModelError(f"{self.path}: '{key}' is {value!r}; {cure}")

    def _count(self, key: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= 65536:
            raise self.error(key, value, "expected a whole number above 0")
        return value


def _read_json(path: Path) -> dict[object, object]:
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: not a readable JSON file ({error}); get it again") from error
    if not isinstance(tree, dict):
        raise ModelError(f"{path}: no settings in it; get it again")
    return cast(dict[object, object], tree)
