"""The three networks, built from the engine's own modules with fresh layers, and the open body that they pose."""

import tempfile
from pathlib import Path
from typing import Final

import numpy as np
import torch
import yaml
from jaxtyping import Float
from torch import Tensor, nn

from engines.body.rest_pose import RELAXED_POSE
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import BODY, LEFT_HAND, RIGHT_HAND
from engines.expose.body_arrays import BodyArrays, read_body
from engines.expose.checkpoint import Release
from engines.expose.config import ExposeConfig, read_config
from engines.expose.layout import hand_layout, head_layout
from engines.expose.release_files import ReleaseFiles
from engines.expose.rig import Rig
from engines.expose.rotation6d import encode
from engines.expose.stages import BodyStage, MergeStage, PartNetwork, hand_network, head_network
from engines.expose.weights import Weights
from engines.model_store import model_path
from training.expose.fresh import FreshWeights, Place
from training.expose.plan import Plan

EXTRA_JOINTS: Final = (
    "nose", "reye", "leye", "rear", "lear", "LBigToe", "LSmallToe", "LHeel", "RBigToe", "RSmallToe", "RHeel",
    "lthumb", "lindex", "lmiddle", "lring", "lpinky", "rthumb", "rindex", "rmiddle", "rring", "rpinky",
)  # fmt: skip
"""The open body's names of joints 55 to 75."""

_BODY_SCALE: Final = 0.9
_HAND_SCALE: Final = 8.0
_HEAD_SCALE: Final = 6.0
"""Where the cameras start: crop half-widths a metre."""


class ExposeNetworks(nn.Module):
    """All that is trained, and what poses the body.

    Args:
        plan: Sizes.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        """Sizes."""
        self.config = config_of(plan)
        """The same as the engine reads it."""
        self.arrays = open_body_arrays(self.config)
        """The open body."""
        weights = FreshWeights(start_values(self.config))
        self.book: dict[str, Place] = weights.book
        """Name in a checkpoint -> where it is in here."""
        self.constants = dict(weights.constants)
        """What is in a checkpoint and is not trained."""
        nowhere = Path("none")
        files = ReleaseFiles(nowhere, self.config, nowhere, nowhere)
        release = Release(self.config, weights, self.arrays, files)
        self.body = BodyStage(release)
        """Network g, boxes and start vectors."""
        self.hand: PartNetwork = hand_network(release)
        """Network h."""
        self.head: PartNetwork = head_network(release)
        """Network f."""
        self.merge = MergeStage(self.config)
        """Puts them together."""

    @property
    def rig(self) -> Rig:
        """The open body."""
        return self.body.rig


def config_of(plan: Plan) -> ExposeConfig:
    """Return a plan as the engine reads it from conf.yaml."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "conf.yaml"
        path.write_text(yaml.safe_dump(plan.settings()), encoding="utf-8")
        return read_config(path)


def open_body_arrays(config: ExposeConfig) -> BodyArrays:
    """Return the open body as the engine reads it from a release."""
    path = model_path("open_body")
    return read_body(Weights(body_entries(), path), path, config)


def body_entries() -> dict[str, Tensor]:
    """Return the `body_model.` entries that the open body's file does not have."""
    with np.load(model_path("open_body"), allow_pickle=False) as archive:
        ids = dict(
            zip(archive["vertex_ids_names"].tolist(), archive["vertex_ids"].tolist(), strict=True)
        )
    extra = torch.tensor([ids[name] for name in EXTRA_JOINTS])
    return {"vertex_joint_selector.extra_joints_idxs": extra}


def start_values(config: ExposeConfig) -> dict[str, Tensor]:
    """Return the means that the iterations start from, by their names in a checkpoint.

    A relaxed person upright before the camera. Hand and head start from the body's answer; their own means serve
    pictures that show nothing else.
    """
    upright = torch.tensor([1.0, 0.0, 0.0, -1.0, 0.0, 0.0])  # half a turn about x: y up -> y down
    relaxed = torch.from_numpy(matrix_from_axis_angle(RELAXED_POSE).astype(np.float32))
    straight = torch.tensor([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    left, right = encode(relaxed[LEFT_HAND]), encode(relaxed[RIGHT_HAND])
    hand, head = hand_layout(config), head_layout(config)
    shape = torch.zeros(10)
    hand_camera, head_camera = _camera(_HAND_SCALE), _camera(_HEAD_SCALE)
    head_shape = torch.zeros(head.expression.stop - head.betas.start)
    body = [upright, encode(relaxed[BODY][1:]), left, right, straight, shape, shape]
    return {
        "regressor.mean_param": torch.cat([*body, _camera(_BODY_SCALE)])[None],
        "hand_predictor.camera_mean": hand_camera[None],
        "hand_predictor.shape_mean": shape[: hand.betas.stop - hand.betas.start],
        "hand_predictor.wrist_pose_mean": straight,
        "hand_predictor.hand_pose_mean": right,
        "hand_predictor.regressor.mean_param": torch.cat([upright, right, shape, hand_camera])[
            None
        ],
        "head_predictor.camera_mean": head_camera,
        "head_predictor.neck_pose_mean": upright,
        "head_predictor.shape_mean": torch.zeros(config.head_betas),
        "head_predictor.expression_mean": torch.zeros(config.head_expression),
        "head_predictor.regressor.mean_param": torch.cat(
            [upright, straight, head_shape, head_camera]
        )[None],
    }


def _camera(scale: float) -> Float[Tensor, "3"]:
    """Return the raw numbers of a camera of this scale, after the softplus."""
    raw = torch.log(torch.expm1(torch.tensor(scale, dtype=torch.float64)))
    return torch.tensor([float(raw), 0.0, 0.0])
