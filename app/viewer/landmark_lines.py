"""Which landmarks are joined by lines when they are drawn. The numbers are MediaPipe's."""

from typing import Final

Chain = tuple[int, ...]
"""Landmarks joined one after another."""

BODY_MIDDLE: Final[tuple[Chain, ...]] = ((11, 12), (23, 24))
"""Shoulders and hips."""
BODY_LEFT: Final[tuple[Chain, ...]] = ((23, 11, 13, 15), (23, 25, 27, 29, 31, 27))
"""Trunk, arm and leg of the person's left."""
BODY_RIGHT: Final[tuple[Chain, ...]] = ((24, 12, 14, 16), (24, 26, 28, 30, 32, 28))
"""The same of the right."""
ROUGH_LEFT_HAND: Final[tuple[Chain, ...]] = ((15, 17, 19, 15), (15, 21))
"""The hand as the body's landmarks have it, where no hand landmarks are known."""
ROUGH_RIGHT_HAND: Final[tuple[Chain, ...]] = ((16, 18, 20, 16), (16, 22))
"""The same of the right."""
ROUGH_FACE: Final[tuple[Chain, ...]] = ((8, 6, 5, 4, 0, 1, 2, 3, 7), (9, 10))
"""The face as the body's landmarks have it: ears, eyes, nose; mouth."""

HAND: Final[tuple[Chain, ...]] = (
    (0, 1, 2, 3, 4),
    (0, 5, 6, 7, 8),
    (5, 9, 10, 11, 12),
    (9, 13, 14, 15, 16),
    (13, 17, 18, 19, 20),
    (0, 17),
)
"""Fingers from the thumb on, and the palm."""

FACE: Final[tuple[Chain, ...]] = (
    (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
     150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109, 10),
    (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185, 61),
    (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191, 78),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466, 263),
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246, 33),
    (276, 283, 282, 295, 285),
    (300, 293, 334, 296, 336),
    (46, 53, 52, 65, 55),
    (70, 63, 105, 66, 107),
)  # fmt: skip
"""Outline of the face, lips, eyes and brows of the face mesh."""
