"""Packages that only some commands need."""

from importlib.util import find_spec
from typing import Final

from engines.errors import EngineUnavailable

_PACKAGES: Final = {"expose": ("torch", "onnx", "onnxscript", "yaml")}


def need_extra(extra: str, command: str) -> None:
    """Check that the packages of an extra are installed.

    Raises:
        EngineUnavailable: one is missing; the message says how to install it.
    """
    missing = [name for name in _PACKAGES[extra] if find_spec(name) is None]
    if missing:
        raise EngineUnavailable(
            f"{command}: {', '.join(missing)} not installed; run pip install '.[{extra}]'"
        )
