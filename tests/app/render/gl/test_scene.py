"""What the scene draws, pixel by pixel, and that the card poses bodies as `engines.body` does."""

import dataclasses

import cv2
import numpy as np
import pytest

from app.pipeline.packet import LEVEL_CAMERA
from app.render.gl.look import OVERLAY, SceneOptions
from app.render.gl.orbit_camera import OrbitCamera
from app.render.gl.programs import shader_source
from app.render.gl.scene import BodyScene
from app.render.gl.scene_pose import ScenePose, bounds_m
from app.render.gl.skin_mesh import SkinMesh
from app.render.gl.view import pinhole_view
from app.render.rasteriser import SampleBuffer, draw_mesh
from engines.body.face import ARKIT_INDEX
from engines.body.kinematics import skin
from engines.body.skeleton import JOINT_INDEX
from engines.types import Camera
from tests.estimates import estimate, open_body, upright_pose

CAMERA = Camera(320, 240, 220.0, 220.0, 160.0, 120.0)
SIZE = CAMERA.width, CAMERA.height
BENT = upright_pose(
    left_elbow=(0, -1.2, 0), right_shoulder=(0.3, 0, 0.9), right_knee=(0.9, 0, 0), head=(0, 0.4, 0)
)
BARE = SceneOptions(background="transparent", grid=False, shadow="off")


def scene_pose(*args, **changes):
    return ScenePose.from_estimate(open_body(), estimate(*args, **changes))


def pixel(pose, joint):
    """Row and column of a joint in the camera's picture."""
    x, y, z = pose.joints[JOINT_INDEX[joint]]
    return round(CAMERA.cy - CAMERA.fy * y / -z), round(CAMERA.cx + CAMERA.fx * x / -z)


class Pictures:
    """A scene and a framebuffer to draw into."""

    def __init__(self, ctx):
        self.ctx = ctx
        self.scene = BodyScene(ctx, open_body())
        self.framebuffer = ctx.simple_framebuffer(SIZE)

    def draw(self, poses, options=BARE, view=None, **settings):
        """RGBA (height, width, 4), premultiplied, first row at the top."""
        self.scene.options = options
        view = pinhole_view(CAMERA, LEVEL_CAMERA) if view is None else view
        self.scene.draw(self.framebuffer, SIZE, view, poses, **settings)
        pixels = np.frombuffer(self.framebuffer.read(components=4, alignment=1), np.uint8)
        return pixels.reshape(CAMERA.height, CAMERA.width, 4)[::-1].astype(int)

    def release(self):
        self.scene.release()
        self.framebuffer.release()


@pytest.fixture
def pictures(gl):
    made = Pictures(gl)
    yield made
    made.release()


def around(*poses):
    low, high = bounds_m(poses)
    aspect = CAMERA.width / CAMERA.height
    return OrbitCamera().fitted(low, high, aspect).view(aspect)


def test_the_card_poses_the_skin_as_engines_body_does(gl):
    model = open_body()
    betas, expression = np.linspace(-1, 1, 10), np.linspace(1, -1, 10)
    made = estimate(BENT, betas=betas, expression=expression)
    program = gl.program(vertex_shader=shader_source("skin.vert"), varyings=["v_position"])
    mesh = SkinMesh(gl, program, model)
    mesh.update([ScenePose.from_estimate(model, made)], dressed=False)
    corners = gl.buffer(reserve=model.faces.size * 12)
    gl.simple_framebuffer((1, 1)).use()  # OpenGL asks for one, though nothing is drawn
    mesh.capture(1, corners)
    found = np.frombuffer(corners.read(), np.float32).reshape(-1, 3)
    expected = (skin(model, made.params) * (1, -1, -1))[model.faces.reshape(-1)]
    np.testing.assert_allclose(found, expected, atol=2e-5)
    mesh.release()
    corners.release()
    program.release()


def test_the_outline_is_that_of_the_software_rasteriser(pictures):
    made = estimate(BENT)
    buffer = SampleBuffer(*SIZE, samples=1)
    vertices = skin(open_body(), made.params)
    image = np.zeros((CAMERA.height, CAMERA.width, 3), np.uint8)
    draw_mesh(image, buffer, vertices, open_body().faces, vertices, CAMERA)
    expected = np.isfinite(buffer.depth())
    found = pictures.draw([ScenePose.from_estimate(open_body(), made)])[..., 3] == 255
    assert (found & expected).sum() > 0.99 * (found | expected).sum()


def test_a_face_action_changes_the_face_only(pictures):
    blendshapes = np.zeros(52)
    calm = pictures.draw([scene_pose(blendshapes=blendshapes)])
    blendshapes[[ARKIT_INDEX["browInnerUp"], ARKIT_INDEX["mouthFunnel"]]] = 1
    person = scene_pose(blendshapes=blendshapes)
    changed = (np.abs(pictures.draw([person]) - calm) > 8).any(axis=2)
    rows, columns = np.nonzero(changed)
    row, column = pixel(person, "head")
    assert len(rows) >= 5
    assert (np.hypot(rows - row, columns - column) < CAMERA.fy * 0.2 / 3).all()


def test_styles_are_all_different(pictures):
    drawn = {
        style: pictures.draw([scene_pose()], dataclasses.replace(BARE, style=style))
        for style in ("mesh", "skeleton", "wireframe", "mesh+skeleton")
    }
    mesh = drawn["mesh"][..., 3] > 0
    near_mesh = cv2.dilate(mesh.astype(np.uint8), np.ones((3, 3))) > 0  # lines have a width
    for style, picture in drawn.items():
        assert (picture[..., 3] > 0).any()
        assert not ((picture[..., 3] > 0) & ~near_mesh).any(), style
        for other, another in drawn.items():
            differs = (np.abs(picture - another) > 20).any(axis=2).sum()
            assert (differs > 0.1 * mesh.sum()) == (style != other), (style, other)


def test_in_a_glass_body_each_spot_is_covered_once(pictures):
    """Arms before the trunk would be darker than the rest if all layers were seen."""
    pose = upright_pose(left_shoulder=(0, -1.4, 0), right_shoulder=(0, 1.4, 0))
    glass = dataclasses.replace(BARE, opacity=0.5)
    pictures.draw([scene_pose(pose)], glass)  # the second picture has all settings of the first
    alpha = pictures.draw([scene_pose(pose)], glass)[..., 3]
    assert set(np.unique(alpha)) <= {0, 127, 128}


def test_sides_have_their_colours_in_the_skeleton(pictures):
    picture = pictures.draw([scene_pose()], dataclasses.replace(BARE, style="skeleton"))
    red, blue = picture[..., 0], picture[..., 2]
    middle = CAMERA.width // 2
    left_of_person, right_of_person = np.s_[:, middle + 20 :], np.s_[:, : middle - 20]
    assert blue[left_of_person].sum() > 1.5 * red[left_of_person].sum()
    assert red[right_of_person].sum() > 1.5 * blue[right_of_person].sum()


def test_the_nearer_person_hides_the_farther_and_each_has_a_colour(pictures):
    near, far = scene_pose(track_id=1, pelvis=(0, 0, 2.5)), scene_pose(track_id=2, pelvis=(0, 0, 5))
    alone = pictures.draw([near])[120, 160]
    np.testing.assert_array_equal(pictures.draw([far, near])[120, 160], alone)
    assert np.abs(pictures.draw([far])[120, 160] - alone).max() > 30


def test_persons_come_and_go(pictures):
    first, second = (scene_pose(track_id=k, pelvis=(0.6 * k - 0.9, 0, 3)) for k in (1, 2))
    both = pictures.draw([first, second])
    assert not np.array_equal(pictures.draw([first]), both)
    assert pictures.draw([])[..., 3].max() == 0
    np.testing.assert_array_equal(pictures.draw([first, second]), both)


def test_guesses_are_grey_in_the_scene_and_faint_over_a_picture(pictures):
    unseen = tuple(name for name in JOINT_INDEX if name.startswith("left_"))
    person = scene_pose(unseen=unseen)
    grey, faint = pictures.draw([person]), pictures.draw([person], OVERLAY)
    left, right = pixel(person, "left_elbow"), pixel(person, "right_elbow")
    assert grey[left][3] == grey[right][3] == 255
    assert np.ptp(grey[left][:3]) < 45 < 60 < np.ptp(grey[right][:3])
    assert 0 < faint[left][3] < 80
    assert faint[right][3] > 200


def test_the_transparent_background_is_empty_and_the_theme_covers_everything(pictures):
    corner = pictures.draw([scene_pose()])[0, 0]
    np.testing.assert_array_equal(corner, 0)
    for theme, is_bright in (("dark", False), ("light", True)):
        picture = pictures.draw([scene_pose()], SceneOptions(theme=theme), around(scene_pose()))
        assert (picture[..., 3] == 255).all()
        assert (picture[..., :3].mean() > 128) == is_bright


def test_the_grid_is_drawn_on_the_floor_and_can_be_left_out(pictures):
    person = scene_pose()
    drawn = [
        pictures.draw(
            [person],
            SceneOptions(grid=grid, shadow="off"),
            around(person),
            floor_y_m=person.lowest_m,
        )
        for grid in (True, False)
    ]
    changed = (np.abs(drawn[0] - drawn[1]) > 3).any(axis=2)
    assert changed[-60:].mean() > 0.5
    assert not changed[:60].any()


@pytest.mark.parametrize("shadow", ["soft", "simple"])
def test_the_shadow_darkens_the_floor_near_the_feet(pictures, shadow):
    person = scene_pose()
    with_shadow, without = (
        pictures.draw(
            [person],
            SceneOptions(theme="light", grid=False, shadow=kind),
            around(person),
            floor_y_m=person.lowest_m,
        )[..., :3].sum(axis=2)
        for kind in (shadow, "off")
    )
    darker = without - with_shadow
    assert darker.max() > 60
    assert darker.min() >= 0
    rows, _ = np.nonzero(darker > 20)
    assert rows.min() > 0.6 * CAMERA.height


def test_the_cameras_picture_is_behind_the_bodies(pictures):
    image = np.zeros((CAMERA.height, CAMERA.width, 3), np.uint8)
    image[:120, :, 0] = 200  # blue above
    image[120:, :, 2] = 150  # red below
    drawn = pictures.draw([scene_pose()], OVERLAY, picture=image)
    np.testing.assert_allclose(drawn[2, 2], (0, 0, 200, 255), atol=2)
    np.testing.assert_allclose(drawn[-3, 2], (150, 0, 0, 255), atol=2)
    assert (drawn[..., 3] == 255).all()
    assert np.abs(drawn[118, 160] - (0, 0, 200, 255)).max() > 30


def test_pictures_of_another_size_are_stretched(pictures):
    for height, width in ((7, 5), (50, 90)):
        drawn = pictures.draw([], picture=np.full((height, width, 3), 77, np.uint8))
        np.testing.assert_allclose(drawn[..., :3], 77, atol=1)


def test_dressed_and_bare_differ(pictures):
    bare, dressed = (
        pictures.draw([scene_pose(pelvis=(0, 0, 1.5))], dataclasses.replace(BARE, dressed=on))
        for on in (False, True)
    )
    assert (np.abs(bare - dressed) > 20).any(axis=2).mean() > 0.1


def test_drawing_twice_gives_the_same_picture(pictures):
    person = scene_pose()
    for style in ("mesh+skeleton", "wireframe", "mesh"):
        options = SceneOptions(style=style)
        first = pictures.draw([person], options, around(person))
        np.testing.assert_array_equal(pictures.draw([person], options, around(person)), first)


def test_a_scene_can_be_released_and_made_again(gl):
    pictures, options = Pictures(gl), SceneOptions(style="mesh+skeleton")
    before = pictures.draw([scene_pose()], options)
    pictures.scene.release()
    pictures.scene = BodyScene(gl, open_body())
    np.testing.assert_array_equal(pictures.draw([scene_pose()], options), before)
    pictures.release()
