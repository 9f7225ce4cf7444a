"""The formats a take can be written in: name -> exporter, imported on use."""

import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.export.options import ExportOptions, UpAxis
from app.takes.files import write_atomically
from app.takes.take import Take
from app.takes.watch import Watch
from engines.errors import EngineUnavailable, TakeError, UsageError


@dataclass(frozen=True, slots=True)
class Exporter:
    """One format."""

    module: str
    """Where its `write(take: Take, file: BinaryIO, options: ExportOptions, watch: Watch) -> None` is."""
    ending: str
    """What is put after `take` in the default file name."""
    ups: tuple[UpAxis, ...]
    """Up axes the format can have, the usual one first."""
    summary: str
    """One line for help texts."""
    package: str = ""
    """The module that its extra `export` brings; empty where nothing more is needed."""
    takes_avatar: bool = False
    """The format can hold an avatar of the user's."""


EXPORTERS: Final[dict[str, Exporter]] = {
    "npz": Exporter("app.export.npz", "_amass.npz", ("z", "y"), "AMASS: SMPL-X add-ons, aitviewer"),
    "bvh": Exporter("app.export.bvh", ".bvh", ("y",), "skeleton and angles, cm; see --names"),
    "glb": Exporter(
        "app.export.glb",
        ".glb",
        ("y",),
        "glTF: skeleton, body, face, motion",
        takes_avatar=True,
    ),
    "vrma": Exporter(
        "app.export.vrma", ".vrma", ("y",), "animation for any VRM avatar", takes_avatar=True
    ),
    "usd": Exporter(
        "app.export.usd", ".usdc", ("y",), "UsdSkel: skeleton, body, face, motion", package="pxr"
    ),
    "fbx": Exporter("app.export.fbx", ".fbx", ("y",), "by way of Blender, which must be installed"),
    "trc": Exporter("app.export.trc", ".trc", ("y", "z"), "joint centres for OpenSim, m"),
    "c3d": Exporter("app.export.c3d", ".c3d", ("z", "y"), "joint centres for laboratories, mm"),
    "csv": Exporter("app.export.csv", ".csv", ("y", "z"), "a row for each frame"),
    "parquet": Exporter(
        "app.export.parquet", ".parquet", ("y", "z"), "the same, typed", package="pyarrow"
    ),
    "expose": Exporter(
        "app.export.expose", "_expose.zip", ("y",), "ExPose's own result files; needs --body"
    ),
    "mp4": Exporter("app.export.mp4", ".mp4", ("y",), "video; see --view"),
}
"""Name of a format -> its exporter."""


def export_take(
    take: Take,
    format_name: str,
    options: ExportOptions | None = None,
    *,
    output: Path | None = None,
    watch: Watch | None = None,
) -> Path:
    """Write a take in a format and return the file, which is there whole or not at all.

    Args:
        take: The take.
        format_name: A key of `EXPORTERS`.
        options: How; the format's usual way, where not given.
        output: Where to, replacing what is there; beside the take's own file, where not given.
        watch: Is told how far the work is, and can end it.

    Raises:
        UsageError: the format is unknown, or cannot be had with these options.
        EngineUnavailable: the format needs a package that is not installed.
        TakeError: the file cannot be written.
        Cancelled: the watch ended it; no part of the file is left, and a file that was at its place is as it was.
    """
    watch = watch or Watch()
    options = options or ExportOptions()
    exporter = checked_exporter(format_name, options)
    target = output or take.path.with_name(take.path.stem + exporter.ending)
    if target.resolve() == take.path.resolve():
        raise UsageError(f"{target}: is the take itself; write to another file")
    module = importlib.import_module(exporter.module)
    try:
        write_atomically(target, lambda file: module.write(take, file, options, watch))
    except OSError as error:
        raise TakeError(
            f"{target}: cannot be written ({error.strerror or error}); make room, or write elsewhere"
        ) from error
    watch.report(1.0)
    return target


def checked_exporter(format_name: str, options: ExportOptions) -> Exporter:
    """Return the exporter of a format that can be had with these options.

    Raises:
        UsageError: the format is unknown, or cannot be had with these options.
        EngineUnavailable: the format needs a package that is not installed.
    """
    if format_name not in EXPORTERS:
        raise UsageError(f"{format_name}: no format to export to; known: {', '.join(EXPORTERS)}")
    exporter = EXPORTERS[format_name]
    if options.up is not None and options.up not in exporter.ups:
        raise UsageError(
            f"--up {options.up}: {format_name} has {exporter.ups[0]} up; leave the option out"
        )
    if options.fps is not None and options.fps < 1:
        raise UsageError(f"--fps {options.fps}: no frame rate; use 30, 60 or 120")
    if options.avatar is not None and not exporter.takes_avatar:
        able = ", ".join(name for name, each in EXPORTERS.items() if each.takes_avatar)
        raise UsageError(f"--avatar: {format_name} cannot hold one; use {able}")
    if exporter.package and importlib.util.find_spec(exporter.package) is None:
        raise EngineUnavailable(
            f"{format_name}: needs the package '{exporter.package}', which is not installed; "
            "run: python -m pip install '.[export]'"
        )
    return exporter
