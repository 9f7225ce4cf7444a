"""What a person can choose as a source, in the window's words. No Qt here."""

import mimetypes
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

from app.capture.camera_info import CameraInfo, find_camera
from app.capture.catalog import SOURCE_KINDS
from app.capture.images import PICTURE_SUFFIXES
from app.paths import DEMO_CLIP
from app.viewer.settings import SourceSettings
from engines.errors import SourceNotFound

Kind = Literal["none", "camera", "video", "pictures", "address", "synthetic", "demo"]
"""How the window groups the sources."""

CAMERA_PREFIX: Final = "camera:"
SYNTHETIC_PREFIX: Final = "synthetic:"
DEMO: Final = str(DEMO_CLIP)
"""The demo clip as a source."""

_KINDS: Final[dict[str, Kind]] = {
    "camera": "camera",
    "synthetic": "synthetic",
    "stream": "address",
    "pictures": "pictures",
    "picture": "pictures",
    "video": "video",
}
_SYSFS: Final = "/sys/"


def kind_of(spec: str) -> Kind:
    """Return what kind of source a text names; a file that is not there counts as a video."""
    if not spec:
        return "none"
    if spec == DEMO:
        return "demo"
    named = next((kind.name for kind in SOURCE_KINDS if kind.accepts(spec)), "video")
    return _KINDS[named]


def camera_spec(camera: CameraInfo, cameras: Sequence[CameraInfo]) -> str:
    """Return the text that names one of these cameras, and names it still after it was plugged in anew if possible."""
    for selector in (camera.name, camera.path):
        if selector and _finds(selector, camera, cameras):
            return CAMERA_PREFIX + selector
    return f"{CAMERA_PREFIX}{camera.index}"


def camera_of(spec: str, cameras: Sequence[CameraInfo]) -> CameraInfo | None:
    """Return the camera that a text names; None where it is no camera, not plugged in, or not clear which."""
    if kind_of(spec) != "camera":
        return None
    try:
        return find_camera(spec.removeprefix(CAMERA_PREFIX), cameras)
    except SourceNotFound:
        return None


def camera_label(camera: CameraInfo, cameras: Sequence[CameraInfo]) -> str:
    """Return what to call a camera; twins are told apart by their port, first because lists are narrow."""
    has_twin = sum(other.name == camera.name for other in cameras) > 1
    return f"{_port(camera)}: {camera.name}" if has_twin else camera.name


def source_label(spec: str, cameras: Sequence[CameraInfo]) -> str:
    """Return what to call a source: a camera by its name, a file by its own, others as they are written."""
    camera = camera_of(spec, cameras)
    if camera is not None:
        return camera_label(camera, cameras)
    return Path(spec).name if Path(spec).exists() else spec


def with_spec(source: SourceSettings, spec: str) -> SourceSettings:
    """Return the settings for another source: what is drawn by this program cannot be turned."""
    turn = 0 if kind_of(spec) == "synthetic" else source.rotate_deg
    return replace(source, spec=spec, rotate_deg=turn)


def spec_of_path(path: Path) -> str | None:
    """Return the source that a dropped file or folder is; None for what cannot be one."""
    if path.is_dir():
        return str(path) if _has_pictures(path) else None
    kind, _ = mimetypes.guess_type(path.name)
    is_video = kind is not None and kind.startswith("video/")
    return str(path) if is_video or path.suffix.lower() in PICTURE_SUFFIXES else None


def _has_pictures(folder: Path) -> bool:
    try:
        return any(file.suffix.lower() in PICTURE_SUFFIXES for file in folder.iterdir())
    except OSError:  # not ours to read
        return False


def _finds(selector: str, camera: CameraInfo, cameras: Sequence[CameraInfo]) -> bool:
    try:
        return find_camera(selector, cameras) == camera
    except SourceNotFound:
        return False


def _port(camera: CameraInfo) -> str:
    """Return `1-2.4` for a USB port of Linux; elsewhere paths are no help to people, and the number has to do."""
    if camera.path.startswith(_SYSFS):
        return Path(camera.path).name.partition(":")[0]
    return f"{camera.index}"
