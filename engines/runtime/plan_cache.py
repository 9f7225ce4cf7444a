"""Where plans are kept: what a file is good for is in its name, and that it is whole is checked before it is used.

A plan is code for the GPU: it is built on the user's machine, and never taken from anywhere else.
"""

import hashlib
import os
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from engines.errors import EngineUnavailable
from engines.whole_files import renamed_when_done

_DIGEST_SIZE: Final = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class PlanKey:
    """All that a plan depends on; another plan is needed when any of it changes."""

    library: str
    """Name of the library: TensorRT and TensorRT-RTX do not read each other's plans."""
    version: str
    """Its version, to the last digit."""
    precision: str
    network: str
    """SHA-256 of the ONNX file."""
    gpu: str = ""
    """Model of the GPU with its compute capability; empty where a plan is good for all."""
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Sizes of the inputs that the file leaves open."""
    system: str = field(default_factory=platform.system)
    machine: str = field(default_factory=platform.machine)

    @property
    def name(self) -> str:
        """Name of the file, without its ending."""
        sizes = ["x".join([name, *map(str, size)]) for name, size in sorted(self.shapes.items())]
        parts = (
            self.library, self.version, self.system.lower(), self.machine, self.precision,
            self.network[:16], self.gpu, *sizes,
        )  # fmt: skip
        return "_".join(re.sub(r"[^A-Za-z0-9.]+", "-", part) for part in parts if part)


def digest_of(network: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with network.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class PlanCache:
    """A folder of plans. Several instances of the app may share it."""

    def __init__(self, folder: Path) -> None:
        self.folder: Final = folder

    def path(self, key: PlanKey) -> Path:
        """Return where a plan is or should be."""
        return self.folder / f"{key.name}.plan"

    def lock_path(self, key: PlanKey) -> Path:
        """Return the file that whoever builds a plan keeps locked."""
        return self.folder / f"{key.name}.lock"

    def has(self, key: PlanKey) -> bool:
        """Return whether there is a file; it may be damaged."""
        return self.path(key).is_file()

    def read(self, key: PlanKey) -> bytes | None:
        """Return a plan; None where there is none. One that is damaged is deleted.

        Raises:
            EngineUnavailable: the file is there and cannot be read.
        """
        path = self.path(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise EngineUnavailable(f"{path}: cannot be read ({error.strerror})") from error
        digest, plan = content[:_DIGEST_SIZE], content[_DIGEST_SIZE:]
        if hashlib.sha256(plan).digest() == digest:
            return plan
        self.drop(key)
        return None

    def write(self, key: PlanKey, plan: bytes) -> None:
        """Keep a plan. Readers see all of it or nothing.

        Raises:
            EngineUnavailable: the disk is full, or the folder cannot be written; the message says which.
        """
        path = self.path(key)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with renamed_when_done(path) as unfinished, unfinished.open("wb") as file:
                file.write(hashlib.sha256(plan).digest())
                file.write(plan)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            size = f"{len(plan) / 1e6:.0f} MB"
            raise EngineUnavailable(
                f"{path}: {size} cannot be kept ({error.strerror}); free the disk, or make the folder writable"
            ) from error

    def drop(self, key: PlanKey) -> None:
        """Delete a plan, where that is allowed: one that stays is found out again at the next start."""
        try:
            self.path(key).unlink(missing_ok=True)
        except OSError:
            return
