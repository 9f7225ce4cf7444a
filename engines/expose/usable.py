"""Whether the ExPose engine can run here; imports nothing that a base install lacks."""

from importlib.util import find_spec
from typing import Final

from engines.expose.options import ExposeOptions

_NEEDED: Final = {"cpu": ("yaml",), "cuda": ("yaml", "torch")}
"""Packages to run on a device; to build for it, more of the extra is needed."""


def why_not(device: str, options: ExposeOptions) -> str | None:
    """Return what the engine lacks on a device; None when nothing."""
    if not options.checkpoint:
        return "no release is named; give the official data folder with --checkpoint DIR"
    missing = [name for name in _NEEDED[device] if find_spec(name) is None]
    if missing:
        return f"{', '.join(missing)} not installed; run pip install '.[expose]'"
    if device == "cuda":
        import torch

        if not torch.cuda.is_available():
            return "no NVIDIA GPU that torch can use; check the driver, or use --device cpu"
    return None
