"""Batches of rendered people with exact labels, for networks that learn from pictures."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8
from numpy.typing import NDArray
from torch import Tensor

from engines.body.model import BodyModel, load_body
from engines.body.skeleton import BODY, JAW, LEFT_HAND, MIRROR, RIGHT_HAND
from engines.expose.rotation6d import mirror
from engines.model_store import model_path
from training.kit import Kit
from training.render.bodies import Bodies, BodyOptions, BodySampler, Kind
from training.render.on_device import on_device, wanted_device
from training.render.studio import Photographs, Studio, StudioOptions
from training.splits import Split

_SPLIT_NUMBERS: Final[dict[Split, int]] = {"train": 0, "test": 1}
_KIND_NUMBERS: Final[dict[Kind, int]] = {"body": 0, "hand": 1, "head": 2}


@dataclass(frozen=True, slots=True, eq=False)
class RenderedBatch:
    """Pictures with the truth about the person each is of, on one device.

    Camera frame: x right, y down, z forward, metres. Rotations are parent-relative, fingers relative to the flat hand.
    For kind `hand` the picture is of the right hand: pictures of left hands have been mirrored, and the truth with
    them, as ExPose does.
    """

    kind: Kind
    """What the pictures are of."""
    images: Float[Tensor, "batch 3 size size"]
    """RGB in [0, 1], ready for display."""
    camera: Float[Tensor, "batch 4"]
    """fx, fy, cx, cy in pixels."""
    global_orient: Float[Tensor, "batch 3 3"]
    """From the body's rest frame to the camera frame."""
    body_pose: Float[Tensor, "batch 21 3 3"]
    """Body joints."""
    left_hand_pose: Float[Tensor, "batch 15 3 3"]
    """Left fingers."""
    right_hand_pose: Float[Tensor, "batch 15 3 3"]
    """Right fingers."""
    jaw_pose: Float[Tensor, "batch 3 3"]
    """Jaw."""
    betas: Float[Tensor, "batch 10"]
    """Shape of the open body."""
    expression: Float[Tensor, "batch 10"]
    """Expression of the open body."""
    transl: Float[Tensor, "batch 3"]
    """Added after posing."""
    joints: Float[Tensor, "batch 55 3"]
    """Posed joints, camera frame."""
    keypoints: Float[Tensor, "batch 55 2"]
    """Where the joints are in the picture, pixels (the middle of the first is 0.5, 0.5); may lie outside."""
    visible: Bool[Tensor, "batch 55"]
    """Whether each joint is in the picture and nothing but its own limb before it."""
    parts: UInt8[Tensor, "batch size size"] | None = None
    """Body part in each pixel: 1 + joint whose weight is largest; 0 for no person. None where it was not asked for."""
    normals: Float[Tensor, "batch 3 size size"] | None = None
    """Unit normals of the person's surface in the camera frame; 0 for no person. None where it was not asked for."""

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """Every range that pictures are drawn from."""

    bodies: BodyOptions = field(default_factory=BodyOptions)
    """People and where cameras stand."""
    studio: StudioOptions = field(default_factory=StudioOptions)
    """Clothes, light, backgrounds, occluders and what the camera does."""
    maps: bool = True
    """Whether parts and normals are wanted."""


class BatchMaker:
    """Draws batches: the `k`-th of a seed is a function of seed and `k` alone.

    Args:
        kit: The training kit.
        kind: What the pictures are of.
        split: People, clothes, light and motion of `train` or of `test`.
        size: Sides of the square pictures, pixels.
        batch: Pictures in a batch.
        device: Where they are wanted.
        options: How they are drawn.
    """

    def __init__(
        self,
        kit: Kit,
        kind: Kind,
        split: Split,
        *,
        size: int,
        batch: int,
        device: torch.device | str = "cpu",
        options: BatchOptions | None = None,
    ) -> None:
        self._kind, self._split, self._size, self._batch = kind, split, size, batch
        self._device = wanted_device(device)
        self._options = options or BatchOptions()

        self._bodies = BodySampler(kit, open_body(), split, self._options.bodies)
        self._studio = Studio(kit, split, self._device, self._options.studio)

    def make(self, seed: int, number: int) -> RenderedBatch:
        """Return one batch of a seed."""
        key = (seed, number, _KIND_NUMBERS[self._kind], _SPLIT_NUMBERS[self._split])
        rng = np.random.default_rng(key)
        bodies = self._bodies.draw(rng, self._batch, self._kind, self._size)
        pictures = self._studio.photograph(bodies, self._size, rng, mouth=self._kind == "head")
        batch = _labelled(self._kind, pictures, bodies, self._device)
        if not self._options.maps:
            batch = replace(batch, parts=None, normals=None)
        return _mirrored(batch, torch.from_numpy(bodies.left).to(self._device))


def batches(
    kit: Kit,
    kind: Kind,
    split: Split,
    *,
    size: int,
    batch: int,
    seed: int,
    device: torch.device | str = "cpu",
    first: int = 0,
    options: BatchOptions | None = None,
) -> Iterator[RenderedBatch]:
    """Yield batches for ever, from number `first` on; arguments as for `BatchMaker`."""
    maker = BatchMaker(kit, kind, split, size=size, batch=batch, device=device, options=options)
    number = first
    while True:
        yield maker.make(seed, number)
        number += 1


@cache
def open_body() -> BodyModel:
    """Return the body that people are made of, loaded once."""
    return load_body(model_path("open_body"))


def _labelled(
    kind: Kind, pictures: Photographs, bodies: Bodies, device: torch.device
) -> RenderedBatch:
    def there(array: NDArray[np.floating]) -> Tensor:
        return on_device(np.asarray(array, np.float32), device)

    rotations = there(bodies.rotations)
    return RenderedBatch(
        kind=kind,
        images=pictures.images,
        camera=there(bodies.camera),
        global_orient=rotations[:, 0],
        body_pose=rotations[:, 1:22],
        left_hand_pose=rotations[:, LEFT_HAND],
        right_hand_pose=rotations[:, RIGHT_HAND],
        jaw_pose=rotations[:, JAW],
        betas=there(bodies.betas),
        expression=there(bodies.expression),
        transl=there(bodies.transl),
        joints=there(bodies.joints),
        keypoints=pictures.keypoints,
        visible=pictures.visible,
        parts=pictures.parts,
        normals=pictures.normals,
    )


def _mirrored(batch: RenderedBatch, which: Tensor) -> RenderedBatch:
    """Return the batch with some of its pictures, and what is said of them, mirrored left to right."""
    if batch.kind != "hand":
        return batch
    size = batch.images.shape[-1]
    rest_pelvis = batch.joints[:, 0] - batch.transl
    flip = batch.joints.new_tensor([-1.0, 1.0, 1.0])
    device = batch.images.device
    other = torch.from_numpy(MIRROR.copy()).to(device)
    body = other[BODY][1:] - 1
    joints = flip * batch.joints[:, other]
    labels = torch.cat([other.new_zeros(1), 1 + other]).to(torch.uint8)
    there: dict[str, Any] = {
        "images": batch.images.flip(3),
        "camera": batch.camera * batch.camera.new_tensor([1, 1, -1, 1])
        + batch.camera.new_tensor([0, 0, size, 0]),
        "global_orient": mirror(batch.global_orient),
        "body_pose": mirror(batch.body_pose[:, body]),
        "left_hand_pose": mirror(batch.right_hand_pose),
        "right_hand_pose": mirror(batch.left_hand_pose),
        "jaw_pose": mirror(batch.jaw_pose),
        "transl": joints[:, 0] - rest_pelvis,
        "joints": joints,
        "keypoints": flip[:2] * batch.keypoints[:, other] + flip.new_tensor([size, 0]),
        "visible": batch.visible[:, other],
    }
    if batch.parts is not None:
        there["parts"] = labels[batch.parts.flip(2).long()]
    if batch.normals is not None:
        there["normals"] = flip[:, None, None] * batch.normals.flip(3)
    for name, value in there.items():
        there[name] = _chosen(which, value, getattr(batch, name))
    return replace(batch, **there)


def _chosen(which: Tensor, there: Tensor, here: Tensor) -> Tensor:
    return torch.where(which.reshape(-1, *[1] * (here.ndim - 1)), there, here)
