"""Settings of the smoothing, for each part of the body and face."""

import math
from dataclasses import dataclass, field, fields
from typing import Final, Literal

from engines.errors import ConfigError
from engines.smoothing.feet import GroundOptions
from engines.types import SmoothedPart

Signal = Literal[
    "body", "wrists", "fingers", "face", "eyes", "blinks", "root_direction", "root_depth"
]
"""The kinds of signals with settings of their own; the names of the fields of `SmoothingOptions`."""

TYPICAL_SPEED: Final[dict[Signal, float]] = {
    "body": 1.0,
    "wrists": 1.0,
    "fingers": 1.4,
    "face": 1.1,
    "eyes": 0.5,
    "blinks": 6.8,
    "root_direction": 0.1,
    "root_depth": 0.3,
}
"""How fast each kind of signal is when somebody gestures, walks and talks, in its unit per second: rad/s, 1/s, m/s.
Medians over what moves in the synthetic clips."""

_SIGNALS_OF_PART: Final[dict[SmoothedPart, tuple[Signal, ...]]] = {
    "body": ("body",),
    "hands": ("wrists", "fingers"),
    "face": ("face", "eyes", "blinks"),
    "root": ("root_direction", "root_depth"),
}

_LONGEST_PREDICTION_S: Final = 0.06
"""What people do next is not known for longer."""


@dataclass(frozen=True, slots=True)
class OneEuroSettings:
    """How strongly one kind of signal is smoothed."""

    min_cutoff_hz: float
    """Cut-off frequency at rest: lower is steadier and later."""
    beta: float
    """Growth of the cut-off with speed, in Hz for one unit of the signal per second: higher is quicker in motion."""
    derivative_cutoff_hz: float = 2.0
    """Cut-off frequency of the speed itself."""
    still_speed: float = 0.0
    """Speed, in units of the signal per second, that counts as none: the trembling of what a detector sees at rest."""

    def __post_init__(self) -> None:
        """Refuse settings that would stop or invert the filter."""
        for name in ("min_cutoff_hz", "derivative_cutoff_hz"):
            value = getattr(self, name)
            if not (value > 0 and math.isfinite(value)):
                raise ConfigError(f"smoothing {name} is {value}; use a number of Hz above 0")
        for name in ("beta", "still_speed"):
            value = getattr(self, name)
            if not (value >= 0 and math.isfinite(value)):
                raise ConfigError(f"smoothing {name} is {value}; use 0 or more")

    def delay_ms(self, speed: float, strength: float = 1.0) -> float:
        """Return the delay at a speed per second: the time constant 1 / (2 pi f) of a first-order low-pass."""
        cutoff_hz = self.min_cutoff_hz + self.beta * max(speed - self.still_speed, 0)
        return 1e3 * strength / (2 * math.pi * cutoff_hz)


@dataclass(frozen=True, slots=True)
class SmoothingOptions:
    """How steady a person is made, and what is done about parts out of view."""

    strength: float = 1.0
    """Scale of all smoothing: 0 for none, 2 for half of every cut-off frequency."""
    body: OneEuroSettings = OneEuroSettings(0.2, 16.0, 1.0, 0.13)
    """Pelvis, spine, head, arms and legs; beta in Hz per rad/s."""
    wrists: OneEuroSettings = OneEuroSettings(0.2, 20.0, 0.8, 0.15)
    """Wrists; beta in Hz per rad/s."""
    fingers: OneEuroSettings = OneEuroSettings(0.3, 8.0, 0.8, 0.4)
    """Fingers; beta in Hz per rad/s."""
    face: OneEuroSettings = OneEuroSettings(4.0, 4.0)
    """Jaw (Hz per rad/s), expression and mouth, cheek and brow blendshapes (Hz per 1/s): speech has 5 to 8 Hz."""
    eyes: OneEuroSettings = OneEuroSettings(2.0, 2.0)
    """Gaze: eye rotations (Hz per rad/s) and eyeLook blendshapes (Hz per 1/s)."""
    blinks: OneEuroSettings = OneEuroSettings(10.0, 10.0)
    """Eyelids: eyeBlink, eyeSquint and eyeWide blendshapes; a blink lasts 0.1 to 0.3 s."""
    root_direction: OneEuroSettings = OneEuroSettings(0.2, 250.0, 0.8, 0.008)
    """Where the camera sees the pelvis: x/z and y/z; beta in Hz per 1/s."""
    root_depth: OneEuroSettings = OneEuroSettings(0.1, 12.0, 0.5, 0.04)
    """Distance of the pelvis from the camera, its least certain coordinate; beta in Hz per m/s."""
    min_confidence: float = 0.1
    """A joint below this confidence counts as not seen."""
    return_confidence: float = 0.4
    """A joint that is not seen must become surer than this to count as seen."""
    hold_s: float = 0.5
    """How long a part that is not seen keeps its pose."""
    ease_s: float = 1.0
    """How long it then takes to come to rest."""
    return_s: float = 0.3
    """How long a part that is seen again takes to come from rest, at most."""
    predict_s: float = 0.0
    """How far to look ahead, up to 0.06: motion that goes on comes earlier by this, motion that ends overshoots."""
    drop_after_s: float = 2.5
    """A person not seen for this long is given up."""
    max_gap_s: float = 0.3
    """After a longer pause between two frames everything begins anew."""

    ground: GroundOptions = field(default_factory=GroundOptions)
    """When feet stand, and how they are held."""

    def __post_init__(self) -> None:
        """Refuse values without a meaning."""
        for option in fields(self):
            value = getattr(self, option.name)
            if isinstance(value, float | int) and not value >= 0:
                raise ConfigError(f"smoothing {option.name} is {value}; use 0 or more")
        if self.predict_s > _LONGEST_PREDICTION_S:
            raise ConfigError(
                f"smoothing predict_s is {self.predict_s}; use at most {_LONGEST_PREDICTION_S}"
            )

    def added_delay_ms(self, part: SmoothedPart, strength: float = 1.0) -> float:
        """Return the delay that smoothing with a strength adds to the slowest signal of a part, at typical motion."""
        delay_ms = max(
            getattr(self, signal).delay_ms(TYPICAL_SPEED[signal], strength)
            for signal in _SIGNALS_OF_PART[part]
        )
        return delay_ms - (0 if part == "face" else 1e3 * self.predict_s)
