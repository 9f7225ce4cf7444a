"""The part of an ExPose `conf.yaml` that changes its answers, checked.

Defaults are those of the authors' code (vchoutas/expose, commit 9651d09). Keys that only training uses are ignored.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast

from engines.errors import ModelError
from engines.expose.settings import CURE, Settings, read_settings
from engines.types import BETA_COUNT, EXPRESSION_COUNT

Activation = Literal["none", "relu", "leaky-relu"]
Norm = Literal["none", "bn", "ln"]
CameraScale = Literal["softplus", "exp", "none"]

FEATURE_KEYS: Final[dict[str, str]] = {
    "hrnet": "concat",
    "resnet18": "avg_pooling",
    "resnet34": "avg_pooling",
    "resnet50": "avg_pooling",
    "resnet101": "avg_pooling",
    "resnet152": "avg_pooling",
}
"""Image networks that can be read -> the features of theirs that ExPose uses."""


@dataclass(frozen=True, slots=True)
class MlpConfig:
    """The network that corrects a parameter vector."""

    layers: tuple[int, ...]
    """Widths of the hidden layers."""
    activation: Activation
    """What follows each hidden layer."""
    leaky_slope: float
    """Slope of `leaky-relu` below zero."""
    norm: Norm
    """Normalisation after the activation."""


@dataclass(frozen=True, slots=True)
class BranchConfig:
    """One of the three networks: body, hand or head."""

    backbone: str
    """A key of `FEATURE_KEYS`."""
    crop_size: int
    """Side of its input in pixels."""
    stages: int
    """How often the parameter vector is corrected."""
    mlp: MlpConfig
    """What corrects it."""
    width: int = 48
    """Channels of the finest branch of `hrnet`."""
    feature_count: int = 2048
    """Features of `hrnet`."""


@dataclass(frozen=True, slots=True)
class HandStart:
    """Which of the body's answers the hand network starts from; else from the checkpoint's mean."""

    wrist: bool
    fingers: bool
    betas: bool


@dataclass(frozen=True, slots=True)
class HeadStart:
    """Which of the body's answers the head network starts from; the jaw is always the body's."""

    neck: bool
    betas: bool
    expression: bool


@dataclass(frozen=True, slots=True)
class ExposeConfig:
    """Everything in conf.yaml that changes the answer."""

    body: BranchConfig
    hand: BranchConfig
    head: BranchConfig
    face_contour: bool
    """The model has 17 contour landmarks that move with the head: 144 joints, else 127."""
    mean: tuple[float, float, float]
    """Mean of red, green, blue in [0, 1] that is taken away from pictures."""
    std: tuple[float, float, float]
    """What they are divided by."""
    hand_betas: int
    """Shape coefficients of the hand network."""
    head_betas: int
    """Shape coefficients of the head network."""
    head_expression: int
    """Expression coefficients of the head network."""
    hand_scale_factor: float
    """Side of a hand crop over the extent of the hand's joints."""
    hand_start: HandStart
    head_start: HeadStart
    use_hand_network: bool
    """False keeps the body's hands."""
    use_head_network: bool
    """False keeps the body's jaw and expression."""
    update_wrists: bool
    """The hand network replaces the wrists too, not the fingers alone."""
    camera_scale: CameraScale
    """What turns the body's raw number into the scale of the weak perspective camera."""
    model_folder: str
    """Folder that holds `smplx/SMPLX_*.npz`, as written in the file."""
    gender: str
    """Which SMPL-X file the checkpoint belongs to."""


def read_config(path: Path) -> ExposeConfig:
    """Return the configuration of a release.

    Raises:
        ModelError: the file is missing, is not YAML, or has a value that cannot be used.
    """
    values = read_settings(path)
    _refuse_what_never_runs(values)
    attention = "network.attention."
    config = ExposeConfig(
        body=_branch(values, "body", attention + "smplx.", "resnet50"),
        hand=_branch(values, "hand", attention + "hand.", "resnet18"),
        head=_branch(values, "head", attention + "head.", "resnet18"),
        face_contour=values.switch("datasets.use_face_contour", False),
        mean=values.colour("datasets.body.transforms.mean", (0.485, 0.456, 0.406)),
        std=values.colour("datasets.body.transforms.std", (0.229, 0.224, 0.225)),
        hand_betas=values.count("hand_model.num_betas", 10),
        head_betas=values.count("head_model.num_betas", 10),
        head_expression=values.count("head_model.num_expression_coeffs", 10),
        hand_scale_factor=values.positive(attention + "hand.scale_factor", 2.0),
        hand_start=_hand_start(values),
        head_start=_head_start(values),
        use_hand_network=values.switch("network.apply_hand_network_on_body", True),
        use_head_network=values.switch("network.apply_head_network_on_body", True),
        update_wrists=values.switch(attention + "update_wrists", True),
        camera_scale=cast(
            CameraScale,
            values.choice(
                attention + "smplx.camera.pos_func", "softplus", ("softplus", "exp", "none")
            ),
        ),
        model_folder=values.text("body_model.model_folder", "models"),
        gender=values.choice("body_model.gender", "neutral", ("neutral", "female", "male")),
    )
    _check_together(path, config)
    return config


def _refuse_what_never_runs(values: Settings) -> None:
    """Raise for settings that the authors' public code cannot run either, and for other numbers of coefficients."""
    values.must_be("network.type", "attention", "attention")
    values.must_be("body_model.num_betas", 10, BETA_COUNT)
    values.must_be("body_model.num_expression_coeffs", 10, EXPRESSION_COUNT)
    values.must_be("head_model.type", "flame-from-smplx", "flame")
    values.must_be("hand_model.type", "mano", "mano")
    values.must_be("datasets.use_packed", False, False)
    for part in ("global_orient", "body_pose", "jaw_pose"):
        values.must_be(f"body_model.{part}.param_type", "cont_rot_repr", "cont_rot_repr")
    for part in ("left_hand_pose", "right_hand_pose"):
        values.must_be(f"body_model.{part}.param_type", "pca", "cont_rot_repr")
    for branch in ("smplx", "hand", "head"):
        values.must_be(f"network.attention.{branch}.append_params", True, True)
    values.must_be("network.attention.condition_head_on_body.jaw_pose", True, True)


def _branch(values: Settings, name: str, prefix: str, backbone: str) -> BranchConfig:
    backbone = values.choice(prefix + "backbone.type", backbone, tuple(FEATURE_KEYS))
    values.must_be(prefix + "feature_key", "avg_pooling", FEATURE_KEYS[backbone])
    mlp = MlpConfig(
        layers=values.counts(prefix + "mlp.layers", (1024, 1024)),
        activation=cast(
            Activation,
            values.choice(prefix + "mlp.activ_type", "relu", ("none", "relu", "leaky-relu")),
        ),
        leaky_slope=values.positive(prefix + "mlp.lrelu_slope", 0.2),
        norm=cast(Norm, values.choice(prefix + "mlp.norm_type", "none", ("none", "bn", "ln"))),
    )
    return BranchConfig(
        backbone=backbone,
        crop_size=values.count(f"datasets.{name}.transforms.crop_size", 256),
        stages=values.count(prefix + "num_stages", 3),
        mlp=mlp,
        width=values.count(prefix + "backbone.width", 48),
        feature_count=values.count(prefix + "backbone.features", 2048),
    )


def _hand_start(values: Settings) -> HandStart:
    prefix = "network.attention.condition_hand_on_body."
    return HandStart(
        wrist=values.switch(prefix + "wrist_pose", True),
        fingers=values.switch(prefix + "finger_pose", True),
        betas=values.switch(prefix + "shape", True),
    )


def _head_start(values: Settings) -> HeadStart:
    prefix = "network.attention.condition_head_on_body."
    return HeadStart(
        neck=values.switch(prefix + "neck_pose", True),
        betas=values.switch(prefix + "shape", True),
        expression=values.switch(prefix + "expression", True),
    )


def _check_together(path: Path, config: ExposeConfig) -> None:
    """Raise for numbers that do not fit together."""
    hand_fits = config.hand_betas == BETA_COUNT or not config.hand_start.betas
    head_fits = config.head_betas >= BETA_COUNT or not config.head_start.betas
    fits = (
        ("hand_model.num_betas", config.hand_betas, hand_fits),
        ("head_model.num_betas", config.head_betas, head_fits),
        (
            "head_model.num_expression_coeffs",
            config.head_expression,
            config.head_expression >= EXPRESSION_COUNT,
        ),
    )
    for key, value, fit in fits:
        if not fit:
            raise ModelError(
                f"{path}: '{key}' is {value}, which does not fit the body's 10; {CURE}"
            )
    for branch in (config.body, config.hand, config.head):
        if branch.backbone == "hrnet" and branch.crop_size % 32:
            raise ModelError(
                f"{path}: 'crop_size' is {branch.crop_size}, but hrnet needs a multiple of 32; {CURE}"
            )
