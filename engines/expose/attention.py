"""Where the body network's answer says the hands and the head are (Choutas et al., ECCV 2020, section 3.3)."""

from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from engines.expose.backend import PARTS
from engines.expose.config import CameraScale, ExposeConfig
from engines.expose.layout import BODY_LAYOUT

HEAD_SCALE_FACTOR: Final = 2.0
"""Side of a head crop over the extent of the head's joints. The authors' code never reads the one in conf.yaml."""

RIGHT_HAND_POINTS: Final = (21, *range(40, 55), *range(71, 76))
LEFT_HAND_POINTS: Final = (20, *range(25, 40), *range(66, 71))
"""Wrist, finger joints, finger tips."""
HEAD_POINTS: Final = (15, 22, 23, 24, *range(55, 60), *range(76, 127))
"""Head, jaw, eyes, nose, ears, face landmarks."""
_CONTOUR: Final = tuple(range(127, 144))


class WeakCamera(nn.Module):
    """The body network's camera: a scale, and a shift of the body."""

    def __init__(self, config: ExposeConfig) -> None:
        super().__init__()
        self._kind: CameraScale = config.camera_scale

    def forward(
        self, vector: Float[Tensor, "batch parameters"]
    ) -> tuple[Float[Tensor, "batch 1"], Float[Tensor, "batch 2"]]:
        """Return scale and translation: a point X is seen at `scale * (X_xy + translation)`, -1 to 1 over the crop."""
        raw = vector[:, BODY_LAYOUT.camera]
        scale, translation = raw[:, :1], raw[:, 1:]
        if self._kind == "softplus":
            scale = nn.functional.softplus(scale)
        elif self._kind == "exp":
            scale = torch.exp(scale)
        return scale, translation


class PartBoxes(nn.Module):
    """Squares around the projected joints of the hands and the head."""

    def __init__(self, config: ExposeConfig) -> None:
        super().__init__()
        head = HEAD_POINTS + _CONTOUR if config.face_contour else HEAD_POINTS
        factors = (config.hand_scale_factor, config.hand_scale_factor, HEAD_SCALE_FACTOR)
        self.crop_size = config.body.crop_size
        self.factors = dict(zip(PARTS, factors, strict=True))
        for name, joints in zip(PARTS, (RIGHT_HAND_POINTS, LEFT_HAND_POINTS, head), strict=True):
            self.register_buffer(name, torch.tensor(joints), persistent=False)

    def joints(self, part: str) -> Tensor:
        """Return the indices of a part's joints."""
        return self.get_buffer(part)

    def forward(
        self,
        projected: Float[Tensor, "batch keypoints 2"],
        image_from_crop: Float[Tensor, "batch 3 3"],
        body_side: Float[Tensor, "batch"],
    ) -> Float[Tensor, "batch 3 3"]:
        """Return centre x, y and side of each part's square in pixels of the picture.

        Args:
            projected: All joints, -1 to 1 over the body crop.
            image_from_crop: Takes pixels of the body crop to pixels of the picture.
            body_side: Side of the body crop in pixels of the picture.
        """
        in_crop = (projected * 0.5 + 0.5) * self.crop_size
        boxes = []
        for name in PARTS:
            points = in_crop.index_select(1, self.joints(name))
            low, high = points.amin(dim=1), points.amax(dim=1)
            centre = (low + high) / 2
            side = self.factors[name] * (high - low).amax(dim=1, keepdim=True)
            place = (image_from_crop[:, :2, :2] @ centre[..., None])[..., 0] + image_from_crop[
                :, :2, 2
            ]
            boxes.append(torch.cat([place, side / self.crop_size * body_side[:, None]], dim=1))
        return torch.stack(boxes, dim=1)
