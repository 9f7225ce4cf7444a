"""Animations and skeletons in a glTF document."""

from typing import Any

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from app.export.glb_document import GlbDocument


class AnimationTracks:
    """The channels of one animation, all with the same times."""

    def __init__(self, document: GlbDocument, times_s: NDArray[np.floating]) -> None:
        self._document = document
        self._times = document.add_array(times_s.astype(np.float32), bounds=True)
        self._samplers: list[dict[str, Any]] = []
        self._channels: list[dict[str, Any]] = []

    def add(self, node: int, path: str, values: NDArray[np.floating]) -> None:
        """Add what `path` (`translation`, `rotation` or `weights`) of a node is in each frame."""
        if path == "rotation":
            values = _continuous(values)
        output = self._document.add_array(values.astype(np.float32))
        self._channels.append(
            {"sampler": len(self._samplers), "target": {"node": node, "path": path}}
        )
        self._samplers.append({"input": self._times, "output": output, "interpolation": "LINEAR"})

    def animation(self, name: str) -> dict[str, Any]:
        """Return the animation, for the list `animations`."""
        return {"name": name, "samplers": self._samplers, "channels": self._channels}


def joint_nodes(
    names: tuple[str, ...], parents: tuple[int, ...], rest: Float64[np.ndarray, "B 3"]
) -> list[dict[str, Any]]:
    """Return one node for each bone at rest, in the order of `names`, none of them turned."""
    nodes: list[dict[str, Any]] = []
    for bone, (name, parent) in enumerate(zip(names, parents, strict=True)):
        offset = rest[bone] - (rest[parent] if parent >= 0 else 0)
        node: dict[str, Any] = {"name": name, "translation": offset.tolist()}
        children = [child for child, other in enumerate(parents) if other == bone]
        if children:
            node["children"] = children
        nodes.append(node)
    return nodes


def _continuous(quaternions: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the same rotations with signs that make neighbours near: some readers blend number by number."""
    cosines = np.sum(quaternions[1:] * quaternions[:-1], axis=1)
    signs = np.cumprod(np.r_[1.0, np.where(cosines < 0, -1.0, 1.0)])
    return quaternions * signs[:, None]
