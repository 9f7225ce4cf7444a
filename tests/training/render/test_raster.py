import numpy as np
import pytest

from engines.types import Camera
from training.render.backdrops import Backdrop
from training.render.light import basis, main_light, turned, unshadowed
from training.render.looks import cloth
from training.render.raster import Mesh, rasterise, shade, vertex_normals
from training.render.scene import Shot, photograph
from training.render.textures import PLAIN, TextureArrays, Textures
from training.splits import held_out


def _textures(alpha: int = 255) -> TextureArrays:
    textures = Textures()
    textures.add(np.full((4, 4, 4), (200, 100, 50, alpha), np.uint8))
    return textures.arrays()


def _square(depth: float, *, cut: bool = False, texture: int = PLAIN) -> Mesh:
    """A square of two metres that faces the camera, `depth` metres before the eye at the origin."""
    vertices = np.array([(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)], np.float32)
    vertices[:, 2] = -depth
    faces = np.array([(0, 1, 2), (0, 2, 3)], np.int32)
    return Mesh(
        vertices, vertex_normals(vertices, faces), faces, np.zeros((2, 3, 2), np.float32) + 0.5,
        np.zeros(2, np.int32), np.array([texture]), np.ones((1, 3), np.float32), np.array([cut]),
    )  # fmt: skip


def _points(mesh: Mesh, focal: float, size: int) -> np.ndarray:
    depth = -mesh.vertices[:, 2]
    x = mesh.vertices[:, 0] * focal / depth + size / 2
    y = -mesh.vertices[:, 1] * focal / depth + size / 2
    return np.stack([x, y, depth], axis=1).astype(np.float32)


def test_square_covers_its_pixels_at_its_depth() -> None:
    mesh = _square(4.0)
    coverage = rasterise(_points(mesh, 40, 40), mesh, _textures(), 40, 40)
    covered = coverage.faces >= 0
    assert covered.sum() == 20 * 20
    assert covered[10:30, 10:30].all()
    assert np.allclose(coverage.inverse_depth[covered], 0.25)
    assert np.allclose(coverage.barycentric[covered].sum(axis=1), 1, atol=1e-5)


def test_nearer_triangles_win_whatever_the_order() -> None:
    near, far = _square(2.0), _square(4.0)
    for first, second, wanted in ((near, far, 0), (far, near, 2)):
        both = first._replace(
            vertices=np.concatenate([first.vertices, second.vertices]),
            faces=np.concatenate([first.faces, second.faces + 4]),
            uv=np.concatenate([first.uv, second.uv]),
            parts=np.zeros(4, np.int32),
        )
        coverage = rasterise(_points(both, 20, 40), both, _textures(), 40, 40)
        assert coverage.faces[20, 20] // 2 * 2 == wanted


def test_what_is_behind_the_camera_is_not_drawn() -> None:
    mesh = _square(-1.0)
    assert (rasterise(_points(mesh, 40, 40), mesh, _textures(), 40, 40).faces < 0).all()


@pytest.mark.parametrize(("alpha", "share"), [(255, 1.0), (0, 0.0), (127, 0.5)])
def test_alpha_cuts_holes(alpha: int, share: float) -> None:
    mesh = _square(4.0, cut=True, texture=0)
    coverage = rasterise(_points(mesh, 40, 40), mesh, _textures(alpha), 40, 40)
    assert (coverage.faces >= 0).sum() == pytest.approx(share * 400)


def test_even_light_gives_the_texture_s_own_colour() -> None:
    harmonics = np.zeros((9, 3))
    harmonics[0] = 1 / 0.282095
    mesh = _square(4.0, texture=0)
    coverage = rasterise(_points(mesh, 40, 40), mesh, _textures(), 40, 40)
    eye = np.zeros(3, np.float32)
    colours, luminance = shade(coverage, mesh, _textures(), unshadowed(harmonics), eye)
    assert colours[20, 20] ** (1 / 2.2) * 255 == pytest.approx([200, 100, 50], rel=1e-3)
    assert luminance[20, 20] == pytest.approx(1, rel=1e-3)
    assert not colours[0, 0].any()


def test_turned_light_shines_from_the_turned_direction() -> None:
    harmonics = basis(np.array([1.0, 0.2, 0.0]) / np.sqrt(1.04))[:, None] * np.ones(3)
    direction, _ = main_light(turned(harmonics, np.pi / 2))
    assert direction == pytest.approx(np.array([0.0, 0.2, 1.0]) / np.sqrt(1.04), abs=1e-6)
    assert turned(turned(harmonics, 0.7), -0.7) == pytest.approx(harmonics, abs=1e-9)


def test_photograph_shows_person_before_backdrop() -> None:
    harmonics = np.zeros((9, 3))
    harmonics[0] = 1 / 0.282095
    backdrop = Backdrop(np.zeros((40, 40, 3), np.float32), False, harmonics)
    shot = Shot(Camera(40, 40, 40, 40, 20, 20), np.zeros(3), 0.6, 0.0)
    picture = photograph(
        _square(4.0, texture=0), _textures(), backdrop, shot, np.random.default_rng(0)
    )
    assert picture[20, 20].min() > 20
    assert picture[20, 20, 2] > picture[20, 20, 0]  # BGR of a reddish texture
    assert not picture[2, 2].any()


def test_training_and_test_items_are_different_ones() -> None:
    items = list(range(10))
    assert set(held_out(items, "train")) | set(held_out(items, "test")) == set(items)
    assert not set(held_out(items, "train")) & set(held_out(items, "test"))
    assert held_out(items, "test") == [2, 5, 8]


def test_cloth_is_seeded() -> None:
    first, second, other = (cloth(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_replaced_texture_is_seen_at_once() -> None:
    textures = Textures()
    index = textures.add(np.zeros((2, 2, 4), np.uint8))
    before = textures.arrays()
    textures.replace(index, np.full((2, 2, 4), 9, np.uint8))
    assert textures.arrays() is before
    assert (before.texels == 9).all()
    with pytest.raises(ValueError, match="in place of"):
        textures.replace(index, np.zeros((3, 2, 4), np.uint8))
