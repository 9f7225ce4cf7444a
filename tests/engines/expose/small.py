"""Small configurations and checkpoints, for tests that need no real network."""

import zlib
from pathlib import Path

import numpy as np
import torch

from engines.body.skeleton import PARENTS
from engines.expose.body_arrays import read_body
from engines.expose.checkpoint import Release
from engines.expose.config import BranchConfig, ExposeConfig, HandStart, HeadStart, MlpConfig
from engines.expose.release_files import ReleaseFiles
from engines.expose.weights import Weights


def small_config(**changes):
    mlp = MlpConfig(layers=(16, 16), activation="none", leaky_slope=0.2, norm="none")
    values = {
        "body": BranchConfig("hrnet", 64, 3, mlp),
        "hand": BranchConfig("resnet18", 56, 3, mlp),
        "head": BranchConfig("resnet18", 64, 3, mlp),
        "face_contour": True,
        "mean": (0.485, 0.456, 0.406),
        "std": (0.229, 0.224, 0.225),
        "hand_betas": 10,
        "head_betas": 12,
        "head_expression": 12,
        "hand_scale_factor": 3.0,
        "hand_start": HandStart(wrist=True, fingers=True, betas=True),
        "head_start": HeadStart(neck=True, betas=True, expression=True),
        "use_hand_network": True,
        "use_head_network": True,
        "update_wrists": True,
        "camera_scale": "softplus",
        "model_folder": "data/models",
        "gender": "neutral",
    }
    return ExposeConfig(**values | changes)


def weights_of(arrays, path):
    tensors = {key: torch.as_tensor(np.asarray(array)) for key, array in arrays.items()}
    return Weights(tensors, path)


class RandomWeights(Weights):
    """A checkpoint that has whatever is asked for: numbers that depend on the name, small enough to go through."""

    def __init__(self, prefix=""):
        super().__init__({}, Path("random.ckpt"), prefix)
        self.prefix = prefix

    def below(self, prefix):
        return RandomWeights(self.prefix + prefix)

    def tensor(self, key, *shape):
        name = self.prefix + key
        generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
        numbers = torch.randn(shape, generator=generator)
        if name.endswith("running_var"):
            return 1 + 0.1 * numbers.abs()
        if name.endswith("mean_param"):
            return torch.tensor([1.0, 0, 0, 1, 0, 0]).repeat(57)[None, : shape[1]] + 0.05 * numbers
        return numbers / max(1, numbers[0].numel()) ** 0.5


def small_release(folder):
    """A release with ResNet-18 for the body too, and a body of 40 vertices."""
    path = folder / "SMPLX_NEUTRAL.npz"
    np.savez(path, **small_smplx_file())
    mlp = MlpConfig((16, 16), "none", 0.2, "none")
    body = BranchConfig("resnet18", 64, 2, mlp)
    hand, head = BranchConfig("resnet18", 56, 1, mlp), BranchConfig("resnet18", 64, 1, mlp)
    config = small_config(body=body, hand=hand, head=head)
    extra = {"vertex_joint_selector.extra_joints_idxs": np.arange(21)}
    body = read_body(weights_of(extra, path), path, config)
    return Release(config, RandomWeights(), body, ReleaseFiles(path, config, path, path))


def small_smplx_file(vertices=40, shape_columns=400, seed=0):
    """Arrays of an SMPL-X file with few vertices."""
    rng = np.random.default_rng(seed)
    faces = rng.integers(0, vertices, (30, 3))
    weights = rng.random((vertices, 55))
    return {
        "v_template": rng.normal(size=(vertices, 3)),
        "shapedirs": rng.normal(size=(vertices, 3, shape_columns)) / 50,
        "posedirs": rng.normal(size=(vertices, 3, 486)) / 500,
        "J_regressor": rng.random((55, vertices)) / vertices,
        "weights": weights / weights.sum(axis=1, keepdims=True),
        "f": faces.astype(np.uint32),
        "kintree_table": np.array([PARENTS, range(55)]),
        "lmk_faces_idx": rng.integers(0, 30, 51),
        "lmk_bary_coords": np.full((51, 3), 1 / 3),
        "dynamic_lmk_faces_idx": rng.integers(0, 30, (79, 17)),
        "dynamic_lmk_bary_coords": np.full((79, 17, 3), 1 / 3),
        "joint2num": np.array({"Pelvis": 0}, dtype=object),
    }
