"""Why a measurement has its mark, in the window's language: `calibration` writes it in English, with numbers in it."""

import re
from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

_CONTEXT: Final = "CalibrationReason"
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")

REASONS: Final = (
    QT_TRANSLATE_NOOP("CalibrationReason", "corners {0} px off, focal length known to {1} %"),
    QT_TRANSLATE_NOOP("CalibrationReason", "guessed, known to about {0} %; measure it with a board"),
    QT_TRANSLATE_NOOP("CalibrationReason",
                      "the board is seen mirrored: right if it was its back; otherwise the camera mirrors its "
                      "pictures: switch that off in its settings and measure again"),
    QT_TRANSLATE_NOOP("CalibrationReason", "focal length known to {0} % only; tilt the board more"),
    QT_TRANSLATE_NOOP("CalibrationReason",
                      "middle of the lens known to {0} px only; turn the board and show it in all corners"),
    QT_TRANSLATE_NOOP("CalibrationReason", "corners {0} px off; use a stiff board and hold it still"),
    QT_TRANSLATE_NOOP("CalibrationReason", "board seen well, pitch known to {0} degrees"),
    QT_TRANSLATE_NOOP("CalibrationReason", "pitch known to {0} degrees only; use a larger board or bring it nearer"),
    QT_TRANSLATE_NOOP("CalibrationReason", "corners {0} px off; measure the camera first, and lay the board flat"),
    QT_TRANSLATE_NOOP("CalibrationReason", "height given, all limbs, lean and face measured"),
    QT_TRANSLATE_NOOP("CalibrationReason", "height estimated to {0} %; tell the height"),
    QT_TRANSLATE_NOOP("CalibrationReason", "{0} of {1} limbs measured; stand upright, face the camera, arms out"),
    QT_TRANSLATE_NOOP("CalibrationReason", "lean unknown without a floor; measure the floor first"),
    QT_TRANSLATE_NOOP("CalibrationReason", "face not seen; come nearer for the face"),
    QT_TRANSLATE_NOOP("CalibrationReason",
                      "lean not measured, the floor's pitch is too uncertain; measure the floor with a board "
                      "or a walk"),
    QT_TRANSLATE_NOOP("CalibrationReason", "lean not measured; stand straight with straight knees"),
    QT_TRANSLATE_NOOP("CalibrationReason", "{0} upright pictures, pitch known to {1} degrees"),
    QT_TRANSLATE_NOOP("CalibrationReason", "pitch known to {0} degrees only; walk towards the camera and back"),
    QT_TRANSLATE_NOOP("CalibrationReason", "heights are known to {0} % only; give the height of the person"),
    QT_TRANSLATE_NOOP("CalibrationReason",
                      "pitch known to {0} degrees only; walk towards the camera and back, or lay a board on "
                      "the floor"),
    QT_TRANSLATE_NOOP("CalibrationReason",
                      "camera height known to {0} % only; walk longer, from far to near, or lay a board on the "
                      "floor"),
    QT_TRANSLATE_NOOP("CalibrationReason", "floor known to {0} mm only; lay a board on the floor"),
    QT_TRANSLATE_NOOP("CalibrationReason",
                      "lean was measured on the floor before; measure the performer once more"),
)  # fmt: skip
"""All reasons there are, with numbers left open, for the translators."""


def reason_text(reason: str) -> str:
    """Return a reason in the window's language; one that no translator knows stays as it is."""
    pattern, numbers = opened(reason)
    if pattern not in REASONS:
        return reason
    return str(QCoreApplication.translate(_CONTEXT, pattern)).format(*numbers)


def opened(reason: str) -> tuple[str, list[str]]:
    """Return a reason with {0}, {1} … in place of its numbers, and the numbers."""
    numbers = _NUMBER.findall(reason)
    places = iter(range(len(numbers)))
    return _NUMBER.sub(lambda _number: f"{{{next(places)}}}", reason), numbers
