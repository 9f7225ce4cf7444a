"""Poses to train on: motion capture and stills of the kit, mixed, mirrored and shaken."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from engines.body.skeleton import BODY, JOINT_INDEX, MIRROR
from engines.expose.rotation6d import mirror
from engines.landmarks.limits import JointRanges, body_ranges
from training.kit import MOTION, Kit

STILLS: Final = ("motion/makehuman_poses.npz", "motion/talkinghead_poses.npz")
_EVERY: Final = 4
"""Frames taken of the motion capture, which has 120 a second."""
_STILL_COPIES: Final = 40
"""How often each still stands among the frames: there are 33 of them, of poses that no clip has."""
_MIRROR: Final = torch.from_numpy(MIRROR[BODY].copy())

# What is exchanged between two poses: each limb with all of its joints.
_LIMBS: Final = tuple(
    tuple(JOINT_INDEX[name] for name in names)
    for names in (
        ("left_collar", "left_shoulder", "left_elbow", "left_wrist"),
        ("right_collar", "right_shoulder", "right_elbow", "right_wrist"),
        ("left_hip", "left_knee", "left_ankle", "left_foot"),
        ("right_hip", "right_knee", "right_ankle", "right_foot"),
        ("spine1", "spine2", "spine3"),
        ("neck", "head"),
    )
)
_LARGE: Final = frozenset(
    JOINT_INDEX[f"{side}_{joint}"]
    for side in ("left", "right")
    for joint in ("shoulder", "elbow", "hip", "knee")
)
_INVENTED_SIGMAS: Final = 1.3


@dataclass(frozen=True, slots=True)
class PoseAugmentation:
    """How poses are varied. Shares are of all poses."""

    mixed: float = 0.7
    """Share whose limbs may come from elsewhere..."""
    exchanged: float = 0.6
    """...and the share of their limbs that do."""
    invented: float = 0.6
    """Share of those that are drawn from the ranges of their joints; the others come from other poses."""
    shaken: float = 0.5
    """Joints are turned further by up to this part of their own standard deviation at rest."""


class PoseLibrary:
    """Body poses in memory, from which batches are drawn.

    Args:
        rotations: Parent-relative rotations; those of the pelvis in a world whose y axis points up.
    """

    def __init__(self, rotations: Float[Tensor, "poses 22 3 3"]) -> None:
        self._rotations = rotations
        self._ranges = _tensors(body_ranges())

    def __len__(self) -> int:
        return len(self._rotations)

    def draw(
        self, count: int, augmentation: PoseAugmentation, generator: torch.Generator
    ) -> Float[Tensor, "count 22 3 3"]:
        """Return poses, each joint relative to its parent, the pelvis in a world whose y axis points up."""
        poses = self._pick(count, generator)
        mixed = torch.rand(count, generator=generator) < augmentation.mixed
        for limb in _LIMBS:
            chosen = mixed & (torch.rand(count, generator=generator) < augmentation.exchanged)
            other = self._pick(count, generator)
            invented = torch.rand(count, generator=generator) < augmentation.invented
            joints = list(limb)
            other[:, joints] = torch.where(
                invented[:, None, None, None],
                self._invent(count, joints, generator),
                other[:, joints],
            )
            poses[:, joints] = torch.where(
                chosen[:, None, None, None], other[:, joints], poses[:, joints]
            )
        return self._shake(poses, augmentation.shaken, generator)

    def _pick(self, count: int, generator: torch.Generator) -> Tensor:
        poses = self._rotations[torch.randint(len(self), (count,), generator=generator)]
        mirrored = torch.rand(count, generator=generator) < 0.5
        return torch.where(mirrored[:, None, None, None], mirror(poses[:, _MIRROR]), poses)

    def _invent(self, count: int, joints: list[int], generator: torch.Generator) -> Tensor:
        """Return rotations within the ranges of joints: anywhere for the large ones, about rest for the others."""
        centre, lower, upper, sigmas = (part[joints] for part in self._ranges)
        shape = (count, len(joints), 3)
        anywhere = lower + (upper - lower) * torch.rand(shape, generator=generator)
        about_rest = _axis_angles(centre)[None] + _INVENTED_SIGMAS * sigmas * torch.randn(
            shape, generator=generator
        )
        large = torch.tensor([joint in _LARGE for joint in joints])[:, None]
        vectors = torch.where(large, anywhere, about_rest)
        return _matrices(torch.minimum(torch.maximum(vectors, lower), upper))

    def _shake(self, poses: Tensor, part: float, generator: torch.Generator) -> Tensor:
        count = len(poses)
        sigmas = self._ranges[3].clamp(max=0.5)
        amount = part * torch.rand(count, 1, 1, generator=generator)
        turns = amount * sigmas * torch.randn(count, 22, 3, generator=generator)
        turns[:, 0] = 0  # the pelvis is turned by the camera
        return poses @ _matrices(turns)


def load_poses(kit: Kit, split: str) -> PoseLibrary:
    """Return the kit's poses.

    Args:
        kit: The kit.
        split: `train`, or `test` for the motion clips that the source holds out, without stills.
    """
    with np.load(kit.file(MOTION), allow_pickle=False) as archive:
        scale = float(archive["scale"])
        names, starts = archive["clip_names"], archive["clip_start"]
        lengths, poses = archive["clip_len"], archive["pose"]
    vectors = [
        scale * poses[start : start + length : _EVERY].astype(np.float32)
        for name, start, length in zip(names, starts, lengths, strict=True)
        if str(name).startswith(f"{split}/")
    ]
    for still in STILLS if split == "train" else ():
        with np.load(kit.file(still), allow_pickle=False) as archive:
            vectors += [archive["pose"][:, BODY].astype(np.float32)] * _STILL_COPIES
    return PoseLibrary(
        torch.from_numpy(matrix_from_axis_angle(np.concatenate(vectors)).astype(np.float32))
    )


def _tensors(ranges: JointRanges) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    arrays = (ranges.centre, ranges.lower, ranges.upper, ranges.sigmas)
    centre, lower, upper, sigmas = (torch.from_numpy(a.astype(np.float32)) for a in arrays)
    return centre, lower, upper, sigmas


def _axis_angles(rotations: Tensor) -> Tensor:
    return torch.from_numpy(axis_angle_from_matrix(rotations.numpy()).astype(np.float32))


def _matrices(vectors: Tensor) -> Tensor:
    return torch.from_numpy(matrix_from_axis_angle(vectors.numpy()))
