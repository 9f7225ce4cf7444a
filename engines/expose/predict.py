"""ExPose on one picture: everything that the authors' code answers, for comparisons and for `main.py regress`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32, UInt8
from numpy.typing import ArrayLike, NDArray

from engines.body.skeleton import BODY, JAW, LEFT_HAND, RIGHT_HAND
from engines.expose.backend import PARTS, BodyAnswer, WholeBody
from engines.expose.camera import (
    AuthorsCamera,
    authors_camera,
    image_from_projected,
    projected_to_crop,
)
from engines.expose.checkpoint import load_release
from engines.expose.crops import BodySquare
from engines.expose.part_pictures import Part, PartPictures
from engines.expose.rig import Rig
from engines.expose.stagewise import Stagewise
from engines.expose.torch_backend import TorchBackend


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A posed body. Metres, the axes of the camera, not moved to its place."""

    vertices: Float32[np.ndarray, "vertices 3"]
    joints: Float32[np.ndarray, "keypoints 3"]
    """As in `Prediction`."""


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """ExPose's answer for one person."""

    square: BodySquare
    """Where the body crop was cut."""
    body: BodyAnswer
    """The body network's answer."""
    whole: WholeBody
    """Pose, shape and camera."""
    vertices: Float32[np.ndarray, "vertices 3"]
    """Metres, the axes of the camera, not moved to their place."""
    joints: Float32[np.ndarray, "keypoints 3"]
    """55 joints, 21 vertices, 51 face landmarks and, where the release has them, 17 of the face's outline."""
    camera: AuthorsCamera
    """The perspective camera that the authors save."""

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the authors' result arrays for one person, under their names; rotations are matrices.

        The boxes of hands and head (x0 y0 x1 y1, pixels of the picture) are ours to name, as are `body_params` (the
        body network's vector) and `hd_proj_joints` (the joints in pixels of the picture; the authors give them beside
        the result).
        """
        rotations = self.whole.rotations
        projected = projected_to_crop(self.joints, self.whole)
        arrays: dict[str, NDArray[np.generic]] = {
            "global_orient": rotations[:1],
            "body_pose": rotations[1 : BODY.stop],
            "left_hand_pose": rotations[LEFT_HAND],
            "right_hand_pose": rotations[RIGHT_HAND],
            "jaw_pose": rotations[JAW, None],
            "betas": self.whole.betas,
            "expression": self.whole.expression,
            "vertices": self.vertices,
            "joints": self.joints,
            "proj_joints": projected,
            "hd_proj_joints": image_from_projected(projected, self.square),
            "scale": np.array([self.whole.scale], np.float32),
            "translation": self.whole.translation,
            "body_params": self.body.vector,
            "bbox_size": np.array([self.square.side]),
        }
        for name, (x, y, side) in zip(PARTS, self.body.boxes, strict=True):
            half = side / 2
            arrays[f"{name}_box"] = np.array([x - half, y - half, x + half, y + half])
        camera = self.camera
        return arrays | {
            "transl": camera.transl,
            "center": camera.center,
            "focal_length_in_px": np.array(camera.focal_length_in_px),
            "focal_length_in_mm": np.array(camera.focal_length_in_mm),
            "sensor_width": np.array(camera.sensor_width),
            "shift_x": np.array(camera.shift_x),
            "shift_y": np.array(camera.shift_y),
        }


class ExposePredictor:
    """The official release, answering as the authors' code does.

    Args:
        folder: The official data folder, unchanged.
        device: `cpu` or `cuda`.

    Raises:
        ModelError: the release cannot be used; the message names the file, the key and the way out.
        EngineUnavailable: the device cannot be used.
    """

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        release = load_release(folder)
        backend = TorchBackend(release, device)
        self._stages = Stagewise(backend, release.config)
        self._parts = PartPictures(release, backend)
        self._rig = Rig(release.body, whole_mesh=True)
        self.faces = release.body.faces
        """Triangles of the mesh (faces, 3)."""

    def predict(
        self, image: UInt8[np.ndarray, "height width 3"], boxes: Sequence[ArrayLike]
    ) -> list[Prediction]:
        """Return one answer for each person's box (x0 y0 x1 y1, pixels) in a BGR picture.

        Raises:
            UsageError: a box has no area, or lies outside the picture.
        """
        return [self._person(image, box) for box in boxes]

    def predict_part(self, image: UInt8[np.ndarray, "height width 3"], part: Part) -> Mesh:
        """Return a straight body with the right hand or the head as in a picture that shows nothing else."""
        return self._posed(*self._parts.pose(image, part))

    def _person(self, image: UInt8[np.ndarray, "height width 3"], box: ArrayLike) -> Prediction:
        view, whole = self._stages.whole(image, box)
        mesh = self._posed(whole.rotations, np.concatenate([whole.betas, whole.expression]))
        height, width = image.shape[:2]
        return Prediction(
            square=view.square,
            body=view.answer,
            whole=whole,
            vertices=mesh.vertices,
            joints=mesh.joints,
            camera=authors_camera(whole, view.square, width=width, height=height),
        )

    def _posed(
        self, rotations: Float32[np.ndarray, "55 3 3"], shape: Float32[np.ndarray, "20"]
    ) -> Mesh:
        with torch.inference_mode():
            posed = self._rig(torch.from_numpy(rotations)[None], torch.from_numpy(shape)[None])
        return Mesh(posed.vertices[0].numpy(), posed.joints[0].numpy())
