"""Finds and reads the official ExPose data folder, unchanged, without running anything that is in it."""

import math
import os
import pickle
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Final, cast

import numpy as np
import torch
from torch import Tensor

from engines.errors import ModelError
from engines.expose.body_arrays import BodyArrays, read_body
from engines.expose.config import ExposeConfig, read_config
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
    checkpoint: Path
    """The file that the entries come from."""


def load_release(folder: Path) -> Release:
    """Return the release in the official data folder, or in the folder that holds it as `data`.

    Neither `all_means.pkl` nor `shape_mean.npy` is read: they give start values that the checkpoint overrides.

    Raises:
        ModelError: a file is missing or cannot be used; the message names it, the key and the way out.
    """
    data = folder if (folder / "conf.yaml").exists() else folder / "data"
    if not data.is_dir():
        raise ModelError(f"{folder}: no conf.yaml in it; give the official ExPose data folder")
    config = read_config(data / "conf.yaml")
    file = find_smplx_file(data, config)
    checkpoint = find_checkpoint(data)
    weights = load_weights(checkpoint)
    _check_crop_sizes(weights, config)
    return Release(
        config, weights, read_body(weights.below("body_model."), file, config), checkpoint
    )


def find_smplx_file(data: Path, config: ExposeConfig) -> Path:
    """Return where the SMPL-X file of a release is or should be."""
    name = f"SMPLX_{config.gender.upper()}.npz"
    folder = Path(os.path.expandvars(config.model_folder)).expanduser()
    places = [data.parent / folder, folder, data / "models"]
    files = [place / "smplx" / name for place in places]
    return next((file for file in files if file.is_file()), files[0])


def find_checkpoint(data: Path) -> Path:
    """Return the checkpoint that `checkpoints/latest_checkpoint` names.

    The path in it is the one of the authors' machine, so the file of that name beside it counts as well.

    Raises:
        ModelError: there is no such file.
    """
    folder = data / "checkpoints"
    pointer = folder / "latest_checkpoint"
    try:
        lines = pointer.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            f"{pointer}: cannot be read; unpack the release again, or write the checkpoint's name in it"
        ) from error
    named = lines[0].strip() if lines else ""
    if not named:
        raise ModelError(f"{pointer}: empty; write the checkpoint's name in it")
    beside = folder / PureWindowsPath(named).name  # splits at both kinds of slash
    for file in (Path(named), data.parent / named, beside):
        if file.is_file():
            return file
    raise ModelError(f"{beside}: no such file, but {pointer} names it; unpack the release again")


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
