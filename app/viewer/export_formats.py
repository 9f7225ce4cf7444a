"""The formats as the export dialog tells of them: what opens each, and why one cannot be had here."""

import shutil
from typing import Final

from PyQt5.QtCore import QCoreApplication

from app.export.catalog import EXPORTERS, checked_exporter
from app.export.options import ExportOptions
from engines.errors import EngineUnavailable

_tr: Final = QCoreApplication.translate


def what_opens(format_name: str) -> str:
    """Return one line: what is in a format, and which programs read it."""
    lines = {
        "npz": _tr("ExportFormats", "AMASS motion, for the SMPL-X add-ons and aitviewer"),
        "bvh": _tr("ExportFormats", "Skeleton: Blender, MotionBuilder, iClone, Cascadeur"),
        "glb": _tr("ExportFormats", "Body, face and motion: Blender, Godot, three.js"),
        "vrma": _tr("ExportFormats", "Motion for any VRM avatar"),
        "usd": _tr("ExportFormats", "Body, face and motion: Houdini, Maya, Omniverse"),
        "fbx": _tr("ExportFormats", "Body, face and motion: Unreal, Unity, Maya"),
        "trc": _tr("ExportFormats", "Joint centres: OpenSim"),
        "c3d": _tr("ExportFormats", "Joint centres: programs of movement laboratories"),
        "csv": _tr("ExportFormats", "A row for each frame: spreadsheets, R, pandas"),
        "parquet": _tr("ExportFormats", "The same table, typed: pandas, Polars, DuckDB"),
        "expose": _tr("ExportFormats", "Result files as ExPose writes them; needs an SMPL-X model"),
        "mp4": _tr("ExportFormats", "Video of the body: any player"),
    }
    return lines.get(format_name) or EXPORTERS[format_name].summary


def why_not(format_name: str) -> str:
    """Return why a format cannot be had on this computer, and the way out; empty where it can."""
    if format_name == "fbx" and shutil.which("blender") is None:
        return _tr("ExportFormats", "needs Blender on the PATH; install it, or export GLB")
    try:
        checked_exporter(format_name, ExportOptions())
    except EngineUnavailable:
        told = _tr("ExportFormats", "needs {package}; run: python -m pip install '.[export]'")
        return told.format(package=EXPORTERS[format_name].package)
    return ""
