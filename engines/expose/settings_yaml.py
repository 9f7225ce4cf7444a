"""Reads the YAML file of a release.

Follows yacs and fvcore, which wrote the file: `_BASE_` names a file to start from, tuples may be tagged
`!!python/tuple`, and strings that spell a Python literal are that literal. No tag can run code.
"""

from pathlib import Path
from typing import cast

import yaml

from engines.errors import ModelError


class _Loader(yaml.SafeLoader):  # type: ignore[misc] # PyYAML has no types
    """A safe loader that also knows the tuples that yacs writes."""


def _tuple(loader: yaml.SafeLoader, node: yaml.Node) -> tuple[object, ...]:
    if not isinstance(node, yaml.SequenceNode):
        raise yaml.constructor.ConstructorError(None, None, "a tuple is a list", node.start_mark)
    return tuple(loader.construct_sequence(node))


_Loader.add_constructor("tag:yaml.org,2002:python/tuple", _tuple)


def read_tree(path: Path, including: tuple[Path, ...] = ()) -> dict[object, object]:
    """Return the file's settings over those of the file named in `_BASE_`.

    Args:
        path: The file.
        including: Files that lead here.

    Raises:
        ModelError: the file is missing or is not YAML.
    """
    if path in including:
        raise ModelError(f"{path}: '_BASE_' includes itself; remove that line")
    try:
        with path.open(encoding="utf-8") as file:
            tree = yaml.load(file, Loader=_Loader)
    except FileNotFoundError as error:
        raise ModelError(
            f"{path}: no such file; give the official ExPose data folder, which holds conf.yaml"
        ) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise ModelError(
            f"{path}: not a readable YAML file ({reason}); unpack the release again"
        ) from error
    if not isinstance(tree, dict):
        raise ModelError(f"{path}: no settings in it; unpack the release again")
    base = tree.pop("_BASE_", None)
    if base is None:
        return tree
    base_path = path.parent / Path(str(base)).expanduser()
    return _merged(read_tree(base_path, (*including, path)), tree)


def _merged(base: dict[object, object], over: dict[object, object]) -> dict[object, object]:
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        result[key] = _merged(cast(dict[object, object], below), value) if both else value  # type: ignore[arg-type]
    return result
