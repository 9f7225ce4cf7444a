"""Draws what was found in a picture over it: boxes, landmarks, regions of hands and faces."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from app.pipeline.packet import Packet
from app.render.bodies import PERSON_COLORS
from app.viewer.landmark_lines import (
    BODY_LEFT,
    BODY_MIDDLE,
    BODY_RIGHT,
    FACE,
    HAND,
    ROUGH_FACE,
    ROUGH_LEFT_HAND,
    ROUGH_RIGHT_HAND,
    Chain,
)
from app.viewer.picture_fit import PictureFit
from app.viewer.settings import ViewSettings
from engines.detect.regions import Region, hand_region, head_region
from engines.types import Detection, PersonLandmarks

_MIDDLE: Final = QColor(235, 237, 245)
_LEFT: Final = QColor(92, 171, 255)
_RIGHT: Final = QColor(255, 153, 87)
"""As the bones in the dark 3D view: the left of the person is blue, the right orange."""
_SEEN: Final = 0.5
"""Landmarks less visible than this are drawn faintly."""
_FAINT_ALPHA: Final = 70
_BODY_WIDTH: Final = 2.5
_FINE_WIDTH: Final = 1.2
_LABEL_PX: Final = 12
_PADDING: Final = 4.0


def draw_overlays(painter: QPainter, packet: Packet, fit: PictureFit, view: ViewSettings) -> None:
    """Draw what the settings ask for, in the pane's pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for detection in packet.detections:
        if view.show_crops and detection.landmarks is not None:
            _draw_regions(painter, detection.landmarks, fit)
        if view.show_landmarks and detection.landmarks is not None:
            _draw_landmarks(painter, detection.landmarks, fit)
        if view.show_box:
            _draw_box(painter, detection, fit)


def person_colour(track_id: int) -> QColor:
    """Return the colour of a person, the same in all views."""
    blue, green, red = PERSON_COLORS[track_id % len(PERSON_COLORS)]
    return QColor(red, green, blue)


def _draw_landmarks(painter: QPainter, person: PersonLandmarks, fit: PictureFit) -> None:
    pose = fit.to_pane(person.pose_px)
    seen = person.pose_visibility >= _SEEN
    left, right, middle = [*BODY_LEFT], [*BODY_RIGHT], [*BODY_MIDDLE]
    if person.left_hand_px is None:
        left += ROUGH_LEFT_HAND
    if person.right_hand_px is None:
        right += ROUGH_RIGHT_HAND
    if person.face_px is None:
        middle += ROUGH_FACE
    else:
        _draw_chains(painter, FACE, fit.to_pane(person.face_px), _MIDDLE)
    for chains, colour in ((middle, _MIDDLE), (left, _LEFT), (right, _RIGHT)):
        _draw_body_lines(painter, chains, pose, seen, colour)
    for hand, colour in ((person.left_hand_px, _LEFT), (person.right_hand_px, _RIGHT)):
        if hand is not None:
            _draw_chains(painter, HAND, fit.to_pane(hand), colour)


def _draw_body_lines(
    painter: QPainter,
    chains: Iterable[Chain],
    points: NDArray[np.floating],
    seen: NDArray[np.bool_],
    colour: QColor,
) -> None:
    """Draw chains of body landmarks; lines to landmarks that are out of view are faint."""
    faint = QColor(colour)
    faint.setAlpha(_FAINT_ALPHA)
    pens = _pen(faint, _BODY_WIDTH), _pen(colour, _BODY_WIDTH)
    placed = [QPointF(x, y) for x, y in points.tolist()]
    for chain in chains:
        for start, end in pairwise(chain):
            painter.setPen(pens[bool(seen[start] and seen[end])])
            painter.drawLine(placed[start], placed[end])


def _draw_chains(
    painter: QPainter, chains: Iterable[Chain], points: NDArray[np.floating], colour: QColor
) -> None:
    painter.setPen(QPen(colour, _FINE_WIDTH))  # square ends: in half the time of round ones
    placed = [QPointF(x, y) for x, y in points.tolist()]
    for chain in chains:
        painter.drawPolyline(QPolygonF([placed[index] for index in chain]))


def _draw_regions(painter: QPainter, person: PersonLandmarks, fit: PictureFit) -> None:
    """Draw the squares in which the networks look for the hands and the face."""
    width, height = fit.picture
    for region, colour in (
        (head_region(person, width, height), _MIDDLE),
        (hand_region(person, "left", width, height), _LEFT),
        (hand_region(person, "right", width, height), _RIGHT),
    ):
        if region is not None:
            pen = _pen(colour, _FINE_WIDTH)
            pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawRect(_pane_rect(_corners(region), fit))


def _corners(region: Region) -> tuple[float, float, float, float]:
    return region.x0, region.y0, region.x0 + region.side, region.y0 + region.side


def _draw_box(painter: QPainter, detection: Detection, fit: PictureFit) -> None:
    """Draw a person's box with the number of the track, the right way round also in a mirrored picture."""
    colour = person_colour(detection.track_id)
    x0, y0, x1, y1 = (float(value) for value in detection.box)
    box = _pane_rect((x0, y0, x1, y1), fit)
    painter.setPen(_pen(colour, _FINE_WIDTH + 0.6))
    painter.drawRoundedRect(box, 3, 3)
    font = QFont(painter.font())
    font.setPixelSize(_LABEL_PX)
    font.setBold(True)
    painter.setFont(font)
    text = str(detection.track_id)
    metrics = QFontMetricsF(font)
    label = QRectF(
        max(box.left(), fit.x),
        max(box.top(), fit.y),
        metrics.horizontalAdvance(text) + 2 * _PADDING,
        metrics.height() + _PADDING,
    )
    painter.fillRect(label, colour)
    painter.setPen(QColor(Qt.GlobalColor.black))
    painter.drawText(label, int(Qt.AlignmentFlag.AlignCenter), text)


def _pane_rect(corners: tuple[float, float, float, float], fit: PictureFit) -> QRectF:
    x0, y0, x1, y1 = corners
    placed = fit.to_pane(np.array([[x0, y0], [x1, y1]]))
    return QRectF(QPointF(*placed[0]), QPointF(*placed[1])).normalized()


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
