"""Photographs of people that were drawn: clothes them, chooses light and background, and renders them."""

from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from engines.body.model import BodyModel
from engines.types import Camera
from training.kit import Kit
from training.render.backdrops import Backdrops
from training.render.base_mesh import BaseMesh, BonePose
from training.render.bodies import TO_CAMERA, Bodies
from training.render.looks import Wardrobe
from training.render.scene import Shot, photograph
from training.splits import Split

_UPRIGHT: Final = TO_CAMERA.astype(np.float32)


class Studio:
    """Renders people with the clothes, light and backgrounds of one part of the kit."""

    def __init__(self, kit: Kit, model: BodyModel, split: Split) -> None:
        self._mesh = BaseMesh(kit, model)
        self._wardrobe = Wardrobe(kit, self._mesh, split)
        self._backdrops = Backdrops(kit, split)

    def photograph(
        self, bodies: Bodies, size: int, rng: np.random.Generator
    ) -> Float[Tensor, "n 3 size size"]:
        """Return pictures, RGB in [0, 1]."""
        pictures = [self._one(bodies, row, size, rng) for row in range(len(bodies.joints))]
        return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()

    def _one(
        self, bodies: Bodies, row: int, size: int, rng: np.random.Generator
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        betas = bodies.betas[row]
        rest = self._mesh.rest_vertices(betas, bodies.identity[row], bodies.expression[row])
        person = self._wardrobe.dress(rng, betas, rest)
        turned, joints = bodies.turned[row], bodies.joints[row]
        offsets = joints - np.einsum("jab,jb->ja", turned, bodies.rest[row])
        bones = BonePose(_UPRIGHT @ turned, joints @ _UPRIGHT, offsets @ _UPRIGHT)
        fx, fy, cx, cy = bodies.camera[row].tolist()
        shot = Shot(
            camera=Camera(size, size, fx, fy, cx, cy),
            eye=np.zeros(3),
            exposure=0.6 * rng.uniform(0.75, 1.3),
            grain=rng.uniform(1, 4),
        )
        backdrop = self._backdrops.draw(rng, size, fx, np.array([cx, cy]))
        textures = self._wardrobe.textures.arrays()
        image = photograph(person.posed(bones), textures, backdrop, shot, rng)
        return image[..., ::-1].astype(np.float32) / np.float32(255)
