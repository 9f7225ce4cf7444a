"""Which views of a board to keep for measuring a camera, and which are still wanted."""

from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.board import BoardView
from engines.errors import ConfigError

Verdict = Literal["kept", "unseen", "few", "blurred", "repeated"]
"""What became of a picture. `few`: fewer corners than a pose takes."""

CELLS: Final = 3
"""The picture is thought of as so many columns and rows of cells."""

_CELL_NAMES: Final = (
    "top left", "top", "top right", "left", "middle", "right", "bottom left", "bottom", "bottom right",
)  # fmt: skip
_TILT: Final = 0.22  # sine of a tilt that counts as one
_CORNER_CELLS: Final = (0, 2, 6, 8)


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """Which views are good enough, and how many there should be."""

    min_corners: int = 6
    """A view with fewer corners is left out."""
    max_edge: float = 0.004
    """Edges may be as wide as this part of the longer picture side; more is blur. Never less than 4 px."""
    min_move: float = 0.002
    """A view is new where its corners moved by this part of the picture's diagonal on the mean."""
    max_views: int = 60
    """As many views are kept; beyond them one of the two most alike goes."""
    wanted_views: int = 30
    """With as many views, cells and tilts as wanted the guide says that it is enough."""

    def __post_init__(self) -> None:
        """Refuse values without a meaning."""
        for name in ("min_corners", "max_views", "wanted_views"):
            if getattr(self, name) < 4:
                raise ConfigError(f"views {name} is {getattr(self, name)}; use 4 or more")


@dataclass(frozen=True, slots=True)
class CoverageGuide:
    """What has been covered, and what to do next; the window draws it, the command line prints it."""

    views: int
    """Views kept."""
    cells: tuple[bool, ...]
    """For each of the nine cells, row by row: the board was there."""
    tilts: tuple[bool, ...]
    """The board was tilted with its left, right, top, bottom side away from the camera."""
    is_enough: bool
    """Nothing more is wanted."""
    advice: str
    """The next thing to do, in words."""


class ViewCollector:
    """Takes the views of one camera, picture after picture, and keeps those that say something new."""

    def __init__(self, width: int, height: int, options: ViewOptions | None = None) -> None:
        self.width = width
        """Picture width, px."""
        self.height = height
        """Picture height, px."""
        self.counts: dict[Verdict, int] = dict.fromkeys(
            ("kept", "unseen", "few", "blurred", "repeated"), 0
        )
        """How many pictures got which verdict."""
        self._options = options or ViewOptions()
        self._max_edge_px = max(4.0, self._options.max_edge * max(width, height))
        self._min_move_px = self._options.min_move * float(np.hypot(width, height))
        self._views: list[BoardView] = []
        most = self._options.max_views + 1
        self._moves = np.full((most, most), np.inf)  # between kept views, upper and lower triangle

    @property
    def views(self) -> tuple[BoardView, ...]:
        """The views kept, in the order they came."""
        return tuple(self._views)

    def add(self, view: BoardView | None) -> Verdict:
        """Take what was found in one picture and say what became of it."""
        verdict = self._judge(view)
        self.counts[verdict] += 1
        return verdict

    def guide(self) -> CoverageGuide:
        """Return what has been covered so far."""
        cells = np.zeros(CELLS * CELLS, bool)
        tilts = np.zeros(4, bool)
        for view in self._views:
            cells[_cells(view, self.width, self.height)] = True
            tilts |= _tilts(view, self.width, self.height)
        advice = self._advice(cells, tilts)
        return CoverageGuide(
            len(self._views),
            tuple(cells.tolist()),
            tuple(tilts.tolist()),
            not advice,
            advice or "that is enough; hold still or press stop",
        )

    def _judge(self, view: BoardView | None) -> Verdict:
        if view is None:
            return "unseen"
        if len(view.ids) < self._options.min_corners:
            return "few"
        if view.edge_px > self._max_edge_px:
            return "blurred"
        moves = np.array([_move_px(view, other) for other in self._views])
        nearest = int(np.argmin(moves)) if len(moves) else -1
        if len(moves) and moves[nearest] < self._min_move_px:
            if _worth(view) > _worth(self._views[nearest]):
                self._views[nearest] = view  # the same view, better
            return "repeated"
        self._keep(view, moves)
        return "kept"

    def _keep(self, view: BoardView, moves: NDArray[np.float64]) -> None:
        """Append a view; where that is one too many, drop the less worthy of the two most alike."""
        count = len(self._views)
        self._views.append(view)
        self._moves[count, :count] = self._moves[:count, count] = moves
        if count < self._options.max_views:
            return
        pair = np.unravel_index(np.argmin(self._moves), self._moves.shape)
        gone = min((int(each) for each in pair), key=lambda each: _worth(self._views[each]))
        del self._views[gone]
        rest = np.delete(np.delete(self._moves, gone, axis=0), gone, axis=1)
        self._moves = np.pad(rest, (0, 1), constant_values=np.inf)

    def _advice(self, cells: NDArray[np.bool_], tilts: NDArray[np.bool_]) -> str:
        if not self._views:
            return "hold the board so that the camera sees all of it"
        sides = ("left", "right", "top", "bottom")
        for side, done in zip(sides, tilts, strict=True):
            if not done:
                return f"tilt the board: its {side} side away from the camera"
        missing = [cell for cell in (*_CORNER_CELLS, 1, 3, 5, 7) if not cells[cell]]
        if missing:
            return f"move the board to the {_CELL_NAMES[missing[0]]} of the picture"
        left = self._options.wanted_views - len(self._views)
        if left > 0:
            return f"nearer, farther, turned and tilted: {left} more views"
        return ""


def _worth(view: BoardView) -> float:
    """Return a number that is larger for a view with more corners, then for a sharper one."""
    return len(view.ids) - view.edge_px / 10


def _move_px(a: BoardView, b: BoardView) -> float:
    """Return the mean way between the corners that both views have; far where they share fewer than four."""
    _, in_a, in_b = np.intersect1d(a.ids, b.ids, return_indices=True)
    if len(in_a) < 4 or a.mirrored != b.mirrored:
        return np.inf
    way = a.points.pixels[in_a] - b.points.pixels[in_b]
    return float(np.linalg.norm(way, axis=1).mean())


def _cells(view: BoardView, width: int, height: int) -> NDArray[np.int64]:
    scaled = view.points.pixels / (width, height) * CELLS
    columns, rows = np.clip(scaled.astype(int), 0, CELLS - 1).T
    return np.unique(rows * CELLS + columns)


def _tilts(view: BoardView, width: int, height: int) -> NDArray[np.bool_]:
    """Return whether the left, right, top, bottom side of what is seen of the board is away from the camera."""
    focal = float(max(width, height))  # near enough to tell a tilt
    matrix = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]])
    found, turn, _ = cv2.solvePnP(
        view.points.board_m, view.points.pixels, matrix, np.zeros(4), flags=cv2.SOLVEPNP_IPPE
    )
    if not found:
        return np.zeros(4, bool)
    normal = cv2.Rodrigues(turn)[0][:, 2]
    normal = normal * np.sign(
        normal[2]
    )  # away from the camera; it leans towards the side that is near
    x, y = normal[:2]
    return np.array([x > _TILT, x < -_TILT, y > _TILT, y < -_TILT])
