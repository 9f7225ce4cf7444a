"""A board as a PDF that prints at its exact size: filled rectangles, no pixels, with a ruler to check the printer."""

from typing import Final, NamedTuple

import cv2
import numpy as np

from calibration.board import DICTIONARIES, BoardSpec, charuco_board
from engines.errors import ConfigError

_POINTS_PER_M: Final = 72 / 0.0254
_PAGES_M: Final = (
    ("A4", 0.210, 0.297), ("A3", 0.297, 0.420), ("A2", 0.420, 0.594), ("A1", 0.594, 0.841), ("A0", 0.841, 1.189),
)  # fmt: skip
_MARGIN_M: Final = 0.008
_FOOT_M: Final = 0.016  # room for the ruler and the name
_RULER_M: Final = 0.1


class Rectangle(NamedTuple):
    """A black or white rectangle, metres from the board's top left corner; y down."""

    x: float
    y: float
    width: float
    height: float
    is_black: bool


def board_rectangles(spec: BoardSpec) -> list[Rectangle]:
    """Return what to paint, in order, on paper of any colour."""
    width, height = spec.columns * spec.square_m, spec.rows * spec.square_m
    rectangles = [Rectangle(0, 0, width, height, False)]
    places = _markers(spec) if spec.kind == "charuco" else {}
    side = spec.square_m
    for row in range(spec.rows):
        for column in range(spec.columns):
            if (column, row) in places:
                rectangles += _marker(places[column, row], column * side, row * side, spec)
            elif spec.kind == "charuco" or (row + column) % 2 == 0:
                rectangles.append(Rectangle(column * side, row * side, side, side, True))
    if spec.inverted:
        return [each._replace(is_black=not each.is_black) for each in rectangles]
    return rectangles


def board_pdf(spec: BoardSpec) -> bytes:
    """Return a PDF page of the smallest ISO size that holds the board at its exact size, from A4 to A0.

    Raises:
        ConfigError: it fits on none.
    """
    width, height = spec.columns * spec.square_m, spec.rows * spec.square_m
    page_width, page_height = _page(spec, width, height)
    left, top = (page_width - width) / 2, (page_height - _FOOT_M + height) / 2 + _FOOT_M / 2
    lines = []
    if spec.inverted:  # the rim has the colour of the light squares
        rim = min(_MARGIN_M, spec.square_m) * 0.75
        lines.append(_fill(left - rim, top - height - rim, width + 2 * rim, height + 2 * rim, True))
    for x, y, across, down, is_black in board_rectangles(spec):
        lines.append(_fill(left + x, top - y - down, across, down, is_black))
    foot = _MARGIN_M
    lines.append(_fill(left, foot, _RULER_M, 0.0005, True))
    lines += [_fill(left + end - 0.00025, foot, 0.0005, 0.003, True) for end in (0.0, _RULER_M)]
    text = f"{spec}   print at 100 %; the line is 100 mm long"
    lines.append(f"0 g BT /F1 7 Tf {_pt(left)} {_pt(foot + 0.0045)} Td ({_escaped(text)}) Tj ET")
    return _document("\n".join(lines).encode("ascii"), page_width, page_height)


def _page(spec: BoardSpec, width: float, height: float) -> tuple[float, float]:
    for _, short, long in _PAGES_M:
        for page in ((short, long), (long, short)):
            if width + 2 * _MARGIN_M <= page[0] and height + 2 * _MARGIN_M + _FOOT_M <= page[1]:
                return page
    raise ConfigError(
        f"board {spec}: {width * 100:.0f} x {height * 100:.0f} cm do not fit on A0; use smaller squares"
    )


def _markers(spec: BoardSpec) -> dict[tuple[int, int], int]:
    """Return the number of the marker in each light square (column, row)."""
    board = charuco_board(spec)
    places = {}
    for number, corners in zip(np.ravel(board.getIds()), board.getObjPoints(), strict=True):
        column, row = (np.asarray(corners)[:, :2].mean(axis=0) // spec.square_m).astype(int)
        places[int(column), int(row)] = int(number)
    return places


def _marker(number: int, x: float, y: float, spec: BoardSpec) -> list[Rectangle]:
    dictionary = cv2.aruco.getPredefinedDictionary(DICTIONARIES[spec.dictionary])
    cells = dictionary.markerSize + 2
    bits = dictionary.generateImageMarker(number, cells, borderBits=1) > 0
    side = spec.square_m * spec.marker_ratio
    x, y = x + (spec.square_m - side) / 2, y + (spec.square_m - side) / 2
    cell = side / cells
    white = [
        Rectangle(x + column * cell, y + row * cell, cell, cell, False)
        for row, column in np.argwhere(bits).tolist()
    ]
    return [Rectangle(x, y, side, side, True), *white]


def _fill(x: float, y: float, width: float, height: float, is_black: bool) -> str:
    return f"{0 if is_black else 1} g {_pt(x)} {_pt(y)} {_pt(width)} {_pt(height)} re f"


def _pt(metres: float) -> str:
    return f"{metres * _POINTS_PER_M:.4f}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _document(content: bytes, width_m: float, height_m: float) -> bytes:
    """Return a PDF 1.4 file of one page (ISO 32000-1, 7.5: header, objects, cross-reference table, trailer)."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /ViewerPreferences << /PrintScaling /None >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_pt(width_m)} {_pt(height_m)}] "
            "/Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
        ).encode("ascii"),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
    )
    return bytes(out)
