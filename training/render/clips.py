"""Short clips of moving people with exact labels: what the noise model is fitted to, and the frozen test set."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Float32, UInt8
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from engines.body.skeleton import BODY, LEFT_HAND, RIGHT_HAND
from engines.types import JOINT_COUNT, Camera
from training.kit import MOTION, Kit
from training.render.bodies import TO_CAMERA, Bodies, posed, rest_joints, turns_about
from training.render.collage import CollageOptions
from training.render.hands import other_hand
from training.render.on_device import wanted_device
from training.render.sensor import SensorOptions
from training.render.studio import Studio, StudioOptions
from training.splits import Split, pick

STEP: Final = 4
"""Motion-capture frames from one picture to the next: 120 a second become 30."""
STEP_S: Final = STEP / 120

_MARGIN_M: Final = 0.12
_STUDIO: Final = StudioOptions(
    collage=CollageOptions(others_behind=0, others_before=0, things=0, desks=0, out_of_focus=0),
    sensor=SensorOptions(exposure=(0.45, 0.78), blurred=0, sharpened=0, compressed=0),
)  # one person in full view: the noise model is of the detector, not of what hides people


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

    def __init__(
        self,
        kit: Kit,
        model: BodyModel,
        split: Split,
        options: ClipOptions,
        device: torch.device | str = "cpu",
    ) -> None:
        self._options, self._model = options, model
        self._studio = Studio(kit, split, wanted_device(device), _STUDIO)
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
        bodies = self._bodies(rng)
        size = self._options.size_px
        photographs = self._studio.photograph(bodies, size, rng, people=1)
        pictures = (255 * photographs.images.flip(1).permute(0, 2, 3, 1)).to(torch.uint8)
        for row, picture in enumerate(pictures.cpu().numpy()):
            fx, fy, cx, cy = bodies.camera[row].tolist()
            yield LabelledPicture(
                image=np.ascontiguousarray(picture),
                camera=Camera(size, size, fx, fy, cx, cy),
                pose=axis_angle_from_matrix(bodies.rotations[row]).astype(np.float32),
                betas=bodies.betas[row].astype(np.float32),
                joints=bodies.joints[row],
            )

    def _bodies(self, rng: np.random.Generator) -> Bodies:
        """Return one person in the poses of a clip, before one camera."""
        betas = rng.normal(size=10).clip(-2.5, 2.5)
        identity = 0.8 * rng.normal(size=24).clip(-2, 2)
        rotations, moves = self._motion(rng)
        count = len(rotations)
        expression = np.zeros((count, 10))
        rest = rest_joints(self._model, np.tile(betas, (count, 1)), expression)
        turned, joints = posed(rest, rotations)
        camera, transl = self._aim(rng, joints + moves[:, None])
        return Bodies(
            np.tile(betas, (count, 1)), np.tile(identity, (count, 1)), expression, rotations,
            transl + moves, turned, (joints + (transl + moves)[:, None]).astype(np.float32), rest,
            np.tile(camera, (count, 1)), np.zeros(count, np.bool_),
        )  # fmt: skip

    def _motion(self, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Return poses (n, 55, 3, 3), the pelvis in the camera frame, and where the pelvis goes (n, 3)."""
        options = self._options
        start, length = pick(rng, self._clips)
        stride = STEP * options.every
        count = max(1, min(options.frames, (length - 1) // stride))
        first = start + int(rng.integers(length - stride * (count - 1)))
        rows = first + stride * np.arange(count)
        poses = np.zeros((count, JOINT_COUNT, 3))
        poses[:, BODY] = self._scale * self._poses[rows]
        hand = relaxed_hand(rng)
        poses[:, LEFT_HAND], poses[:, RIGHT_HAND] = hand, other_hand(hand)
        rotations = matrix_from_axis_angle(poses).astype(np.float32)
        heading = np.arctan2(rotations[0, 0, 0, 2], rotations[0, 0, 2, 2])
        anywhere = rng.random() < options.from_anywhere
        turn = rng.uniform(-np.pi, np.pi) if anywhere else rng.normal(0, 0.6)
        pitch, roll = rng.uniform(*options.pitch), rng.normal(0, options.roll_spread)
        angles = ((0, pitch), (2, roll), (1, turn - heading))
        pitched, rolled, turned = (turns_about(axis, np.array([angle])) for axis, angle in angles)
        world = (TO_CAMERA @ pitched @ rolled @ turned)[0]
        rotations[:, 0] = world @ rotations[:, 0]
        return rotations, 1e-3 * (self._moves[rows] - self._moves[first]) @ world.T

    def _aim(
        self, rng: np.random.Generator, joints: NDArray[np.floating]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return a camera and what to add so that it has the whole clip in view, or its upper bodies."""
        size = self._options.size_px
        low, high = joints.min(axis=(0, 1)) - _MARGIN_M, joints.max(axis=(0, 1)) + _MARGIN_M
        middle, span = (low + high) / 2, float(max((high - low)[:2].max(), 0.9))
        if rng.random() < self._options.waist_up:
            middle, span = joints[:, [9, 12, 15]].mean(axis=(0, 1)), rng.uniform(0.75, 1.1)
        focal = rng.uniform(0.7, 1.3)
        distance = max(focal * span * 1.02 + 0.3, 1.0)
        cx, cy = size / 2 + rng.normal(0, 0.02 * size, 2)
        camera = np.array([focal * size, focal * size, cx, cy])
        return camera, np.array([0, 0, distance]) - middle


def relaxed_hand(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a left hand (15, 3) with more or less curled fingers."""
    hand = np.zeros((15, 3))
    hand[:12, 2] = -np.abs(rng.normal(0.35, 0.25, 12))
    hand[12:] = rng.normal(0, 0.12, (3, 3))
    return hand
