"""Arrays on the device, and whether there is one."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.errors import EngineUnavailable


def on_device(array: NDArray[np.generic], device: torch.device) -> Tensor:
    """Return an array on a device, without waiting for what a GPU is doing."""
    tensor = torch.from_numpy(array)
    if device.type == "cuda":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor


def wanted_device(name: torch.device | str) -> torch.device:
    """Return the device of a name.

    Raises:
        EngineUnavailable: torch cannot compute there.
    """
    device = torch.device(name)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise EngineUnavailable(
            "torch finds no NVIDIA GPU (or is built without CUDA); use --device cpu"
        )
    return device
