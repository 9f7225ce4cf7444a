"""Flags and value types that several commands share."""

import argparse
import math
from dataclasses import replace
from pathlib import Path

from app.config import AppConfig, load_config
from app.paths import settings_file


def add_config_flags(parser: argparse.ArgumentParser) -> None:
    """Declare the flags that change settings."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML form")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="overrides",
        metavar="a.b=c",
        help="one setting, such as smoothing.strength=0.5; repeat",
    )


def add_engine_flags(parser: argparse.ArgumentParser) -> None:
    """Declare the flags that choose an engine, and those that change settings."""
    parser.add_argument(
        "--engine", default="auto", metavar="E", help="auto, or a name of 'engines'"
    )
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument(
        "--checkpoint", type=Path, metavar="DIR", help="the official ExPose data folder"
    )
    add_config_flags(parser)


def config_from(arguments: argparse.Namespace) -> AppConfig:
    """Return the settings of all layers. Raises `ConfigError`."""
    config = load_config(
        settings=settings_file(), file=arguments.config, overrides=arguments.overrides
    )
    checkpoint = getattr(arguments, "checkpoint", None)
    if checkpoint is None:
        return config
    return replace(config, expose=replace(config.expose, checkpoint=str(checkpoint)))


def positive_int(text: str) -> int:
    """Return a whole number above zero; for argparse."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def positive_seconds(text: str) -> float:
    """Return a time above zero; for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time above 0 seconds")
    return value
