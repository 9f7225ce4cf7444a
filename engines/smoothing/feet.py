"""Which feet stand, and how far each must be moved to stay where it stands."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.errors import ConfigError

_FAST_SWING_M_S: Final = 1.2
"""A swinging foot counts as no faster than this: a kick says nothing about the other foot."""
_SLOWER_THAN_SWING, _FASTER_THAN_SWING = 0.6, 1.0
"""Shares of the other foot's speed below which a foot begins to stand, and above which it is under way."""
_GIVE_M: Final = 0.008
"""A standing foot that tilts may sink so deep, less the soles' margin of 4 mm, before it is raised at once."""


@dataclass(frozen=True, slots=True)
class GroundOptions:
    """When a foot counts as standing, and how it is held."""

    locks_feet: bool = True
    """Standing feet are held in place and nobody sinks into the floor."""
    lock_below_m_s: float = 0.4
    """A foot slower than this can begin to stand."""
    release_above_m_s: float = 0.6
    """A standing foot that is faster than this is under way."""
    lock_below_m: float = 0.06
    """A sole nearer to the floor than this can begin to stand."""
    release_above_m: float = 0.1
    """A standing foot whose sole is seen higher than this is under way."""
    blend_s: float = 0.2
    """Time in which a correction comes and goes."""
    slip_m_s: float = 0.05
    """A held foot gives way to what is seen by this much in all, so that errors do not pile up..."""
    settle_m_s: float = 0.033
    """...of which up to so much is down or up to the floor."""
    farthest_m: float = 0.16
    """A foot seen further than this from where it is held is let go."""
    min_confidence: float = 0.3
    """A foot below this confidence does not stand."""

    def __post_init__(self) -> None:
        """Refuse values without a meaning."""
        for name in (
            "lock_below_m_s", "lock_below_m", "blend_s", "slip_m_s", "settle_m_s", "farthest_m",
        ):  # fmt: skip
            if not getattr(self, name) >= 0:
                raise ConfigError(
                    f"smoothing.ground {name} is {getattr(self, name)}; use 0 or more"
                )


class Foot:
    """One foot over time."""

    def __init__(self, options: GroundOptions) -> None:
        self._options = options
        self._held: NDArray[np.float64] | None = None
        self._left_s = math.inf
        self._start = np.zeros(3)
        self._height_m = 0.0
        self.correction: NDArray[np.float64] = np.zeros(3)
        """How far (3,) the foot is to be moved from where it is seen to stay where it stands, metres, world."""
        self.displacement: NDArray[np.float64] = np.zeros(3)
        """How far (3,) the foot is moved in the end."""
        self.weight = 0.0
        """How much the foot says about the place of the body: 1 while it stands, fading in and out."""
        self._start_weight = 0.0

    @property
    def stands(self) -> bool:
        """The foot is held."""
        return self._held is not None

    @property
    def give_m(self) -> float:
        """How far the sole may be below the floor."""
        return _GIVE_M if self._held is not None else (1 - self._blend) * _GIVE_M

    def step(
        self,
        toes: Float64[np.ndarray, "3"],
        sole_m: float,
        *,
        speed_m_s: float,
        other_m_s: float,
        is_sure: bool,
        dt_s: float,
    ) -> None:
        """Take in where the foot is seen, and set `correction`.

        Args:
            toes: Place of the foot joint in the world, floor at y = 0.
            sole_m: Height of the lowest point of the sole.
            speed_m_s: How fast the foot seems to be.
            other_m_s: How fast the other foot seems to be: while that swings, this one stands if it is much slower.
            is_sure: The foot is seen well enough to stand.
            dt_s: Time since the last step, above 0.
        """
        options = self._options
        swing = min(other_m_s, _FAST_SWING_M_S)
        if self._held is not None:
            away = math.hypot(*(self._held - toes)[[0, 2]])
            slow = speed_m_s <= max(options.release_above_m_s, _FASTER_THAN_SWING * swing)
            low = sole_m <= options.release_above_m and away <= options.farthest_m
            if not (is_sure and slow and low):
                self._let_go()
            self._correct(toes, sole_m, dt_s)
            return
        slow = speed_m_s < max(options.lock_below_m_s, _SLOWER_THAN_SWING * swing)
        if is_sure and slow and sole_m < options.lock_below_m:
            self._held = toes + self.displacement
            self._begin(self.displacement)
        self._correct(toes, sole_m, dt_s)

    def follow(self, body: NDArray[np.float64]) -> None:
        """Set `displacement`: a foot that does not stand goes with the body (3,)."""
        own = 1.0 if self._held is not None else 1 - self._blend
        self.displacement = self.correction + (1 - own) * body

    @property
    def _blend(self) -> float:
        t = min(self._left_s / max(self._options.blend_s, 1e-6), 1.0)
        return t * t * (3 - 2 * t)

    def _begin(self, start: NDArray[np.float64]) -> None:
        self._left_s, self._start, self._start_weight = 0.0, start, self.weight

    def _let_go(self) -> None:
        self._held = None
        self._begin(self.correction)

    def _correct(self, toes: NDArray[np.float64], sole_m: float, dt_s: float) -> None:
        """Let the correction fade, or hold the foot, which comes to the floor from where it was caught."""
        self._left_s += dt_s
        blend = self._blend
        if self._held is None:
            self.correction = (1 - blend) * self._start
            self.weight = (1 - blend) * self._start_weight
            self._height_m = float(toes[1]) + max(float(self.correction[1]), -sole_m - self.give_m)
            return
        self.weight = self._start_weight + blend * (1 - self._start_weight)
        options = self._options
        up = float(toes[1]) - sole_m - self._height_m  # to where the sole is on the floor
        settle = min(max(up, -options.settle_m_s * dt_s), options.settle_m_s * dt_s)
        slip = math.sqrt(max((options.slip_m_s * dt_s) ** 2 - settle**2, 0.0))
        self._height_m += max(settle, up - _GIVE_M)
        back = toes - self._held
        back[1] = 0.0
        self._held = self._held + back * min(1.0, slip / max(float(np.linalg.norm(back)), 1e-9))
        self.correction = self._held - toes
        self.correction[1] = self._height_m - toes[1]
