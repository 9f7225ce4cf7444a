import dataclasses
import logging

import numpy as np
import pygltflib
import pytest
import trimesh

from app.export.catalog import export_take
from app.export.motion import motion_from_take
from app.render.costume import dress
from app.takes.load import load_take
from engines.body.face import ARKIT_NAMES
from engines.body.humanoid import HUMAN_BONES
from engines.body.kinematics import skin
from engines.body.pose import params_from_full_pose
from engines.body.rotations import matrix_from_quaternion
from tests.app.packets import body, moving_packets
from tests.app.recordings import record

COMPONENTS = {5121: "u1", 5123: "<u2", 5126: "<f4", 5125: "<u4"}
WIDTHS = {"SCALAR": 1, "VEC3": 3, "VEC4": 4, "MAT4": 16}
BETAS = np.random.default_rng(9).normal(size=10)


@pytest.fixture(scope="module")
def take(tmp_path_factory):
    return load_take(record(tmp_path_factory.mktemp("takes"), moving_packets(6, betas=BETAS)))


@pytest.fixture(scope="module")
def path(take, tmp_path_factory):
    return export_take(take, "glb", output=tmp_path_factory.mktemp("glb") / "take.glb")


@pytest.fixture(scope="module")
def gltf(path):
    return pygltflib.GLTF2().load(path)


def view_of(gltf, index, dtype, count):
    view = gltf.bufferViews[index]
    return np.frombuffer(gltf.binary_blob(), dtype, count=count, offset=view.byteOffset)


def read(gltf, index):
    """The array of an accessor, sparse or not."""
    accessor = gltf.accessors[index]
    dtype, width = COMPONENTS[accessor.componentType], WIDTHS[accessor.type]
    array = np.zeros((accessor.count, width), dtype)
    if accessor.bufferView is not None:
        array = view_of(gltf, accessor.bufferView, dtype, array.size).reshape(array.shape)
    if accessor.sparse is not None:
        sparse = accessor.sparse
        rows = view_of(
            gltf, sparse.indices.bufferView, COMPONENTS[sparse.indices.componentType], sparse.count
        )
        array[rows] = view_of(gltf, sparse.values.bufferView, dtype, sparse.count * width).reshape(
            -1, width
        )
    return array


def tracks(gltf):
    """(node, path) -> values over time."""
    (animation,) = gltf.animations
    return {
        (c.target.node, c.target.path): read(gltf, animation.samplers[c.sampler].output)
        for c in animation.channels
    }


def joint_matrices(gltf, frame):
    """World matrices of the skin's joints in one frame, as a viewer computes them."""
    animated = tracks(gltf)
    world = {}
    stack = [(0, np.eye(4))]
    while stack:
        index, parent = stack.pop()
        node = gltf.nodes[index]
        local = np.eye(4)
        local[:3, :3] = matrix_from_quaternion(animated[index, "rotation"][frame].astype(float))
        local[:3, 3] = animated.get((index, "translation"), [node.translation] * 99)[frame]
        world[index] = parent @ local
        stack += [(child, world[index]) for child in node.children or []]
    return np.array([world[j] for j in gltf.skins[0].joints])


def test_joints_move_as_in_the_take(gltf, take):
    level = np.diag([1, -1, -1])
    for frame in range(len(take)):
        positions = joint_matrices(gltf, frame)[:, :3, 3]
        np.testing.assert_allclose(positions, take.joints[frame] @ level, atol=1e-4)
    assert [gltf.nodes[j].name for j in gltf.skins[0].joints] == list(HUMAN_BONES)


def test_the_skinned_mesh_is_the_bodys(gltf, take):
    """Linear blend skinning from the file's own numbers. The pose is extreme: there the missing four weights show."""
    attributes = gltf.meshes[0].primitives[0].attributes
    rest = read(gltf, attributes.POSITION)
    joints, weights = read(gltf, attributes.JOINTS_0), read(gltf, attributes.WEIGHTS_0)
    bind = read(gltf, gltf.skins[0].inverseBindMatrices).reshape(-1, 4, 4).transpose(0, 2, 1)
    moved = (joint_matrices(gltf, 2) @ bind)[joints]
    blended = np.einsum("vk,vkab->vab", weights, moved)
    vertices = np.einsum("vab,vb->va", blended[:, :3], np.c_[rest, np.ones(len(rest))])
    pose = take.poses[2].reshape(55, 3).copy()
    pose[0] = take.global_orient_camera[2]
    params = params_from_full_pose(pose, betas=take.betas, transl=take.transl_camera[2])
    plain = dataclasses.replace(body(), posedirs=None)
    dressed = body().rest_vertices(take.betas) + dress(body()).thickness
    expected = skin(plain, params, rest_vertices=dressed) * (1, -1, -1)
    distances = np.linalg.norm(vertices - expected, axis=1)
    assert np.median(distances) < 1e-5
    assert np.quantile(distances, 0.99) < 2e-3
    assert distances.max() < 2e-2


def test_the_file_keeps_the_rules_of_gltf(gltf):
    assert gltf.asset.version == "2.0"
    for index, accessor in enumerate(gltf.accessors):
        array = read(gltf, index)
        if accessor.min:
            np.testing.assert_allclose(array.min(axis=0), accessor.min)
            np.testing.assert_allclose(array.max(axis=0), accessor.max)
    for view in gltf.bufferViews:
        assert view.byteOffset % 4 == 0
        assert view.byteOffset + view.byteLength <= gltf.buffers[0].byteLength
    (animation,) = gltf.animations
    times = gltf.accessors[animation.samplers[0].input]
    assert times.min
    assert (np.diff(read(gltf, animation.samplers[0].input)[:, 0]) > 0).all()
    for (_, name), values in tracks(gltf).items():
        if name == "rotation":
            np.testing.assert_allclose(np.linalg.norm(values, axis=1), 1, atol=1e-6)
            assert (np.sum(values[1:] * values[:-1], axis=1) >= 0).all()
    attributes = gltf.meshes[0].primitives[0].attributes
    np.testing.assert_allclose(read(gltf, attributes.WEIGHTS_0).sum(axis=1), 1, atol=1e-6)
    normals = np.linalg.norm(read(gltf, attributes.NORMAL), axis=1)
    np.testing.assert_allclose(normals, 1, atol=1e-4)
    colors = read(gltf, attributes.COLOR_0)
    assert colors.min() >= 0
    assert colors.max() <= 1


def test_the_face_is_52_morph_targets_with_the_takes_weights(gltf, take):
    mesh = gltf.meshes[0]
    assert mesh.extras["targetNames"] == list(ARKIT_NAMES)
    assert len(mesh.primitives[0].targets) == 52
    smile = ARKIT_NAMES.index("mouthSmileLeft")
    offsets = read(gltf, mesh.primitives[0].targets[smile]["POSITION"])
    np.testing.assert_array_equal(offsets, body().extras.arkit_dirs[:, :, smile])
    weights = tracks(gltf)[55, "weights"].reshape(-1, 52)
    np.testing.assert_array_equal(weights[:, smile], take.blendshapes[:, smile])
    for name in ("jawOpen", "eyeLookUpLeft"):
        assert not weights[:, ARKIT_NAMES.index(name)].any(), "a joint does that already"


def test_trimesh_opens_the_body_with_its_colours(path, take):
    scene = trimesh.load_scene(path)
    (mesh,) = scene.geometry.values()
    assert mesh.vertices.shape == body().v_template.shape
    assert len(mesh.faces) == len(body().faces)
    height = np.ptp(body().rest_vertices(take.betas)[:, 1])
    assert np.ptp(mesh.vertices[:, 1]) == pytest.approx(height, abs=0.05)
    assert mesh.visual.vertex_attributes["color"].shape == (len(mesh.vertices), 3)


def test_another_body_gives_its_skeleton_only(take, tmp_path, caplog):
    other = dataclasses.replace(take, body_model="SMPLX_NEUTRAL")
    with caplog.at_level(logging.WARNING):
        path = export_take(other, "glb", output=tmp_path / "take.glb")
    gltf = pygltflib.GLTF2().load(path)
    assert gltf.meshes == []
    assert len(gltf.nodes) == 55
    assert len(tracks(gltf)) == 56
    assert "SMPLX_NEUTRAL" in caplog.text


def test_the_motion_is_on_one_time_line(gltf, take):
    animation = gltf.animations[0]
    times = read(gltf, animation.samplers[0].input)[:, 0]
    np.testing.assert_allclose(times, take.timestamps_ns / 1e9, atol=1e-5)
    assert len(motion_from_take(take)) == len(times)
