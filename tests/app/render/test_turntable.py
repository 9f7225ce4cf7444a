"""The fast drawing of one body on a turning stage."""

import cv2
import numpy as np
import pytest

from app.render.figure import FigureBuffer
from app.render.overlay import BodyOverlay
from app.render.planes import Planes, yuv_from_bgr
from app.render.posed_body import PosedBody
from app.render.rasteriser import SampleBuffer, draw_mesh
from app.render.simple_body import simple_body
from app.render.stage import Stage
from app.render.turntable import OverFilm, Turntable
from engines.body.kinematics import forward_kinematics, posed_joints, skin
from engines.body.model import load_body
from engines.body.pose import full_pose, params_from_full_pose
from engines.body.rest_pose import RELAXED_POSE
from engines.body.rotations import matrix_from_axis_angle
from engines.model_store import model_path
from engines.types import Camera, PoseEstimate

CAMERA = Camera(120, 160, 150.0, 150.0, 60.0, 80.0)


@pytest.fixture(scope="module")
def open_body():
    return load_body(model_path("open_body"))


def in_view(vertices):
    """The vertices upright before the camera, 2.4 m away."""
    return (vertices * (1, -1, -1) + (0, -0.35, 2.4)).astype(np.float32)


def on_screen(vertices):
    x, y, z = vertices.T
    places = (CAMERA.fx * x / z + CAMERA.cx, CAMERA.fy * y / z + CAMERA.cy, 1 / z)
    return np.stack(places, axis=1).astype(np.float32)


def bgr(picture):
    return cv2.cvtColor(picture.data, cv2.COLOR_YUV2BGR_I420)


def planes(image):
    picture = Planes(image.shape[1], image.shape[0])
    picture.data[:] = cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420)
    return picture


def white(count):
    return np.tile(np.array([235, 128, 128, 255], np.float32), (count, 1))


def test_a_figure_looks_as_the_rasteriser_draws_it(open_body):
    vertices = in_view(skin(open_body, params_from_full_pose(RELAXED_POSE)))
    colors = (127 + 120 * np.sin(9 * vertices)).astype(np.float32)
    expected = np.full((160, 120, 3), 30, np.uint8)
    draw_mesh(
        expected, SampleBuffer(120, 160), vertices, open_body.faces, colors, CAMERA, opacity=0.6
    )
    paints = np.c_[yuv_from_bgr(colors), np.full(len(colors), 0.6 * 255)].astype(np.float32)
    buffer = FigureBuffer(120, 160)
    for _ in range(2):  # the second finds the buffer empty again
        drawn = planes(np.full_like(expected, 30))
        buffer.draw(drawn, on_screen(vertices), open_body.faces, paints)
    luma = planes(expected).layers.luma.astype(int)
    difference = np.abs(drawn.layers.luma - luma)
    assert (expected != 30).any(axis=2).sum() > 2000
    assert np.percentile(difference, 95) <= 3
    assert (difference > 20).mean() < 0.01
    colors_off = np.abs(bgr(drawn).astype(int) - bgr(planes(expected))).max(axis=2)
    assert np.percentile(colors_off, 95) <= 9


def test_a_figure_beyond_the_picture_is_cut_off(open_body):
    vertices = in_view(open_body.v_template)
    vertices[:, 0] += 0.9
    picture, paints = Planes(120, 160), white(len(vertices))
    buffer = FigureBuffer(120, 160)
    buffer.draw(picture, on_screen(vertices), open_body.faces, paints)
    luma = picture.layers.luma
    assert luma[:, -1].any()
    luma[:] = 0
    buffer.draw(picture, on_screen(vertices), open_body.faces, paints, within=(60, 110))
    assert luma[:, 108:110].any()
    assert not luma[:, 110:].any()
    vertices[:, 0] += 5
    luma[:] = 0
    buffer.draw(picture, on_screen(vertices), open_body.faces, paints)
    assert not luma.any()


def test_what_cannot_be_seen_takes_its_triangles_along(open_body):
    vertices = in_view(open_body.v_template)
    screen = on_screen(vertices)
    hidden = vertices[:, 1] > 0.3
    screen[hidden] = (60, 155, 0)
    picture = Planes(120, 160)
    FigureBuffer(120, 160).draw(picture, screen, open_body.faces, white(len(screen)))
    rows = np.flatnonzero(picture.layers.luma.any(axis=1))
    assert rows[-1] < CAMERA.cy + CAMERA.fy * 0.32 / 2.2


def test_the_simple_body_is_the_body_with_fewer_triangles(open_body):
    simple = simple_body(open_body)
    assert len(simple.faces) < 0.15 * len(open_body.faces)
    params = params_from_full_pose(RELAXED_POSE, betas=np.linspace(-1, 1, 10))
    images = []
    for body in (open_body, simple):
        picture = Planes(120, 160)
        vertices = in_view(skin(body, params))
        FigureBuffer(120, 160).draw(picture, on_screen(vertices), body.faces, white(len(vertices)))
        images.append(picture.layers.luma > 127)
    assert images[0].sum() > 1500
    assert (images[0] ^ images[1]).sum() < 0.05 * images[0].sum()


def test_another_body_stays_as_it_is(small_body):
    assert simple_body(small_body) is small_body


def test_chequers_meet_where_the_camera_sees_them():
    stage = Stage(320, 180)
    middle, azimuth = np.array([0.3, -0.2, 0.7]), 0.6
    picture = Planes(340, 180)
    stage.draw(picture, middle, azimuth, first_column=20)
    image = picture.layers.luma[:, 20:]
    view = stage.view_from_world(middle, azimuth).astype(float)
    levels = {0: [], 1: []}
    for cell_x in range(-2, 3):
        for cell_z in range(-1, 3):
            place = view @ (0.5 * cell_x + 0.25, -0.2, 0.5 * cell_z + 0.25, 1)
            x = round(stage.camera.fx * place[0] / place[2] + stage.camera.cx)
            y = round(stage.camera.fy * place[1] / place[2] + stage.camera.cy)
            if 3 < x < 317 and 100 < y < 176:
                levels[(cell_x + cell_z) % 2].append(image[y - 2 : y + 2, x - 2 : x + 2].mean())
    assert min(map(len, levels.values())) >= 4
    assert abs(np.mean(levels[0]) - np.mean(levels[1])) > 3 * max(map(np.std, levels.values()))


def test_nothing_is_drawn_of_nobody(open_body):
    turntable = Turntable(open_body, np.zeros(10, np.float32), (160, 90))
    rotations, up = np.tile(np.eye(3, dtype=np.float32), (55, 1, 1)), np.zeros((55, 3), np.float32)
    up[:, 1] = 1.3
    middle, face = np.zeros(3), np.zeros(10, np.float32)
    empty = bgr(turntable.draw(middle, 0.0, is_seen=False))
    turntable.body.pose(rotations, up, np.ones(55, np.float32), face)
    somebody = bgr(turntable.draw(middle, 0.0))
    assert np.ptp(empty.astype(int), axis=2).max() < 25
    assert (np.ptp(somebody.astype(int), axis=2) > 25).sum() > 300
    turntable.body.pose(rotations, up, np.full(55, 0.01, np.float32), face)
    guessed = bgr(turntable.draw(middle, 0.0))
    assert (np.abs(guessed.astype(int) - empty).max(axis=2) > 60).mean() < 0.01, "a guess is faint"


def test_a_body_lies_over_the_film_where_the_camera_saw_it(open_body):
    """The fast way agrees with the overlay of the window, at half the camera's size."""
    camera = Camera(240, 320, 300.0, 300.0, 120.0, 160.0)
    pose = RELAXED_POSE.copy()
    pose[0] = (np.pi, 0, 0)
    params = params_from_full_pose(pose, transl=np.array([0.1, 0.3, 2.6]))
    estimate = PoseEstimate(
        track_id=1,
        params=params,
        joints=posed_joints(open_body, params),
        confidence=np.ones(55, np.float32),
    )
    expected = np.full((320, 240, 3), 90, np.uint8)
    BodyOverlay(open_body).draw(expected, [estimate], camera)
    expected = cv2.resize(expected, (120, 160), interpolation=cv2.INTER_AREA).astype(int)

    over = OverFilm(open_body, params.betas, camera, (120, 160), track_id=1)
    rotations, joints = forward_kinematics(
        open_body.rest_joints(params.betas, params.expression), matrix_from_axis_angle(pose)
    )
    rest = open_body.rest_joints(params.betas, params.expression)
    offsets = joints - np.einsum("jab,jb->ja", rotations, rest) + params.transl
    over.body.pose(rotations, offsets.astype(np.float32), estimate.confidence, params.expression)
    film = planes(np.full((320, 240, 3), 90, np.uint8)).layers
    drawn = bgr(over.draw(film, np.eye(4, dtype=np.float32), np.zeros(3)))
    assert drawn.shape == (160, 120 + 120, 3)
    there = np.abs(expected - 90).max(axis=2) > 25
    assert there.sum() > 1500
    off = np.abs(drawn[:, :120] - expected).max(axis=2)
    assert (off > 40).sum() < 0.05 * there.sum()
    without = bgr(over.draw(film, np.eye(4, dtype=np.float32), np.zeros(3), is_seen=False))
    np.testing.assert_allclose(without[:, :120], 90, atol=2)


def test_a_posed_body_has_the_vertices_of_the_model(small_body):
    """With its pose blend shapes, which the open body lacks."""
    assert small_body.posedirs is not None
    rng = np.random.default_rng(0)
    params = params_from_full_pose(rng.normal(scale=0.3, size=(55, 3)), betas=rng.normal(size=10))
    rest = small_body.rest_joints(params.betas, params.expression)
    rotations, joints = forward_kinematics(rest, matrix_from_axis_angle(full_pose(params)))
    offsets = (joints - np.einsum("jab,jb->ja", rotations, rest)).astype(np.float32)
    posed = PosedBody(small_body, params.betas, (0, 0, 0), (64, 48))
    posed.pose(rotations, offsets, np.ones(55, np.float32), params.expression)
    np.testing.assert_allclose(posed._world, skin(small_body, params), atol=1e-5)
