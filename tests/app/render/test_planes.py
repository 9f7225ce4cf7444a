"""Tests of pictures in planes."""

import cv2
import numpy as np
import pytest

from app.render.planes import Layers, Planes, scale


def _noise(width, height):
    rng = np.random.default_rng(0)
    half = height // 2, width // 2
    sizes = (height, width), half, half
    return Layers(*(rng.integers(0, 256, size, np.uint8) for size in sizes))


@pytest.mark.parametrize("side", [0, 4])
def test_a_picture_half_as_large_is_made_of_means(side):
    source, room = _noise(40, 24), Planes(20 + side, 12)
    scale(source, room.columns(0, 20))
    for layer, made in zip(source, room.columns(0, 20), strict=True):
        size = made.shape[1], made.shape[0]
        wanted = cv2.resize(layer, size, interpolation=cv2.INTER_AREA)
        np.testing.assert_array_equal(made, wanted)
    assert not room.layers.luma[:, 20:].any()
