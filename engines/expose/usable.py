"""Whether the ExPose engine can run here; imports nothing that a base install lacks."""

from importlib.util import find_spec
from typing import Final

from engines.expose.options import ExposeOptions

_NEEDED: Final = ("yaml",)
"""Packages to run; to build, more of the extra is needed."""


def why_not(device: str, options: ExposeOptions) -> str | None:
    """Return what the engine lacks on a device; None when nothing."""
    if not options.checkpoint:
        return "no release is named; give the official data folder with --checkpoint DIR"
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        return f"{', '.join(missing)} not installed; run pip install '.[expose]'"
    return _why_no_gpu(options) if device == "cuda" else None


def _why_no_gpu(options: ExposeOptions) -> str | None:
    """Return why neither TensorRT nor torch can use a GPU."""
    from engines.expose.gpu import why_no_tensorrt

    reason = why_no_tensorrt(options.cuda)
    if reason is None or find_spec("torch") is None:
        return reason
    import torch

    return None if torch.cuda.is_available() else reason
