import numpy as np
import pytest

from app.render.rasteriser import NEAR_M, SAMPLE_PLACES, Region, SampleBuffer, draw_mesh
from engines.types import Camera

WIDTH, HEIGHT = 64, 48
CAMERA = Camera(WIDTH, HEIGHT, 50.0, 40.0, 30.0, 25.0)
FACE = np.array([[0, 1, 2]], np.int32)
every_sampling = pytest.mark.parametrize("samples", SAMPLE_PLACES)


def at(*pixels_and_depth):
    """Camera-frame points that are seen at the pixels (x, y) at depth z."""
    x, y, z = np.array(pixels_and_depth, np.float64).T
    points = [(x - CAMERA.cx) * z / CAMERA.fx, (y - CAMERA.cy) * z / CAMERA.fy, z]
    return np.stack(points, axis=1).astype(np.float32)


def black():
    return np.zeros((HEIGHT, WIDTH, 3), np.uint8)


def draw(vertices, faces=FACE, colors=(255, 255, 255), *, image=None, buffer=None, opacity=1.0):
    image = black() if image is None else image
    buffer = SampleBuffer(WIDTH, HEIGHT) if buffer is None else buffer
    paints = np.broadcast_to(np.float32(colors), vertices.shape)
    region = draw_mesh(image, buffer, vertices, faces, paints, CAMERA, opacity=opacity)
    return image, buffer, region


def inside(x, y, corners):
    """Whether places are in a triangle, by the signs of its edges: a second opinion."""
    signs = []
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        signs.append((bx - ax) * (y - ay) - (by - ay) * (x - ax) < 0)
    return np.all(signs, axis=0)


@every_sampling
def test_covers_the_samples_inside_and_no_others(samples):
    corners = np.array([[10.3, 40.2], [50.7, 35.1], [22.4, 5.6]])
    image, buffer, region = draw(
        at(*[(x, y, 2.0) for x, y in corners]), buffer=SampleBuffer(WIDTH, HEIGHT, samples=samples)
    )
    row, x = np.mgrid[: HEIGHT * samples, :WIDTH]
    places = np.array(SAMPLE_PLACES[samples])
    expected = inside(x + places[row % samples], (row + 0.5) / samples, corners)
    np.testing.assert_array_equal(buffer.inverse_depth > 0, expected)
    cover = expected.reshape(HEIGHT, samples, WIDTH).mean(axis=1)
    np.testing.assert_allclose(image[:, :, 0], 255 * cover, atol=1)
    assert region == Region(10, 5, 51, 41)


def test_the_other_side_is_not_drawn():
    front = at((10, 40, 2), (50, 35, 2), (22, 5, 2))
    assert draw(front)[0].any()
    assert not draw(front[::-1].copy())[0].any()


@every_sampling
def test_neighbours_leave_no_gap_and_count_once(samples):
    """A fan of thin triangles covers its outline evenly, each sample by one triangle."""
    rng = np.random.default_rng(0)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 200))
    rim = [(32 + 20 * np.cos(a), 24 - 20 * np.sin(a), 2 + np.cos(3 * a)) for a in angles]
    vertices = at((32, 24, 2.5), *rim)
    k = np.arange(200)
    faces = np.stack([np.zeros(200), 1 + k, 1 + (k + 1) % 200], axis=1).astype(np.int32)
    image, buffer, _ = draw(vertices, faces, buffer=SampleBuffer(WIDTH, HEIGHT, samples=samples))
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    core = np.hypot(x - 32, y - 24) < 15
    assert (image[core] == 255).all()
    hits = np.zeros(buffer.inverse_depth.shape, int)
    for face in faces:
        _, alone, _ = draw(
            vertices, face[None], buffer=SampleBuffer(WIDTH, HEIGHT, samples=samples)
        )
        hits += alone.inverse_depth > 0
    assert hits.max() == 1
    assert ((hits == 1) == (buffer.inverse_depth > 0)).all()


def test_level_and_upright_edges():
    """Edges along the rows have no place where they cross them."""
    vertices = at((10, 10, 2), (10, 30, 2), (40, 30, 2), (40, 10, 2))
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    image, _, region = draw(vertices, faces)
    assert (image[10:30, 10:40] == 255).all()
    assert image.sum() == 255 * 3 * 20 * 30
    assert region.x1 <= 41


def test_any_triangle_with_corners_on_the_pixel_grid():
    """Level and upright edges, slivers and lines among them: all samples well inside, none well outside."""
    rng = np.random.default_rng(1)
    row, x = np.mgrid[: 2 * HEIGHT, :WIDTH]
    x, y = x + np.array(SAMPLE_PLACES[2])[row % 2], (row + 0.5) / 2
    for _ in range(300):
        corners = rng.integers(-8, [WIDTH + 8, HEIGHT + 8], (3, 2)).astype(float)
        if rng.random() < 0.3:
            corners[1, 1] = corners[0, 1]
        _, buffer, _ = draw(at(*[(cx, cy, 2.0) for cx, cy in corners]))
        drawn = buffer.inverse_depth > 0
        ahead = np.roll(corners, -1, axis=0)
        along = ahead - corners
        side = [
            (bx * (y - cy) - by * (x - cx)) / max(np.hypot(bx, by), 1e-9)
            for (cx, cy), (bx, by) in zip(corners, along, strict=True)
        ]
        (ax, ay), (bx, by) = along[:2]
        is_front = ax * by - ay * bx < 0
        assert (drawn[np.max(side, axis=0) < -1e-4]).all() or not is_front
        assert not drawn[np.max(side, axis=0) > 1e-4].any()
        assert is_front or not drawn.any()


def test_colours_and_depth_are_interpolated_in_perspective():
    """A floor that runs into the distance: halfway in the picture is not halfway in space."""
    near, far = 1.0, 10.0
    vertices = at((5, 45, near), (60, 45, near), (60, 5, far), (5, 5, far))
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    shade = np.float32([0, 0, 200, 200])[:, None].repeat(3, axis=1)
    image, buffer, _ = draw(vertices, faces, shade, buffer=SampleBuffer(WIDTH, HEIGHT, samples=1))
    share = (45 - (np.arange(6, 44) + 0.5)) / 40
    inverse = (1 - share) / near + share / far
    np.testing.assert_allclose(buffer.depth()[6:44, 30], 1 / inverse, rtol=1e-5)
    in_space = (1 / inverse - near) / (far - near)
    np.testing.assert_allclose(image[6:44, 30, 0], 200 * in_space, atol=0.6)


def test_the_nearer_one_is_seen_whatever_the_order():
    near, far = (at((10, 40, z), (50, 35, z), (22, 5, z)) for z in (1.0, 3.0))
    for order in ((near, far), (far, near)):
        image, buffer = black(), SampleBuffer(WIDTH, HEIGHT)
        for vertices in order:
            draw(
                vertices,
                colors=(200 if vertices is near else 50,) * 3,
                image=image,
                buffer=buffer,
            )
        assert image[30, 30, 0] == 200
        assert buffer.depth()[30, 30] == pytest.approx(1)


def test_triangles_that_cut_each_other_are_seen_in_part():
    tilted = at((10, 40, 1), (50, 40, 3), (30, 5, 2))
    level = at((10, 40, 2), (50, 40, 2), (30, 5, 2))
    faces = np.array([[0, 1, 2], [3, 4, 5]], np.int32)
    colors = np.float32([[200] * 3] * 3 + [[50] * 3] * 3)
    image, _, _ = draw(np.concatenate([tilted, level]), faces, colors)
    assert image[35, 20, 0] == 200
    assert image[35, 40, 0] == 50


def test_a_cleared_surface_hides_nothing():
    image, buffer, _ = draw(at((10, 40, 1), (50, 35, 1), (22, 5, 1)))
    buffer.clear()
    assert np.isinf(buffer.depth()).all()
    draw(at((10, 40, 3), (50, 35, 3), (22, 5, 3)), colors=(9, 9, 9), image=image, buffer=buffer)
    assert image[30, 30, 0] == 9


def test_opacity_blends_once():
    triangle = at((10, 40, 2), (50, 35, 2), (22, 5, 2))
    twice = np.concatenate([triangle, triangle * 1.5])
    faces = np.array([[3, 4, 5], [0, 1, 2]], np.int32)
    image = np.full((HEIGHT, WIDTH, 3), 100, np.uint8)
    draw(twice, faces, (200, 200, 200), image=image, opacity=0.25)
    assert image[30, 30, 0] == 125, "the layer behind does not shine through"
    assert image[0, 0, 0] == 100


def test_opacity_of_each_vertex():
    vertices = at((5, 45, 2), (60, 45, 2), (60, 5, 2), (5, 5, 2))
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    image, _, _ = draw(vertices, faces, opacity=np.float32([0, 1, 1, 0]))
    share = (np.arange(10, 55) + 0.5 - 5) / 55
    np.testing.assert_allclose(image[24, 10:55, 0], 255 * share, atol=2)


def test_what_reaches_behind_the_camera_is_cut_at_the_near_plane():
    """A floor under the camera, from far behind it to far ahead."""
    below = 0.5
    corners = [(-40, below, -40), (40, below, -40), (40, below, 40), (-40, below, 40)]
    vertices = np.float32(corners)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    if not draw(vertices, faces)[0].any():
        faces = faces[:, ::-1].copy()
    image, buffer, _ = draw(vertices, faces, buffer=SampleBuffer(WIDTH, HEIGHT, samples=1))
    y = np.arange(HEIGHT) + 0.5
    ray = (y - CAMERA.cy) / CAMERA.fy
    with np.errstate(divide="ignore"):
        depth = below / ray
    seen = (ray > 0) & (depth < 40)
    np.testing.assert_array_equal(image[:, 32, 0] > 0, seen)
    np.testing.assert_allclose(buffer.depth()[seen, 32], depth[seen], rtol=1e-4)


@pytest.mark.parametrize("z", [-2.0, 0.0, NEAR_M / 2])
def test_nothing_behind_the_near_plane_is_drawn(z):
    vertices = np.float32([[-1, 1, z], [1, 1, z], [0, -1, z]])
    image, _, region = draw(
        np.concatenate([vertices, vertices[::-1]]), np.int32([[0, 1, 2], [3, 4, 5]])
    )
    assert not image.any()
    assert region.x0 >= region.x1 or region.y0 >= region.y1


@pytest.mark.parametrize("away", [(200, 0), (-200, 0), (0, 200), (0, -200)])
def test_outside_the_picture(away):
    x, y = away
    vertices = at((10 + x, 40 + y, 2), (50 + x, 35 + y, 2), (22 + x, 5 + y, 2))
    image, _, region = draw(vertices)
    assert not image.any()
    assert (region.x1 - region.x0) * (region.y1 - region.y0) <= 0


def test_a_mesh_wider_than_the_picture_fills_it():
    image, _, region = draw(at((-900, 900, 2), (900, 900, 2), (30, -900, 2)))
    assert (image == 255).all()
    assert region == Region(0, 0, WIDTH, HEIGHT)


def test_points_that_are_not_numbers_spoil_only_their_triangles():
    good, bad = at((10, 40, 2), (50, 35, 2), (22, 5, 2)), np.full((3, 3), np.nan, np.float32)
    image, _, _ = draw(np.concatenate([good, bad]), np.int32([[0, 1, 2], [3, 4, 5], [0, 1, 4]]))
    np.testing.assert_array_equal(image, draw(good)[0])


def test_a_line_and_a_point_are_nothing():
    faces = np.int32([[0, 1, 1], [2, 2, 2]])
    assert not draw(at((10, 40, 2), (50, 35, 2), (22, 5, 2)), faces)[0].any()


def test_only_the_region_is_touched():
    image = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    before = image.copy()
    _, _, region = draw(at((20, 30, 2), (35, 28, 2), (25, 15, 2)), image=image)
    image[region.y0 : region.y1, region.x0 : region.x1] = 0
    before[region.y0 : region.y1, region.x0 : region.x1] = 0
    np.testing.assert_array_equal(image, before)


def test_part_of_a_larger_picture_can_be_drawn_into():
    large = np.zeros((HEIGHT, 3 * WIDTH, 3), np.uint8)
    vertices = at((10, 40, 2), (50, 35, 2), (22, 5, 2))
    draw(vertices, image=large[:, WIDTH : 2 * WIDTH])
    np.testing.assert_array_equal(large[:, WIDTH : 2 * WIDTH], draw(vertices)[0])
    assert not large[:, :WIDTH].any()
    assert not large[:, 2 * WIDTH :].any()


def test_a_surface_of_another_size_is_refused():
    with pytest.raises(ValueError, match=r"\(32, 32\) for a picture of \(64, 48\)"):
        draw(at((1, 1, 1), (2, 2, 1), (3, 1, 1)), buffer=SampleBuffer(32, 32))
