"""Crops against OpenCV and torch, which the authors cut with, and against golden boxes."""

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.errors import UsageError
from engines.expose.crops import CropSampler, body_square
from tests.engines.expose.limits import assert_close
from tests.engines.expose.small import small_config

CONFIG = small_config()
MEAN = np.array(CONFIG.mean, np.float32)
STD = np.array(CONFIG.std, np.float32)


def picture(height=90, width=120):
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)


def normalised(image):
    return ((image[:, :, ::-1].astype(np.float32) / 255 - MEAN) / STD).transpose(2, 0, 1)


def test_boxes_are_golden(operations):
    squares = [body_square(box, 256) for box in operations["box.in"]]
    answers = {
        "box.center": np.array([square.centre for square in squares]),
        "box.size": np.array([square.side for square in squares]),
        "box.scale": np.array([square.side / 200 for square in squares]),
        "box.transform": np.array([square.crop_from_image for square in squares]),
        "box.ul": np.array([square.corners[0] for square in squares]),
        "box.br": np.array([square.corners[1] for square in squares]),
    }
    assert_close(operations, answers)


boxes = st.tuples(
    st.floats(-80, 110), st.floats(-80, 80), st.floats(3, 200), st.floats(3, 200)
).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))


@settings(deadline=None, max_examples=60)
@given(box=boxes)
def test_body_crop_is_cut_padded_with_black_and_resized(box):
    image, crop = picture(), np.empty((3, 64, 64), np.float32)
    square = body_square(box, 64)
    CropSampler(CONFIG).body(image, square, crop)
    (left, top), (right, bottom) = square.corners
    canvas = np.zeros((bottom - top, right - left, 3), np.float32)
    y0, y1 = np.clip([top, bottom], 0, image.shape[0])
    x0, x1 = np.clip([left, right], 0, image.shape[1])
    canvas[y0 - top : y1 - top, x0 - left : x1 - left] = image[y0:y1, x0:x1, ::-1] / np.float32(255)
    resized = cv2.resize(canvas, (64, 64), interpolation=cv2.INTER_LINEAR)
    expected = ((resized - MEAN) / STD).transpose(2, 0, 1)
    assert np.abs(crop - expected).max() <= 1e-6


@settings(deadline=None, max_examples=60)
@given(
    x=st.floats(-40, 160),
    y=st.floats(-40, 130),
    side=st.floats(0.5, 300),
    mirrored=st.booleans(),
)
def test_part_crop_is_sampled_as_torch_does(x, y, side, mirrored):
    image, crop = picture(), np.empty((3, 56, 56), np.float32)
    CropSampler(CONFIG).part(image, np.array([x, y, side], np.float32), crop, mirrored=mirrored)
    steps = torch.linspace(0, 1, 56, dtype=torch.float64)
    columns = 2 * (side * steps + x - side / 2) / (image.shape[1] - 1) - 1
    rows = 2 * (side * steps + y - side / 2) / (image.shape[0] - 1) - 1
    grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), dim=-1)[None]
    whole = torch.from_numpy(normalised(image).astype(np.float64))[None]
    expected = torch.nn.functional.grid_sample(whole, grid, align_corners=True)[0].numpy()
    expected = expected[:, :, ::-1] if mirrored else expected
    assert np.abs(crop - expected).max() <= 1e-3


@pytest.mark.parametrize("box", [(5, 5, 5, 9), (5, 9, 9, 5), (np.nan, 0, 1, 1), (0, 0, np.inf, 1)])
def test_box_without_area_is_refused(box):
    with pytest.raises(UsageError, match="needs x0 < x1"):
        body_square(box, 256)


def test_box_smaller_than_a_pixel_is_refused():
    with pytest.raises(UsageError, match="smaller than a pixel"):
        body_square((10.2, 10.2, 10.3, 10.3), 256)


@pytest.mark.parametrize("size", [(1, 1), (3000, 4000)])
def test_tiny_and_huge_pictures(size):
    image, crop = np.full((*size, 3), 255, np.uint8), np.empty((3, 32, 32), np.float32)
    sampler = CropSampler(CONFIG)
    height, width = size
    sampler.body(image, body_square((0, 0, width, height), 32), crop)
    white = (1 - MEAN) / STD
    assert np.allclose(crop.max(axis=(1, 2)), white, atol=1e-5)
    sampler.part(image, np.array([0, 0, 1e6], np.float32), crop)
    assert np.isfinite(crop).all()
