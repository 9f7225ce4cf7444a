"""From the window's settings to those of a session. No Qt here."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from app.config import AppConfig
from app.paths import takes_folder
from app.pipeline.controls import Controls
from app.session import SessionPlan
from app.viewer.settings import TrackingSettings, WindowSettings
from engines.body.parts import ALL_PARTS
from engines.types import PartStrengths

_IN_TURN: Final = {"auto": None, "yes": True, "no": False}


def plan_for(settings: WindowSettings) -> SessionPlan:
    """Return the session that the settings ask for: the newest picture wins, files play at their own speed."""
    return SessionPlan(
        source=settings.source.spec,
        engine=settings.engine.name,
        device=settings.engine.device,
        realtime=True,
        profile=settings.engine.profile,
    )


def config_for(settings: WindowSettings, base: AppConfig) -> AppConfig:
    """Return `base` with what the window sets. Raises `ConfigError`."""
    source = settings.source
    capture = replace(
        base.capture,
        width_px=source.width_px,
        height_px=source.height_px,
        fps_hz=source.fps_hz,
        fourcc=source.fourcc,
        rotate_deg=source.rotate_deg,
        loop=source.loop,
    )
    detect = replace(
        base.detect,
        hands=settings.engine.hands,
        face=settings.engine.face,
        hands_in_turn=_IN_TURN[settings.engine.hands_in_turn],
    )
    folder = settings.engine.expose_folder or base.expose.checkpoint
    expose = replace(base.expose, checkpoint=folder)
    return replace(base, capture=capture, detect=detect, expose=expose)


def controls_for(tracking: TrackingSettings, *, is_frozen: bool = False) -> Controls:
    """Return the live controls."""
    return Controls(
        part_strengths=PartStrengths(
            body=tracking.body_smoothing,
            hands=tracking.hands_smoothing,
            face=tracking.face_smoothing,
            root=tracking.root_smoothing,
        ),
        mirror_motion=tracking.mirror_motion,
        parts=frozenset(part for part in ALL_PARTS if getattr(tracking, part)),
        upper_body=tracking.upper_body,
        frozen=is_frozen,
    )


def needs_restart(old: WindowSettings, new: WindowSettings) -> bool:
    """Whether a running session has to be built anew for the new settings."""
    return (old.source, old.engine) != (new.source, new.engine)


def needs_new_recorder(old: WindowSettings, new: WindowSettings) -> bool:
    """Whether the recorder has to be made anew."""
    return (
        takes_folder_of(old) != takes_folder_of(new)
        or old.recording.pre_roll_s != new.recording.pre_roll_s
    )


def takes_folder_of(settings: WindowSettings) -> Path:
    """Return the folder of takes."""
    folder = settings.recording.folder
    return Path(folder).expanduser() if folder else takes_folder()
