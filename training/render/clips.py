"""Short clips of moving people with exact labels: what the noise model is fitted to, and the frozen test set."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float32, UInt8
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from engines.body.skeleton import BODY, LEFT_HAND, RIGHT_HAND
from engines.types import JOINT_COUNT, Camera
from training.kit import MOTION, Kit
from training.render.backdrops import Backdrops
from training.render.base_mesh import BaseMesh, BonePose
from training.render.looks import Person, Wardrobe
from training.render.scene import Shot, photograph
from training.splits import Split, pick

STEP: Final = 4
"""Motion-capture frames from one picture to the next: 120 a second become 30."""
STEP_S: Final = STEP / 120

_MARGIN_M: Final = 0.12
_TO_CAMERA: Final = np.diag([1.0, -1.0, -1.0])  # y up, towards the camera z -> y down, z forward


@dataclass(frozen=True, slots=True)
class ClipOptions:
    """How the clips are made. Angles in radians."""

    frames: int = 6
    """Pictures in each."""
    size_px: int = 448
    """Sides of the square pictures."""
    every: int = 2
    """Take every n-th of the pictures at 30 a second: more varied poses, less of the noise's course."""
    pitch: tuple[float, float] = (-0.15, 0.5)
    """The camera looks down by between these."""
    roll_spread: float = 0.12
    """It leans by this much."""
    from_anywhere: float = 0.35
    """Share of people seen from any side; the others turn to the camera, more or less."""
    waist_up: float = 0.2
    """Share of clips that show the upper body only."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledPicture:
    """One picture and the truth about it."""

    image: UInt8[np.ndarray, "size size 3"]
    """BGR."""
    camera: Camera
    """The camera."""
    pose: Float32[np.ndarray, "55 3"]
    """Axis-angle, the pelvis in the camera frame."""
    betas: Float32[np.ndarray, "10"]
    """Shape."""
    joints: Float32[np.ndarray, "55 3"]
    """Metres, camera frame."""


class ClipMaker:
    """Makes clips of one part of the kit: shapes, skins, clothes, light and motion of the other do not occur."""

    def __init__(self, kit: Kit, model: BodyModel, split: Split, options: ClipOptions) -> None:
        self._options = options
        self._mesh = BaseMesh(kit, model)
        self._wardrobe = Wardrobe(kit, self._mesh, split)
        self._backdrops = Backdrops(kit, split)
        with np.load(kit.file(MOTION), allow_pickle=False) as archive:
            self._poses, self._scale = archive["pose"], float(archive["scale"])
            self._moves = archive["transl_mm"]
            self._clips = [
                (int(start), int(length))
                for name, start, length in zip(
                    archive["clip_names"], archive["clip_start"], archive["clip_len"], strict=True
                )
                if str(name).startswith(f"{split}/")
            ]

    def make(self, rng: np.random.Generator) -> Iterator[LabelledPicture]:
        """Yield the pictures of one clip."""
        options = self._options
        person = self._wardrobe.draw(rng)
        poses, moves = self._motion(rng)
        bones = [
            self._mesh.bones(person.betas, pose, moved)
            for pose, moved in zip(poses, moves, strict=True)
        ]
        shot = self._shot(rng, bones)
        centre = np.array([shot.camera.cx, shot.camera.cy])
        backdrop = self._backdrops.draw(rng, options.size_px, shot.camera.fx, centre)
        textures = self._wardrobe.textures.arrays()
        for pose, posed in zip(poses, bones, strict=True):
            image = photograph(person.posed(posed), textures, backdrop, shot, rng)
            yield _labelled(image, person, pose, posed, shot)

    def _motion(self, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return poses (n, 55, 3) in the world of the camera, y up, and where the pelvis goes (n, 3)."""
        options = self._options
        start, length = pick(rng, self._clips)
        stride = STEP * options.every
        count = max(1, min(options.frames, (length - 1) // stride))
        first = start + int(rng.integers(length - stride * (count - 1)))
        rows = first + stride * np.arange(count)
        poses = np.zeros((count, JOINT_COUNT, 3))
        poses[:, BODY] = self._scale * self._poses[rows]
        hand = _relaxed_hand(rng)
        poses[:, LEFT_HAND], poses[:, RIGHT_HAND] = hand, hand * (1, -1, -1)
        roots = matrix_from_axis_angle(poses[:, 0])
        heading = np.arctan2(roots[0, 0, 2], roots[0, 2, 2])
        anywhere = rng.random() < options.from_anywhere
        turn = rng.uniform(-np.pi, np.pi) if anywhere else rng.normal(0, 0.6)
        pitch, roll = rng.uniform(*options.pitch), rng.normal(0, options.roll_spread)
        turns = [_turn(0, pitch), _turn(2, roll), _turn(1, turn - heading)]
        world = turns[0] @ turns[1] @ turns[2]
        poses[:, 0] = axis_angle_from_matrix(world @ roots)
        moves = 1e-3 * (self._moves[rows] - self._moves[first]) @ world.T
        return poses, moves

    def _shot(self, rng: np.random.Generator, bones: list[BonePose]) -> Shot:
        """Return a camera that has the whole clip in view, or the upper body of its first picture."""
        size = self._options.size_px
        joints = np.stack([posed.joints for posed in bones])
        low, high = joints.min(axis=(0, 1)) - _MARGIN_M, joints.max(axis=(0, 1)) + _MARGIN_M
        middle, span = (low + high) / 2, float(max((high - low)[:2].max(), 0.9))
        if rng.random() < self._options.waist_up:
            middle, span = joints[:, [9, 12, 15]].mean(axis=(0, 1)), rng.uniform(0.75, 1.1)
        focal = size * rng.uniform(0.7, 1.3)
        distance = max(focal / size * span * 1.02 + 0.3, 1.0)
        cx, cy = size / 2 + rng.normal(0, 0.02 * size, 2)
        return Shot(
            camera=Camera(size, size, focal, focal, float(cx), float(cy)),
            eye=middle + np.array([0, 0, distance]),
            exposure=0.6 * rng.uniform(0.75, 1.3),
            grain=rng.uniform(1, 4),
        )


def _labelled(
    image: NDArray[np.uint8],
    person: Person,
    pose: NDArray[np.float64],
    posed: BonePose,
    shot: Shot,
) -> LabelledPicture:
    seen = pose.copy()
    seen[0] = axis_angle_from_matrix(_TO_CAMERA @ matrix_from_axis_angle(pose[0]))
    return LabelledPicture(
        image=image,
        camera=shot.camera,
        pose=seen.astype(np.float32),
        betas=person.betas.astype(np.float32),
        joints=((posed.joints - shot.eye) @ _TO_CAMERA).astype(np.float32),
    )


def _relaxed_hand(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a left hand (15, 3) with more or less curled fingers."""
    hand = np.zeros((15, 3))
    hand[:12, 2] = -np.abs(rng.normal(0.35, 0.25, 12))
    hand[12:] = rng.normal(0, 0.12, (3, 3))
    return hand


def _turn(axis: int, angle: float) -> NDArray[np.float64]:
    vector = np.zeros(3)
    vector[axis] = angle
    return matrix_from_axis_angle(vector).astype(np.float64)
