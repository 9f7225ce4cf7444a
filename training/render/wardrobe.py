"""What people wear: skin, clothes, hair and eyes with their colours, drawn at random from one part of the kit."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import cv2
import numpy as np
import torch
from jaxtyping import Float32, UInt8
from numpy.typing import NDArray

from training.kit import Kit
from training.render.base_mesh import BaseMesh
from training.render.garments import Garment, load_garments
from training.render.library import SKIN, Library, build_library
from training.render.pictures import read_picture
from training.render.textures import TextureArrays, Textures
from training.splits import Split, held_out, pick

_KINDS: Final = frozenset(
    {"suit", "shoes", "hair", "eyebrows", "eyelashes", "eyes", "teeth", "tongue"}
)
_CUT: Final = frozenset({"hair", "eyebrows", "eyelashes", "eyes"})
_ONE_OF_A_KIND: Final = {"eyes": "high-poly", "teeth": "teeth_base", "tongue": "tongue01"}
_HAIR_TONES: Final = np.array([
    (0.55, 0.5, 0.5), (0.9, 0.75, 0.65), (1.3, 1.0, 0.75), (1.75, 1.5, 1.15), (1.25, 0.85, 0.7), (1.7, 1.7, 1.72),
])  # fmt: skip
_TONE_SHARES: Final = (0.34, 0.28, 0.14, 0.1, 0.06, 0.08)
_PRINT_PX: Final = 256
_PRINT_SEEDS: Final[dict[Split, int]] = {"train": 10, "test": 11}


@dataclass(frozen=True, slots=True)
class WardrobeOptions:
    """How people are dressed."""

    dark_skins: float = 0.45
    """Share with one of the kit's dark skins, which are men's: women's are missing in it."""
    bald: float = 0.07
    """Share without hair."""
    printed: float = 0.3
    """Share of suits in an invented cloth, though they have a texture of their own."""
    prints: int = 48
    """Number of invented cloths."""


class Worn(NamedTuple):
    """One item on one person."""

    item: int
    """Number in the library."""
    texture: int
    """Number of its texture."""
    gain: Float32[np.ndarray, "3"]
    """Colour factor."""
    cut: bool
    """Whether the texture's alpha cuts holes."""


class Wardrobe:
    """Dresses people. The items for training and for tests are different ones, but for shoes, brows, lashes and eyes.

    Args:
        kit: The kit.
        mesh: Its base mesh.
        split: Which of the items to use.
        device: Where their arrays are wanted.
        options: How people are dressed.
    """

    def __init__(
        self, kit: Kit, mesh: BaseMesh, split: Split, device: torch.device, options: WardrobeOptions
    ) -> None:
        self._kit, self._options = kit, options
        garments = _used(load_garments(kit, _KINDS), split)
        self.library: Library = build_library(mesh, garments, device)
        """The items."""
        self._items = {garment.name: n for n, garment in enumerate(garments, start=1)}
        self._garments: dict[str, list[Garment]] = {
            kind: [g for g in garments if g.kind == kind] for kind in _KINDS
        }
        self._textures = Textures()
        rng = np.random.default_rng(_PRINT_SEEDS[split])
        self._prints = [self._textures.add(cloth(rng)) for _ in range(options.prints)]
        self._numbers = {g.name: self._load(g) for g in garments if g.texture}
        skins = kit.folder("skins", ".jpg")
        self._dark = self._skins(held_out([s for s in skins if "darkskinned" in s], split))
        self._light = {
            female: self._skins(held_out([s for s in skins if name in s], split))
            for female, name in ((False, "lightskinned_male"), (True, "lightskinned_female"))
        }
        self._eyes = [self._read(path) for path in kit.folder("eyes", ".png")]
        self.textures: TextureArrays = self._textures.arrays(device)
        """The textures of the items."""
        self.texture_sides = self._textures.sizes()
        """The geometric mean of each texture's sides, pixels."""

    def dress(self, rng: np.random.Generator, *, female: bool, mouth: bool) -> list[Worn]:
        """Return the skin and what is worn on it, with teeth and tongue where `mouth` says so."""
        sex = "female" if female else "male"
        suits = [g for g in self._garments["suit"] if g.sex == sex]
        tone = _HAIR_TONES[rng.choice(len(_HAIR_TONES), p=_TONE_SHARES)] * rng.uniform(0.8, 1.2)
        dark = rng.random() < self._options.dark_skins
        skin_gain = rng.uniform(0.85, 1.08) * rng.uniform(0.95, 1.04, 3)
        worn = [
            Worn(
                SKIN, pick(rng, self._dark if dark else self._light[female]), skin_gain, cut=False
            ),
            self._coloured(rng, pick(rng, suits)),
            self._coloured(rng, pick(rng, self._garments["shoes"])),
            *self._hair(rng, sex, tone),
        ]
        for kind, gain in (("eyebrows", tone), ("eyelashes", np.ones(3))):
            garment = pick(rng, self._garments[kind])
            worn.append(self._worn(garment, self._numbers[garment.name], gain))
        for kind in ("eyes", "teeth", "tongue") if mouth else ("eyes",):
            for garment in self._garments[kind]:
                own = pick(rng, self._eyes) if kind == "eyes" else self._numbers[garment.name]
                worn.append(self._worn(garment, own, np.full(3, 0.95)))
        return worn

    def _hair(self, rng: np.random.Generator, sex: str, tone: NDArray[np.floating]) -> list[Worn]:
        if rng.random() < self._options.bald:
            return []
        every = self._garments["hair"]
        hair = pick(rng, [g for g in every if g.sex in (sex, "any")] or every)
        return [self._worn(hair, self._numbers[hair.name], tone)]

    def _coloured(self, rng: np.random.Generator, garment: Garment) -> Worn:
        printed = garment.kind == "suit" and rng.random() < self._options.printed
        if garment.texture and not printed:
            gain = rng.uniform(0.55, 1.25) * rng.uniform(0.75, 1.2, 3)
            return self._worn(garment, self._numbers[garment.name], gain)
        return self._worn(garment, pick(rng, self._prints), rng.uniform(0.8, 1.1, 3))

    def _worn(self, garment: Garment, texture: int, gain: NDArray[np.floating]) -> Worn:
        return Worn(
            self._items[garment.name], texture, gain.astype(np.float32), cut=garment.kind in _CUT
        )

    def _skins(self, paths: list[str]) -> list[int]:
        return [self._read(path) for path in paths]

    def _read(self, path: str) -> int:
        return self._textures.add(_rgba(read_picture(self._kit, path, cv2.IMREAD_UNCHANGED)))

    def _load(self, garment: Garment) -> int:
        """Return the texture of a garment, darkened where little light gets."""
        picture = read_picture(self._kit, garment.texture, cv2.IMREAD_UNCHANGED)
        rgba = _rgba(picture)
        if garment.occlusion:
            grey = read_picture(self._kit, garment.occlusion, cv2.IMREAD_GRAYSCALE)
            light = cv2.resize(grey, rgba.shape[1::-1]).astype(np.float32)[..., None] / 255
            rgba[..., :3] = (rgba[..., :3] * (0.4 + 0.6 * light)).astype(np.uint8)
        return self._textures.add(rgba)


def cloth(rng: np.random.Generator) -> UInt8[np.ndarray, "256 256 4"]:
    """Return a plain, striped, chequered or blotched cloth in mostly muted colours."""
    ground, figure, speckle = rng.uniform(30, 235, (3, 1)) + rng.normal(0, 28, (3, 3))
    y, x = np.mgrid[0:_PRINT_PX, 0:_PRINT_PX] / _PRINT_PX
    turns = 2 * np.pi * int(rng.integers(6, 40))
    pattern: Float32[np.ndarray, "256 256"] = np.zeros((_PRINT_PX, _PRINT_PX), np.float32)
    match int(rng.integers(4)):
        case 1:
            along = x if rng.random() < 0.5 else y
            pattern = (np.sin(turns * along) > rng.uniform(-0.5, 0.8)).astype(np.float32)
        case 2:
            pattern = 0.5 * (
                (np.sin(turns * x) > 0.3).astype(np.float32) + (np.sin(turns * y) > 0.3)
            )
        case 3:
            coarse = rng.normal(size=(16, 16)).astype(np.float32)
            pattern = (
                cv2.resize(coarse, (_PRINT_PX, _PRINT_PX), interpolation=cv2.INTER_CUBIC) + 0.5
            )
    grain = rng.normal(size=(_PRINT_PX, _PRINT_PX, 1))
    colours = (
        ground
        + (figure - ground) * np.clip(pattern, 0, 1)[..., None]
        + (speckle - ground) * 0.08 * grain
    )
    rgba = np.full((_PRINT_PX, _PRINT_PX, 4), 255, np.uint8)
    rgba[..., :3] = colours.clip(0, 255)
    return rgba


def _used(garments: tuple[Garment, ...], split: Split) -> list[Garment]:
    """Return the garments of one part of the kit."""
    used: list[Garment] = []
    for sex in ("male", "female"):
        used += held_out([g for g in garments if g.kind == "suit" and g.sex == sex], split)
    used += held_out([g for g in garments if g.kind == "hair" and g.texture], split)
    used += [g for g in garments if g.kind == "shoes"]
    used += [g for g in garments if g.kind in ("eyebrows", "eyelashes") and g.texture]
    used += [g for g in garments if g.name == _ONE_OF_A_KIND.get(g.kind)]
    return used


def _rgba(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if picture.shape[2] == 3:
        picture = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    return np.ascontiguousarray(picture[..., [2, 1, 0, 3]])
