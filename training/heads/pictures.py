"""Pictures of single heads on dressed people, with exact labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import torch
from jaxtyping import Float32, Float64, UInt8
from numpy.typing import NDArray

from engines.body.face import ARKIT_INDEX
from engines.body.model import BodyModel
from engines.body.rest_pose import RELAXED_POSE
from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from engines.body.skeleton import JAW, JOINT_INDEX, LEFT_EYE, RIGHT_EYE
from engines.types import Camera
from training.kit import Kit
from training.render.bodies import TO_CAMERA, Bodies, posed, rest_joints, turns_about
from training.render.collage import CollageOptions
from training.render.sensor import SensorOptions
from training.render.studio import Studio, StudioOptions
from training.splits import Split

SIZE_PX: Final = 320
_HEAD: Final = JOINT_INDEX["head"]
_EYES: Final = [LEFT_EYE, RIGHT_EYE]
_BELOW_EYES_M: Final = 0.03
_VIEW_M: Final = 0.5
_STUDIO: Final = StudioOptions(
    collage=CollageOptions(others_behind=0, others_before=0, things=0, desks=0, out_of_focus=0),
    sensor=SensorOptions(exposure=(0.45, 0.78), blurred=0, compressed=0),
)


@dataclass(frozen=True, slots=True)
class Face:
    """What a face does. Angles in degrees."""

    actions: Mapping[str, float] = field(default_factory=dict)
    """ARKit-named coefficients."""
    turn: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Head against the camera: down, to the person's left, tilted to the left shoulder."""
    gaze: tuple[float, float] = (0.0, 0.0)
    """Both eyes in the head: down and to the person's left."""
    jaw: float = 0.0
    """How far the jaw joint is open."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadPicture:
    """One picture and the truth about it."""

    image: UInt8[np.ndarray, "320 320 3"]
    """BGR."""
    camera: Camera
    """The camera."""
    rotation: Float32[np.ndarray, "3 3"]
    """Head joint, rest frame to camera frame."""


class HeadPictures:
    """Makes pictures of heads of one part of the kit."""

    def __init__(self, kit: Kit, model: BodyModel, split: Split) -> None:
        self._model = model
        self._studio = Studio(kit, split, torch.device("cpu"), _STUDIO)

    def make(self, person: int, faces: Sequence[Face]) -> list[HeadPicture]:
        """Return pictures of one person with these faces; the same number gives the same person, light and camera."""
        rng = np.random.default_rng((77, person))
        bodies, actions = self._bodies(faces, rng), _actions(faces)
        photographs = self._studio.photograph(
            bodies, SIZE_PX, rng, people=1, mouth=True, actions=actions
        )
        pictures = (255 * photographs.images.flip(1).permute(0, 2, 3, 1)).to(torch.uint8).numpy()
        fx, fy, cx, cy = bodies.camera[0].tolist()
        camera = Camera(SIZE_PX, SIZE_PX, fx, fy, cx, cy)
        return [
            HeadPicture(np.ascontiguousarray(picture), camera, turned)
            for picture, turned in zip(pictures, bodies.turned[:, _HEAD], strict=True)
        ]

    def _bodies(self, faces: Sequence[Face], rng: np.random.Generator) -> Bodies:
        count = len(faces)
        betas = np.tile(rng.normal(size=10).clip(-2.5, 2.5), (count, 1))
        identity = np.tile(0.8 * rng.normal(size=24).clip(-2, 2), (count, 1))
        expression = np.zeros((count, 10))
        poses = np.array([_pose(face) for face in faces])
        rotations = matrix_from_axis_angle(poses).astype(np.float32)
        rotations[:, 0] = TO_CAMERA @ rotations[:, 0]
        rest = rest_joints(self._model, betas, expression)
        turned, joints = posed(rest, rotations)
        distance = rng.uniform(0.45, 0.9)
        aside = rng.normal(0, 0.04, 2)
        place = np.array([aside[0], aside[1] - _BELOW_EYES_M, distance])
        transl = place - joints[:, _EYES].mean(axis=1)
        focal = SIZE_PX * distance / _VIEW_M
        camera = np.array([focal, focal, SIZE_PX / 2, SIZE_PX / 2])
        return Bodies(
            betas, identity, expression, rotations, transl, turned,
            (joints + transl[:, None]).astype(np.float32), rest, np.tile(camera, (count, 1)),
            np.zeros(count, np.bool_),
        )  # fmt: skip


def _actions(faces: Sequence[Face]) -> Float64[np.ndarray, "n 52"]:
    actions = np.zeros((len(faces), len(ARKIT_INDEX)))
    for row, face in enumerate(faces):
        for name, amount in face.actions.items():
            actions[row, ARKIT_INDEX[name]] = amount
    return actions


def _pose(face: Face) -> NDArray[np.float64]:
    """Return a whole pose (55, 3), y up; half of the head's turn is the neck's."""
    pose = RELAXED_POSE.astype(np.float64)
    pitch, yaw, roll = np.radians(face.turn)
    whole = _turn(1, yaw) @ _turn(0, pitch) @ _turn(2, -roll)
    pose[JOINT_INDEX["neck"]] = pose[_HEAD] = 0.5 * axis_angle_from_matrix(whole)
    down, left = np.radians(face.gaze)
    pose[_EYES] = axis_angle_from_matrix(_turn(1, left) @ _turn(0, down))
    pose[JAW] = np.radians(face.jaw), 0, 0
    return pose


def _turn(axis: int, angle: float) -> Float64[np.ndarray, "3 3"]:
    return turns_about(axis, np.array([angle]))[0]
