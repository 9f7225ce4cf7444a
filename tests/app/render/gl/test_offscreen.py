import threading

import numpy as np
import pytest

from app.render.gl import offscreen
from app.render.gl.look import SceneOptions
from app.render.gl.offscreen import OffscreenScene, render_picture
from app.render.gl.orbit_camera import OrbitCamera
from app.render.gl.scene_pose import ScenePose
from engines.errors import OpenGlUnavailable
from tests.estimates import estimate, open_body

pytestmark = pytest.mark.usefixtures("_opengl")


@pytest.fixture
def _opengl(gl):
    """Skips where there is none."""


def person(**changes):
    return ScenePose.from_estimate(open_body(), estimate(**changes))


VIEW = OrbitCamera(target_m=(0.0, 0.0, -3.0)).view(4 / 3)


def test_a_picture_has_the_body_in_its_middle_and_bgra_channels():
    picture = render_picture(
        open_body(), [person()], (160, 120), SceneOptions(background="transparent", grid=False)
    )
    assert picture.shape == (120, 160, 4)
    assert picture.dtype == np.uint8
    rows, columns = np.nonzero(picture[..., 3] == 255)
    assert abs((rows.min() + rows.max()) / 2 - 60) < 8
    assert abs((columns.min() + columns.max()) / 2 - 80) < 8
    blue, _, red, _ = picture[rows, columns].mean(axis=0)  # the first track is blue
    assert blue > 1.5 * red


def test_a_picture_of_nobody_is_the_floor():
    assert (render_picture(open_body(), [], (64, 48))[..., 3] == 255).all()


def test_edges_are_smooth_with_samples_and_hard_without():
    shares = []
    for samples in (0, 4):
        options = SceneOptions(background="transparent", grid=False, shadow="off")
        with OffscreenScene(open_body(), 160, 120, options, samples=samples) as scene:
            alpha = scene.render(VIEW, [person()])[..., 3]
        shares.append(((alpha > 0) & (alpha < 255)).mean())
    assert shares[0] == 0
    assert shares[1] > 0.002


def test_two_scenes_live_side_by_side_and_one_outlives_the_other():
    with OffscreenScene(open_body(), 64, 48) as kept:
        before = kept.render(VIEW, [person()])
        with OffscreenScene(open_body(), 32, 24) as other:
            other.render(VIEW, [person()])
        np.testing.assert_array_equal(kept.render(VIEW, [person()]), before)


def test_closing_twice_is_allowed():
    scene = OffscreenScene(open_body(), 32, 24)
    scene.close()
    scene.close()


def test_another_thread_may_have_a_scene_of_its_own():
    drawn = []

    def work():
        drawn.append(render_picture(open_body(), [person()], (64, 48)))

    here = render_picture(open_body(), [person()], (64, 48))
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)
    np.testing.assert_array_equal(drawn[0], here)


def test_without_opengl_callers_hear_of_it(monkeypatch):
    def unavailable():
        raise OpenGlUnavailable("no OpenGL 3.3 on this machine")

    monkeypatch.setattr(offscreen, "standalone_context", unavailable)
    with pytest.raises(OpenGlUnavailable):
        render_picture(open_body(), [person()], (64, 48))
