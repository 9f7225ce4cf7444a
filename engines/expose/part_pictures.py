"""ExPose on pictures that show only a right hand or only a head, as the paper evaluates its part networks."""

from typing import Literal

import numpy as np
import torch
from jaxtyping import Float32, UInt8

from engines.body.skeleton import JAW, RIGHT_HAND
from engines.expose.backend import Backend
from engines.expose.checkpoint import Release
from engines.expose.crops import CropSampler
from engines.expose.layout import hand_layout, head_layout
from engines.expose.rotation6d import decode
from engines.types import BETA_COUNT, EXPRESSION_COUNT, JOINT_COUNT

Part = Literal["right_hand", "head"]


class PartPictures:
    """The part networks on their own: started from the checkpoint's means, since there is no body to start from."""

    def __init__(self, release: Release, backend: Backend) -> None:
        self._config = release.config
        self._backend = backend
        self._sampler = CropSampler(release.config)
        self._hand = hand_layout(release.config)
        self._head = head_layout(release.config)
        mean = "regressor.mean_param"
        weights = release.weights
        hand = weights.below("hand_predictor.").tensor(mean, 1, self._hand.size)
        self._hand_mean = hand.numpy().repeat(2, axis=0)
        self._head_mean = weights.below("head_predictor.").tensor(mean, 1, self._head.size).numpy()

    def pose(
        self, image: UInt8[np.ndarray, "height width 3"], part: Part
    ) -> tuple[Float32[np.ndarray, "55 3 3"], Float32[np.ndarray, "20"]]:
        """Return a straight body's rotations, with the part turned and posed as seen, and betas and expression.

        The body's shape is the mean: the networks give the shape of MANO and FLAME, not of SMPL-X.
        """
        rotations = np.tile(np.eye(3, dtype=np.float32), (JOINT_COUNT, 1, 1))
        shape = np.zeros(BETA_COUNT + EXPRESSION_COUNT, np.float32)
        if part == "right_hand":
            crop = self._crop(image, self._config.hand.crop_size)
            vector = self._backend.hands(np.stack([crop, crop]), self._hand_mean)[0]
            rotations[0] = _decoded(vector[self._hand.wrist])[0]
            rotations[RIGHT_HAND] = _decoded(vector[self._hand.fingers])
        else:
            crop = self._crop(image, self._config.head.crop_size)
            vector = self._backend.head(crop, self._head_mean[0])
            rotations[0] = _decoded(vector[self._head.neck])[0]
            rotations[JAW] = _decoded(vector[self._head.jaw])[0]
            shape[BETA_COUNT:] = vector[self._head.expression][:EXPRESSION_COUNT]
        return rotations, shape

    def _crop(
        self, image: UInt8[np.ndarray, "height width 3"], side: int
    ) -> Float32[np.ndarray, "3 side side"]:
        height, width = image.shape[:2]
        box = np.array([(width - 1) / 2, (height - 1) / 2, max(width, height) - 1], np.float32)
        crop = np.empty((3, side, side), np.float32)
        self._sampler.part(image, box, crop)
        return crop


def _decoded(numbers: Float32[np.ndarray, "numbers"]) -> Float32[np.ndarray, "joints 3 3"]:
    return decode(torch.from_numpy(numbers)).numpy()
