import dataclasses

import numpy as np
import pytest

from app.pipeline.packet import LEVEL_CAMERA, Packet
from app.render.bodies import PERSON_COLORS, body_shape
from app.render.overlay import BodyOverlay, OverlayOptions, SideBySide, SideView
from engines.body.skeleton import JOINT_INDEX, PARENTS
from engines.errors import ConfigError
from engines.types import Camera, Frame
from tests.estimates import estimate, upright_pose

CAMERA = Camera(160, 120, 110.0, 110.0, 80.0, 60.0)
GREY = 90


def picture():
    return np.full((CAMERA.height, CAMERA.width, 3), GREY, np.uint8)


def packet(*estimates, seconds=0.0, world_from_camera=None):
    image = picture()
    image.flags.writeable = False
    frame = Frame(0, 0, round(seconds * 1e9), image, CAMERA)
    world = LEVEL_CAMERA if world_from_camera is None else world_from_camera
    return Packet(frame, estimates=estimates, world_from_camera=world)


def drawn(body, *estimates, **options):
    image = picture()
    BodyOverlay(body, OverlayOptions(**options)).draw(image, estimates, CAMERA)
    return image


def changed_pixels(image, of=GREY):
    return (image != of).any(axis=2)


def test_the_body_is_drawn_where_its_joints_are_seen(open_body):
    person = estimate()
    changed = changed_pixels(drawn(open_body, person))
    joints = person.joints[:22]
    x = CAMERA.fx * joints[:, 0] / joints[:, 2] + CAMERA.cx
    y = CAMERA.fy * joints[:, 1] / joints[:, 2] + CAMERA.cy
    assert changed[y.astype(int), x.astype(int)].all()
    rows, columns = np.nonzero(changed)
    assert rows.min() > y.min() - 14
    assert rows.max() < y.max() + 8
    assert columns.min() > x.min() - 12
    assert columns.max() < x.max() + 12


def test_nobody_leaves_the_picture_alone(open_body):
    assert (drawn(open_body) == GREY).all()


def test_skeleton_covers_less_than_the_skin_and_lies_within(open_body):
    skin, bones = (
        changed_pixels(drawn(open_body, estimate(), style=s)) for s in ("mesh", "skeleton")
    )
    assert 0 < bones.sum() < 0.5 * skin.sum()
    assert (bones & ~skin).sum() < 0.05 * bones.sum()


def test_bones_reach_from_joint_to_joint(open_body):
    person = estimate()
    shape = body_shape(open_body, person, "skeleton")
    ends = shape.vertices.reshape(54, 6, 3)
    np.testing.assert_allclose(ends[:, 0], person.joints[list(PARENTS[1:])], atol=1e-6)
    np.testing.assert_allclose(ends[:, 5], person.joints[1:], atol=1e-6)
    a, b, c = np.moveaxis(shape.vertices[shape.faces].astype(float), 1, 0)
    middle = np.repeat(ends.mean(axis=1), 8, axis=0)
    outwards = np.sum(np.cross(b - a, c - a) * ((a + b + c) / 3 - middle), axis=1)
    assert (outwards > 0).all()


def test_guessed_parts_are_faint(open_body):
    unseen = tuple(name for name in JOINT_INDEX if name.startswith("left_"))
    image = drawn(open_body, estimate(unseen=unseen))
    strength = np.abs(image.astype(int) - GREY).sum(axis=2)
    middle = int(CAMERA.cx)
    persons_left, persons_right = strength[:, middle + 20 :], strength[:, : middle - 20]
    assert 0 < persons_left.max() < 0.5 * persons_right.max()


def test_opacity_zero_draws_nothing(open_body):
    assert (drawn(open_body, estimate(), opacity=0.0) == GREY).all()


def test_persons_have_their_own_colours(open_body):
    one, two = (body_shape(open_body, estimate(track_id=k), "mesh").color for k in (1, 2))
    assert one != two
    assert body_shape(open_body, estimate(track_id=1 + len(PERSON_COLORS)), "mesh").color == one


@pytest.mark.parametrize("turned", [False, True])
def test_the_nearer_person_is_in_front(open_body, turned):
    near = estimate(track_id=1, pelvis=(0.0, 0.0, 2.5))
    far = estimate(track_id=2, pelvis=(0.0, 0.0, 5.0))
    both = drawn(open_body, *((far, near) if turned else (near, far)), opacity=1.0)
    alone = drawn(open_body, near, opacity=1.0)
    row, column = int(CAMERA.cy), int(CAMERA.cx)
    np.testing.assert_array_equal(both[row, column], alone[row, column])


def test_pictures_of_any_size(open_body):
    overlay = BodyOverlay(open_body)
    for width, height in ((160, 120), (90, 50), (160, 120)):
        image = np.full((height, width, 3), GREY, np.uint8)
        camera = Camera(width, height, 60.0, 60.0, width / 2, height / 2)
        overlay.draw(image, [estimate()], camera)
        assert changed_pixels(image).any()


def side_view(body, *packets, size=(150, 150), **options):
    view = SideView(body, *size, OverlayOptions(**options))
    image = np.empty((size[1], size[0], 3), np.uint8)
    for each in packets:
        view.draw(image, each)
    return image


def is_body(image):
    """Bodies are the only thing that is bright."""
    return image.max(axis=2) > 130


def test_the_side_view_shows_the_whole_body_upright_on_a_floor(open_body):
    image = side_view(open_body, packet(estimate()))
    rows, columns = np.nonzero(is_body(image))
    assert rows.min() > 0
    assert rows.max() < 149
    assert np.ptp(rows) > 1.5 * np.ptp(columns)
    floor = image[140].astype(int)
    assert np.abs(np.diff(floor.sum(axis=1))).max() > 5, "chequers"
    assert (image[:5] == image[0, 0]).all(), "nothing above"


def test_the_side_view_is_from_the_side(open_body):
    """Arms stretched forwards point at the camera, and across the view from the side."""
    pose = upright_pose(left_shoulder=(0, -1.5, 0), right_shoulder=(0, 1.5, 0))
    person = packet(estimate(pose))
    across = [
        np.ptp(np.nonzero(is_body(side_view(open_body, person, azimuth_deg=azimuth)))[1])
        for azimuth in (0.0, 90.0)
    ]
    assert across[1] > 1.3 * across[0]


def test_the_side_view_swings(open_body):
    quarter = packet(estimate(), seconds=4.0)
    still = side_view(open_body, quarter, azimuth_deg=60.0, swing_deg=0.0)
    swung = side_view(open_body, quarter, azimuth_deg=35.0, swing_deg=25.0, swing_period_s=16.0)
    np.testing.assert_array_equal(still, swung)


def test_the_side_view_keeps_walkers_in_the_middle(open_body):
    far_off = [packet(estimate(pelvis=(0.05 * k, 0.0, 3.0))) for k in range(60)]
    columns = np.nonzero(is_body(side_view(open_body, *far_off)))[1]
    assert 40 < columns.mean() < 110


def test_a_measured_floor_stays_and_a_guessed_one_is_under_the_feet(open_body):
    """The view follows the body: a body half a metre higher up looks the same, unless the floor is known."""
    measured = LEVEL_CAMERA.copy()
    measured[1, 3] = 1.5
    for world, is_measured in ((LEVEL_CAMERA, False), (measured, True)):
        views = [
            side_view(open_body, packet(estimate(pelvis=(0.0, y, 3.0)), world_from_camera=world))
            for y in (0.5, 0.0)
        ]
        differs = changed_pixels(views[0].astype(int), of=views[1]).mean()
        assert (differs > 0.2) == is_measured


def test_nobody_yet_is_an_empty_side_view(open_body):
    image = side_view(open_body, packet())
    assert (image == image[0, 0]).all()


def test_side_by_side_holds_the_picture_and_the_view(open_body):
    view = SideBySide(open_body, CAMERA.width, CAMERA.height)
    image = view.draw(packet(estimate()))
    assert view.size == (160 + 90, 120)
    assert image.shape == (120, 250, 3)
    np.testing.assert_array_equal(image[:, :160], drawn(open_body, estimate()))
    assert is_body(image[:, 160:]).any()
    assert image is view.draw(packet()), "one picture is used again and again"
    assert (image[:, :160] == GREY).all()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [({"opacity": 1.5}, "use 0 to 1"), ({"swing_period_s": 0}, "more than 0")],
)
def test_options_without_a_meaning(options, complaint):
    with pytest.raises(ConfigError, match=complaint):
        OverlayOptions(**options)


def test_visibility_is_the_confidence_of_the_joints_behind(open_body):
    person = dataclasses.replace(estimate(), confidence=np.linspace(0, 1, 55, dtype=np.float32))
    visibility = body_shape(open_body, person, "mesh").visibility
    vertex = 100
    expected = sum(
        weight * joint / 54
        for joint, weight in zip(
            open_body.weight_joints[vertex], open_body.weights[vertex], strict=True
        )
    )
    assert visibility[vertex] == pytest.approx(expected, abs=1e-6)
