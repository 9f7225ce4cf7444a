"""Calibration profiles on this computer: by name in the settings folder, or anywhere by path."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from app.paths import settings_file
from app.takes.files import write_atomically
from calibration.profile import Profile, profile_from_toml, profile_to_toml
from engines.errors import CalibrationError, ConfigError

DEFAULT_PROFILE: Final = "default"
"""Name of the profile where none is given."""

_SUFFIX: Final = ".toml"
_PREVIOUS: Final = ".previous"


def profiles_folder() -> Path:
    """Return the folder of named profiles, whether or not it exists."""
    return settings_file().parent / "profiles"


def profile_path(name: str) -> Path:
    """Return where a profile is kept: a bare name in `profiles_folder`; what looks like a path stays one.

    Raises:
        ConfigError: the name cannot be that of a file.
    """
    if name.endswith(_SUFFIX) or os.sep in name or "/" in name:
        return Path(name)
    if not name.strip() or name.startswith(".") or any(c in '<>:"|?*\\' or c < " " for c in name):
        raise ConfigError(f"profile {name!r}: not a usable name; use letters, digits, - and _")
    return profiles_folder() / f"{name}{_SUFFIX}"


def list_profiles() -> list[str]:
    """Return the names of the profiles in the settings folder, sorted."""
    return sorted(path.stem for path in profiles_folder().glob(f"*{_SUFFIX}"))


def load_profile(name: str) -> Profile:
    """Return a profile that is there.

    Raises:
        ConfigError: it is not; the message lists those that are.
        CalibrationError: it is damaged, or of a newer program.
    """
    path = profile_path(name)
    if not path.is_file():
        known = ", ".join(list_profiles()) or "none yet: run 'main.py calibrate camera'"
        raise ConfigError(f"profile {name}: not found; there are {known}")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CalibrationError(f"{path}: cannot be read ({error}); calibrate again") from error
    return profile_from_toml(text, str(path))


def load_or_new(name: str) -> Profile:
    """Return a profile, or an empty one where there is none of that name."""
    path = profile_path(name)
    return load_profile(name) if path.is_file() else Profile(path.stem)


def save_profile(profile: Profile, name: str) -> Path:
    """Write a profile, and keep the one before it for `undo_profile`. Raises `CalibrationError`."""
    path = profile_path(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            before = path.read_bytes()
            write_atomically(_previous(path), lambda file: file.write(before))
        text = profile_to_toml(profile).encode()
        write_atomically(path, lambda file: file.write(text))
    except OSError as error:
        raise CalibrationError(
            f"{path}: cannot be written ({error}); make room, or choose another name"
        ) from error
    return path


def copy_profile(name: str, new_name: str) -> Path:
    """Give a copy of a profile another name.

    Raises:
        ConfigError: there is none, one of the new name is there, or it cannot be written.
        CalibrationError: it is damaged.
    """
    path = profile_path(new_name)
    if path.exists():
        raise ConfigError(f"profile {new_name}: is there already; choose another name")
    return save_profile(replace(load_profile(name), name=path.stem), new_name)


def rename_profile(name: str, new_name: str) -> Path:
    """Give a profile another name; what could be undone still can. Raises as `copy_profile` does."""
    path = copy_profile(name, new_name)
    old = profile_path(name)
    try:
        if _previous(old).is_file():
            _previous(old).replace(_previous(path))
        old.unlink()
    except OSError as error:
        raise ConfigError(
            f"{old}: cannot be removed ({error}); both names are there now"
        ) from error
    return path


def can_undo(name: str) -> bool:
    """Whether `undo_profile` has something to take back."""
    path = profile_path(name)
    return path.is_file() and _previous(path).is_file()


def undo_profile(name: str) -> Path:
    """Exchange a profile with the one before it; twice gives the first again. Raises `ConfigError`."""
    path = profile_path(name)
    previous = _previous(path)
    if not can_undo(name):
        raise ConfigError(f"profile {name}: nothing to undo; only the last change can be undone")
    now, before = path.read_bytes(), previous.read_bytes()
    write_atomically(previous, lambda file: file.write(now))
    write_atomically(path, lambda file: file.write(before))
    return path


def _previous(path: Path) -> Path:
    return path.with_name(path.name + _PREVIOUS)
