"""Runs the networks of a release with torch: for comparisons with the authors' code, and where nothing faster is."""

import numpy as np
import torch
from jaxtyping import Bool, Float32
from torch import Tensor

from engines.errors import EngineUnavailable
from engines.expose.backend import BodyAnswer, WholeBody
from engines.expose.checkpoint import Release
from engines.expose.stages import BodyStage, MergeStage, hand_network, head_network
from engines.types import BETA_COUNT


class TorchBackend:
    """The networks of one release on one device."""

    def __init__(self, release: Release, device: str = "cpu") -> None:
        if device != "cpu" and not torch.cuda.is_available():
            raise EngineUnavailable(
                f"device {device}: torch {torch.__version__} finds no usable GPU; use --device cpu"
            )
        self._device = torch.device(device)
        self.provider = f"torch {torch.__version__} on {device}, float32"
        """Library and device that are really in use."""
        self._body = BodyStage(release).eval().to(self._device)
        self._hand = hand_network(release).eval().to(self._device)
        self._head = head_network(release).eval().to(self._device)
        self._merge = MergeStage(release.config).eval().to(self._device)

    def body(
        self,
        crop: Float32[np.ndarray, "3 side side"],
        image_from_crop: Float32[np.ndarray, "3 3"],
        side: float,
    ) -> BodyAnswer:
        """Return the body in a normalised crop, which is `side` pixels wide in the picture."""
        with torch.inference_mode():
            answer = self._body(
                self._tensor(crop[None]),
                self._tensor(image_from_crop[None]),
                self._tensor(np.array([side], np.float32)),
            )
        return BodyAnswer(
            vector=_array(answer.vector[0]),
            boxes=_array(answer.boxes[0]),
            hand_start=_array(answer.hand_start),
            head_start=_array(answer.head_start[0]),
        )

    def hands(
        self,
        crops: Float32[np.ndarray, "2 3 side side"],
        start: Float32[np.ndarray, "2 hand"],
    ) -> Float32[np.ndarray, "2 hand"]:
        """Return the vectors of the right hand and of the mirrored left hand."""
        with torch.inference_mode():
            return _array(self._hand(self._tensor(crops), self._tensor(start)))

    def head(
        self, crop: Float32[np.ndarray, "3 side side"], start: Float32[np.ndarray, "head"]
    ) -> Float32[np.ndarray, "head"]:
        """Return the vector of the head."""
        with torch.inference_mode():
            return _array(self._head(self._tensor(crop[None]), self._tensor(start[None]))[0])

    def merge(
        self,
        vector: Float32[np.ndarray, "parameters"],
        hands: Float32[np.ndarray, "2 hand"],
        head: Float32[np.ndarray, "head"],
        use: Bool[np.ndarray, "3"],
    ) -> WholeBody:
        """Return the whole body; for each part, `use` says whether its network's answer replaces the body's."""
        with torch.inference_mode():
            merged = self._merge(
                self._tensor(vector[None]),
                self._tensor(hands),
                self._tensor(head[None]),
                self._tensor(use[None]),
            )
        shape = _array(merged.shape[0])
        return WholeBody(
            rotations=_array(merged.rotations[0]),
            betas=shape[:BETA_COUNT],
            expression=shape[BETA_COUNT:],
            scale=float(merged.scale),
            translation=_array(merged.translation[0]),
        )

    def close(self) -> None:
        """Move the networks off the device; may be called twice."""
        for module in (self._body, self._hand, self._head, self._merge):
            module.to("meta")

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(array).to(self._device)


def _array(tensor: Tensor) -> Float32[np.ndarray, "..."]:
    return tensor.cpu().numpy()
