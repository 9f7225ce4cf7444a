"""Data sets by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.evaluation import stirling, threedpw
from app.evaluation.body_maps import BodyMaps
from app.evaluation.ehf import Ehf
from app.evaluation.freihand import Freihand
from app.evaluation.samples import Benchmark
from app.evaluation.stirling import Stirling
from app.evaluation.threedpw import SmplTruth, Threedpw
from engines.errors import DatasetError


@dataclass(frozen=True, slots=True, eq=False)
class DatasetCall:
    """What a user says of a data set."""

    folder: Path
    """Where it was unpacked."""
    maps: BodyMaps
    """The owners' index files."""
    split: str | None = None
    """Which part of it; the usual one when None."""
    smpl: SmplTruth | None = None
    """The user's SMPL models, for 3DPW."""


@dataclass(frozen=True, slots=True)
class _Entry:
    open: Callable[[DatasetCall, str], Benchmark]
    splits: tuple[str, ...] = ()
    """The first is the usual one; none where the data set is one piece."""


BENCHMARKS: Final[Mapping[str, _Entry]] = {
    "ehf": _Entry(lambda call, _: Ehf(call.folder, call.maps)),
    "3dpw": _Entry(
        lambda call, split: Threedpw(call.folder, call.maps, call.smpl, split), threedpw.SPLITS
    ),
    "freihand": _Entry(lambda call, _: Freihand(call.folder, call.maps)),
    "stirling": _Entry(
        lambda call, split: Stirling(call.folder, call.maps, split), stirling.SPLITS
    ),
}
"""Name -> how it is opened."""


def open_benchmark(name: str, call: DatasetCall) -> Benchmark:
    """Return a data set.

    Raises:
        DatasetError: no data set or split of that name, no such folder, or an incomplete one.
    """
    entry = BENCHMARKS.get(name)
    if entry is None:
        raise DatasetError(f"{name}: unknown data set; known are {', '.join(BENCHMARKS)}")
    split = call.split or next(iter(entry.splits), "")
    if call.split and call.split not in entry.splits:
        known = f"splits {', '.join(entry.splits)}" if entry.splits else "no splits"
        raise DatasetError(f"{call.split}: no such split; {name} has {known}")
    if not call.folder.is_dir():
        raise DatasetError(f"{call.folder}: no such folder; give the unpacked data set")
    return entry.open(call, split)
