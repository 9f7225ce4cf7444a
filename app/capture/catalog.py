"""What may be given as a source, and how each is made. The modules behind it are imported on use."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.capture.options import CaptureOptions
from app.pipeline.protocols import Source
from engines.errors import ConfigError, SourceNotFound


@dataclass(frozen=True, slots=True)
class SourceKind:
    """One way to name a source."""

    name: str
    """What kind it is."""
    form: str
    """How it is written, for help texts and error messages."""
    accepts: Callable[[str], bool]
    """Whether a text is of this kind; the first kind in the table that accepts it is taken."""
    create: Callable[[str, CaptureOptions], Source]
    """Makes it, unopened."""


def create_source(spec: str, options: CaptureOptions) -> Source:
    """Return the source that a text names, unopened; recordings are paced and looped as the options ask.

    Raises:
        SourceNotFound: the text names nothing that is there, or is of no known kind.
        ConfigError: the options do not fit the source.
    """
    kind = next((kind for kind in SOURCE_KINDS if kind.accepts(spec)), None)
    if kind is None:
        raise SourceNotFound(_unknown(spec))
    source = kind.create(spec, options)
    if source.is_live:
        return source
    from app.capture.playback import LoopedSource, PacedSource

    if options.loop:
        source = LoopedSource(source)
    return PacedSource(source) if options.realtime else source


def _unknown(spec: str) -> str:
    forms = ", ".join(kind.form for kind in SOURCE_KINDS)
    prefix, colon, rest = spec.partition(":")
    close = difflib.get_close_matches(prefix.lower(), ("camera", "synthetic", *_URL_SCHEMES), n=1)
    if colon and close:
        return f"{spec}: no such source; did you mean {close[0]}:{rest}? A source is {forms}"
    return f"{spec}: no such file or folder; a source is {forms}"


def _is_camera(spec: str) -> bool:
    return spec.isdecimal() or (spec.startswith(("camera:", "/dev/")) and spec != "camera:")


def _is_synthetic(spec: str) -> bool:
    return spec.startswith("synthetic:")


def _is_url(spec: str) -> bool:
    scheme, slashes, rest = spec.partition("://")
    return bool(slashes and rest) and scheme.lower() in _URL_SCHEMES


def _is_folder(spec: str) -> bool:
    return bool(spec) and Path(spec).is_dir()


def _is_picture(spec: str) -> bool:
    from app.capture.images import PICTURE_SUFFIXES

    return Path(spec).is_file() and Path(spec).suffix.lower() in PICTURE_SUFFIXES


def _is_file(spec: str) -> bool:
    return Path(spec).is_file()


def _create_webcam(spec: str, options: CaptureOptions) -> Source:
    from app.capture.webcam import WebcamSource

    return WebcamSource(spec.removeprefix("camera:"), options)


def _create_synthetic(spec: str, options: CaptureOptions) -> Source:
    from app.capture.synthetic import SyntheticOptions, SyntheticSource

    if options.rotate_deg:
        raise ConfigError(f"{spec}: cannot be turned; set capture.rotate_deg to 0")
    size = SyntheticOptions(options.width_px, options.height_px, options.fps_hz)
    return SyntheticSource(spec.removeprefix("synthetic:"), size)


def _create_stream(spec: str, options: CaptureOptions) -> Source:
    from app.capture.stream import StreamSource

    return StreamSource(spec, options)


def _create_pictures(spec: str, options: CaptureOptions) -> Source:
    from app.capture.images import PictureSource

    return PictureSource(Path(spec), options)


def _create_video(spec: str, options: CaptureOptions) -> Source:
    from app.capture.video_file import VideoFile

    return VideoFile(Path(spec), options)


_URL_SCHEMES = ("http", "https", "rtsp", "rtsps", "rtmp", "tcp", "udp", "rtp")

SOURCE_KINDS = (
    SourceKind("camera", "camera:0 or camera:PART-OF-ITS-NAME", _is_camera, _create_webcam),
    SourceKind("synthetic", "synthetic:walk", _is_synthetic, _create_synthetic),
    SourceKind("stream", "an http, rtsp, tcp or udp address", _is_url, _create_stream),
    SourceKind("pictures", "a folder of pictures", _is_folder, _create_pictures),
    SourceKind("picture", "a picture", _is_picture, _create_pictures),
    SourceKind("video", "a video file", _is_file, _create_video),
)
"""Every kind of source. A number or a prefix comes before a file of that name: write './0' for a file called 0."""
