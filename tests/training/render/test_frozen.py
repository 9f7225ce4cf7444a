from pathlib import Path

import numpy as np
import pytest
import torch

from engines.errors import ModelError
from training.kit import Asset, Kit, KitError, digest, read_manifest, write_manifest
from training.render import frozen


@pytest.fixture(scope="module")
def folder(people_kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frozen")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(frozen.SIZES, "hand", 32)
        arguments = ["--kit", str(people_kit.root), "--out", str(folder), "--hands", "3"]
        assert frozen.main([*arguments, "--bodies", "0", "--heads", "0"]) == 0
    return folder


def test_frozen_hands_are_read_back(folder: Path) -> None:
    batch = frozen.load(folder / "hand.npz")
    assert batch.kind == "hand"
    assert batch.images.shape == (3, 3, 32, 32)
    assert 0.05 < batch.images.mean() < 0.95
    assert torch.allclose(batch.right_hand_pose.det(), torch.ones(3, 15), atol=1e-4)
    assert batch.normals is None


def test_manifest_names_what_they_are_made_of(folder: Path) -> None:
    names = set(read_manifest(folder / "MANIFEST.csv"))
    assert {"hand.npz", "body/base_mesh.npz", "motion/cmu.npz", "hdri/sky.hdr"} <= names


def test_changed_renders_are_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "MANIFEST.csv").write_bytes((folder / "MANIFEST.csv").read_bytes())
    (tmp_path / "hand.npz").write_bytes((folder / "hand.npz").read_bytes() + b"x")
    with pytest.raises(KitError, match="differs from its entry"):
        frozen.load(tmp_path / "hand.npz")


def test_other_files_are_no_renders(tmp_path: Path) -> None:
    path = tmp_path / "body.npz"
    np.savez(path, pose=np.zeros(3))
    write_manifest(tmp_path / "MANIFEST.csv", [Asset(path.name, digest(path), "", "", "")])
    with pytest.raises(ModelError, match="no frozen renders"):
        frozen.load(path)
