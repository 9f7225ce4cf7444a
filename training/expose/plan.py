"""Which networks are trained: backbones, sizes of pictures, regressors. Everything else is as ExPose has it."""

from dataclasses import dataclass
from typing import Any, Final

from engines.types import BETA_COUNT, EXPRESSION_COUNT

HAND_SCALE_FACTOR: Final = 3.0
"""Side of a hand crop over the extent of the hand's joints."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The three networks of one set of weights."""

    body: str = "hrnet"
    """Image network of the body: `hrnet`, `resnet18`, `resnet34`, `resnet50`."""
    body_width: int = 32
    """Channels of the finest branch of `hrnet`; the authors have 48."""
    body_features: int = 1024
    """Features of `hrnet`; the authors have 2048, whose last layers alone are 41 million weights."""
    body_side: int = 256
    """Sides of the body crop, pixels."""
    hand_side: int = 224
    """Sides of the hand crops."""
    head_side: int = 256
    """Sides of the head crop."""
    body_layers: tuple[int, int] = (1024, 1024)
    """Widths of the body's regressor, without a non-linearity between them, as the authors have it."""
    part_layers: tuple[int, int] = (512, 512)
    """Widths of the regressors of hand and head; the authors have 1024, too wide for 25 MB in int8."""

    def settings(self) -> dict[str, Any]:
        """Return the contents of conf.yaml, under the authors' keys; `width` and `features` are ours."""
        body: dict[str, Any] = {"type": self.body}
        if self.body == "hrnet":
            body |= {"width": self.body_width, "features": self.body_features}
        cont = {"param_type": "cont_rot_repr"}
        return {
            "datasets": {
                "use_face_contour": False,
                "body": {"transforms": {"crop_size": self.body_side}},
                "hand": {"transforms": {"crop_size": self.hand_side}},
                "head": {"transforms": {"crop_size": self.head_side}},
            },
            "body_model": {
                "model_folder": "models",
                "left_hand_pose": cont,
                "right_hand_pose": cont,
            },
            "head_model": {
                "type": "flame",
                "num_betas": BETA_COUNT,
                "num_expression_coeffs": EXPRESSION_COUNT,
            },
            "network": {
                "type": "attention",
                "attention": {
                    "smplx": {
                        "backbone": body,
                        "feature_key": "concat" if self.body == "hrnet" else "avg_pooling",
                        "mlp": {"layers": list(self.body_layers), "activ_type": "none"},
                    },
                    "hand": _part(self.part_layers) | {"scale_factor": HAND_SCALE_FACTOR},
                    "head": _part(self.part_layers),
                    "condition_hand_on_body": {
                        "wrist_pose": True,
                        "finger_pose": True,
                        "shape": True,
                    },
                    "condition_head_on_body": {
                        "neck_pose": True,
                        "jaw_pose": True,
                        "shape": True,
                        "expression": True,
                    },
                },
            },
        }


PLANS: Final[dict[str, Plan]] = {
    "w48": Plan(body_width=48, body_features=2048),
    "w32": Plan(),
    "w18": Plan(body_width=18),
    "resnet50": Plan("resnet50", body_side=224),
    "resnet34": Plan("resnet34", body_side=224),
    "resnet18": Plan("resnet18", body_side=224),
    "toy": Plan(
        "resnet18",
        body_side=64,
        hand_side=64,
        head_side=64,
        body_layers=(64, 64),
        part_layers=(64, 64),
    ),
}
"""Name -> plan; the first is the authors' own body network, `toy` is for trying the machinery on a CPU."""


def _part(layers: tuple[int, int]) -> dict[str, Any]:
    return {
        "backbone": {"type": "resnet18"},
        "mlp": {"layers": list(layers), "activ_type": "relu"},
    }
