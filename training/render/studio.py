"""Photographs of people that were drawn: dresses them, chooses light, background and camera, and renders them."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8
from numpy.typing import NDArray
from torch import Tensor

from engines.body.skeleton import JOINT_INDEX
from training.kit import Kit
from training.render.backdrops import Backdrop, BackdropOptions, Backdrops
from training.render.base_mesh import BaseMesh, ShapeSpace
from training.render.bodies import Bodies
from training.render.collage import (
    Collage,
    CollageOptions,
    Extras,
    draw_extras,
    put_together,
)
from training.render.cuda_rasteriser import open_rasteriser
from training.render.rasteriser import Drawn, NumbaRasteriser, Rasteriser
from training.render.scene import Scene, build_scene
from training.render.sensor import SensorOptions, Settings, develop, draw_settings
from training.render.wardrobe import Wardrobe, WardrobeOptions
from training.splits import Split

_TORSO_M: Final = 0.25
_LIMB_M: Final = 0.12
_FINGER_M: Final = 0.035
_BODY_JOINTS: Final = 25
_TORSO: Final = [
    JOINT_INDEX[name]
    for name in (
        "pelvis", "left_hip", "right_hip", "spine1", "spine2", "spine3", "neck", "left_collar", "right_collar", "head",
    )
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class StudioOptions:
    """How people are photographed."""

    wardrobe: WardrobeOptions = field(default_factory=WardrobeOptions)
    """Clothes."""
    backdrops: BackdropOptions = field(default_factory=BackdropOptions)
    """Backgrounds and light."""
    collage: CollageOptions = field(default_factory=CollageOptions)
    """What else is in the picture."""
    sensor: SensorOptions = field(default_factory=SensorOptions)
    """The camera."""
    finer: int = 2
    """Samples along each side of a pixel."""


class Photographs(NamedTuple):
    """Pictures of `n` people."""

    images: Float[Tensor, "n 3 size size"]
    """RGB in [0, 1], ready for display."""
    keypoints: Float[Tensor, "n 55 2"]
    """Where the joints are, pixels."""
    visible: Bool[Tensor, "n 55"]
    """Whether each is in the picture, and nothing but its own limb before it."""
    parts: UInt8[Tensor, "n size size"]
    """1 + joint whose weight is largest; 0 where the person is not to be seen."""
    normals: Float[Tensor, "n 3 size size"]
    """Unit normals in the camera frame; 0 where the person is not to be seen."""


class Shoot(NamedTuple):
    """Everything that was decided about `n` pictures."""

    bodies: Bodies
    """The people."""
    scene: Scene
    """The same, dressed and lit, on the device."""
    backdrops: list[Backdrop]
    """What is behind each."""
    settings: Settings
    """What the camera does."""
    extras: Extras
    """What else is in the picture."""
    noise_seed: int
    """Of the camera's noise."""


class Studio:
    """Renders people with the clothes, light and backgrounds of one part of the kit."""

    def __init__(
        self, kit: Kit, split: Split, device: torch.device, options: StudioOptions
    ) -> None:
        self._device, self._options = device, options
        mesh = BaseMesh(kit)
        self._mesh, self._shapes = mesh, ShapeSpace(mesh, device)
        self._wardrobe = Wardrobe(kit, mesh, split, device, options.wardrobe)
        self._backdrops = Backdrops(kit, split, device, options.backdrops)
        self._rasteriser = self._open()

    def photograph(
        self,
        bodies: Bodies,
        size: int,
        rng: np.random.Generator,
        *,
        people: int | None = None,
        mouth: bool = False,
        actions: NDArray[np.floating] | None = None,
    ) -> Photographs:
        """Return pictures of `size` pixels; for the other arguments see `prepare`."""
        shoot = self.prepare(bodies, rng, people=people, mouth=mouth, actions=actions)
        return self.finish(shoot, self.draw(shoot, size))

    def prepare(
        self,
        bodies: Bodies,
        rng: np.random.Generator,
        *,
        people: int | None = None,
        mouth: bool = False,
        actions: NDArray[np.floating] | None = None,
    ) -> Shoot:
        """Return everything that is to be decided about pictures, and their scene on the device.

        Args:
            bodies: The people.
            rng: Decides what is not decided yet.
            people: Number of different people, each with light, background and camera; as many as bodies where it is
                not given. With 1, all pictures are of one person in one clip.
            mouth: Whether teeth and tongue are wanted: they cost a fifth more.
            actions: Face actions (n, 52) beside the expression, in the order of `ARKIT_NAMES`.
        """
        count = len(bodies.joints)
        rows = np.arange(count) % (people or count)
        female = self._mesh.are_female(bodies.betas)[: rows.max() + 1]
        outfits = [self._wardrobe.dress(rng, female=bool(f), mouth=mouth) for f in female]
        chosen = [self._backdrops.choose(rng) for _ in female]
        scene = build_scene(
            bodies, [outfits[row] for row in rows],
            self._backdrops.light(chosen)[rows],
            self._wardrobe.library, self._shapes, self._wardrobe.texture_sides, self._options.finer,
            actions,
        )  # fmt: skip
        settings = draw_settings(rng, len(female), self._options.sensor)
        extras = draw_extras(rng, len(female), self._options.collage)
        return Shoot(
            bodies,
            scene,
            [chosen[row] for row in rows],
            Settings(*(value[rows] for value in settings)),
            Extras(*(value[rows] for value in extras)),
            int(rng.integers(2**62)),
        )

    def draw(self, shoot: Shoot, size: int) -> Drawn:
        """Return the people of square pictures of `size` pixels."""
        return self._rasteriser.draw(shoot.scene, size, self._options.finer)

    def finish(self, shoot: Shoot, drawn: Drawn) -> Photographs:
        """Return pictures of people that have been drawn."""
        size = drawn.parts.shape[-1]
        camera = shoot.scene.cameras / self._options.finer
        behind = self._backdrops.show(shoot.backdrops, camera, size)
        collage = put_together(
            drawn,
            behind,
            np.array([backdrop.is_panorama for backdrop in shoot.backdrops]),
            shoot.settings.exposure,
            shoot.extras,
            self._options.collage,
        )
        images = develop(collage.linear, shoot.settings, shoot.noise_seed)
        return _labelled(images, drawn, collage, shoot.bodies, camera)

    def _open(self) -> Rasteriser:
        library, textures = self._wardrobe.library, self._wardrobe.textures
        if self._device.type == "cuda":
            return open_rasteriser(library, textures)
        return NumbaRasteriser(library, textures)


def _labelled(
    images: Tensor, drawn: Drawn, collage: Collage, bodies: Bodies, camera: Tensor
) -> Photographs:
    joints = torch.from_numpy(bodies.joints).to(camera.device)
    size = images.shape[-1]
    depth = joints[..., 2]
    keypoints = joints[..., :2] / depth[..., None] * camera[:, None, :2] + camera[:, None, 2:]
    inside = ((keypoints >= 0) & (keypoints < size)).all(dim=2) & (depth > 0)
    pixels = keypoints.nan_to_num().clamp(0, size - 1).long()
    places = pixels[..., 1] * size + pixels[..., 0]
    nearest = drawn.inverse_depth.flatten(1).gather(1, places)
    covered = collage.hidden.flatten(1).gather(1, places) > 0.5
    limbs = depth.new_full((depth.shape[1],), _FINGER_M)
    limbs[:_BODY_JOINTS] = _LIMB_M
    limbs[_TORSO] = _TORSO_M
    free = (nearest <= 0) | (1 / nearest.clamp_min(1e-6) > depth - limbs)
    person = (collage.hidden < 0.5) & (drawn.share >= 0.5)
    return Photographs(
        images=images,
        keypoints=keypoints,
        visible=inside & free & ~covered,
        parts=drawn.parts * person,
        normals=drawn.normals * person[:, None],
    )
