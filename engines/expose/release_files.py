"""Finds the files of an official ExPose data folder."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from engines.errors import ModelError
from engines.expose.config import ExposeConfig, read_config


@dataclass(frozen=True, slots=True, eq=False)
class ReleaseFiles:
    """The files that inference needs, and the configuration, which says where they are."""

    configuration: Path
    """conf.yaml."""
    config: ExposeConfig
    """What is in it."""
    checkpoint: Path
    smplx: Path
    """The user's SMPL-X file."""

    def digest(self) -> str:
        """Return a SHA-256 over all that the answers depend on, in hexadecimal."""
        digest = hashlib.sha256(repr(self.config).encode())
        for path in (self.checkpoint, self.smplx):
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()


def find_release(folder: Path) -> ReleaseFiles:
    """Return the files in the official data folder, or in the folder that holds it as `data`.

    Raises:
        ModelError: a file is missing, or conf.yaml cannot be used; the message names the file and the way out.
    """
    data = folder if (folder / "conf.yaml").exists() else folder / "data"
    if not data.is_dir():
        raise ModelError(f"{folder}: no conf.yaml in it; give the official ExPose data folder")
    configuration = data / "conf.yaml"
    config = read_config(configuration)
    return ReleaseFiles(configuration, config, find_checkpoint(data), find_smplx_file(data, config))


def find_smplx_file(data: Path, config: ExposeConfig) -> Path:
    """Return the SMPL-X file of a release.

    Raises:
        ModelError: it is not there.
    """
    name = f"SMPLX_{config.gender.upper()}.npz"
    folder = Path(os.path.expandvars(config.model_folder)).expanduser()
    places = [data.parent / folder, folder, data / "models"]
    files = [place / "smplx" / name for place in places]
    for file in files:
        if file.is_file():
            return file
    missing = files[0]
    beside = missing.parent.glob("*.npz") if missing.parent.is_dir() else []
    others = ", ".join(sorted(file.name for file in beside))
    only = f", only {others}" if others else ""
    raise ModelError(f"{missing}: no such file{only}; get {name} from smpl-x.is.tue.mpg.de")


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
