"""What the window remembers: plain records, written as TOML. No Qt here."""

from dataclasses import dataclass, field
from typing import Final, Literal

from app.pipeline.controls import UpperBodyMode
from engines.catalog import Device

SETTINGS_VERSION: Final = 1
"""Raised when a name changes its meaning; a file of a later version is not read."""

DEFAULT_TARGET: Final = "vmc://127.0.0.1:39539"

BodyView = Literal["mesh", "skeleton", "wireframe", "mesh+skeleton"]
Theme = Literal["dark", "light"]


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Where the pictures come from."""

    spec: str = ""
    """As `create_source` takes it; empty while nothing was chosen."""
    width_px: int = 1280
    """Picture width asked of a camera."""
    height_px: int = 720
    """Picture height asked of a camera."""
    fps_hz: float = 30.0
    """Rate asked of a camera."""
    fourcc: str = "MJPG"
    """Pixel format asked of a camera; empty for its own choice."""
    rotate_deg: Literal[0, 90, 180, 270] = 0
    """Turns every picture clockwise."""
    loop: bool = True
    """Begins files anew at their end."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What computes the body."""

    name: str = "auto"
    """Engine, as in `main.py engines`."""
    device: Device = "auto"
    """Where its networks run."""
    profile: str = ""
    """Calibration profile; empty for none."""
    expose_folder: str = ""
    """Folder of the official ExPose release; empty for the one of the settings file, or none."""
    hands: bool = True
    """Look for the hands."""
    face: bool = True
    """Look for the face."""
    hands_in_turn: Literal["auto", "yes", "no"] = "auto"
    """Look at one of two hands in each picture, in half the time."""


@dataclass(frozen=True, slots=True)
class TrackingSettings:
    """What follows the performer, and how steadily; all of it may change while the camera runs."""

    body: bool = True
    """Pelvis attitude, spine, head, arms, legs."""
    hands: bool = True
    """Wrists and fingers."""
    face: bool = True
    """Expression."""
    eyes: bool = True
    """Gaze and eyelids."""
    jaw: bool = True
    """Jaw."""
    root: bool = True
    """The place on the floor."""
    upper_body: UpperBodyMode = "auto"
    """When the legs rest: for people at a desk."""
    mirror_motion: bool = True
    """The avatar moves like an image in a looking glass."""
    body_smoothing: float = 1.0
    """Scale of the smoothing of the body, 0 for none."""
    hands_smoothing: float = 1.0
    """The same for wrists and fingers."""
    face_smoothing: float = 1.0
    """The same for face and eyes."""
    root_smoothing: float = 1.0
    """The same for the place on the floor."""


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """How things are shown."""

    theme: Theme = "dark"
    """Colours of the window and of the 3D view."""
    language: str = ""
    """`en`, `ja`; empty for the system's."""
    mirror_picture: bool = True
    """The camera's picture is shown as in a looking glass; recordings are not mirrored."""
    show_box: bool = False
    """Draw the person's box over the picture."""
    show_landmarks: bool = True
    """Draw the 2D landmarks over the picture."""
    show_crops: bool = False
    """Draw the hand and face regions over the picture."""
    show_body: bool = False
    """Draw the body over the picture."""
    body_view: BodyView = "mesh"
    """How the 3D view draws the body."""
    show_3d: bool = True
    """Show the 3D view; hidden, it costs nothing."""


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    """How takes are recorded."""

    folder: str = ""
    """Folder of takes; empty for the one in the user's documents."""
    name: str = ""
    """The user's name for takes."""
    countdown_s: int = 3
    """Seconds between the button and the first frame."""
    pre_roll_s: int = 20
    """Seconds kept in memory, for "save the last seconds"."""
    stop_after_s: int = 0
    """Ends a take by itself; 0 for never."""
    camera_video: bool = False
    """Record the camera's pictures beside the take: only when asked for."""


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """One receiver."""

    text: str = DEFAULT_TARGET
    """As `create_sink` takes it."""
    is_on: bool = False
    """Send to it."""


@dataclass(frozen=True, slots=True)
class CalibrationSettings:
    """How camera, floor and performer are measured."""

    board: str = ""
    """The board, as `parse_board` takes it; empty for the usual one."""
    stature_m: float = 0.0
    """Height of the performer; 0 while they did not say."""
    sound: bool = True
    """Beep at what is to be done."""
    speech: bool = False
    """Speak it too, where this computer can."""
    large_cues: bool = True
    """Show what is to be done in a window of its own, to be read from afar."""


@dataclass(frozen=True, slots=True)
class HotkeySettings:
    """Keys of the window's actions, in Qt's words; empty for none."""

    start_stop: str = "F5"
    """Start or stop the camera."""
    freeze: str = "F6"
    """Hold the pose."""
    recentre: str = "F8"
    """Take the present place as the origin."""
    record: str = "F9"
    """Start or stop a take."""
    save_last: str = "F10"
    """Save the last seconds."""
    mark: str = "Ctrl+M"
    """Mark this moment in the take."""
    mirror_motion: str = "Ctrl+I"
    """Mirror the motion or not."""


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """All of it."""

    version: int = SETTINGS_VERSION
    """Version of the file's form."""
    first_run_done: bool = False
    """The first steps were taken, or skipped."""
    source: SourceSettings = field(default_factory=SourceSettings)
    engine: EngineSettings = field(default_factory=EngineSettings)
    tracking: TrackingSettings = field(default_factory=TrackingSettings)
    view: ViewSettings = field(default_factory=ViewSettings)
    recording: RecordingSettings = field(default_factory=RecordingSettings)
    targets: tuple[TargetSettings, ...] = (TargetSettings(),)
    """The table of receivers, each text once."""
    calibration: CalibrationSettings = field(default_factory=CalibrationSettings)
    hotkeys: HotkeySettings = field(default_factory=HotkeySettings)
    layout: str = ""
    """Places of the docks, as Qt gives them, in base64."""
    geometry: str = ""
    """Place of the window, the same way."""
