"""Made-up data in the layouts of the owners: no real picture, mesh or index is in it."""

import json
import pickle

import cv2
import numpy as np

from app.evaluation.body_maps import BodyMaps
from app.evaluation.samples import Prediction

VERTICES = 10475
_ROWS, _COLUMNS = 25, 419


def body_mesh(rng=None):
    """A wavy tube with as many vertices as SMPL-X, metres, and its triangles."""
    turn, height = np.meshgrid(
        np.linspace(0, 2 * np.pi, _ROWS, endpoint=False),
        np.linspace(0, 1.7, _COLUMNS),
        indexing="ij",
    )
    radius = 0.2 + 0.05 * np.sin(5 * height) + 0.02 * np.cos(3 * turn)
    vertices = np.stack(
        [radius * np.cos(turn), height, 0.6 * radius * np.sin(turn)], axis=-1
    ).reshape(-1, 3)
    if rng is not None:
        vertices = vertices + rng.normal(0, 0.01, 3) * np.sin(4 * vertices[:, [1]])
    corner = np.arange(_ROWS * _COLUMNS).reshape(_ROWS, _COLUMNS)
    right, up, both = (
        np.roll(corner, -1, axis=0)[:, :-1], corner[:, 1:], np.roll(corner, -1, axis=0)[:, 1:],
    )  # fmt: skip
    corner = corner[:, :-1]
    faces = np.concatenate(
        [np.stack([corner, right, both], -1), np.stack([corner, both, up], -1)]
    ).reshape(-1, 3)
    return vertices, faces


def regressor(rng, joints=14, vertices=VERTICES):
    """Joints as means of a few vertices each."""
    matrix = np.zeros((joints, vertices))
    for row in matrix:
        row[rng.choice(vertices, 6, replace=False)] = 1 / 6
    return matrix


def body_maps(rng):
    """Maps with all parts and both regressors."""
    order = rng.permutation(VERTICES)
    return BodyMaps(
        lsp_regressor=regressor(rng),
        smplx_regressor=regressor(rng, 55),
        parts={
            "left_hand": order[:778],
            "right_hand": order[778:1556],
            "face": order[1556:3000],
            "body": order[3000:],
        },
    )


def prediction(vertices, faces, joints=None, rng=None):
    """A prediction with ExPose's 144 joints, random ones unless given."""
    if joints is None:
        joints = (rng or np.random.default_rng(0)).normal(size=(144, 3))
    return Prediction(vertices, faces, joints)


def write_picture(path, size=(8, 6)):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((size[1], size[0], 3), 127, np.uint8))


def write_ply(path, vertices, faces):
    header = (
        "ply\nformat binary_little_endian 1.0\n"
        f"element vertex {len(vertices)}\nproperty float x\nproperty float y\nproperty float z\n"
        f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    rows = np.zeros(len(faces), [("count", "u1"), ("corners", "<i4", 3)])
    rows["count"], rows["corners"] = 3, faces
    path.write_bytes(header.encode() + vertices.astype("<f4").tobytes() + rows.tobytes())


def write_obj(path, vertices, faces):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in vertices]
    lines += [f"f {a + 1} {b + 1} {c + 1}" for a, b, c in faces]
    path.write_text("\n".join(lines) + "\n")


def write_ehf(folder, meshes, faces):
    """EHF as it is unpacked: pictures, alignments and OpenPose's points with one stray weak one."""
    folder.mkdir(exist_ok=True)
    for number, vertices in enumerate(meshes, start=1):
        stem = f"{number:02d}"
        write_picture(folder / f"{stem}_img.png")
        write_ply(folder / f"{stem}_align.ply", vertices, faces)
        person = {
            "pose_keypoints_2d": [10, 20, 0.9, 110, 320, 0.8, 0, 0, 0],
            "face_keypoints_2d": [5, 5, 0.3],
            "hand_left_keypoints_2d": [7, 100, 0.3],
            "hand_right_keypoints_2d": [],
        }
        (folder / f"{stem}_2Djnt.json").write_text(json.dumps({"people": [person]}))


def write_threedpw(folder, name, content, *, split="test", pictures=None):
    """One sequence of 3DPW, pickled as Python 2 did."""
    path = folder / "sequenceFiles" / split / f"{name}.pkl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(content, protocol=2))
    for frame in range(len(content["cam_poses"]) if pictures is None else pictures):
        write_picture(folder / "imageFiles" / name / f"image_{frame:05d}.jpg")


def write_freihand(folder, joints, vertices):
    """FreiHAND's evaluation set with its annotations."""
    for index in range(len(joints)):
        write_picture(folder / "evaluation" / "rgb" / f"{index:08d}.jpg")
    intrinsics = np.tile([[480.0, 0, 112], [0, 480, 112], [0, 0, 1]], (len(joints), 1, 1))
    for name, values in (("xyz", joints), ("verts", vertices), ("K", intrinsics)):
        (folder / f"evaluation_{name}.json").write_text(json.dumps(np.asarray(values).tolist()))
    (folder / "evaluation_scale.json").write_text(json.dumps([0.03] * len(joints)))
