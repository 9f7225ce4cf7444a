"""A stand-in for the official ExPose data folder: its layout, file formats, key names and shapes, invented numbers.

Configuration `a` is as close to the released one as public sources allow; `b` takes other branches of the same code, in
the file format of torch before 1.6. Difficulties built in on purpose: the checkpoint's body arrays and start values
differ from those in the files; one index list is wrong; keys are missing and superfluous as in the release.
"""

import hashlib
import pickle
from pathlib import Path

import numpy as np
import torch

from tests.engines.expose.stand_in.body import body_model
from tests.engines.expose.stand_in.entries import (
    grid,
    index_buffers,
    leftovers,
    mean_poses,
    start_values,
)
from tests.engines.expose.stand_in.networks import (
    backbones,
    last_layers,
    regressor,
)
from tests.engines.expose.stand_in.noise import f32, noise

DIGEST = {
    "a": "76b7124f31e472bde553742ca503e13dc79adaa6cfa3f088e595c23668ea50a1",
    "b": "d2e89c4b6bfea19548061926fbe9b3d36f1e5a16f91b8835e0886b4629fec45c",
}

CONFIG = {
    # as close to the released configuration as public sources allow
    "a": {
        "contour": True,
        "hand_crop": 224,
        "head_betas": 100,
        "head_expression": 50,
        "condition": (True, True, False, False, False, True),
        "last": True,
        "layers": "[1024, 1024]",
        "body_activation": "none",
        "part_activation": "relu",
        "hand_scale": 3.0,
        "hand_stages": 3,
        "hand_mean_scale": 0.9,
        "head_scale": 2.0,
        "head_stages": 3,
        "checkpoint": "data/checkpoints/model.ckpt",
        "zip": True,
    },
    # other branches; a checkpoint path that is valid nowhere
    "b": {
        "contour": False,
        "hand_crop": 256,
        "head_betas": 10,
        "head_expression": 10,
        "condition": (False, True, True, True, True, False),
        "last": False,
        "layers": "(1024, 1024)",
        "body_activation": "leaky-relu",
        "part_activation": "none",
        "hand_scale": 2.0,
        "hand_stages": 2,
        "hand_mean_scale": 10.0,
        "head_scale": 1.5,
        "head_stages": 1,
        "checkpoint": "/nowhere/outputs/expose_b/checkpoints/model.ckpt",
        "zip": False,
    },
}

CONF = """# Stand-in for the released conf.yaml; paths are relative to the parent of this folder.
output_folder: 'data'
checkpoint_folder: 'checkpoints'
j14_regressor_path: 'data/SMPLX_to_J14.pkl'
datasets:
    use_face_contour: {contour}
    body: {{batch_size: 1, transforms: {{crop_size: 256}}}}
    hand: {{transforms: {{crop_size: {hand_crop}}}}}
    head: {{transforms: {{crop_size: 256}}}}
body_model:
    type: 'smplx'
    model_folder: 'data/models'
    mean_pose_path: 'data/all_means.pkl'
    shape_mean_path: 'data/shape_mean.npy'
    num_betas: 10
    num_expression_coeffs: 10
    global_orient: {{param_type: 'cont_rot_repr'}}
    body_pose: {{param_type: 'cont_rot_repr'}}
    left_hand_pose: {{param_type: 'cont_rot_repr'}}
    right_hand_pose: {{param_type: 'cont_rot_repr'}}
    jaw_pose: {{param_type: 'cont_rot_repr'}}
hand_model: {{type: 'mano', num_betas: 10}}
head_model: {{type: 'flame', num_betas: {head_betas}, num_expression_coeffs: {head_expression}}}
network:
    type: 'attention'
    attention:
        condition_hand_on_body: {{wrist_pose: {condition[0]}, finger_pose: {condition[1]}, shape: {condition[2]}}}
        condition_head_on_body:
            {{neck_pose: {condition[3]}, jaw_pose: True, shape: {condition[4]}, expression: {condition[5]}}}
        smplx:
            feature_key: 'concat'
            num_stages: 3
            pose_last_stage: {last}
            backbone: {{type: 'hrnet'}}
            mlp:
                layers: {layers}
                activ_type: '{body_activation}'
                norm_type: 'none'
                dropout: 0.5
            camera: {{pos_func: 'softplus', weak_persp: {{mean_scale: 0.9}}}}
        hand:
            scale_factor: {hand_scale}
            num_stages: {hand_stages}
            mlp:
                layers: {layers}
                activ_type: '{part_activation}'
                norm_type: 'none'
                dropout: 0.5
            camera: {{pos_func: 'softplus', weak_persp: {{mean_scale: {hand_mean_scale}}}}}
        head:
            scale_factor: {head_scale}
            num_stages: {head_stages}
            mlp:
                layers: {layers}
                activ_type: '{part_activation}'
                norm_type: 'none'
                dropout: 0.5
            camera: {{pos_func: 'softplus', weak_persp: {{mean_scale: 8.0}}}}
"""


def state_dict(config, ck_body, means, shape_mean):
    c, seed = CONFIG[config], "" if config == "a" else config + ":"
    out, last = dict(backbones()), last_layers(config)
    for part, prefix, features in (
        ("body", "regressor.", 2048),
        ("hand", "hand_predictor.regressor.", 512),
        ("head", "head_predictor.regressor.", 512),
    ):
        out.update(regressor(prefix, seed, part, features, c, last[part]))
    out.update(start_values(c, seed, means, shape_mean))
    out.update(index_buffers(c))
    out.update({"body_model." + k: v for k, v in ck_body.items()})
    out.update({"hand_cropper.grid": grid(c["hand_crop"]), "head_cropper.grid": grid(256)})
    out.update(leftovers())
    if config == "b":  # a body network whose batch norms were frozen has no counters
        out = {
            k: v
            for k, v in out.items()
            if not (k.startswith("backbone.") and k.endswith(".num_batches_tracked"))
        }
    return {"smplx." + k: v for k, v in out.items()}


def digest(groups):
    h = hashlib.sha256()
    for group, arrays in groups:
        for k in sorted(arrays):
            a = np.ascontiguousarray(arrays[k])
            if a.dtype != object:
                h.update(f"{group}/{k} {a.dtype.str.lstrip('<|=')} {a.shape}".encode())
                h.update(a.astype(a.dtype.newbyteorder("<"), copy=False).data)
    return h.hexdigest()


def build(folder: Path, config: str) -> str:
    """Write `folder`/data, 449 MB; return the digest of the content."""
    data = folder / "data"
    (data / "models" / "smplx").mkdir(parents=True)
    (data / "checkpoints").mkdir()
    file, body, j14 = body_model()
    means, shape_mean = mean_poses(), f32(noise("shape_mean", 1, 10, std=0.3))
    np.savez(
        data / "models" / "smplx" / "SMPLX_NEUTRAL.npz", **file
    )  # compressing took half the time
    for name, content in (("all_means.pkl", means), ("SMPLX_to_J14.pkl", j14)):
        (data / name).write_bytes(pickle.dumps(content, protocol=2))
    np.save(data / "shape_mean.npy", shape_mean)
    (data / "conf.yaml").write_text(CONF.format(**CONFIG[config]))
    (data / "checkpoints" / "latest_checkpoint").write_text(CONFIG[config]["checkpoint"])
    entries = state_dict(config, body, means, shape_mean.reshape(-1).astype(np.float64))
    model = {key: torch.from_numpy(array) for key, array in entries.items()}
    torch.save(
        {"model": model, "optimizer": {}, "iteration": 123456, "epoch_number": 7},
        data / "checkpoints" / "model.ckpt",
        _use_new_zipfile_serialization=CONFIG[config]["zip"],
    )
    flat = {f"{k}.{r}": a for k, m in means.items() for r, a in m.items()}
    flat |= {"shape_mean": shape_mean, "j14": j14}
    return digest([("model", file), ("means", flat), ("checkpoint", entries)])
