"""The part of a training kit that people are rendered from: a coarse open body in clothes of one colour each."""

import csv
from pathlib import Path

import cv2
import numpy as np

from engines.body.face import ARKIT_NAMES
from engines.model_store import model_path
from tests.training.small_kit import write_manifest_of, write_small_kit

_SEXES = ("male", "female")


def write_people_kit(root: Path) -> Path:
    """Write a kit that renders can be made from; return the folder."""
    write_small_kit(root)
    for folder in ("body", "proxies", "skins", "clothes", "hair", "eyes", "hdri", "backgrounds"):
        (root / folder).mkdir()
    for folder in ("eyebrows", "eyelashes", "teeth", "tongue", "expressions"):
        (root / folder).mkdir()
    _write_garments(root, _write_base_mesh(root))
    _write_pictures(root)
    rng = np.random.default_rng(1)
    np.savez(
        root / "expressions/makehuman_expressions.npz",
        arkit_names=np.array(ARKIT_NAMES),
        weights=rng.random((3, 52), np.float32) < 0.1,
    )
    write_manifest_of(root)
    return root


def _write_base_mesh(root):
    with np.load(model_path("open_body_simple")) as archive:
        kept, faces = archive["vertices"], archive["faces"].astype(np.int32)
    with np.load(model_path("open_body")) as archive:
        shapes = archive["shapedirs"][kept]
        mesh = {
            "v_template": archive["v_template"][kept].astype(np.float32),
            "shapedirs": shapes[:, :, :10].astype(np.float16),
            "exprdirs": shapes[:, :, 10:].astype(np.float16),
            "weights": archive["weights"][kept].astype(np.float16),
            "arkit_dirs": archive["arkit_dirs"][kept].astype(np.float16),
            "arkit_names": archive["arkit_names"],
        }
    count = len(kept)
    mesh |= {
        "iddirs": np.zeros((count, 3, 24), np.float16),
        "pheno_from_beta": np.eye(11, 6, dtype=np.float32),
        "pheno_names": np.array(["age", "gender", "height", "muscle", "weight", "proportions"]),
        "rest_rot": np.tile(np.eye(3, dtype=np.float16), (count, 1, 1)),
        "faces": faces,
        "faces_uv": faces,
        "uv": mesh["v_template"][:, :2] % 1,
        "face_group": np.zeros(len(faces), np.int8),
        "group_names": np.array(["body"]),
    }
    np.savez(root / "body/base_mesh.npz", **mesh)
    return mesh


def _write_garments(root, mesh):
    where = mesh["v_template"][mesh["faces"]].mean(axis=1)
    above = where[:, 1] - mesh["v_template"][:, 1].min()
    torso = (above > 0.8) & (above < 1.4) & (np.abs(where[:, 0]) < 0.3)
    head = above > 1.6
    items = [
        *(("suit", f"suit_{sex}", sex, torso, f"clothes/{sex}.jpg") for sex in _SEXES),
        ("suit", "plain", "male", torso, ""),
        ("shoes", "shoes", "any", above < 0.1, "clothes/shoes.jpg"),
        ("hair", "hair", "any", head & (where[:, 2] < 0.02), "hair/hair.png"),
        ("eyebrows", "brows", "any", head, "eyebrows/brows.png"),
        ("eyelashes", "lashes", "any", head, "eyelashes/lashes.png"),
        ("eyes", "high-poly", "any", head, "eyes/blue.png"),
        ("teeth", "teeth_base", "any", head, "teeth/teeth.png"),
        ("tongue", "tongue01", "any", head, "tongue/tongue.jpg"),
    ]
    away = mesh["v_template"] - mesh["v_template"].mean(axis=0)
    with (root / "proxies/index.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "kind"])
        for kind, name, sex, which, texture in items:
            path = f"proxies/{kind}_{name}.npz"
            writer.writerow([path, kind])
            outwards = 0.1 if kind in ("suit", "shoes", "hair") else -0.1
            _write_garment(root / path, mesh, which, outwards * away, (kind, name, sex, texture))


def _write_garment(path, mesh, which, offsets, words):
    kept = np.unique(mesh["faces"][which])
    number = np.zeros(len(mesh["v_template"]), np.int32)
    number[kept] = np.arange(len(kept))
    faces = number[mesh["faces"][which]]
    kind, name, sex, texture = words
    np.savez(
        path,
        name=name, kind=kind, sex=sex, texture=texture, ao="",
        ref=np.repeat(kept[:, None], 3, axis=1).astype(np.int32),
        bary=np.tile(np.array([1, 0, 0], np.float32), (len(kept), 1)),
        offset=offsets[kept].astype(np.float32),
        scale_pair=np.zeros((3, 2), np.int32),
        scale_len=np.zeros(3, np.float32),
        faces=faces, faces_uv=faces, uv=mesh["uv"][kept],
        hide=kept.astype(np.int32) if kind == "suit" else np.zeros(0, np.int32),
    )  # fmt: skip


def _write_pictures(root):
    rng = np.random.default_rng(0)
    names = [f"skins/{tone}skinned_{sex}.jpg" for tone in ("light", "dark") for sex in _SEXES]
    names += ["clothes/male.jpg", "clothes/female.jpg", "clothes/shoes.jpg", "tongue/tongue.jpg"]
    names += ["hair/hair.png", "eyebrows/brows.png", "eyelashes/lashes.png", "eyes/blue.png"]
    names += ["teeth/teeth.png", "backgrounds/wall.jpg"]
    for name in names:
        channels = 4 if name.endswith(".png") else 3
        picture = np.full((16, 16, channels), rng.integers(40, 220, channels), np.uint8)
        picture += rng.integers(0, 30, picture.shape).astype(np.uint8)
        assert cv2.imwrite(str(root / name), picture)
    sky = np.linspace(1.5, 0.2, 16, dtype=np.float32)[:, None, None] * np.ones((1, 32, 3), "f4")
    assert cv2.imwrite(str(root / "hdri/sky.hdr"), sky)
    harmonics = np.zeros((2, 9, 3), np.float32)
    harmonics[:, 0], harmonics[:, 1] = 2.0, 1.0  # from above
    np.savez(root / "hdri/sh9.npz", names=np.array(["sky", "other"]), sh_clip20=harmonics)
