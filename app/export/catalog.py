"""The formats a take can be written in: name -> exporter, imported on use."""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.export.options import ExportOptions, UpAxis
from app.takes.files import write_atomically
from app.takes.take import Take
from engines.errors import TakeError, UsageError


@dataclass(frozen=True, slots=True)
class Exporter:
    """One format."""

    module: str
    """Where its `write(take: Take, file: BinaryIO, options: ExportOptions) -> None` is."""
    ending: str
    """What is put after `take` in the default file name."""
    ups: tuple[UpAxis, ...]
    """Up axes the format can have, the usual one first."""
    summary: str
    """One line for help texts."""


EXPORTERS: Final[dict[str, Exporter]] = {
    "npz": Exporter("app.export.npz", "_amass.npz", ("z", "y"), "AMASS: SMPL-X add-ons, aitviewer"),
    "bvh": Exporter("app.export.bvh", ".bvh", ("y",), "skeleton with Unity's bone names, cm"),
    "glb": Exporter("app.export.glb", ".glb", ("y",), "glTF: skeleton, open body, face, motion"),
}
"""Name of a format -> its exporter."""


def export_take(
    take: Take,
    format_name: str,
    options: ExportOptions | None = None,
    *,
    output: Path | None = None,
) -> Path:
    """Write a take in a format and return the file, which is there whole or not at all.

    Args:
        take: The take.
        format_name: A key of `EXPORTERS`.
        options: How; the format's usual way, where not given.
        output: Where to, replacing what is there; beside the take's own file, where not given.

    Raises:
        UsageError: the format is unknown, or cannot be had with these options.
        TakeError: the file cannot be written.
    """
    if format_name not in EXPORTERS:
        raise UsageError(f"{format_name}: no format to export to; known: {', '.join(EXPORTERS)}")
    exporter = EXPORTERS[format_name]
    options = options or ExportOptions()
    if options.up is not None and options.up not in exporter.ups:
        raise UsageError(
            f"--up {options.up}: {format_name} has {exporter.ups[0]} up; leave the option out"
        )
    if options.fps is not None and options.fps < 1:
        raise UsageError(f"--fps {options.fps}: no frame rate; use 30, 60 or 120")
    target = output or take.path.with_name(take.path.stem + exporter.ending)
    if target.resolve() == take.path.resolve():
        raise UsageError(f"{target}: is the take itself; give another file with -o")
    module = importlib.import_module(exporter.module)
    try:
        write_atomically(target, lambda file: module.write(take, file, options))
    except OSError as error:
        raise TakeError(
            f"{target}: cannot be written ({error.strerror or error}); give another file with -o"
        ) from error
    return target
