"""How often the window may draw: when the machine is short, the preview slows first. No Qt here."""

from typing import Final

FASTEST_HZ: Final = 60.0
COMFORTABLE_HZ: Final = 12.0
"""Slowest while the engine gives as many bodies as anybody needs, although the camera gives more pictures."""
SLOWEST_HZ: Final = 4.0
_ENOUGH_FPS: Final = 27.0
_SHORT_SHARE: Final = 0.03
"""Share of frames lost above which the machine counts as short."""
_SLOWER: Final = 0.6
_FASTER: Final = 1.25


class PreviewPace:
    """Decides which packets are drawn. Told of lost frames twice a second; asked for each packet."""

    def __init__(self, fastest_hz: float = FASTEST_HZ) -> None:
        """Draw at most `fastest_hz` times a second, ever."""
        self._fastest_hz = fastest_hz
        self._rate_hz = fastest_hz
        self._due_s = 0.0
        self._seen = (0, 0)

    @property
    def rate_hz(self) -> float:
        """Pictures a second that are drawn at most."""
        return self._rate_hz

    def limit(self, fastest_hz: float) -> None:
        """Set another highest rate: software OpenGL needs the cores that the engine needs."""
        self._fastest_hz = fastest_hz
        self._rate_hz = min(self._rate_hz, fastest_hz)

    def restart(self) -> None:
        """Begin anew with another session."""
        self._seen = (0, 0)
        self._rate_hz = self._fastest_hz

    def note(self, published: int, dropped: int, fps: float) -> None:
        """Take in how many frames were published and lost since the session began, and how many a second it is now."""
        before_published, before_dropped = self._seen
        self._seen = (published, dropped)
        lost = dropped - before_dropped
        total = lost + published - before_published
        if total <= 0:
            return
        if lost / total > _SHORT_SHARE:
            slowest_hz = COMFORTABLE_HZ if fps >= _ENOUGH_FPS else SLOWEST_HZ
            self._rate_hz = min(self._fastest_hz, max(slowest_hz, self._rate_hz * _SLOWER))
        else:
            self._rate_hz = min(self._fastest_hz, self._rate_hz * _FASTER)

    def is_due(self, now_s: float) -> bool:
        """Whether to draw now; counts as drawn if so."""
        if now_s < self._due_s:
            return False
        period_s = 1 / self._rate_hz
        is_far_behind = now_s >= self._due_s + period_s
        self._due_s = (now_s if is_far_behind else self._due_s) + period_s
        return True
