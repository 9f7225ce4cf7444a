"""Runs a built release with any runtime; needs no torch."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32
from numpy.typing import NDArray

from engines.expose.backend import BodyAnswer, WholeBody
from engines.expose.build_files import BODY, HANDS, HEAD, MERGE, Build
from engines.runtime.session import Session
from engines.types import BETA_COUNT


class SessionBackend:
    """The networks of a built release, one session each.

    Args:
        build: The files.
        open_session: Loads one ONNX file; raises `ModelError` or `EngineUnavailable`.
    """

    def __init__(self, build: Build, open_session: Callable[[Path], Session]) -> None:
        self._body, self._hands, self._head, self._merge = (
            open_session(build.path(graph)) for graph in (BODY, HANDS, HEAD, MERGE)
        )
        self.provider = self._body.provider
        """Library and device that are really in use."""

    def body(
        self,
        crop: Float32[np.ndarray, "3 side side"],
        image_from_crop: Float32[np.ndarray, "3 3"],
        side: float,
    ) -> BodyAnswer:
        """Return the body in a normalised crop, which is `side` pixels wide in the picture."""
        answer = self._body.run(
            {
                "crop": crop[None],
                "image_from_crop": image_from_crop[None],
                "side": np.array([side], np.float32),
            }
        )
        return BodyAnswer(
            vector=_floats(answer["vector"][0]),
            boxes=_floats(answer["boxes"][0]),
            hand_start=_floats(answer["hand_start"]),
            head_start=_floats(answer["head_start"][0]),
        )

    def hands(
        self,
        crops: Float32[np.ndarray, "2 3 side side"],
        start: Float32[np.ndarray, "2 hand"],
    ) -> Float32[np.ndarray, "2 hand"]:
        """Return the vectors of the right hand and of the mirrored left hand."""
        return _floats(self._hands.run({"crops": crops, "start": start})["vectors"])

    def head(
        self, crop: Float32[np.ndarray, "3 side side"], start: Float32[np.ndarray, "head"]
    ) -> Float32[np.ndarray, "head"]:
        """Return the vector of the head."""
        return _floats(self._head.run({"crops": crop[None], "start": start[None]})["vectors"][0])

    def merge(
        self,
        vector: Float32[np.ndarray, "parameters"],
        hands: Float32[np.ndarray, "2 hand"],
        head: Float32[np.ndarray, "head"],
        use: Bool[np.ndarray, "3"],
    ) -> WholeBody:
        """Return the whole body; for each part, `use` says whether its network's answer replaces the body's."""
        merged = self._merge.run(
            {"vector": vector[None], "hands": hands, "head": head[None], "use": use[None]}
        )
        shape = _floats(merged["shape"][0])
        return WholeBody(
            rotations=_floats(merged["rotations"][0]),
            betas=shape[:BETA_COUNT],
            expression=shape[BETA_COUNT:],
            scale=float(merged["scale"][0, 0]),
            translation=_floats(merged["translation"][0]),
        )

    def close(self) -> None:
        """Free the networks."""
        for session in (self._body, self._hands, self._head, self._merge):
            session.close()


def _floats(array: NDArray[np.generic]) -> Float32[np.ndarray, "..."]:
    """Return single precision, whatever the runtime worked in."""
    return np.asarray(array, np.float32)
