"""Writes trained networks as a data folder of the authors' form, with the open body in place of SMPL-X.

conf.yaml
checkpoints/latest_checkpoint, model.ckpt
models/smplx/SMPLX_NEUTRAL.npz        the open body, under the name that the form asks for
all_means.pkl, shape_mean.npy, SMPLX_to_J14.pkl
"""

import pickle
import shutil
from pathlib import Path
from typing import Final

import numpy as np
import torch
import yaml
from numpy.typing import NDArray
from torch import Tensor

from engines.body.skeleton import JOINT_INDEX
from engines.expose.checkpoint import PREFIX
from engines.expose.layout import BODY_LAYOUT
from engines.expose.rotation6d import decode
from engines.model_store import model_path
from engines.whole_files import renamed_when_done
from training.expose.fresh import read, written
from training.expose.networks import ExposeNetworks, body_entries

_LSP_JOINTS: Final = (
    "right_ankle", "right_knee", "right_hip", "left_hip", "left_knee", "left_ankle", "right_wrist", "right_elbow",
    "right_shoulder", "left_shoulder", "left_elbow", "left_wrist", "neck",
)  # fmt: skip
"""Joints of Leeds Sports Pose that the body has; the fourteenth is the top of the head."""


def write_release(networks: ExposeNetworks, folder: Path, *, is_half: bool = True) -> None:
    """Write a folder that `engines.expose` loads like the authors'.

    Args:
        networks: Trained networks.
        folder: Where to; files in it are replaced.
        is_half: Weights in float16: half the size, and the engine computes in single precision all the same.
    """
    (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
    (folder / "models" / "smplx").mkdir(parents=True, exist_ok=True)
    settings = yaml.safe_dump(networks.plan.settings(), sort_keys=False)
    (folder / "conf.yaml").write_text(settings, encoding="utf-8")
    entries = written(networks.book)
    if is_half:
        entries = {name: _halved(name, value) for name, value in entries.items()}
    entries |= networks.constants
    entries |= {f"body_model.{name}": value for name, value in body_entries().items()}
    with renamed_when_done(folder / "checkpoints" / "model.ckpt") as path:
        torch.save({"model": {f"{PREFIX}{name}": value for name, value in entries.items()}}, path)
    (folder / "checkpoints" / "latest_checkpoint").write_text("model.ckpt\n", encoding="utf-8")
    body_file = model_path("open_body")
    with renamed_when_done(folder / "models" / "smplx" / "SMPLX_NEUTRAL.npz") as path:
        shutil.copyfile(body_file, path)
    _write_means(networks, folder)
    with (folder / "SMPLX_to_J14.pkl").open("wb") as file:
        pickle.dump(lsp_regressor(body_file), file, protocol=2)


def read_release(networks: ExposeNetworks, folder: Path) -> None:
    """Give networks the weights of a folder that `write_release` wrote for the same plan."""
    path = folder / "checkpoints" / "model.ckpt"
    model = torch.load(path, weights_only=True, map_location="cpu")["model"]
    read(networks.book, {key.removeprefix(PREFIX): value for key, value in model.items()})


def _halved(name: str, value: Tensor) -> Tensor:
    """Return weights in float16; the statistics of batch norms may be beyond its range, and are few."""
    return value if name.endswith(("running_mean", "running_var")) else value.half()


def _write_means(networks: ExposeNetworks, folder: Path) -> None:
    mean = networks.constants["regressor.mean_param"][0].cpu()
    poses = {}
    for part in ("body_pose", "left_hand_pose", "right_hand_pose"):
        numbers = mean[getattr(BODY_LAYOUT, part)]
        poses[part] = {"cont_rot_repr": numbers.numpy(), "matrix": decode(numbers).numpy()}
    with (folder / "all_means.pkl").open("wb") as file:
        pickle.dump(poses, file, protocol=2)
    np.save(folder / "shape_mean.npy", mean[BODY_LAYOUT.betas].numpy())


def lsp_regressor(body_file: Path) -> NDArray[np.float32]:
    """Return what gives the 14 joints of Leeds Sports Pose from vertices (14, vertices)."""
    with np.load(body_file, allow_pickle=False) as archive:
        regressor, template = archive["J_regressor"], archive["v_template"]
    rows = [regressor[JOINT_INDEX[name]] for name in _LSP_JOINTS]
    top = np.zeros(len(template), np.float32)
    top[template[:, 1].argmax()] = 1
    return np.stack([*rows, top]).astype(np.float32)
