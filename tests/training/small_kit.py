"""A training kit of a few kilobytes, made on the spot."""

import csv
from pathlib import Path

import numpy as np

from engines.body.rest_pose import RELAXED_POSE
from engines.body.skeleton import BODY
from training.kit import digest

SCALE = 1e-4


def write_small_kit(root: Path) -> Path:
    """Write motion, stills and a manifest; return the folder."""
    rng = np.random.default_rng(0)
    (root / "motion").mkdir(parents=True)
    poses = RELAXED_POSE[BODY] + 0.2 * rng.normal(size=(64, 22, 3))
    np.savez(
        root / "motion/cmu.npz",
        pose=(poses / SCALE).astype(np.int16),
        scale=SCALE,
        transl_mm=np.zeros((64, 3), np.int16),
        clip_names=np.array(["train/walk", "test/walk"]),
        clip_start=np.array([0, 40], np.int32),
        clip_len=np.array([40, 24], np.int32),
    )
    still = np.zeros((2, 52, 3), np.float32)
    for name in ("makehuman_poses", "talkinghead_poses"):
        np.savez(root / f"motion/{name}.npz", pose=still)
    write_manifest_of(root)
    return root


def write_manifest_of(root: Path) -> None:
    """Write the manifest of whatever is in the folder."""
    with (root / "MANIFEST.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "bytes", "sha256", "licence", "credit", "source"])
        for path in sorted(root.rglob("*.*")):
            if path.name == "MANIFEST.csv":
                continue
            place = path.relative_to(root).as_posix()
            writer.writerow([place, path.stat().st_size, digest(path), "CC0-1.0", "us", "here"])
