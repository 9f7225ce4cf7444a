"""The formats as the export dialog tells of them: what opens each, and why one cannot be had here."""

import shutil

from PyQt5.QtCore import QCoreApplication

from app.export.catalog import EXPORTERS, checked_exporter
from app.export.options import ExportOptions
from engines.errors import EngineUnavailable


def what_opens(format_name: str) -> str:
    """Return one line: what is in a format, and which programs read it."""
    lines = {
        "npz": QCoreApplication.translate(
            "ExportFormats", "AMASS motion, for the SMPL-X add-ons and aitviewer"
        ),
        "bvh": QCoreApplication.translate(
            "ExportFormats", "Skeleton: Blender, MotionBuilder, iClone, Cascadeur"
        ),
        "glb": QCoreApplication.translate(
            "ExportFormats", "Body, face and motion: Blender, Godot, three.js"
        ),
        "vrma": QCoreApplication.translate("ExportFormats", "Motion for any VRM avatar"),
        "usd": QCoreApplication.translate(
            "ExportFormats", "Body, face and motion: Houdini, Maya, Omniverse"
        ),
        "fbx": QCoreApplication.translate(
            "ExportFormats", "Body, face and motion: Unreal, Unity, Maya"
        ),
        "trc": QCoreApplication.translate("ExportFormats", "Joint centres: OpenSim"),
        "c3d": QCoreApplication.translate(
            "ExportFormats", "Joint centres: programs of movement laboratories"
        ),
        "csv": QCoreApplication.translate(
            "ExportFormats", "A row for each frame: spreadsheets, R, pandas"
        ),
        "parquet": QCoreApplication.translate(
            "ExportFormats", "The same table, typed: pandas, Polars, DuckDB"
        ),
        "expose": QCoreApplication.translate(
            "ExportFormats", "Result files as ExPose writes them; needs an SMPL-X model"
        ),
        "mp4": QCoreApplication.translate("ExportFormats", "Video of the body: any player"),
    }
    return lines.get(format_name) or EXPORTERS[format_name].summary


def why_not(format_name: str) -> str:
    """Return why a format cannot be had on this computer, and the way out; empty where it can."""
    if format_name == "fbx" and shutil.which("blender") is None:
        return QCoreApplication.translate(
            "ExportFormats", "needs Blender on the PATH; install it, or export GLB"
        )
    try:
        checked_exporter(format_name, ExportOptions())
    except EngineUnavailable:
        told = QCoreApplication.translate(
            "ExportFormats", "needs {package}; run: python -m pip install '.[export]'"
        )
        return told.format(package=EXPORTERS[format_name].package)
    return ""
