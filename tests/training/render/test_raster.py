"""The rasteriser for the processor, on squares; that the CUDA one gives the same is in test_cuda_kernels.py."""

import numpy as np
import pytest
import torch

from training.render.library import MOST_BONES, Bound, Library
from training.render.light import basis, main_light, turned
from training.render.rasteriser import Drawn, NumbaRasteriser
from training.render.scene import Scene
from training.render.textures import LEVELS, PLAIN, Textures
from training.render.wardrobe import cloth
from training.splits import held_out

SIZE = 40


def _squares(depths: list[float], *, texture: int = PLAIN, cut: bool = False) -> Scene:
    """Squares of two metres that face the camera at some depths, in even light."""
    count = len(depths)
    bones = np.zeros((1, 55, 3, 4), np.float32)
    bones[0, :, :, :3] = np.eye(3)
    bones[0, :count, 2, 3] = depths
    things = [(0, 4 * n, 4, 2 * n, 2, 4 * n, 2 * n, texture, cut, 0) for n in range(count)]
    harmonics = np.zeros((1, 9, 3), np.float32)
    harmonics[:, 0] = 1 / 0.282095
    rest = np.array([(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)], np.float32)
    arrays = (
        np.array(things, np.int32), np.ones((count, 3), np.float32), np.ones((count, 3), np.float32),
        np.array([0, count], np.int32), np.zeros(1, np.int64), rest[None], bones,
        np.array([[SIZE, SIZE, SIZE / 2, SIZE / 2]], np.float32), np.zeros((1, 3, 4), np.float32),
        harmonics, np.zeros(1, np.float32),
    )  # fmt: skip
    return Scene(*(torch.from_numpy(array) for array in arrays), 4 * count, 2 * count, (4, 2))


def _library(count: int) -> Library:
    """`count` squares; the n-th hangs on the n-th joint."""
    weights = np.zeros((4 * count, MOST_BONES), np.float32)
    weights[:, 0] = 1
    bones = np.zeros((4 * count, MOST_BONES), np.int32)
    bones[:, 0] = np.repeat(np.arange(count), 4)
    around = np.array([0, 1, 0, 0, 1, 1], np.int32)
    firsts = np.array([0, 2, 3, 5], np.int32)
    arrays = (
        np.tile(np.arange(4, dtype=np.int32)[:, None], (count, 3)),
        np.tile(np.array([1, 0, 0], np.float32), (4 * count, 1)),
        np.zeros((4 * count, 3, 3), np.float32), bones, weights,
        np.tile(np.array([(0, 2, 1), (0, 3, 2)], np.int32), (count, 1)),
        np.full((2 * count, 3, 2), 0.5, np.float32),
        np.repeat(np.arange(1, count + 1), 2).astype(np.uint8),
        np.concatenate([firsts + 6 * n for n in range(count)] + [[6 * count]]).astype(np.int32),
        np.tile(around, count), np.zeros(4, np.int64),
    )  # fmt: skip
    ends = np.arange(count + 1)
    return Library(
        tuple("square" for _ in range(count)), Bound(*(torch.from_numpy(a) for a in arrays)),
        4 * ends, 2 * ends, np.ones(count, np.float32), torch.zeros(count, 3, 2), torch.zeros(count, 3),
    )  # fmt: skip


def _draw(scene: Scene, alpha: int = 255, finer: int = 1) -> Drawn:
    textures = Textures()
    textures.add(np.full((4, 4, 4), (200, 100, 50, alpha), np.uint8))
    arrays = textures.arrays(torch.device("cpu"))
    rasteriser = NumbaRasteriser(_library(len(scene.things)), arrays)
    return rasteriser.draw(scene._replace(cameras=scene.cameras * finer), SIZE, finer)


def test_square_covers_its_pixels_at_its_depth() -> None:
    drawn = _draw(_squares([4.0]))
    assert drawn.share.sum() == 20 * 20
    assert (drawn.share[0, 10:30, 10:30] == 1).all()
    assert torch.allclose(drawn.inverse_depth[drawn.share == 1], torch.tensor(0.25))
    assert torch.allclose(drawn.normals[0, :, 20, 20], torch.tensor([0.0, 0.0, -1.0]), atol=1e-6)


@pytest.mark.parametrize(("depths", "part"), [([2.0, 4.0], 1), ([4.0, 2.0], 2)])
def test_nearer_squares_win_whatever_the_order(depths: list[float], part: int) -> None:
    drawn = _draw(_squares(depths))
    assert drawn.parts[0, 20, 20] == part


def test_what_is_behind_the_camera_is_not_drawn() -> None:
    assert not _draw(_squares([-1.0])).share.any()


@pytest.mark.parametrize(("alpha", "share"), [(255, 1.0), (0, 0.0), (127, 0.5)])
def test_alpha_cuts_holes(alpha: int, share: float) -> None:
    drawn = _draw(_squares([4.0], cut=True, texture=0), alpha, finer=2)
    assert float(drawn.share.sum()) == pytest.approx(share * 400)


def test_even_light_gives_the_texture_s_own_colour() -> None:
    drawn = _draw(_squares([4.0], texture=0))
    colour = 255 * drawn.colours[0, :, 20, 20].numpy() ** (1 / 2.2)
    assert colour == pytest.approx([200, 100, 50], rel=1e-3)
    assert float(drawn.light[0, 20, 20]) == pytest.approx(1, rel=1e-3)
    assert not drawn.colours[0, :, 0, 0].any()


def test_turned_light_shines_from_the_turned_direction() -> None:
    harmonics = basis(np.array([[1.0, 0.2, 0.0]]) / np.sqrt(1.04))[..., None] * np.ones(3)
    directions, _ = main_light(turned(harmonics, np.array([np.pi / 2])))
    assert directions[0] == pytest.approx(np.array([0.0, 0.2, 1.0]) / np.sqrt(1.04), abs=1e-6)
    there, back = np.array([0.7]), np.array([-0.7])
    assert turned(turned(harmonics, there), back) == pytest.approx(harmonics, abs=1e-9)


def test_training_and_test_items_are_different_ones() -> None:
    items = list(range(10))
    assert set(held_out(items, "train")) | set(held_out(items, "test")) == set(items)
    assert not set(held_out(items, "train")) & set(held_out(items, "test"))
    assert held_out(items, "test") == [2, 5, 8]


def test_cloth_is_seeded() -> None:
    first, second, other = (cloth(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_textures_come_with_smaller_copies() -> None:
    textures = Textures()
    textures.add(np.full((16, 32, 4), 7, np.uint8))
    arrays = textures.arrays(torch.device("cpu"))
    assert arrays.table[:, 1:].tolist() == [[32, 16], [16, 8], [8, 4], *[[8, 4]] * (LEVELS - 3)]
    assert (arrays.texels == 7).all()
