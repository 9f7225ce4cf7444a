from pathlib import Path

import pytest

from tests.training.small_kit import write_small_kit
from training.kit import Kit, KitError, digest, read_manifest, write_manifest
from training.lifter.recipe import Recipe, Workshop


def test_file_of_the_kit_is_found_and_remembered(kit: Kit) -> None:
    assert kit.used == ()
    assert kit.file("motion/cmu.npz").is_file()
    assert [asset.path for asset in kit.used] == ["motion/cmu.npz"]
    assert kit.used[0].sha256 == digest(kit.root / "motion/cmu.npz")


def test_changed_file_is_refused(tmp_path: Path) -> None:
    root = write_small_kit(tmp_path / "kit")
    with (root / "motion/cmu.npz").open("ab") as file:
        file.write(b"x")
    with pytest.raises(KitError, match="differs from its entry"):
        Kit(root).file("motion/cmu.npz")


def test_missing_file_is_refused(tmp_path: Path) -> None:
    root = write_small_kit(tmp_path / "kit")
    (root / "motion/cmu.npz").unlink()
    with pytest.raises(KitError, match="missing"):
        Kit(root).file("motion/cmu.npz")


def test_unknown_file_is_refused(kit: Kit) -> None:
    with pytest.raises(KitError, match="names no 'motion/dance"):
        kit.file("motion/dance.npz")


def test_folder_without_manifest_is_no_kit(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="not the manifest"):
        Kit(tmp_path)


def test_folder_lists_its_own_files_only(kit: Kit) -> None:
    assert kit.folder("motion", ".npz") == (
        "motion/cmu.npz",
        "motion/makehuman_poses.npz",
        "motion/talkinghead_poses.npz",
    )
    assert kit.folder("mot", ".npz") == ()


def test_manifest_of_the_weights_names_every_material(kit: Kit, tmp_path: Path) -> None:
    assets = Workshop(kit, Recipe()).assets()
    path = tmp_path / "manifest.csv"
    write_manifest(path, assets)
    again = read_manifest(path)
    assert set(again) >= {
        "body/base_mesh.npz",  # rendered, to fit the noise
        "motion/cmu.npz",
        "motion/makehuman_poses.npz",
        "motion/talkinghead_poses.npz",
        "assets/open_body.npz",
        "training/lifter/noise.npz",
    }
    assert all(len(asset.sha256) == 64 and asset.licence for asset in again.values())
