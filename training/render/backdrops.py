"""What is behind people, and the light that falls on them."""

from typing import Final, NamedTuple

import cv2
import numpy as np
from jaxtyping import Float32, Float64
from numpy.typing import NDArray

from training.kit import Kit
from training.render.light import turned
from training.render.pictures import read_picture
from training.splits import Split, held_out, pick

_LIGHTS: Final = "hdri/sh9.npz"
_PHOTOS: Final = 0.3
_GAMMA: Final = 2.2


class Backdrop(NamedTuple):
    """A background and its light."""

    picture: Float32[np.ndarray, "size size 3"]
    """RGB; linear and of high range for panoramas, ready for display for photographs."""
    is_panorama: bool
    """Which of the two it is."""
    harmonics: Float64[np.ndarray, "9 3"]
    """Light, as in `training.render.light`."""


class Backdrops:
    """Draws backgrounds from one part of the kit."""

    def __init__(self, kit: Kit, split: Split) -> None:
        self._kit = kit
        self._panoramas = held_out(list(kit.folder("hdri", ".hdr")), split)
        self._photos = held_out(list(kit.folder("backgrounds", ".jpg")), split)
        with np.load(kit.file(_LIGHTS), allow_pickle=False) as archive:
            names = [str(name) for name in archive["names"]]
            self._lights = dict(zip(names, archive["sh_clip20"].astype(np.float64), strict=True))
        shown = {_stem(path) for path in kit.folder("hdri", ".hdr")}
        others = [name for name in names if name not in shown]
        self._names = held_out(others, split) + [_stem(path) for path in self._panoramas]
        self._loaded: dict[str, NDArray[np.float32]] = {}

    def draw(
        self, rng: np.random.Generator, size: int, focal_px: float, centre_px: NDArray[np.floating]
    ) -> Backdrop:
        """Return the background of a square picture that a camera sees."""
        angle = rng.uniform(0, 2 * np.pi)
        if rng.random() < _PHOTOS:
            return Backdrop(
                self._photo(rng, size), False, turned(self._lights[pick(rng, self._names)], angle)
            )
        path = pick(rng, self._panoramas)
        wider = rng.uniform(0.5, 1.0)  # a wider view than the camera's is sharper
        picture = self._view(self._panorama(path), size, focal_px * wider, centre_px, angle)
        return Backdrop(picture, True, turned(self._lights[_stem(path)], angle))

    def _photo(self, rng: np.random.Generator, size: int) -> NDArray[np.float32]:
        picture = read_picture(self._kit, pick(rng, self._photos), cv2.IMREAD_COLOR)[..., ::-1]
        side = int(min(picture.shape[:2]) * rng.uniform(0.5, 1))
        top = int(rng.integers(picture.shape[0] - side + 1))
        left = int(rng.integers(picture.shape[1] - side + 1))
        cut = np.ascontiguousarray(picture[top : top + side, left : left + side])
        small = cv2.resize(cut, (size, size), interpolation=cv2.INTER_AREA)
        return small.astype(np.float32) / np.float32(255)

    def _panorama(self, path: str) -> NDArray[np.float32]:
        if path not in self._loaded:
            picture = read_picture(self._kit, path, cv2.IMREAD_UNCHANGED)
            self._loaded[path] = np.ascontiguousarray(picture[..., ::-1], np.float32)
        return self._loaded[path]

    def _view(
        self,
        panorama: NDArray[np.float32],
        size: int,
        focal_px: float,
        centre_px: NDArray[np.floating],
        angle: float,
    ) -> NDArray[np.float32]:
        height, width = panorama.shape[:2]
        y, x = np.mgrid[0:size, 0:size]
        rays = np.stack(
            [(x - centre_px[0]) / focal_px, -(y - centre_px[1]) / focal_px, -np.ones((size, size))],
            axis=-1,
        )
        rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
        column = (
            (np.arctan2(rays[..., 2], rays[..., 0]) - angle) % (2 * np.pi) / (2 * np.pi) * width
        )
        row = np.arccos(rays[..., 1].clip(-1, 1)) / np.pi * height
        places = column.astype(np.float32), row.astype(np.float32)
        view = cv2.remap(panorama, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        return view.astype(np.float32, copy=False)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]
