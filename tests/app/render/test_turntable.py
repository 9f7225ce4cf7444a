"""The fast drawing of one body on a turning stage."""

import numpy as np
import pytest

from app.render.figure import FigureBuffer
from app.render.rasteriser import SampleBuffer, draw_mesh
from app.render.simple_body import simple_body
from app.render.stage import Stage
from app.render.turntable import Turntable
from engines.body.kinematics import skin
from engines.body.model import load_body
from engines.body.pose import params_from_full_pose
from engines.body.rest_pose import RELAXED_POSE
from engines.model_store import model_path
from engines.types import Camera

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


def test_a_figure_looks_as_the_rasteriser_draws_it(open_body):
    vertices = in_view(skin(open_body, params_from_full_pose(RELAXED_POSE)))
    colors = (127 + 120 * np.sin(9 * vertices)).astype(np.float32)
    expected = np.full((160, 120, 3), 30, np.uint8)
    draw_mesh(
        expected, SampleBuffer(120, 160), vertices, open_body.faces, colors, CAMERA, opacity=0.6
    )
    drawn = np.full_like(expected, 30)
    paints = np.c_[colors, np.full(len(colors), 0.6 * 255)].astype(np.float32)
    buffer = FigureBuffer(120, 160)
    for _ in range(2):  # the second finds the buffer empty again
        drawn[:] = 30
        buffer.draw(drawn, on_screen(vertices), open_body.faces, paints)
    difference = np.abs(drawn.astype(int) - expected).max(axis=2)
    assert (expected != 30).any(axis=2).sum() > 2000
    assert np.percentile(difference, 95) <= 3
    assert (difference > 30).mean() < 0.01


def test_a_figure_beyond_the_picture_is_cut_off(open_body):
    vertices = in_view(open_body.v_template)
    vertices[:, 0] += 0.9
    image, paints = np.zeros((160, 120, 3), np.uint8), np.full((len(vertices), 4), 255, np.float32)
    buffer = FigureBuffer(120, 160)
    buffer.draw(image, on_screen(vertices), open_body.faces, paints)
    assert image[:, -1].any()
    vertices[:, 0] += 5
    image[:] = 0
    buffer.draw(image, on_screen(vertices), open_body.faces, paints)
    assert not image.any()


def test_the_simple_body_is_the_body_with_fewer_triangles(open_body):
    simple = simple_body(open_body)
    assert len(simple.faces) < 0.15 * len(open_body.faces)
    params = params_from_full_pose(RELAXED_POSE, betas=np.linspace(-1, 1, 10))
    images = []
    for body in (open_body, simple):
        image = np.zeros((160, 120, 3), np.uint8)
        vertices = in_view(skin(body, params))
        paints = np.full((len(vertices), 4), 255, np.float32)
        FigureBuffer(120, 160).draw(image, on_screen(vertices), body.faces, paints)
        images.append(image[:, :, 0] > 127)
    assert images[0].sum() > 1500
    assert (images[0] ^ images[1]).sum() < 0.05 * images[0].sum()


def test_another_body_stays_as_it_is(small_body):
    assert simple_body(small_body) is small_body


def test_chequers_meet_where_the_camera_sees_them():
    stage = Stage(320, 180)
    image = np.empty((180, 320, 3), np.uint8)
    middle, azimuth = np.array([0.3, -0.2, 0.7]), 0.6
    stage.draw(image, middle, azimuth)
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
    turntable = Turntable(open_body, np.zeros(10, np.float32), 160, 90)
    transforms = np.tile(np.eye(3, 4, dtype=np.float32), (55, 1, 1))
    transforms[:, 1, 3] = 1.3
    middle, face = np.zeros(3), np.zeros(10, np.float32)
    empty = turntable.draw(transforms, np.zeros(55, np.float32), face, middle, 0.0).copy()
    somebody = turntable.draw(transforms, np.ones(55, np.float32), face, middle, 0.0).copy()
    assert np.ptp(empty.astype(int), axis=2).max() < 25
    assert (np.ptp(somebody.astype(int), axis=2) > 25).sum() > 300
    guessed = turntable.draw(transforms, np.full(55, 0.01, np.float32), face, middle, 0.0)
    assert (np.abs(guessed.astype(int) - empty).max(axis=2) > 60).mean() < 0.01, "a guess is faint"
