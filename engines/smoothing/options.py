"""Settings of the smoothing, for each part of the body and face."""

import math
from dataclasses import dataclass
from typing import Final, Literal

from engines.errors import ConfigError
from engines.types import SmoothedPart

Signal = Literal[
    "body", "wrists", "fingers", "face", "eyes", "blinks", "root_direction", "root_depth"
]
"""The kinds of signals with settings of their own; the names of the fields of `SmoothingOptions`."""

TYPICAL_SPEED: Final[dict[Signal, float]] = {
    "body": 1.0,
    "wrists": 1.5,
    "fingers": 1.0,
    "face": 1.5,
    "eyes": 0.5,
    "blinks": 5.0,
    "root_direction": 0.1,
    "root_depth": 0.3,
}
"""How fast each kind of signal is when somebody gestures, walks and talks, in its unit per second: rad/s, 1/s, m/s."""

_SIGNALS_OF_PART: Final[dict[SmoothedPart, tuple[Signal, ...]]] = {
    "body": ("body",),
    "hands": ("wrists", "fingers"),
    "face": ("face", "eyes", "blinks"),
    "root": ("root_direction", "root_depth"),
}


@dataclass(frozen=True, slots=True)
class OneEuroSettings:
    """How strongly one kind of signal is smoothed."""

    min_cutoff_hz: float
    """Cut-off frequency at rest: lower is steadier and later."""
    beta: float
    """Growth of the cut-off with speed, in Hz for one unit of the signal per second: higher is quicker in motion."""
    derivative_cutoff_hz: float = 2.0
    """Cut-off frequency of the speed itself."""

    def __post_init__(self) -> None:
        """Refuse settings that would stop or invert the filter."""
        for name in ("min_cutoff_hz", "derivative_cutoff_hz"):
            value = getattr(self, name)
            if not (value > 0 and math.isfinite(value)):
                raise ConfigError(f"smoothing {name} is {value}; use a number of Hz above 0")
        if not (self.beta >= 0 and math.isfinite(self.beta)):
            raise ConfigError(f"smoothing beta is {self.beta}; use 0 or more")

    def delay_ms(self, speed: float, strength: float = 1.0) -> float:
        """Return the delay at a speed per second: the time constant 1 / (2 pi f) of a first-order low-pass."""
        return 1e3 * strength / (2 * math.pi * (self.min_cutoff_hz + self.beta * speed))


@dataclass(frozen=True, slots=True)
class SmoothingOptions:
    """How steady a person is made, and what is done about parts out of view."""

    strength: float = 1.0
    """Scale of all smoothing: 0 for none, 2 for half of every cut-off frequency."""
    body: OneEuroSettings = OneEuroSettings(2.0, 6.0)
    """Pelvis, spine, head, arms and legs; beta in Hz per rad/s."""
    wrists: OneEuroSettings = OneEuroSettings(1.5, 4.0)
    """Wrists; beta in Hz per rad/s."""
    fingers: OneEuroSettings = OneEuroSettings(1.5, 2.0)
    """Fingers; beta in Hz per rad/s."""
    face: OneEuroSettings = OneEuroSettings(4.0, 4.0)
    """Jaw (Hz per rad/s), expression and mouth, cheek and brow blendshapes (Hz per 1/s): speech has 5 to 8 Hz."""
    eyes: OneEuroSettings = OneEuroSettings(2.0, 2.0)
    """Gaze: eye rotations (Hz per rad/s) and eyeLook blendshapes (Hz per 1/s)."""
    blinks: OneEuroSettings = OneEuroSettings(10.0, 10.0)
    """Eyelids: eyeBlink, eyeSquint and eyeWide blendshapes; a blink lasts 0.1 to 0.3 s."""
    root_direction: OneEuroSettings = OneEuroSettings(1.5, 20.0)
    """Where the camera sees the pelvis: x/z and y/z; beta in Hz per 1/s."""
    root_depth: OneEuroSettings = OneEuroSettings(0.7, 1.0)
    """Distance of the pelvis from the camera, its least certain coordinate; beta in Hz per m/s."""
    min_confidence: float = 0.1
    """A joint below this confidence counts as not seen."""
    hold_s: float = 0.5
    """How long a part that is not seen keeps its pose."""
    ease_s: float = 1.0
    """How long it then takes to come to rest."""
    drop_after_s: float = 2.5
    """A person not seen for this long is given up."""
    max_gap_s: float = 0.3
    """After a longer pause between two frames everything begins anew."""

    def __post_init__(self) -> None:
        """Refuse values without a meaning."""
        for name in ("strength", "min_confidence", "hold_s", "ease_s", "drop_after_s", "max_gap_s"):
            value = getattr(self, name)
            if not value >= 0:
                raise ConfigError(f"smoothing {name} is {value}; use 0 or more")

    def added_delay_ms(self, part: SmoothedPart, strength: float = 1.0) -> float:
        """Return the delay that smoothing with a strength adds to the slowest signal of a part, at typical motion."""
        return max(
            getattr(self, signal).delay_ms(TYPICAL_SPEED[signal], strength)
            for signal in _SIGNALS_OF_PART[part]
        )
