"""Settings of every source."""

from dataclasses import dataclass
from typing import Literal

from engines.errors import ConfigError
from engines.types import Camera

Backend = Literal["auto", "v4l2", "msmf", "dshow", "avfoundation"]
"""Ways to reach a camera. `auto` is V4L2 on Linux, Media Foundation on Windows, AVFoundation on macOS."""


@dataclass(frozen=True, slots=True)
class CaptureOptions:
    """How pictures are taken and handed out."""

    width_px: int = 1280
    """Picture width asked of a camera; it may give another."""
    height_px: int = 720
    """Picture height asked of a camera; it may give another."""
    fps_hz: float = 30.0
    """Frame rate asked of a camera; it may give another."""
    fourcc: str = "MJPG"
    """Pixel format asked of a camera, four letters; empty for its own choice; most give 720p at 30 fps only as MJPG."""
    backend: Backend = "auto"
    """How a camera is reached; on Windows try dshow where the default is slow or fails."""
    rotate_deg: Literal[0, 90, 180, 270] = 0
    """Turns every picture clockwise, for a camera that is mounted on its side."""
    open_timeout_s: float = 10.0
    """How long a camera or stream may take to give its first picture."""
    read_timeout_s: float = 2.0
    """After this long without a picture a camera or stream counts as lost and is opened again."""
    freeze_timeout_s: float = 2.0
    """After this long with the very same picture a camera is opened again, once; 0 for never."""
    retry_first_s: float = 0.5
    """Pause before the first attempt to open a lost camera or stream again; it doubles with each attempt."""
    retry_longest_s: float = 5.0
    """Longest pause between two attempts."""
    realtime: bool = False
    """Plays files at their own speed and drops what comes late, as a camera would."""
    loop: bool = False
    """Begins files anew at their end."""
    picture_rate_hz: float = 30.0
    """Frame rate given to a folder of pictures."""
    camera: Camera | None = None
    """The measured camera, for pictures turned by `rotate_deg`; rescaled to the actual picture size."""

    def __post_init__(self) -> None:
        """Refuse values without a meaning."""
        for name in (
            "width_px",
            "height_px",
            "fps_hz",
            "open_timeout_s",
            "read_timeout_s",
            "retry_first_s",
            "retry_longest_s",
            "picture_rate_hz",
        ):
            value = getattr(self, name)
            if not value > 0:
                raise ConfigError(f"capture {name} is {value}; use more than 0")
        if not self.freeze_timeout_s >= 0:
            raise ConfigError(f"capture freeze_timeout_s is {self.freeze_timeout_s}; use 0 or more")
        if self.rotate_deg not in (0, 90, 180, 270):
            raise ConfigError(f"capture rotate_deg is {self.rotate_deg}; use 0, 90, 180 or 270")
        if len(self.fourcc) not in (0, 4):
            raise ConfigError(
                f"capture fourcc is {self.fourcc!r}; use four letters such as MJPG, or none"
            )
