"""What the light of a receiver says, from what is known of it. No Qt but for the words."""

from dataclasses import dataclass
from typing import Final, Literal

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from app.sinks.udp import SendStatus
from app.viewer.receivers import ReceiverStatus
from app.viewer.settings import TargetSettings

LightRole = Literal["hint", "good", "warn", "error"]

translate: Final = QCoreApplication.translate
_PARTS: Final = (
    QT_TRANSLATE_NOOP("TargetLight", "T-pose"),
    QT_TRANSLATE_NOOP("TargetLight", "wave with the right hand"),
    QT_TRANSLATE_NOOP("TargetLight", "blink"),
    QT_TRANSLATE_NOOP("TargetLight", "A, I, U, E, O"),
    QT_TRANSLATE_NOOP("TargetLight", "walk in place"),
)
"""The names in `app.sinks.test_pattern.PARTS`, for the translators."""


@dataclass(frozen=True, slots=True)
class Light:
    """Colour and words."""

    role: LightRole
    """Colour by its role: grey, green, amber, red."""
    text: str
    """What is going on, translated."""


class RateOfCount:
    """Turns a count that is looked at now and then into a rate."""

    def __init__(self) -> None:
        self._last: tuple[int, float] | None = None

    def per_second(self, count: int, now_s: float) -> float:
        """Return how fast the count grew since it was last asked; 0 at first, and when it began anew."""
        last, self._last = self._last, (count, now_s)
        if last is None or now_s <= last[1]:
            return 0.0
        return max(0.0, (count - last[0]) / (now_s - last[1]))


def light_of(
    target: TargetSettings, status: ReceiverStatus, rate_hz: float, *, is_running: bool
) -> Light:
    """Return the light of a receiver that the camera's motion is for."""
    if not target.is_on:
        return Light("hint", translate("TargetLight", "off"))
    if status.state == "failed":
        return Light("error", status.problem.removeprefix(f"{target.text}: "))
    if status.state == "off":
        waits = (
            translate("TargetLight", "opening …")
            if is_running
            else translate("TargetLight", "starts with the camera")
        )
        return Light("hint", waits)
    return _sending(status.problem, rate_hz)


def light_of_pattern(part: str, status: SendStatus, rate_hz: float) -> Light:
    """Return the light of a receiver that gets the test pattern."""
    if status.problem:
        return _sending(status.problem, rate_hz)
    name = translate("TargetLight", part) if part else translate("TargetLight", "begins …")
    return Light("good", translate("TargetLight", "test pattern: {part}").format(part=name))


def _sending(problem: str, rate_hz: float) -> Light:
    if problem:
        return Light("warn", _PROBLEMS[problem]() if problem in _PROBLEMS else problem)
    if rate_hz < 0.5:
        return Light("hint", translate("TargetLight", "open; nothing to send at the moment"))
    return Light(
        "good", translate("TargetLight", "sending {rate} packets/s").format(rate=round(rate_hz))
    )


_PROBLEMS: Final = {
    "nobody listens there": lambda: translate(
        "TargetLight", "nobody listens there: start the receiver"
    ),
    "no client is connected": lambda: translate("TargetLight", "waits for a client to connect"),
}
