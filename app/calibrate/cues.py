"""What a performer is told, and when: a countdown with sound, and poses to take."""

import shutil
import subprocess
import sys
import wave
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from app.paths import cache_folder

_RATE_HZ: Final = 22050
_TONE_S: Final = 0.14
_FADE_S: Final = 0.01
_LOW_HZ, _HIGH_HZ = 660, 990
_COUNT: Final = 3
_PLAYERS: Final = ("paplay", "pw-play", "aplay", "afplay")
"""The first is heard with PulseAudio and with PipeWire, which may be there without having the sound."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Something to say at some time."""

    at_s: float
    """When, from the first picture on."""
    text: str
    """What to do."""
    tone_hz: int
    """Height of the beep that goes with it."""
    is_measured: bool = True
    """Pictures from here on count."""
    count: int = 0
    """3, 2, 1 in a countdown; 0 for what is to be done."""


def countdown(*poses: tuple[float, str]) -> tuple[tuple[Cue, ...], float]:
    """Return 3-2-1 and the cues of some poses, each held for so many seconds; and when all is over."""
    cues = [
        Cue(float(_COUNT - k), f"{k} …", _LOW_HZ, is_measured=False, count=k)
        for k in range(_COUNT, 0, -1)
    ]
    at_s = float(_COUNT)
    for seconds, text in poses:
        cues.append(pose_cue(at_s, text))
        at_s += seconds
    return tuple(cues), at_s


def pose_cue(at_s: float, text: str) -> Cue:
    """Return the cue of a pose that is taken from some time on."""
    return Cue(at_s, text, _HIGH_HZ)


PERFORMER_POSES: Final = (
    (4.0, "stand straight, arms hanging, face the camera, face at rest"),
    (4.0, "arms out to the sides, palms down"),
    (3.0, "open your mouth wide and close it, twice"),
    (3.0, "close both eyes firmly, and open them, twice"),
    (4.0, "raise both hands beside your face; open them wide, make fists, twice"),
)
"""Seconds, and what to do in them."""

_LAP: Final = (
    (4.0, "walk slowly towards the camera, head and feet in the picture"),
    (2.0, "stop, stand straight"),
    (4.0, "turn and walk slowly back"),
    (2.0, "stop with your back to the camera, stand straight"),
)

FLOOR_WALK: Final = ((3.0, "stand straight, face the camera"), *_LAP, *_LAP)
"""The same for the floor."""

FLOOR_ONCE_MORE: Final = ((2.0, "not sure enough yet, once more"), *_LAP)
"""The same where the walk left the floor too uncertain."""

CAMERA_STAND: Final = (
    (4.0, "stand straight, arms hanging, face the camera, head and feet in the picture"),
)
"""The same for a guess of the camera."""


def beep(tone_hz: int) -> bool:
    """Play a short tone without waiting for its end; return False where this computer has nothing to play it with."""
    path = _tone_file(tone_hz)
    if sys.platform == "win32":
        import winsound

        winsound.PlaySound(str(path), winsound.SND_FILENAME | winsound.SND_ASYNC)
        return True
    player = next((found for name in _PLAYERS if (found := shutil.which(name))), None)
    if player is None:
        return False
    _reap()
    quiet = subprocess.DEVNULL
    _playing.append(subprocess.Popen([player, str(path)], stdin=quiet, stdout=quiet, stderr=quiet))
    return True


_playing: list["subprocess.Popen[bytes]"] = []


def _reap() -> None:
    """Forget players that have ended."""
    _playing[:] = [player for player in _playing if player.poll() is None]


@cache
def _tone_file(tone_hz: int) -> Path:
    path = cache_folder() / f"tone-{tone_hz}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    time_s = np.arange(int(_RATE_HZ * _TONE_S)) / _RATE_HZ
    fade = np.clip(np.minimum(time_s, _TONE_S - time_s) / _FADE_S, 0, 1)
    samples = (0.3 * 32767 * fade * np.sin(2 * np.pi * tone_hz * time_s)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        file.writeframes(samples.tobytes())
    return path
