"""The kit's base mesh: the open body with the surfaces that clothes and hair are bound to."""

from typing import Final

import numpy as np
import torch
from jaxtyping import Bool, Float, Float16, Float32, Int32
from numpy.typing import NDArray
from torch import Tensor

from engines.body.face import ARKIT_NAMES
from training.kit import Kit

_FILE: Final = "body/base_mesh.npz"
_FEMALE: Final = 0.5
"""Gender is 0 for male and 1 for female."""


class BaseMesh:
    """19,158 vertices in the shape space and on the joints of the open body."""

    def __init__(self, kit: Kit) -> None:
        with np.load(kit.file(_FILE), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        self.template: Float32[np.ndarray, "v 3"] = arrays["v_template"].astype(np.float32)
        """Unposed vertices of the mean shape, metres."""
        self.directions: Float32[np.ndarray, "v 3 44"] = np.concatenate(
            [arrays[name].astype(np.float32) for name in ("shapedirs", "iddirs", "exprdirs")],
            axis=2,
        )
        """Their moves for 10 betas, 24 further numbers of looks and 10 numbers of expression."""
        action_names = [str(name) for name in arrays["arkit_names"]]
        order = [action_names.index(name) for name in ARKIT_NAMES]
        self.actions: Float16[np.ndarray, "v 3 52"] = arrays["arkit_dirs"][..., order]
        """Their moves for the face actions of `ARKIT_NAMES`."""
        names = [str(name) for name in arrays["pheno_names"]]
        self._gender = arrays["pheno_from_beta"][:, names.index("gender")]
        weights = arrays["weights"].astype(np.float32)
        self.weights: Float32[np.ndarray, "v 55"] = weights / weights.sum(axis=1, keepdims=True)
        """Skinning weights."""
        self.rest_turns: Float32[np.ndarray, "v 3 3"] = arrays["rest_rot"].astype(np.float32)
        """Rotation of each vertex from the pose in which clothes were made to the T-pose."""
        self.uv: Float32[np.ndarray, "corners 2"] = arrays["uv"]
        """Texture coordinates."""
        is_body = arrays["face_group"] == [str(n) for n in arrays["group_names"]].index("body")
        self.faces: Int32[np.ndarray, "faces 3"] = arrays["faces"][is_body]
        """Triangles of the skin."""
        self.faces_uv: Int32[np.ndarray, "faces 3"] = arrays["faces_uv"][is_body]
        """Their corners in `uv`."""

    def __len__(self) -> int:
        return len(self.template)

    def are_female(self, betas: NDArray[np.floating]) -> Bool[np.ndarray, " n"]:
        """Return which clothes suit shapes (n, 10)."""
        suits: NDArray[np.bool_] = self._gender[0] + betas @ self._gender[1:] > _FEMALE
        return suits


class ShapeSpace:
    """The unposed base mesh of a batch of people, on one device."""

    def __init__(self, mesh: BaseMesh, device: torch.device) -> None:
        self._template = torch.from_numpy(mesh.template.reshape(-1)).to(device)
        moves = np.ascontiguousarray(mesh.directions.reshape(-1, mesh.directions.shape[2]).T)
        self._directions = torch.from_numpy(moves).to(device)
        self._actions = torch.from_numpy(mesh.actions.reshape(-1, mesh.actions.shape[2])).to(device)

    def __call__(
        self,
        betas: Float[Tensor, "n 10"],
        identity: Float[Tensor, "n 24"],
        expression: Float[Tensor, "n 10"],
        actions: Float[Tensor, "n 52"] | None = None,
    ) -> Float[Tensor, "n v 3"]:
        """Return unposed vertices, metres."""
        numbers = torch.cat([betas, identity, expression], dim=1)
        flat = torch.addmm(self._template, numbers, self._directions)
        if actions is not None:
            flat = flat + actions @ self._actions.T.to(actions.dtype)
        return flat.reshape(len(flat), -1, 3)
