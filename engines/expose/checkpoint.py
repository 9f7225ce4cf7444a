"""Reads the official ExPose data folder, unchanged, without running anything that is in it."""

import math
import pickle
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import numpy as np
import torch
from torch import Tensor

from engines.errors import ModelError
from engines.expose.body_arrays import BodyArrays, read_body
from engines.expose.config import ExposeConfig
from engines.expose.release_files import ReleaseFiles, find_release
from engines.expose.weights import Weights

PREFIX: Final = "smplx."
"""What the names of all entries start with: the attribute of the authors' code that holds the whole network."""

_READ_ERRORS: Final = (
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)
"""What torch raises for files that are cut short or are something else."""


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """An official data folder, read."""

    config: ExposeConfig
    weights: Weights
    """Entries of the checkpoint, without their common prefix."""
    body: BodyArrays
    files: ReleaseFiles
    """Where it was read from."""


def load_release(folder: Path) -> Release:
    """Return the release in the official data folder, or in the folder that holds it as `data`.

    Neither `all_means.pkl` nor `shape_mean.npy` is read: they give start values that the checkpoint overrides.

    Raises:
        ModelError: a file is missing or cannot be used; the message names it, the key and the way out.
    """
    files = find_release(folder)
    weights = load_weights(files.checkpoint)
    _check_crop_sizes(weights, files.config)
    body = read_body(weights.below("body_model."), files.smplx, files.config)
    return Release(files.config, weights, body, files)


def load_weights(path: Path) -> Weights:
    """Return the network's entries of a checkpoint, in the file format of any torch.

    Only tensors and plain values are read; a file that needs more is refused, since reading it could run code.

    Raises:
        ModelError: the file is damaged, is not an ExPose checkpoint, or needs code to be read.
    """
    content = _load_plain(path)
    model = content.get("model") if isinstance(content, Mapping) else None
    if not isinstance(model, Mapping):
        raise ModelError(f"{path}: has no 'model' entry; use the checkpoint of the ExPose release")
    tensors = {
        key.removeprefix(PREFIX): value
        for key, value in model.items()
        if isinstance(key, str) and key.startswith(PREFIX) and isinstance(value, Tensor)
    }
    if not tensors:
        raise ModelError(
            f"{path}: no entry of 'model' starts with '{PREFIX}'; use the checkpoint of the ExPose release"
        )
    return Weights(tensors, path)


def _load_plain(path: Path) -> object:
    try:
        with torch.serialization.safe_globals(_plain_numpy_types()):
            # mapping the file leaves what inference does not need on the disk
            return torch.load(
                path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path)
            )
    except pickle.UnpicklingError as error:
        if "Unsupported global" not in str(error):
            raise _damaged(path, error) from error
        raise ModelError(
            f"{path}: holds Python objects beside the weights, which could run code when read; if you trust where it "
            f'comes from, convert it once: python -c "import torch; p = {str(path)!r}; m = torch.load(p, '
            f"map_location='cpu', weights_only=False)['model']; torch.save(dict(model=m), p)\""
        ) from error
    except _READ_ERRORS as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> ModelError:
    reason = " ".join(str(error).split())[:120]
    return ModelError(
        f"{path}: damaged, or not a torch checkpoint ({reason}); unpack the release again"
    )


def _plain_numpy_types() -> list[Callable[..., object] | tuple[Callable[..., object], str]]:
    """Return what NumPy numbers, such as a best loss, are made of: harmless, but unknown to torch."""
    scalar = cast(Callable[..., object], np.float64(0).__reduce__()[0])
    dtypes = [type(np.dtype(kind)) for kind in (np.float32, np.float64, np.int64, np.bool_)]
    return [(scalar, "numpy.core.multiarray.scalar"), scalar, np.dtype, *dtypes]


def _check_crop_sizes(weights: Weights, config: ExposeConfig) -> None:
    """Raise when the sampling grids in the checkpoint are of another size than conf.yaml says."""
    for name, branch in (("hand", config.hand), ("head", config.head)):
        key = f"{name}_cropper.grid"
        if key not in weights:
            continue
        side = math.isqrt(weights.tensor(key, 1, -1, 2).shape[1])
        if side != branch.crop_size:
            raise weights.error(
                key,
                f"is for crops of {side} pixels, but conf.yaml says {branch.crop_size}; "
                f"set datasets.{name}.transforms.crop_size to {side}",
            )
