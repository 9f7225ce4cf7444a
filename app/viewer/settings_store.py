"""Reads and writes the window's settings; a file that cannot be used is kept aside, never lost and never fatal."""

import dataclasses
import logging
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tomli_w

from app.config import changed
from app.paths import settings_file
from app.takes.files import write_atomically
from app.viewer.settings import SETTINGS_VERSION, WindowSettings
from engines.errors import ConfigError

_SUFFIX: Final = ".toml"
_ASIDE: Final = ".broken"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and what has to be said about them."""

    settings: WindowSettings
    """What to use."""
    problem: str = ""
    """Why they are the defaults although there is a file; empty where all is well."""


def window_settings_file() -> Path:
    """Return where the window keeps its settings, whether or not the file exists."""
    return settings_file().with_name("window.toml")


def window_profiles_folder() -> Path:
    """Return the folder of the window's named settings."""
    return settings_file().with_name("window-profiles")


def load_settings(path: Path) -> Loaded:
    """Return the settings of a file; the defaults where there is none, or none that can be used.

    A file that cannot be used is renamed, so that the next save does not overwrite it.
    """
    if not path.exists():
        return Loaded(WindowSettings())
    try:
        return Loaded(read_settings(path))
    except ConfigError as error:
        aside = _free_name(path.with_name(path.name + _ASIDE))
        try:
            path.rename(aside)
        except OSError:
            return Loaded(WindowSettings(), f"{error}; defaults are used")
        return Loaded(WindowSettings(), f"{error}; defaults are used, the file is kept as {aside}")


def read_settings(path: Path) -> WindowSettings:
    """Return the settings of a file.

    Raises:
        ConfigError: it is missing or damaged, has a wrong value, or is of a newer program.
    """
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error})") from error
    version = table.get("version", 0)
    if not isinstance(version, int) or version > SETTINGS_VERSION:
        raise ConfigError(
            f"{path}: settings of version {version}, this program knows up to {SETTINGS_VERSION}"
        )
    try:
        return changed(WindowSettings(), table)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def as_table(settings: WindowSettings) -> dict[str, Any]:
    """Return the settings as plain tables, as they are written."""
    return dataclasses.asdict(settings)


def save_settings(settings: WindowSettings, path: Path) -> None:
    """Write the settings, whole or not at all. Raises `ConfigError`."""
    text = tomli_w.dumps(as_table(settings)).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, lambda file: file.write(text))
    except OSError as error:
        raise ConfigError(f"{path}: settings cannot be written ({error})") from error


def list_window_profiles() -> list[str]:
    """Return the names of the saved settings, sorted."""
    return sorted(path.stem for path in window_profiles_folder().glob(f"*{_SUFFIX}"))


def window_profile_path(name: str) -> Path:
    """Return where named settings are kept. Raises `ConfigError` for what cannot be a file's name."""
    if not name.strip() or name.startswith(".") or any(c in '<>:"/|?*\\' or c < " " for c in name):
        raise ConfigError(f"{name!r}: not a usable name; use letters, digits, - and _")
    return window_profiles_folder() / f"{name.strip()}{_SUFFIX}"


def _free_name(path: Path) -> Path:
    candidates = (path, *(path.with_name(f"{path.name}-{k}") for k in range(2, 1000)))
    return next((each for each in candidates if not each.exists()), path)
