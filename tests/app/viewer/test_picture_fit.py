import numpy as np
import pytest

from app.viewer.picture_fit import PictureFit, PictureScaler, Size, scaled_camera
from engines.types import Camera


@pytest.mark.parametrize(
    ("pane", "place"),
    [
        ((640, 640), (0, 140, 640, 360)),
        ((1280, 360), (320, 0, 640, 360)),
        ((64, 36), (0, 0, 64, 36)),
    ],
)
def test_a_picture_is_as_large_as_fits_and_in_the_middle(pane, place):
    fit = PictureFit.into(Size(1280, 720), Size(*pane))
    assert (fit.x, fit.y, fit.width, fit.height) == pytest.approx(place)


def test_points_go_where_their_pixels_are():
    fit = PictureFit.into(Size(100, 50), Size(200, 200))
    points = np.array([[0, 0, 9], [100, 50, 9], [25, 10, 9]], np.float32)
    np.testing.assert_allclose(fit.to_pane(points), [[0, 50], [200, 150], [50, 70]])
    mirrored = PictureFit.into(Size(100, 50), Size(200, 200), is_mirrored=True)
    np.testing.assert_allclose(mirrored.to_pane(points), [[200, 50], [0, 150], [150, 70]])


def test_a_screen_with_more_pixels_gets_more():
    fit = PictureFit.into(Size(1280, 720), Size(640, 400))
    assert fit.device_size(1.5) == (960, 540)
    assert PictureFit.into(Size(1280, 720), Size(1, 1)).device_size(1.0) == (1, 1)


def test_scaling_keeps_sides_and_colours_unless_mirrored():
    image = np.zeros((40, 80, 3), np.uint8)
    image[:, :40] = (250, 0, 0)
    scaler = PictureScaler()
    shown = scaler.scale(image, Size(20, 10), is_mirrored=False)
    assert shown.shape == (10, 20, 4)
    assert tuple(shown[5, 2]) == (250, 0, 0, 255)
    again = scaler.scale(image, Size(20, 10), is_mirrored=True)
    assert again is shown  # no new picture for each frame
    assert tuple(again[5, 2, :3]) == (0, 0, 0)
    assert tuple(again[5, 17, :3]) == (250, 0, 0)
    assert image[0, 0, 0] == 250


def test_the_mirrored_camera_sees_the_mirrored_body_at_the_mirrored_pixel():
    camera = Camera(640, 480, 500.0, 510.0, 330.0, 250.0, (-0.3, 0.1, -0.001, 0.003))
    plain = scaled_camera(camera, Size(320, 240))
    mirrored = scaled_camera(camera, Size(320, 240), is_mirrored=True)
    x, y, z = 0.4, -0.2, 2.0
    px = plain.fx * x / z + plain.cx
    assert mirrored.fx * -x / z + mirrored.cx == pytest.approx(320 - px)
    assert plain.fy * y / z + plain.cy == pytest.approx((510 * y / z + 250) / 2)
    assert plain.distortion == camera.distortion
    assert mirrored.distortion == (-0.3, 0.1, -0.001, -0.003)
