"""Boards seen by cameras that are known exactly: views as the finder gives them, and pictures."""

from pathlib import Path

import cv2
import numpy as np

import tests
from calibration.board import BoardView, draw_board
from calibration.reprojection import Points
from engines.types import Camera

GOLDEN = Path(tests.__file__).parent / "golden" / "webcam_charuco_corners.npz"


def webcam_views(camera: int) -> list[BoardView]:
    """The corners found in a real clip; see the note beside the file."""
    with np.load(GOLDEN, allow_pickle=False) as arrays:
        rows, corners, pixels, edges = (
            arrays[f"cam{camera}_{name}"] for name in ("view", "corner", "pixels", "edge_px")
        )
    views = []
    for k, edge in enumerate(edges):
        of_view = rows == k
        ids = corners[of_view].astype(np.int64)
        board = np.stack([ids % 3 + 1, ids // 3 + 1, 0 * ids], axis=1) * 0.054
        found = pixels[of_view].astype(np.float64)
        views.append(BoardView(ids, Points(board, found), camera == 1, float(edge)))
    return views


def random_camera(rng) -> Camera:
    """A webcam: square pixels nearly, some distortion, the axis near the middle."""
    width, height = ((1280, 720), (640, 480), (1920, 1080))[rng.integers(3)]
    longer = max(width, height)
    focal = longer * rng.uniform(0.55, 1.6)
    rim = (longer / 2 / focal) ** 2 * 1.3
    distortion = (rng.uniform(-0.2, 0.05) / rim, rng.uniform(-0.02, 0.03) / rim**2, 0.0, 0.0, 0.0)
    centre = np.array([width, height]) / 2 + rng.normal(0, 0.012, 2) * longer
    return Camera(width, height, focal, focal * (1 + rng.normal(0, 0.002)), *centre, distortion)


def random_views(rng, camera, *, count=20, noise_px=0.25, bend=0.1) -> list[BoardView]:
    """Views of a sheet of 6 x 4 corners that is bent by `bend` (1/m)."""
    ids = np.arange(24)
    flat = np.stack([ids % 6, ids // 6, 0 * ids], axis=1) * 0.03
    middle = flat.mean(axis=0)
    sheet = flat - middle
    sheet[:, 2] = bend / 2 * sheet[:, 0] ** 2
    views: list[BoardView] = []
    while len(views) < count:
        turn = rng.normal(0, (0.45, 0.45, 0.3))
        depth = rng.uniform(0.25, 0.7) * camera.fx / camera.width / 0.9
        at = rng.uniform(0.15, 0.85, 2) * (camera.width, camera.height)
        place = np.append((at - (camera.cx, camera.cy)) / camera.fx, 1) * depth
        pixels = project(sheet, turn, place, camera) + rng.normal(0, noise_px, (24, 2))
        inside = ((pixels > 0) & (pixels < (camera.width, camera.height))).all(axis=1)
        if inside.sum() >= 8 and len(np.unique(ids[inside] // 6)) > 1:
            views.append(BoardView(ids[inside], Points(flat[inside], pixels[inside]), False, 2.0))
    return views


def project(points, turn, place, camera):
    matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1.0]])
    return cv2.projectPoints(
        points, turn, place, matrix, np.array(camera.distortion or (0.0,) * 4)
    )[0][:, 0]


def picture_of_board(spec, camera, turn, place, *, square_px=60):
    """A picture (h, w, 3) of a flat board on gray, without distortion; `place` is where its middle is."""
    board = draw_board(spec, square_px, square_px // 2)
    size = np.array([spec.columns + 1, spec.rows + 1]) * spec.square_m
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) / 2 * np.append(size, 0)
    there = project(corners, np.asarray(turn, float), np.asarray(place, float), camera)
    rows, columns = board.shape
    here = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32) - 0.5
    homography = cv2.getPerspectiveTransform(here, there.astype(np.float32))
    shown = (camera.width, camera.height)
    warped = cv2.warpPerspective(board, homography, shown, flags=cv2.INTER_AREA, borderValue=128)
    return cv2.cvtColor(cv2.GaussianBlur(warped, (0, 0), 0.7), cv2.COLOR_GRAY2BGR)
