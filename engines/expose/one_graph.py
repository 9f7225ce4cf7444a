"""All of ExPose in one torch module, from the 8-bit picture to 55 rotations: for devices where each call costs."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor, nn

from engines.expose.backend import PARTS
from engines.expose.checkpoint import Release
from engines.expose.stages import BodyStage, MergeStage, PartNetwork, hand_network, head_network
from engines.expose.weights import constant


class OneGraphAnswer(NamedTuple):
    """The whole body of one person."""

    rotations: Float[Tensor, "55 3 3"]
    shape: Float[Tensor, "20"]
    """Betas, then expression."""
    scale: Float[Tensor, "1"]
    translation: Float[Tensor, "2"]
    seen: Bool[Tensor, "3"]
    """Right hand, left hand and head come from their own networks."""


class OneGraph(nn.Module):
    """One person. Crops are cut here as `engines.expose.crops` does, but on the device."""

    def __init__(self, release: Release) -> None:
        super().__init__()
        config = release.config
        self.config = config
        self.body = BodyStage(release)
        self.hand: PartNetwork = hand_network(release)
        self.head: PartNetwork = head_network(release)
        self.merge = MergeStage(config)
        self.mean = constant(torch.tensor(config.mean))
        self.std = constant(torch.tensor(config.std))
        run = (config.use_hand_network, config.use_hand_network, config.use_head_network)
        self.register_buffer("run", torch.tensor(run), persistent=False)

    def forward(
        self,
        frame: UInt8[Tensor, "height width 3"],
        corners: Float[Tensor, "2 2"],
        image_from_crop: Float[Tensor, "3 3"],
        side: Float[Tensor, "1"],
        wanted: Bool[Tensor, "3"],
    ) -> OneGraphAnswer:
        """Return the body of one person in a BGR picture.

        Args:
            frame: The picture.
            corners: Of the body square in whole pixels, see `BodySquare.corners`.
            image_from_crop: Takes pixels of the body crop to pixels of the picture.
            side: Of the body square in pixels.
            wanted: Parts whose own networks count, where their centre is in the picture.
        """
        frame = frame.half()  # TensorRT cannot gather bytes; half precision holds them exactly
        crop = self._body_crop(frame, corners)
        answer = self.body(crop, image_from_crop[None], side)
        right, left, head = (self._part_crop(frame, answer.boxes[0, k], k) for k in range(3))
        hands = self.hand(torch.stack([right, left.flip(2)]), answer.hand_start)
        heads = self.head(head[None], answer.head_start)
        seen = wanted & self._parts_in_picture(frame, answer.boxes[0, :, :2])
        merged = self.merge(answer.vector, hands, heads, seen[None])
        return OneGraphAnswer(
            merged.rotations[0], merged.shape[0], merged.scale[0], merged.translation[0], seen
        )

    def _body_crop(self, frame: Tensor, corners: Tensor) -> Tensor:
        size = self.config.body.crop_size
        places = []
        for axis in range(2):
            extent = corners[1, axis] - corners[0, axis]
            steps = torch.arange(size, dtype=torch.float32, device=frame.device) + 0.5
            place = torch.minimum((steps * (extent / size) - 0.5).clamp_min(0), extent - 1)
            places.append(place + corners[0, axis])
        sampled = _sample(frame, self._levels, *places)
        return ((sampled - self.mean) / self.std).permute(2, 0, 1)[None]

    def _part_crop(self, frame: Tensor, box: Tensor, part: int) -> Tensor:
        branch = self.config.head if PARTS[part] == "head" else self.config.hand
        steps = torch.arange(branch.crop_size, dtype=torch.float32, device=frame.device)
        steps = steps / (branch.crop_size - 1)
        places = (box[2] * steps + (box[axis] - box[2] / 2) for axis in range(2))
        return _sample(frame, self._normalised, *places).permute(2, 0, 1)

    def _levels(self, bgr: Tensor) -> Tensor:
        return bgr.flip(2).float() / 255

    def _normalised(self, bgr: Tensor) -> Tensor:
        return (self._levels(bgr) - self.mean) / self.std

    def _parts_in_picture(self, frame: Tensor, centres: Tensor) -> Tensor:
        height, width = frame.shape[:2]
        x, y = centres[:, 0], centres[:, 1]
        inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        return inside & self.get_buffer("run")


def _sample(
    frame: Float[Tensor, "height width 3"],
    values: Callable[[Tensor], Tensor],
    columns: Float[Tensor, "columns"],
    rows: Float[Tensor, "rows"],
) -> Float[Tensor, "rows columns 3"]:
    """Interpolate `values(pixels)` where columns and rows cross; zero outside.

    Takes whole rows first, so that no step touches more of the picture than the crop needs.
    """
    row_taps, row_weights = _taps(rows, frame.shape[0])
    column_taps, column_weights = _taps(columns, frame.shape[1])
    picked = values(frame.index_select(0, row_taps)).reshape(2, len(rows), -1, 3)
    lines = (picked * row_weights[:, :, None, None]).sum(dim=0)
    picked = lines.index_select(1, column_taps).reshape(len(rows), 2, len(columns), 3)
    return (picked * column_weights[:, :, None]).sum(dim=1)


def _taps(places: Tensor, extent: int) -> tuple[Tensor, Tensor]:
    """Return the two neighbours of each place, (2 places,), and their weights (2, places)."""
    first = places.floor()
    share = places - first
    taps = torch.stack([first, first + 1])
    inside = (taps >= 0) & (taps < extent)
    weights = torch.stack([1 - share, share]) * inside
    return taps.clamp(0, extent - 1).to(torch.int64).reshape(-1), weights
