"""Settings: defaults < the user's settings.toml < --config FILE < --set and named flags.

Each option lives in a frozen dataclass beside the thing it configures; `AppConfig` only puts them together. Reading
is our own and not a library's because the answers are: each names the setting, the file, and the nearest right name.
"""

import dataclasses
import difflib
import tomllib
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from app.capture.options import CaptureOptions
from calibration.placement import PlacementOptions
from engines.detect.options import LandmarkDetectorOptions
from engines.errors import ConfigError
from engines.expose.options import ExposeOptions
from engines.landmarks.options import LandmarkOptions
from engines.smoothing.options import SmoothingOptions

_Options = TypeVar("_Options")
_Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AppConfig:
    """All settings."""

    capture: CaptureOptions = field(default_factory=CaptureOptions)
    """Camera, file and stream settings."""
    detect: LandmarkDetectorOptions = field(default_factory=LandmarkDetectorOptions)
    """What is looked for in the picture."""
    landmarks: LandmarkOptions = field(default_factory=LandmarkOptions)
    """The landmark engine's solver."""
    expose: ExposeOptions = field(default_factory=ExposeOptions)
    """The ExPose engine."""
    smoothing: SmoothingOptions = field(default_factory=SmoothingOptions)
    """How steady, and how quick to follow."""
    placement: PlacementOptions = field(default_factory=PlacementOptions)
    """Where the floor and the world's origin are, while nobody calibrated them."""


def load_config(
    *, settings: Path | None = None, file: Path | None = None, overrides: Iterable[str] = ()
) -> AppConfig:
    """Return the settings of all layers.

    Args:
        settings: The user's settings file; it may be absent.
        file: A file named in the call; it must be there.
        overrides: `section.name=value`, the value in TOML form or plain text.

    Raises:
        ConfigError: a file that cannot be read, an unknown setting, a value that does not fit.
    """
    table: _Table = {}
    if settings is not None and settings.is_file():
        table = _merge(table, _read(settings))
    if file is not None:
        if not file.is_file():
            raise ConfigError(f"{file}: no such settings file; check --config")
        table = _merge(table, _read(file))
    for override in overrides:
        table = _merge(table, _parse_override(override))
    return changed(AppConfig(), table)


def changed(options: _Options, table: Mapping[str, Any], where: str = "") -> _Options:
    """Return an options record with the values of a table of the same shape; `where` prefixes the names in errors."""
    hints = typing.get_type_hints(type(options))
    values = {}
    for name, value in table.items():
        path = f"{where}{name}"
        if name not in hints:
            raise ConfigError(f"{path}: unknown setting; {_nearest(name, hints, where)}")
        current = getattr(options, name)
        if dataclasses.is_dataclass(current) and not isinstance(value, dict):
            raise ConfigError(f"{path}: is a group of settings; set one of its members")
        values[name] = (
            changed(current, value, f"{path}.")
            if dataclasses.is_dataclass(current)
            else _convert(hints[name], value, path)
        )
    try:
        return dataclasses.replace(options, **values)  # type: ignore[type-var]
    except ValueError as error:
        raise ConfigError(f"{where.rstrip('.') or 'settings'}: {error}") from error


def _read(path: Path) -> _Table:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as TOML ({error}); mend or remove it") from error


def _parse_override(text: str) -> _Table:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise ConfigError(f"--set {text}: not of the form section.name=value")
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value
    table: _Table = parsed
    for part in reversed(name.strip().split(".")):
        table = {part: table}
    return table


def _merge(lower: _Table, upper: _Table) -> _Table:
    merged = dict(lower)
    for name, value in upper.items():
        below = merged.get(name)
        both_tables = isinstance(value, dict) and isinstance(below, dict)
        merged[name] = _merge(below, value) if both_tables else value  # type: ignore[arg-type]
    return merged


def _convert(hint: Any, value: Any, path: str) -> Any:
    origin = typing.get_origin(hint)
    if origin is typing.Literal:
        return _convert_choice(typing.get_args(hint), value, path)
    if origin in (types.UnionType, typing.Union):
        return _convert_optional(hint, value, path)
    if origin is tuple:
        item = typing.get_args(hint)[0]
        if not isinstance(value, list):
            raise ConfigError(f"{path}: {value!r} is not a list")
        return tuple(_convert(item, part, f"{path}[{i}]") for i, part in enumerate(value))
    return _convert_scalar(hint, value, path)


def _convert_choice(choices: tuple[Any, ...], value: Any, path: str) -> Any:
    if value not in choices or isinstance(value, bool):
        listed = ", ".join(str(choice) for choice in choices)
        raise ConfigError(f"{path}: {value!r} is not one of {listed}")
    return value


def _convert_optional(hint: Any, value: Any, path: str) -> Any:
    if value in ("none", ""):
        return None
    member = next(each for each in typing.get_args(hint) if each is not types.NoneType)
    if dataclasses.is_dataclass(member):
        raise ConfigError(f"{path}: cannot be set here; it is measured (a calibration profile)")
    return _convert(member, value, path)


def _convert_scalar(hint: Any, value: Any, path: str) -> Any:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type) and isinstance(value, dict):
        return changed(hint(), value, f"{path}.")
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint is Path and isinstance(value, str):
        return Path(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        names = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
        raise ConfigError(f"{path}: {value!r} is not {names.get(hint, hint.__name__)}")
    return value


def _nearest(name: str, known: Iterable[str], where: str) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"did you mean {where}{close[0]}?"
    return "known are " + ", ".join(f"{where}{other}" for other in names)
