"""Who is in the picture: shape, skin, clothes and hair, drawn at random from one part of the kit."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8
from numpy.typing import NDArray

from training.kit import Kit
from training.render.base_mesh import BaseMesh, BonePose, skin
from training.render.garments import Garment, load_garments
from training.render.pictures import read_picture
from training.render.raster import Mesh, vertex_normals
from training.render.textures import Textures
from training.splits import Split, held_out, pick

_KINDS: Final = frozenset({"suit", "shoes", "hair", "eyebrows", "eyelashes", "eyes"})
_CUT: Final = frozenset({"hair", "eyebrows", "eyelashes", "eyes"})
_EYES: Final = "high-poly"
_HAIR_TONES: Final = np.array([
    (0.55, 0.5, 0.5), (0.9, 0.75, 0.65), (1.3, 1.0, 0.75), (1.75, 1.5, 1.15), (1.25, 0.85, 0.7), (1.7, 1.7, 1.72),
])  # fmt: skip
_TONE_SHARES: Final = (0.34, 0.28, 0.14, 0.1, 0.06, 0.08)
_DARK_SKINS: Final = 0.45
_BALD: Final = 0.07
_PRINT_PX: Final = 256


class _Part(NamedTuple):
    rest: NDArray[np.float32]
    weights: NDArray[np.float32]
    faces: NDArray[np.int32]
    uv: NDArray[np.float32]
    texture: int
    gain: NDArray[np.floating]
    cut: bool


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """A dressed person, unposed."""

    betas: Float64[np.ndarray, "10"]
    """Shape."""
    parts: tuple[_Part, ...]
    """Skin first, then what is worn."""

    def posed(self, bones: BonePose) -> Mesh:
        """Return the triangles of the posed person."""
        vertices = [skin(part.rest, part.weights, bones) for part in self.parts]
        starts = np.cumsum([0, *(len(v) for v in vertices[:-1])])
        faces = np.concatenate(
            [part.faces + start for part, start in zip(self.parts, starts, strict=True)]
        ).astype(np.int32)
        points = np.concatenate(vertices)
        counts = [len(part.faces) for part in self.parts]
        return Mesh(
            vertices=points,
            normals=vertex_normals(points, faces),
            faces=faces,
            uv=np.concatenate([part.uv for part in self.parts]),
            parts=np.repeat(np.arange(len(counts)), counts).astype(np.int32),
            textures=np.array([part.texture for part in self.parts], np.int64),
            gains=np.array([part.gain for part in self.parts], np.float32),
            cut=np.array([part.cut for part in self.parts]),
        )


class Wardrobe:
    """Draws persons. The items for training and for tests are different ones, but for shoes, brows, lashes and eyes.

    Args:
        kit: The kit.
        mesh: Its base mesh.
        split: Which of the items to use.
    """

    def __init__(self, kit: Kit, mesh: BaseMesh, split: Split) -> None:
        self._kit, self._mesh = kit, mesh
        self.textures = Textures()
        """What the persons' parts refer to."""
        self._prints = [
            self.textures.add(np.zeros((_PRINT_PX, _PRINT_PX, 4), np.uint8)) for _ in range(2)
        ]
        self._loaded: dict[tuple[str, str], int] = {}
        garments = load_garments(kit, _KINDS)
        self._suits = {
            sex: held_out([g for g in garments if g.kind == "suit" and g.sex == sex], split)
            for sex in ("male", "female")
        }
        self._hair = held_out([g for g in garments if g.kind == "hair" and g.texture], split)
        self._others = [g for g in garments if g.kind not in ("suit", "hair")]
        skins = kit.folder("skins", ".jpg")
        self._dark = held_out([s for s in skins if "darkskinned" in s], split)
        self._light = {
            sex: held_out([s for s in skins if "lightskinned" in s and f"_{sex}" in s], split)
            for sex in ("male", "female")
        }
        self._eyes = kit.folder("eyes", ".png")

    def draw(self, rng: np.random.Generator) -> Person:
        """Return a person at random; the one drawn before may lose the print on his clothes."""
        betas = rng.normal(size=10).clip(-2.5, 2.5)
        return self.dress(
            rng, betas, self._mesh.rest_vertices(betas, 0.8 * rng.normal(size=24).clip(-2, 2))
        )

    def dress(
        self, rng: np.random.Generator, betas: NDArray[np.float64], rest: NDArray[np.float32]
    ) -> Person:
        """Return a person of a shape, whose unposed base mesh is given, in clothes at random."""
        sex = "female" if self._mesh.is_female(betas) else "male"
        worn = self._dress(rng, sex)
        hidden = np.zeros(len(self._mesh), bool)
        for garment, _, _ in worn:
            hidden[garment.hides] = True
        bare = ~hidden[self._mesh.faces].all(axis=1)
        tone = self._dark if rng.random() < _DARK_SKINS else self._light[sex]
        body = _Part(
            rest,
            self._mesh.weights,
            self._mesh.faces[bare],
            self._mesh.uv[self._mesh.faces_uv[bare]],
            self._texture(pick(rng, tone)),
            rng.uniform(0.85, 1.08) * rng.uniform(0.95, 1.04, 3),
            cut=False,
        )
        parts = [self._part(garment, rest, texture, gain) for garment, texture, gain in worn]
        return Person(betas, (body, *parts))

    def _part(
        self, garment: Garment, rest: NDArray[np.float32], texture: int, gain: NDArray[np.floating]
    ) -> _Part:
        return _Part(
            garment.fit(rest, self._mesh),
            garment.weights(self._mesh),
            garment.faces,
            garment.uv[garment.faces_uv],
            texture,
            gain,
            cut=garment.kind in _CUT,
        )

    def _dress(
        self, rng: np.random.Generator, sex: str
    ) -> list[tuple[Garment, int, NDArray[np.floating]]]:
        """Return garments with their textures and colour factors."""
        shoes = [g for g in self._others if g.kind == "shoes"]
        worn = [
            self._coloured(rng, slot, pick(rng, items))
            for slot, items in enumerate((self._suits[sex], shoes))
        ]
        tone = _HAIR_TONES[rng.choice(len(_HAIR_TONES), p=_TONE_SHARES)] * rng.uniform(0.8, 1.2)
        if rng.random() >= _BALD:
            hair = pick(rng, [g for g in self._hair if g.sex in (sex, "any")] or self._hair)
            worn.append((hair, self._texture(hair.texture), tone))
        for kind, gain in (("eyebrows", tone), ("eyelashes", np.ones(3))):
            garment = pick(rng, [g for g in self._others if g.kind == kind and g.texture])
            worn.append((garment, self._texture(garment.texture), gain))
        eyes = next(g for g in self._others if g.name == _EYES)
        worn.append((eyes, self._texture(pick(rng, self._eyes)), np.full(3, 0.95)))
        return worn

    def _coloured(
        self, rng: np.random.Generator, slot: int, garment: Garment
    ) -> tuple[Garment, int, NDArray[np.floating]]:
        if garment.texture and not (garment.kind == "suit" and rng.random() < 0.15):
            gain = rng.uniform(0.55, 1.25) * rng.uniform(0.75, 1.2, 3)
            return garment, self._texture(garment.texture, garment.occlusion), gain
        self.textures.replace(self._prints[slot], cloth(rng))
        return garment, self._prints[slot], np.ones(3)

    def _texture(self, path: str, occlusion: str = "") -> int:
        """Return a texture of the kit, darkened where little light gets."""
        if (path, occlusion) not in self._loaded:
            picture = read_picture(self._kit, path, cv2.IMREAD_UNCHANGED)
            if picture.shape[2] == 3:
                picture = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
            if occlusion:
                grey = read_picture(self._kit, occlusion, cv2.IMREAD_GRAYSCALE)
                light = cv2.resize(grey, picture.shape[1::-1]).astype(np.float32)[..., None] / 255
                picture[..., :3] = picture[..., :3] * (0.4 + 0.6 * light)
            self._loaded[path, occlusion] = self.textures.add(picture[..., [2, 1, 0, 3]])
        return self._loaded[path, occlusion]


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
