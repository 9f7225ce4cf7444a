"""The training kit: a folder of openly licensed bodies, motion, clothes and light, checked against its manifest."""

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Final

from engines.errors import UsageError

MOTION: Final = "motion/cmu.npz"
"""The kit's motion capture."""
CMU_CREDIT: Final = (
    "The data used in this project was obtained from mocap.cs.cmu.edu. The database was created with funding from "
    "NSF EIA-0196217."
)
"""What its owners want to be said."""


class KitError(UsageError):
    """The training kit named in the call is incomplete, changed, or no kit."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the kit, and whose it is."""

    path: str
    """Path inside the kit, with forward slashes."""
    sha256: str
    """Digest of the file."""
    licence: str
    """Licence it comes under."""
    credit: str
    """Who made it."""
    source: str
    """Where it comes from."""


class Kit:
    """A kit folder. Every file asked for is checked against MANIFEST.csv, and remembered as used.

    Args:
        root: The folder.

    Raises:
        KitError: the folder has no readable manifest.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        """The folder."""
        self._assets = read_manifest(root / "MANIFEST.csv")
        self._used: dict[str, Asset] = {}

    @property
    def used(self) -> tuple[Asset, ...]:
        """The files asked for so far, in the order of their paths."""
        return tuple(self._used[path] for path in sorted(self._used))

    def file(self, path: str) -> Path:
        """Return where a file is.

        Raises:
            KitError: the file is not in the manifest, not there, or not the one the manifest names.
        """
        asset = self._assets.get(path)
        if asset is None:
            raise KitError(f"{self.root}: its MANIFEST.csv names no '{path}'; use the complete kit")
        place = self.root / path
        if path not in self._used:
            if not place.is_file():
                raise KitError(f"{place}: missing; use the complete kit")
            if digest(place) != asset.sha256:
                raise KitError(
                    f"{place}: differs from its entry in MANIFEST.csv; get the kit again"
                )
            self._used[path] = asset
        return place

    def folder(self, name: str, suffix: str) -> tuple[str, ...]:
        """Return the paths in one folder that end in `suffix`, sorted."""
        return tuple(
            sorted(
                path
                for path in self._assets
                if path.rpartition("/")[0] == name and path.endswith(suffix)
            )
        )


def read_manifest(path: Path) -> dict[str, Asset]:
    """Return the entries of a manifest by path.

    Raises:
        KitError: no such file, or it lacks a column.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            names = [field.name for field in fields(Asset)]
            rows = [Asset(*(row[name] for name in names)) for row in csv.DictReader(file)]
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise KitError(f"{path}: not the manifest of a training kit ({error!r})") from error
    return {row.path: row for row in rows}


def write_manifest(path: Path, assets: Iterable[Asset]) -> None:
    """Write entries so that `read_manifest` gives them back."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field.name for field in fields(Asset))
        writer.writerows(astuple(asset) for asset in assets)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
