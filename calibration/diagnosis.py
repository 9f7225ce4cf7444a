"""Says why a board was not found: wrong dictionary, colours exchanged, another size, or nothing there at all."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from jaxtyping import UInt8
from numpy.typing import NDArray

from calibration.board import DICTIONARIES, BoardSpec

_FAMILIES: Final = (
    "DICT_4X4_1000", "DICT_5X5_1000", "DICT_6X6_1000", "DICT_7X7_1000", "DICT_ARUCO_ORIGINAL",
)  # fmt: skip
"""The largest dictionary of each family: it holds the markers of the smaller ones too."""
_LEAST_MARKERS: Final = 3


def why_not_found(spec: BoardSpec, pictures: Sequence[UInt8[np.ndarray, "height width 3"]]) -> str:
    """Return what is wrong and what to do, from some pictures in which the board was not found."""
    other = which_other_board(spec, pictures)
    if other is not None:
        return other
    if spec.kind == "chessboard":
        return (
            f"no chessboard of {spec.columns}x{spec.rows} was seen; show all of it with a white rim, in even light, "
            "and check columns and rows in the board's text"
        )
    return f"no board was seen; hold {_short(spec)} still, in even light and large enough, or check the source"


def which_other_board(
    spec: BoardSpec, pictures: Sequence[UInt8[np.ndarray, "height width 3"]]
) -> str | None:
    """Return how a board that is seen differs from the one that is looked for; None where no markers are seen."""
    grays = [
        np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8) for picture in pictures
    ]
    if spec.kind == "chessboard":
        if any(_markers(gray, family, False) for gray in grays for family in _FAMILIES):
            return "another board was seen, with markers: its text begins with charuco:"
        return None
    seen = _most_markers(grays)
    if seen is None:
        return None
    family, inverted = seen
    if family[:8] != spec.dictionary[:8]:
        return (
            f"another board was seen: its markers are of {family[:8]}…, not {spec.dictionary}; check "
            "the board's text"
        )
    if inverted != spec.inverted:
        word = "add ':inverted' to" if inverted else "take ':inverted' from"
        return f"the board was seen with black and white exchanged; {word} the board's text"
    return (
        f"markers were seen, but not in the order of {_short(spec)}; check columns, rows, dictionary size and "
        "'legacy' in the board's text"
    )


def _short(spec: BoardSpec) -> str:
    return f"a {spec.columns}x{spec.rows} board of {spec.dictionary or 'black and white squares'}"


def _most_markers(grays: Sequence[NDArray[np.uint8]]) -> tuple[str, bool] | None:
    found = {
        (family, inverted): max((_markers(gray, family, inverted) for gray in grays), default=0)
        for family in _FAMILIES
        for inverted in (False, True)
    }
    best = max(found, key=lambda key: found[key])
    return best if found[best] >= _LEAST_MARKERS else None


def _markers(gray: NDArray[np.uint8], family: str, inverted: bool) -> int:
    """Return how many markers of a family are in a picture or in its mirror image."""
    dictionary = cv2.aruco.getPredefinedDictionary(DICTIONARIES[family])
    detector = cv2.aruco.ArucoDetector(dictionary)
    picture = cv2.bitwise_not(gray) if inverted else gray
    counts = []
    for each in (picture, np.ascontiguousarray(picture[:, ::-1])):
        _, ids, _ = detector.detectMarkers(each)
        counts.append(0 if ids is None else len(ids))
    most = max(counts)
    return most if most >= _LEAST_MARKERS else 0
