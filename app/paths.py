"""Where things are on this computer."""

import tomllib
from functools import cache
from pathlib import Path

import platformdirs

CHECKOUT = Path(__file__).resolve().parent.parent
"""The folder that holds main.py."""

DEMO_CLIP = CHECKOUT / "assets" / "demo" / "walk.mp4"
"""The real clip that `demo` runs on."""

DEMO_PROFILE = DEMO_CLIP.with_name("profile.toml")
"""Where its floor is, measured on the clip itself: the camera hangs high, looks down and is rolled."""

_APP_NAME = "expose-live"


@cache
def version() -> str:
    """Return the version in pyproject.toml: the app runs from its checkout and is never installed."""
    with (CHECKOUT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def settings_file() -> Path:
    """Return the user's settings file, whether or not it exists."""
    return Path(platformdirs.user_config_dir(_APP_NAME, appauthor=False)) / "settings.toml"


def log_folder() -> Path:
    """Return the folder of log files, whether or not it exists."""
    return Path(platformdirs.user_log_dir(_APP_NAME, appauthor=False))


def cache_folder() -> Path:
    """Return the folder of things that can be made again: exported networks, engine plans."""
    return Path(platformdirs.user_cache_dir(_APP_NAME, appauthor=False))


def takes_folder() -> Path:
    """Return the folder where takes go unless the user names another."""
    return Path(platformdirs.user_documents_dir()) / "ExPose Live"
