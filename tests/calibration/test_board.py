import re

import cv2
import numpy as np
import pytest

from calibration.board import DEFAULT_BOARD, BoardFinder, draw_board, parse_board
from calibration.board_print import board_pdf, board_rectangles
from calibration.diagnosis import why_not_found
from calibration.views import ViewCollector
from engines.errors import ConfigError
from engines.types import Camera
from tests.calibration.boards import picture_of_board, webcam_views

CAMERA = Camera(960, 540, 800.0, 800.0, 480.0, 270.0)
TILTED, NEAR = (0.3, 0.2, 0.1), (0.0, 0.0, 0.45)
SPECS = (
    DEFAULT_BOARD,
    "charuco:5x7:DICT_4X4_50:0.036:0.75:inverted",
    "charuco:4x6:DICT_5X5_100:0.04:0.7:legacy",
    "chessboard:7x5:0.03",
)


@pytest.mark.parametrize("text", SPECS)
def test_a_board_is_written_as_it_was_read(text):
    assert str(parse_board(text)) == text


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        ("charuco:5x7", "default is"),
        ("charuco:5x7:DICT_4X4_55:0.03:0.7", "did you mean DICT_4X4_50"),
        ("charuco:5x7:DICT_4X4_50:three:0.7", "default is"),
        ("charuco:5x7:DICT_4X4_50:0.03:1.7", "0.2 to below 1"),
        ("charuco:30x30:DICT_4X4_50:0.03:0.7", "larger dictionary"),
        ("chessboard:1x7:0.03", "3 to 40"),
        ("circles:5x7:0.03", "default is"),
    ],
)
def test_misspelt_boards_are_answered_with_the_way_out(text, way_out):
    with pytest.raises(ConfigError, match=way_out):
        parse_board(text)


@pytest.mark.parametrize("text", SPECS)
def test_every_kind_of_board_is_found_where_it_is(text):
    spec = parse_board(text)
    view = BoardFinder(spec).find(picture_of_board(spec, CAMERA, TILTED, NEAR))
    assert view is not None
    assert len(view.ids) == (spec.columns - 1) * (spec.rows - 1)
    assert not view.mirrored
    middle = np.array([spec.columns, spec.rows, 0]) * spec.square_m / 2
    turn = cv2.Rodrigues(np.array(TILTED))[0]
    points = (view.points.board_m - middle) @ turn.T + NEAR
    expected = points[:, :2] / points[:, 2:] * 800 + (480, 270)
    if spec.kind == "chessboard":  # either end may be the first
        order = np.linalg.norm(expected[:, None] - view.points.pixels[None], axis=2).argmin(axis=1)
        found = view.points.pixels[order]
    else:
        found = view.points.pixels
    assert np.abs(found - expected).max() < 1.0


def test_mirror_image_is_recognised_and_lies_where_it_is_seen():
    spec = parse_board(DEFAULT_BOARD)
    picture = picture_of_board(spec, CAMERA, TILTED, NEAR)
    finder = BoardFinder(spec)
    straight, mirrored = finder.find(picture), finder.find(np.ascontiguousarray(picture[:, ::-1]))
    assert mirrored.mirrored
    np.testing.assert_allclose(
        959 - mirrored.points.pixels[:, 0], straight.points.pixels[:, 0], atol=0.3
    )


def test_motion_blur_widens_edges_in_whichever_direction():
    spec = parse_board(DEFAULT_BOARD)
    picture = picture_of_board(spec, CAMERA, (0, 0, 0), NEAR)
    finder = BoardFinder(spec)
    sharp = finder.find(picture).edge_px
    for size in ((7, 1), (1, 7)):
        assert finder.find(cv2.blur(picture, size)).edge_px > 1.5 * sharp


def test_inner_corners_may_be_counted_instead_of_squares():
    board = parse_board("chessboard:7x5:0.03")
    picture = picture_of_board(board, CAMERA, TILTED, NEAR)
    view = BoardFinder(parse_board("chessboard:6x4:0.03")).find(picture)
    assert len(view.ids) == 24


@pytest.mark.parametrize("text", SPECS)
def test_print_is_the_board_at_its_exact_size(text):
    spec = parse_board(text)
    scale = 8 * 7 * 60  # pixels for a metre of squares: each cell a whole number of them
    per_m = scale / spec.square_m
    painted = np.full((spec.rows * scale // 10, spec.columns * scale // 10), 128, np.uint8)
    for x, y, width, height, is_black in board_rectangles(spec):
        x0, y0, x1, y1 = (round(v * per_m / 10) for v in (x, y, x + width, y + height))
        painted[y0:y1, x0:x1] = 0 if is_black else 255
    drawn = draw_board(spec, scale // 10)
    assert (painted != drawn).mean() < 0.005


def test_pdf_is_well_formed_and_in_points():
    spec = parse_board(DEFAULT_BOARD)
    pdf = board_pdf(spec)
    box = [float(each) for each in re.search(rb"/MediaBox \[([^]]*)\]", pdf).group(1).split()]
    assert box[2:] == pytest.approx([595.28, 841.89], abs=0.01)
    squares = re.findall(rb"0 g (\S+) (\S+) (\S+) (\S+) re f", pdf)
    assert max(float(width) for _, _, width, _ in squares) == pytest.approx(
        100 / 25.4 * 72, abs=1e-3
    )
    sides = {round(float(width), 3) for _, _, width, height in squares if width == height}
    assert round(0.036 / 0.0254 * 72, 3) in sides
    table = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
    offsets = [int(line.split()[0]) for line in pdf[table:].splitlines()[3:8]]
    assert [pdf[offset : offset + 7] for offset in offsets] == [
        b"%d 0 obj" % k for k in range(1, 6)
    ]
    with pytest.raises(ConfigError, match="smaller squares"):
        board_pdf(parse_board("chessboard:40x40:0.05"))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("charuco:5x7:DICT_4X4_50:0.036:0.75:inverted", "take ':inverted' from"),
        ("charuco:5x7:DICT_6X6_50:0.036:0.75", "markers are of DICT_4X4"),
        ("charuco:9x4:DICT_4X4_50:0.036:0.75", "not in the order"),
        ("chessboard:9x6:0.03", "another board was seen, with markers"),
    ],
)
def test_wrong_boards_are_told_apart(asked, message):
    small = Camera(400, 300, 400.0, 400.0, 200.0, 150.0)
    picture = picture_of_board(parse_board(DEFAULT_BOARD), small, TILTED, NEAR)
    assert message in why_not_found(parse_board(asked), [picture])


def test_no_board_is_told():
    nothing = np.full((300, 400, 3), 90, np.uint8)
    assert "no board was seen" in why_not_found(parse_board(DEFAULT_BOARD), [nothing])
    assert "no chessboard" in why_not_found(parse_board("chessboard:9x6:0.03"), [nothing])


def test_collector_keeps_what_is_new_and_sharp():
    views = webcam_views(0)
    collector = ViewCollector(1280, 720)
    assert collector.add(None) == "unseen"
    assert collector.add(views[0]) == "kept"
    assert collector.add(views[0]) == "repeated"
    blurred = type(views[0])(views[0].ids, views[0].points, False, 9.0)
    assert collector.add(blurred) == "blurred"
    few = type(views[0])(views[0].ids[:4], views[0].points, False, 2.0)
    assert collector.add(few) == "few"
    for view in views:
        collector.add(view)
    guide = collector.guide()
    assert guide.views == len(collector.views) > 20
    assert not guide.is_enough
    assert "board" in guide.advice


def test_collector_drops_one_of_the_two_most_alike_when_it_is_full():
    from calibration.views import ViewOptions

    views = [view for view in webcam_views(0) if len(view.ids) >= 6]
    collector = ViewCollector(1280, 720, ViewOptions(max_views=6))
    for view in views:
        collector.add(view)
    assert len(collector.views) == 6
    middles = np.array([view.points.pixels.mean(axis=0) for view in collector.views])
    apart = np.linalg.norm(middles[:, None] - middles[None], axis=2)[np.triu_indices(6, 1)]
    assert apart.min() > 5
