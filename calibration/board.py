"""Calibration boards: how one is described, drawn and found in a picture."""

import difflib
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

import cv2
import numpy as np
from jaxtyping import Float64, Int64, UInt8
from numpy.typing import NDArray

from calibration.reprojection import Points
from engines.errors import ConfigError

DEFAULT_BOARD: Final = "charuco:5x7:DICT_4X4_50:0.036:0.75"
"""Fits on A4 and on US Letter."""

FORMS: Final = (
    "charuco:COLUMNSxROWS:DICTIONARY:SQUARE_M:MARKER_RATIO[:inverted][:legacy] or "
    "chessboard:COLUMNSxROWS:SQUARE_M"
)
"""How a board is written."""

DICTIONARIES: Final = {
    name: int(getattr(cv2.aruco, name))
    for name in sorted(dir(cv2.aruco))
    if name.startswith(("DICT_4X4_", "DICT_5X5_", "DICT_6X6_", "DICT_7X7_", "DICT_ARUCO_ORIGINAL"))
}
"""ArUco dictionaries by name."""

_LEAST_SQUARES: Final = 3
_MOST_SQUARES: Final = 40
_EDGE_QUANTILES: Final = (5, 95)
_STEEPEST: Final = 97.0  # share of the slopes that may be less steep than the edges


@dataclass(frozen=True, slots=True)
class BoardSpec:
    """A flat board with a known pattern."""

    kind: Literal["charuco", "chessboard"]
    """ChArUco boards may be seen in part and tell their sides apart; chessboards must be seen whole."""
    columns: int
    """Squares along x. Of a chessboard the number of inner corners may be given as well: both are looked for."""
    rows: int
    """Squares along y."""
    square_m: float
    """Side of a square, metres. Only the floor needs it to be exact."""
    dictionary: str = ""
    """ArUco dictionary of a ChArUco board."""
    marker_ratio: float = 0.75
    """Side of a marker in units of a square's."""
    inverted: bool = False
    """White and black are exchanged."""
    legacy: bool = False
    """Drawn by OpenCV before 4.6: boards with an even number of rows begin with the other colour."""

    def __post_init__(self) -> None:
        """Refuse values without a meaning."""
        for name, value in (("columns", self.columns), ("rows", self.rows)):
            if not _LEAST_SQUARES <= value <= _MOST_SQUARES:
                raise ConfigError(
                    f"board {name} is {value}; use {_LEAST_SQUARES} to {_MOST_SQUARES}"
                )
        if not 0.001 <= self.square_m <= 2:
            raise ConfigError(f"board square is {self.square_m} m; use 0.001 to 2 metres")
        if self.kind == "charuco":
            if not 0.2 <= self.marker_ratio < 1:
                raise ConfigError(f"board marker ratio is {self.marker_ratio}; use 0.2 to below 1")
            self._check_dictionary()

    def _check_dictionary(self) -> None:
        if self.dictionary not in DICTIONARIES:
            close = difflib.get_close_matches(self.dictionary.upper(), DICTIONARIES, n=1)
            hint = f"did you mean {close[0]}?" if close else "known are " + ", ".join(DICTIONARIES)
            raise ConfigError(f"board dictionary {self.dictionary}: unknown; {hint}")
        there = int(_dictionary(self.dictionary).bytesList.shape[0])
        needed = self.columns * self.rows // 2
        if needed > there:
            raise ConfigError(
                f"board {self.columns}x{self.rows} needs {needed} markers, {self.dictionary} has {there}; "
                "use a larger dictionary"
            )

    def __str__(self) -> str:
        size = f"{self.columns}x{self.rows}"
        if self.kind == "chessboard":
            return f"chessboard:{size}:{self.square_m:g}"
        flags = (":inverted" if self.inverted else "") + (":legacy" if self.legacy else "")
        return f"charuco:{size}:{self.dictionary}:{self.square_m:g}:{self.marker_ratio:g}{flags}"


def parse_board(text: str) -> BoardSpec:
    """Return the board that a text describes, in one of `FORMS`.

    Raises:
        ConfigError: it describes none.
    """
    kind, *parts = text.strip().split(":")
    try:
        if kind == "charuco" and len(parts) >= 4:
            columns, rows = _size(parts[0])
            flags = parts[4:]
            if set(flags) <= {"inverted", "legacy"}:
                return BoardSpec(
                    "charuco",
                    columns,
                    rows,
                    float(parts[2]),
                    dictionary=parts[1],
                    marker_ratio=float(parts[3]),
                    inverted="inverted" in flags,
                    legacy="legacy" in flags,
                )
        if kind == "chessboard" and len(parts) == 2:
            return BoardSpec("chessboard", *_size(parts[0]), float(parts[1]))
    except ValueError:
        pass  # a number that is none: told below like any other misspelling
    raise ConfigError(f"board {text}: not of the form {FORMS}; the default is {DEFAULT_BOARD}")


def _size(text: str) -> tuple[int, int]:
    columns, rows = text.lower().split("x")
    return int(columns), int(rows)


@dataclass(frozen=True, slots=True, eq=False)
class BoardView:
    """A board found in a picture."""

    ids: Int64[np.ndarray, " n"]
    """Number of each corner on the board."""
    points: Points
    """Where the corners are on the board and in the picture."""
    mirrored: bool
    """The board shows its mirror image: its back is seen, or the camera mirrors its pictures."""
    edge_px: float
    """Width of the edges between black and white: about 2 in a sharp picture, more in a blurred one."""


class BoardFinder:
    """Finds one board in pictures."""

    def __init__(self, spec: BoardSpec) -> None:
        self.spec = spec
        self._charuco = _charuco_detector(spec) if spec.kind == "charuco" else None
        self._inner_sizes = [(spec.columns, spec.rows), (spec.columns - 1, spec.rows - 1)]
        self._mirrored_last = False

    def find(self, image: UInt8[np.ndarray, "height width 3"]) -> BoardView | None:
        """Return the board in a BGR picture; None where it cannot be seen.

        A ChArUco board is looked for in the mirror image of the picture too, first where the last one was found.
        """
        gray = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
        if self._charuco is None:
            return self._find_chessboard(gray)
        if self.spec.inverted:
            gray = 255 - gray
        first = self._find_charuco(gray, self._mirrored_last)
        other = None if first is not None else self._find_charuco(gray, not self._mirrored_last)
        found = first or other
        if found is not None:
            self._mirrored_last = found.mirrored
        return found

    def _find_charuco(self, gray: NDArray[np.uint8], mirrored: bool) -> BoardView | None:
        picture = np.ascontiguousarray(gray[:, ::-1]) if mirrored else gray
        corners, ids, _, _ = cast(Any, self._charuco).detectBoard(picture)
        if ids is None or len(ids) < 4:
            return None
        pixels = corners.reshape(-1, 2).astype(np.float64)
        if mirrored:
            pixels[:, 0] = gray.shape[1] - 1 - pixels[:, 0]
        numbers = ids.reshape(-1).astype(np.int64)
        board = _corner_places(numbers, self.spec.columns - 1, self.spec.square_m)
        return _view(gray, numbers, board, pixels, mirrored)

    def _find_chessboard(self, gray: NDArray[np.uint8]) -> BoardView | None:
        for size in self._inner_sizes:
            if min(size) < 2:
                continue
            found, corners = cv2.findChessboardCornersSB(gray, size)
            if found:
                self._inner_sizes = [size]
                numbers = np.arange(size[0] * size[1])
                board = _corner_places(numbers, size[0], self.spec.square_m)
                pixels = corners.reshape(-1, 2).astype(np.float64)
                return _view(gray, numbers, board, pixels, False)
        return None


def charuco_board(spec: BoardSpec) -> cv2.aruco.CharucoBoard:
    """Return OpenCV's form of a ChArUco board."""
    board = cv2.aruco.CharucoBoard(
        (spec.columns, spec.rows),
        spec.square_m,
        spec.square_m * spec.marker_ratio,
        _dictionary(spec.dictionary),
    )
    board.setLegacyPattern(spec.legacy)
    return board


def draw_board(spec: BoardSpec, square_px: int, margin_px: int = 0) -> UInt8[np.ndarray, "h w"]:
    """Return the board as a gray picture with a margin of its background's colour."""
    size = spec.columns * square_px, spec.rows * square_px
    if spec.kind == "charuco":
        picture = charuco_board(spec).generateImage(size)
    else:
        rows, columns = np.indices((spec.rows, spec.columns))
        squares = np.where((rows + columns) % 2, 255, 0).astype(np.uint8)
        picture = np.kron(squares, np.ones((square_px, square_px), np.uint8))
    framed = np.pad(picture, margin_px, constant_values=255)
    return cast("NDArray[np.uint8]", 255 - framed if spec.inverted else framed)


def _charuco_detector(spec: BoardSpec) -> cv2.aruco.CharucoDetector:
    return cv2.aruco.CharucoDetector(charuco_board(spec))


def _dictionary(name: str) -> cv2.aruco.Dictionary:
    return cv2.aruco.getPredefinedDictionary(DICTIONARIES[name])


def _corner_places(
    numbers: NDArray[np.int64], corners_in_row: int, square_m: float
) -> Float64[np.ndarray, "n 3"]:
    rows, columns = np.divmod(numbers, corners_in_row)
    return np.stack([columns + 1, rows + 1, 0 * rows], axis=1) * square_m


def _view(
    gray: NDArray[np.uint8],
    ids: NDArray[np.int64],
    board: NDArray[np.float64],
    pixels: NDArray[np.float64],
    mirrored: bool,
) -> BoardView | None:
    if np.linalg.svd(board - board.mean(axis=0), compute_uv=False)[1] < 1e-6:
        return None  # all in one row: no pose
    return BoardView(ids, Points(board, pixels), mirrored, _edge_px(gray, board, pixels))


def _edge_px(
    gray: NDArray[np.uint8], board: NDArray[np.float64], pixels: NDArray[np.float64]
) -> float:
    """Return contrast over steepest slope: the width of an edge. The worse of the board's two directions of edges."""
    low = np.maximum(np.floor(pixels.min(axis=0)).astype(int), 0)
    high = np.ceil(pixels.max(axis=0)).astype(int) + 1
    patch = gray[low[1] : high[1], low[0] : high[0]].astype(np.float32)
    if min(patch.shape) < 4:
        return np.inf
    dark, bright = np.percentile(patch, _EDGE_QUANTILES)
    slope_x = cv2.Sobel(patch, cv2.CV_32F, 1, 0) / 8
    slope_y = cv2.Sobel(patch, cv2.CV_32F, 0, 1) / 8
    centred = board[:, :2] - board[:, :2].mean(axis=0)
    along = np.linalg.lstsq(centred, pixels - pixels.mean(axis=0), rcond=None)[
        0
    ]  # (2, 2) rows: x, y
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    steepest = min(
        float(np.percentile(np.abs(slope_y * x - slope_x * y), _STEEPEST)) for x, y in along
    )
    return float(bright - dark) / max(steepest, 1e-3)
