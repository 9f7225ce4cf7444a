"""A receiver like EVMC4U wears our body in Unity's frame; its picture is compared with ours."""

import numpy as np

from app.render.bodies import BodyShape, draw_body
from app.render.rasteriser import SampleBuffer
from app.sinks.vmc_encoder import VmcEncoder
from app.sinks.vmc_options import VmcOptions
from engines.body.humanoid import HUMAN_BONES
from engines.body.kinematics import skin
from engines.types import Camera
from tests.app.packets import body, make_packet, tilted_world
from tests.app.sinks.receivers import Evmc4u, rotate
from tests.estimates import estimate, upright_pose

CAMERA = Camera(160, 240, 230.0, 230.0, 80.0, 120.0)
MIRROR = np.array([-1, 1, 1], np.float32)


def waving():
    """The right hand is up, the left leg forward, the head turned to the left: no two views of it are alike."""
    pose = upright_pose(
        right_shoulder=(0, 0, -0.3), right_elbow=(0, 0, -1.4), left_shoulder=(0, 0, -1.1), left_hip=(-0.7, 0, 0.1),
        left_knee=(0.9, 0, 0), head=(0, 0.7, 0), spine2=(0, 0, 0.15), left_index1=(0, 0, -1.2),
    )  # fmt: skip
    return estimate(pose, pelvis=(0.05, 0.1, 2.4))


def worn_by_the_receiver(person, options):
    """Vertices in our camera frame of a body skinned by the bones of the receiver, all in Unity's frame."""
    receiver = Evmc4u()
    packet = make_packet(0, [person], world_from_camera=tilted_world())
    receiver.receive(VmcEncoder(options).encode(packet))
    assert receiver.available
    bones = receiver.skeleton()
    model = body()
    rest = model.rest_joints(person.params.betas, person.params.expression) * MIRROR
    vertices = model.rest_vertices(person.params.betas, person.params.expression) * MIRROR
    matrices = np.array([matrix_of(bones[bone][1]) for bone in HUMAN_BONES])
    places = np.array([bones[bone][0] for bone in HUMAN_BONES])
    moved = np.einsum("jab,jvb->jva", matrices, vertices[None] - rest[:, None]) + places[:, None]
    weights = np.zeros((len(vertices), 55))
    rows = np.arange(len(vertices))[:, None]
    np.add.at(weights, (rows, model.weight_joints), model.weights)
    unity = np.einsum("vj,jva->va", weights, moved)
    camera_from_world = np.linalg.inv(tilted_world().astype(np.float64))
    world = unity * MIRROR
    return (world @ camera_from_world[:3, :3].T + camera_from_world[:3, 3]).astype(np.float32)


def matrix_of(quaternion):
    return np.array([rotate(quaternion, axis) for axis in np.eye(3)]).T


def picture(vertices):
    image = np.zeros((CAMERA.height, CAMERA.width, 3), np.uint8)
    shape = BodyShape(vertices, body().faces, np.ones(len(vertices), np.float32), (90, 160, 220))
    draw_body(image, SampleBuffer(CAMERA.width, CAMERA.height), shape, CAMERA, 1.0)
    return image.astype(int)


def test_the_receivers_picture_is_ours():
    person = waving()
    ours = picture(skin(body(), person.params))
    theirs = picture(worn_by_the_receiver(person, VmcOptions()))
    assert (ours.sum(axis=2) > 0).mean() > 0.05, "somebody is in the picture"
    different = np.abs(ours - theirs).max(axis=2) > 24
    assert different.mean() < 0.002
    # and it is no picture that anything would match
    assert (np.abs(ours - theirs[:, ::-1]).max(axis=2) > 24).mean() > 0.05


def test_the_picture_shows_a_half_turn():
    person = waving()
    ours = picture(skin(body(), person.params))
    turned = picture(worn_by_the_receiver(person, VmcOptions(turned=True)))
    assert (np.abs(ours - turned).max(axis=2) > 24).mean() > 0.05
