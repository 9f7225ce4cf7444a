"""Pictures of single hands on dressed people, as an engine cuts them from a webcam's picture, with exact labels."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
import torch
from jaxtyping import Float32, Float64, UInt8
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from engines.body.skeleton import BODY, JOINT_INDEX, LEFT_HAND, RIGHT_HAND
from engines.landmarks.attachments import Side
from engines.landmarks.limits import body_ranges
from engines.types import JOINT_COUNT, Camera
from training.hands.poses import GESTURES, HandPoses, gesture_hand
from training.kit import MOTION, Kit
from training.render.bodies import TO_CAMERA, Bodies, posed, rest_joints, turns_about
from training.render.collage import CollageOptions
from training.render.hands import other_hand
from training.render.studio import Studio, StudioOptions
from training.splits import Split, pick

_FINGERS: Final = {"left": LEFT_HAND, "right": RIGHT_HAND}
_STUDIO: Final = StudioOptions(
    collage=CollageOptions(others_behind=0.05, others_before=0, things=0.1, desks=0)
)

Hands = Literal["any", "gestures"]


@dataclass(frozen=True, slots=True)
class HandPictureOptions:
    """What the pictures are like. Angles in radians, shares of all pictures."""

    per_person: int = 12
    """Pictures of each person."""
    sides_px: tuple[float, float] = (48.0, 320.0)
    """Sides of the pictures, evenly spread on a logarithmic scale: hands of some 20 to 150 px."""
    views_m: tuple[float, float] = (0.32, 0.55)
    """Sides of the square that is seen, at the hand's distance."""
    distances_m: tuple[float, float] = (0.35, 4.5)
    """Hand from the camera, evenly spread on a logarithmic scale."""
    aside: float = 0.4
    """The hand is off the camera's axis by at most this."""
    raised: float = 0.7
    """Share of arms drawn from the ranges of their joints; the others are captured."""
    from_anywhere: float = 0.25
    """Share of people seen from any side; the others turn to the camera, more or less."""
    shrunk: float = 0.25
    """Share that went through a smaller size..."""
    shrunk_to: tuple[float, float] = (0.4, 0.9)
    """...of so much of their side."""


@dataclass(frozen=True, slots=True, eq=False)
class HandPicture:
    """One picture of a hand and the truth about it."""

    image: UInt8[np.ndarray, "size size 3"]
    """BGR."""
    camera: Camera
    """The camera; its axis may lie outside of the picture, which is cut from a larger one."""
    side: Side
    """Which hand is meant."""
    person: int
    """Number of the person."""
    betas: Float32[np.ndarray, "10"]
    """Shape."""
    fingers: Float32[np.ndarray, "15 3"]
    """Axis-angle of its finger joints, relative to the flat hand."""
    wrist: Float32[np.ndarray, "3 3"]
    """Rotation of the wrist joint in the camera frame."""
    wrist_place: Float32[np.ndarray, "3"]
    """The wrist joint, metres, camera frame."""
    gesture: int
    """Number of the gesture in `GESTURES`; -1 where hands are drawn otherwise."""


class HandPictures:
    """Makes pictures of one part of the kit: shapes, skins, clothes, light and motion of the other do not occur."""

    def __init__(
        self,
        kit: Kit,
        model: BodyModel,
        split: Split,
        options: HandPictureOptions,
        hands: Hands = "any",
    ) -> None:
        self._model, self._options, self._hands = model, options, hands
        self._studio = Studio(kit, split, torch.device("cpu"), _STUDIO)
        self._fingers = HandPoses(kit)
        self._ranges = body_ranges()
        with np.load(kit.file(MOTION), allow_pickle=False) as archive:
            rows = [
                np.arange(start, start + length)
                for name, start, length in zip(
                    archive["clip_names"], archive["clip_start"], archive["clip_len"], strict=True
                )
                if str(name).startswith(f"{split}/")
            ]
            self._poses = float(archive["scale"]) * archive["pose"][np.concatenate(rows)]

    def make(self, person: int, rng: np.random.Generator) -> Iterator[HandPicture]:
        """Yield the pictures of one person."""
        count = self._options.per_person
        size = round(float(log_uniform(rng, self._options.sides_px, 1)[0]))
        sides: list[Side] = [pick(rng, ("left", "right")) for _ in range(count)]
        gestures = [-1] * count
        if self._hands == "gestures":
            gestures = [int(rng.integers(len(GESTURES))) for _ in range(count)]
        bodies = self._bodies(sides, gestures, size, rng)
        photographs = self._studio.photograph(bodies, size, rng, people=1)
        pictures = (255 * photographs.images.flip(1).permute(0, 2, 3, 1)).to(torch.uint8).numpy()
        for row, (side, gesture) in enumerate(zip(sides, gestures, strict=True)):
            wrist = JOINT_INDEX[f"{side}_wrist"]
            fx, fy, cx, cy = bodies.camera[row].tolist()
            yield HandPicture(
                image=self._shrunk(np.ascontiguousarray(pictures[row]), rng),
                camera=Camera(size, size, fx, fy, cx, cy),
                side=side,
                person=person,
                betas=bodies.betas[row].astype(np.float32),
                fingers=axis_angle_from_matrix(bodies.rotations[row, _FINGERS[side]]),
                wrist=bodies.turned[row, wrist],
                wrist_place=bodies.joints[row, wrist],
                gesture=gesture,
            )

    def _bodies(
        self, sides: list[Side], gestures: list[int], size: int, rng: np.random.Generator
    ) -> Bodies:
        """Return one person in many poses, each before a camera that has the hand in view."""
        count = len(sides)
        betas = np.tile(rng.normal(size=10).clip(-2.5, 2.5), (count, 1))
        identity = np.tile(0.8 * rng.normal(size=24).clip(-2, 2), (count, 1))
        expression = np.zeros((count, 10))
        poses = [self._pose(*each, rng) for each in zip(sides, gestures, strict=True)]
        rotations = matrix_from_axis_angle(np.array(poses)).astype(np.float32)
        rotations[:, 0] = self._turned_to_camera(rotations[:, 0], rng)
        rest = rest_joints(self._model, betas, expression)
        turned, joints = posed(rest, rotations)
        hands = np.stack([j[_FINGERS[side]] for j, side in zip(joints, sides, strict=True)])
        camera, transl = self._aim(hands.mean(axis=1).astype(np.float64), size, rng)
        return Bodies(
            betas, identity, expression, rotations, transl, turned,
            (joints + transl[:, None]).astype(np.float32), rest, camera,
            np.array([side == "left" for side in sides]),
        )  # fmt: skip

    def _pose(self, side: Side, gesture: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return a whole pose (55, 3), the pelvis in a world whose y axis points up."""
        hand = self._fingers.draw(rng)
        if gesture >= 0:
            hand = gesture_hand(list(GESTURES.values())[gesture], rng)
        hands = {"left": self._fingers.draw(rng), "right": self._fingers.draw(rng)} | {side: hand}
        pose = np.zeros((JOINT_COUNT, 3))
        pose[BODY] = self._poses[rng.integers(len(self._poses))]
        pose[LEFT_HAND], pose[RIGHT_HAND] = hands["left"], other_hand(hands["right"])
        raised = rng.random() < self._options.raised
        for name in ("shoulder", "elbow"):
            joint = JOINT_INDEX[f"{side}_{name}"]
            if raised:
                pose[joint] = 0.9 * rng.uniform(
                    self._ranges.lower[joint], self._ranges.upper[joint]
                )
            pose[joint, 0] += rng.normal(0, 0.35)
        wrist = JOINT_INDEX[f"{side}_wrist"]
        pose[wrist] = 0.5 * pose[wrist] + rng.normal(0, (0.3, 0.3, 0.45))
        return pose

    def _turned_to_camera(
        self, roots: NDArray[np.float32], rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Return pelvis rotations in the camera frame."""
        count = len(roots)
        heading = np.arctan2(roots[:, 0, 2], roots[:, 2, 2])
        anywhere = rng.random(count) < self._options.from_anywhere
        yaw = np.where(anywhere, rng.uniform(-np.pi, np.pi, count), rng.normal(0, 0.7, count))
        angles = (
            (0, rng.normal(0.1, 0.25, count)), (2, rng.normal(0, 0.15, count)), (1, yaw - heading),
        )  # fmt: skip
        pitch, roll, turn = (turns_about(axis, angle) for axis, angle in angles)
        return TO_CAMERA @ pitch @ roll @ turn @ roots

    def _aim(
        self, hands: NDArray[np.float64], size: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return cameras (n, 4) and what to add to people so that their hands are in the pictures, off the axes."""
        options, count = self._options, len(hands)
        distance = log_uniform(rng, options.distances_m, count)
        focal = size * distance / rng.uniform(*options.views_m, count)
        aside = rng.normal(0, 0.5 * options.aside, (count, 2)).clip(-options.aside, options.aside)
        centre = 0.5 * size - focal[:, None] * np.tan(aside)
        place = distance[:, None] * np.concatenate([np.tan(aside), np.ones((count, 1))], axis=1)
        camera = np.concatenate([np.stack([focal, focal], axis=1), centre], axis=1)
        return camera, place + rng.normal(0, 0.02, (count, 3)) - hands

    def _shrunk(
        self, image: UInt8[np.ndarray, "size size 3"], rng: np.random.Generator
    ) -> UInt8[np.ndarray, "size size 3"]:
        """Return the picture as it is after a smaller size, where it went through one."""
        if rng.random() >= self._options.shrunk:
            return image
        size = len(image)
        small = max(round(size * rng.uniform(*self._options.shrunk_to)), 24)
        less = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
        back = cv2.resize(less, (size, size), interpolation=cv2.INTER_LINEAR)
        return back.astype(np.uint8, copy=False)


def log_uniform(
    rng: np.random.Generator, ends: tuple[float, float], count: int
) -> Float64[np.ndarray, " count"]:
    """Return numbers evenly spread on a logarithmic scale."""
    low, high = np.log(ends)
    return np.exp(rng.uniform(low, high, count))
