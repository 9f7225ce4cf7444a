"""What is behind people, and the light that falls on them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import cv2
import numpy as np
import torch
from jaxtyping import Float, Float64
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from training.kit import Kit
from training.render.light import turned
from training.render.pictures import read_picture
from training.splits import Split, held_out, pick

_LIGHTS: Final = "hdri/sh9.npz"
_PHOTO_PX: Final = 1024
_GAMMA: Final = 2.2


@dataclass(frozen=True, slots=True)
class BackdropOptions:
    """How backgrounds are chosen."""

    photos: float = 0.3
    """Share of photographs; the others are panoramas, whose light is that on the person."""
    wider: tuple[float, float] = (0.5, 1.0)
    """A panorama is seen at so much of the camera's focal length: they have 2.8 pixels to a degree."""
    cut: tuple[float, float] = (0.5, 1.0)
    """Part of a photograph's shorter side that is shown."""


class Backdrop(NamedTuple):
    """A choice of background and light."""

    path: str
    """Picture in the kit."""
    is_panorama: bool
    """Or a photograph."""
    angle: float
    """Turn of a panorama, radians; for a photograph, negative to mirror it."""
    wider: float
    """Share of the focal length, or of a photograph's shorter side."""
    place: tuple[float, float]
    """Where in a photograph, each in [0, 1]."""
    light: str
    """Name of the panorama whose light falls on the person, turned as far."""


class Backdrops:
    """Draws backgrounds from one part of the kit, and shows them."""

    def __init__(
        self, kit: Kit, split: Split, device: torch.device, options: BackdropOptions
    ) -> None:
        self._kit, self._device, self._options = kit, device, options
        self._panoramas = held_out(list(kit.folder("hdri", ".hdr")), split)
        self._photos = held_out(list(kit.folder("backgrounds", ".jpg")), split)
        with np.load(kit.file(_LIGHTS), allow_pickle=False) as archive:
            names = [str(name) for name in archive["names"]]
            self._lights = dict(zip(names, archive["sh_clip20"].astype(np.float64), strict=True))
        shown = {_stem(path) for path in kit.folder("hdri", ".hdr")}
        others = [name for name in names if name not in shown]
        self._names = held_out(others, split) + [_stem(path) for path in self._panoramas]
        self._loaded: dict[str, Tensor] = {}

    def choose(self, rng: np.random.Generator) -> Backdrop:
        """Return a background at random."""
        options = self._options
        angle = rng.uniform(-np.pi, np.pi)
        place = (rng.random(), rng.random())
        if rng.random() < options.photos:
            light, cut = pick(rng, self._names), rng.uniform(*options.cut)
            return Backdrop(pick(rng, self._photos), False, angle, cut, place, light)
        path = pick(rng, self._panoramas)
        return Backdrop(path, True, angle, rng.uniform(*options.wider), place, _stem(path))

    def light(self, chosen: Sequence[Backdrop]) -> Float64[np.ndarray, "n 9 3"]:
        """Return the light of backgrounds, as in `training.render.light`, y up."""
        lights = np.stack([self._lights[one.light] for one in chosen])
        return turned(lights, np.array([one.angle for one in chosen]))

    def show(
        self, chosen: Sequence[Backdrop], camera: Float[Tensor, "n 4"], size: int
    ) -> Float[Tensor, "n 3 size size"]:
        """Return linear RGB: of high range for panoramas, in [0, 1] for photographs.

        Args:
            chosen: A background for each picture.
            camera: fx, fy, cx, cy of each, pixels.
            size: Sides of the pictures.
        """
        pictures = torch.empty((len(chosen), 3, size, size), device=self._device)
        steps = torch.arange(size, device=self._device, dtype=torch.float32) + 0.5
        for path in dict.fromkeys(one.path for one in chosen):
            rows = [n for n, one in enumerate(chosen) if one.path == path]
            those = [chosen[n] for n in rows]
            if those[0].is_panorama:
                picture = self._load(path, self._panorama)
                grid = _directions(those, camera[rows], steps, picture.shape[3])
            else:
                picture = self._load(path, self._photo)
                grid = _cuts(those, steps / size, picture)
            wide = picture.expand(len(rows), -1, -1, -1)
            pictures[rows] = functional.grid_sample(
                wide, grid, padding_mode="border", align_corners=False
            )
        return pictures

    def _load(self, path: str, read: Callable[[str], NDArray[np.float32]]) -> Tensor:
        if path not in self._loaded:
            planes = np.ascontiguousarray(read(path).transpose(2, 0, 1)[None])
            self._loaded[path] = torch.from_numpy(planes).to(self._device)
        return self._loaded[path]

    def _photo(self, path: str) -> NDArray[np.float32]:
        picture = read_picture(self._kit, path, cv2.IMREAD_COLOR)[..., ::-1]
        smaller = min(1.0, _PHOTO_PX / min(picture.shape[:2]))
        wanted = tuple(round(side * smaller) for side in picture.shape[1::-1])
        small = cv2.resize(np.ascontiguousarray(picture), wanted, interpolation=cv2.INTER_AREA)
        return (small.astype(np.float32) / np.float32(255)) ** np.float32(_GAMMA)

    def _panorama(self, path: str) -> NDArray[np.float32]:
        """Return a panorama whose first and last column are repeated on the other side."""
        picture = read_picture(self._kit, path, cv2.IMREAD_UNCHANGED)[..., ::-1]
        return np.concatenate([picture[:, -1:], picture, picture[:, :1]], axis=1).astype(np.float32)


def _directions(chosen: list[Backdrop], camera: Tensor, steps: Tensor, columns: int) -> Tensor:
    """Return where in a panorama of so many columns, two of them repeated, each pixel looks: for `grid_sample`."""
    count, size = len(chosen), len(steps)
    wider = camera.new_tensor([one.wider for one in chosen])
    angle = camera.new_tensor([one.angle for one in chosen])[:, None, None]
    focal = (camera[:, 0] * wider)[:, None]
    x = ((steps - camera[:, 2:3]) / focal)[:, None, :].expand(count, size, size)
    y = ((steps - camera[:, 3:4]) / focal)[:, :, None].expand(count, size, size)
    azimuth = torch.atan2(-torch.ones_like(x), x) - angle
    round_ = torch.remainder(azimuth / (2 * torch.pi), 1.0)
    polar = torch.acos(-y / torch.sqrt(x * x + y * y + 1)) / torch.pi
    inner = 1 - 2 / columns
    return torch.stack([(2 * round_ - 1) * inner, 2 * polar - 1], dim=3)


def _cuts(chosen: list[Backdrop], steps: Tensor, photo: Tensor) -> Tensor:
    """Return where in a photograph each pixel looks."""
    height, width = photo.shape[2:]
    shorter = min(height, width)
    size = len(steps)
    grids = []
    for one in chosen:
        side = shorter * one.wider
        across = -1 if one.angle < 0 else 1
        along = (steps - 0.5) * across + 0.5
        x = (one.place[0] * (width - side) + along * side) / width
        y = (one.place[1] * (height - side) + steps * side) / height
        grids.append(
            torch.stack([x[None].expand(size, size), y[:, None].expand(size, size)], dim=2)
        )
    return 2 * torch.stack(grids) - 1


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]
