"""The frozen test: rendered people whom no training has seen, and the paper's measures of what a release says of them.

The pictures are those of `python -m training.render.frozen`: people, clothes, light, backgrounds and motion of the
kit's test part.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

import numpy as np
import torch
from jaxtyping import Float32, UInt8
from numpy.typing import NDArray
from torch import Tensor

from engines.body.metrics import f_score, mpjpe, pa_mpjpe, pa_v2v, point_to_surface, similarity
from engines.body.model import load_body
from engines.body.surface_parts import surface_parts
from engines.expose.attention import HEAD_POINTS, HEAD_SCALE_FACTOR, RIGHT_HAND_POINTS
from engines.expose.layout import BODY_LAYOUT
from engines.expose.part_pictures import Part
from engines.expose.predict import ExposePredictor, Prediction
from engines.expose.rig import Rig
from engines.expose.stages import body_rotations
from engines.model_store import model_path
from training.expose.crops import box_square
from training.expose.losses import MM
from training.expose.networks import config_of, open_body_arrays
from training.expose.plan import HAND_SCALE_FACTOR, PLANS
from training.expose.recipe import chosen
from training.expose.release import lsp_regressor
from training.expose.truth import truth_of
from training.render.batch import RenderedBatch
from training.render.bodies import Kind
from training.render.frozen import load

_IN_A_BATCH: Final = 4
_HIPS: Final = (2, 3)
"""Of the 14 joints of Leeds Sports Pose."""
_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_PARTS: Final[dict[Kind, tuple[Part, str]]] = {
    "hand": ("right_hand", "right_hand"),
    "head": ("head", "face"),
}
_NEAR_M: Final = (0.005, 0.015)


Figures = dict[str, float]
"""Measure -> mean over all pictures."""


class FrozenTest:
    """The pictures, and the truth about them.

    Args:
        folder: Where `python -m training.render.frozen` wrote them.
        count: Only the first so many of each kind; all when None.

    Raises:
        ModelError: a file is missing or is another than was written.
    """

    def __init__(self, folder: Path, count: int | None = None) -> None:
        self._pictures = {kind: load(folder / f"{kind}.npz") for kind in _KINDS}
        self._count = count
        self._body = load_body(model_path("open_body"))
        self._regions = surface_parts(self._body)
        self._lsp = lsp_regressor(model_path("open_body"))
        self._rig = Rig(open_body_arrays(config_of(PLANS["toy"])), whole_mesh=True)

    def bodies(self, predictor: ExposePredictor) -> dict[str, Figures]:
        """Return the figures of the body network `alone`, and of the `whole` with hands and head."""
        rows: dict[str, list[Figures]] = {"alone": [], "whole": []}
        for image, box, true in self._body_pictures():
            (found,) = predictor.predict(image, [box])
            rows["whole"].append(self._errors(found.vertices, true))
            rows["alone"].append(self._errors(self._alone(found), true))
        return {name: _means(each) for name, each in rows.items()}

    def parts(self, predictor: ExposePredictor) -> Figures:
        """Return the figures of the hand and the head network by themselves, from pictures of a part alone."""
        figures: Figures = {}
        for kind, (part, region) in _PARTS.items():
            errors = []
            for image, true in self._part_pictures(kind):
                found = predictor.predict_part(image, part).vertices
                errors.append(float(pa_v2v(found, true, self._regions[region]).mean()))
            figures[f"{kind} PA-V2V mm"] = MM * float(np.mean(errors))
        return figures

    def _body_pictures(
        self,
    ) -> Iterator[
        tuple[UInt8[np.ndarray, "h w 3"], NDArray[np.float32], Float32[np.ndarray, "v 3"]]
    ]:
        """Yield pictures, the person's box as far as it is in the picture, and the true vertices."""
        for batch in self._batches("body"):
            truth, size = truth_of(batch, self._rig), batch.images.shape[-1]
            vertices = self._rig(truth.rotations, truth.shape).vertices.numpy()
            pixels = truth.pixels.clamp(0, size)
            boxes = torch.cat([pixels.amin(dim=1), pixels.amax(dim=1)], dim=1).numpy()
            for row in range(len(batch)):
                yield _picture(batch.images[row]), boxes[row], vertices[row]

    def _part_pictures(
        self, kind: Kind
    ) -> Iterator[tuple[UInt8[np.ndarray, "h w 3"], Float32[np.ndarray, "v 3"]]]:
        """Yield pictures that show one part, as the attention would cut it out, and the true vertices."""
        points, factor = (
            (RIGHT_HAND_POINTS, HAND_SCALE_FACTOR)
            if kind == "hand"
            else (HEAD_POINTS, HEAD_SCALE_FACTOR)
        )
        for batch in self._batches(kind):
            truth = truth_of(batch, self._rig)
            vertices = self._rig(truth.rotations, truth.shape).vertices.numpy()
            squares = box_square(truth.pixels[:, list(points)], factor).numpy()
            for row in range(len(batch)):
                yield _cut(_picture(batch.images[row]), squares[row]), vertices[row]

    def _batches(self, kind: Kind) -> Iterator[RenderedBatch]:
        whole = self._pictures[kind]
        count = len(whole) if self._count is None else min(self._count, len(whole))
        for first in range(0, count, _IN_A_BATCH):
            yield chosen([whole], torch.arange(first, min(first + _IN_A_BATCH, count)))

    def _alone(self, found: Prediction) -> NDArray[np.float32]:
        vector = torch.from_numpy(found.body.vector)[None]
        with torch.inference_mode():
            posed = self._rig(body_rotations(vector), vector[:, BODY_LAYOUT.shape])
        vertices: NDArray[np.float32] = posed.vertices[0].numpy()
        return vertices

    def _errors(self, found: NDArray[np.float32], true: NDArray[np.float32]) -> Figures:
        """Return the paper's measures, millimetres and shares."""
        errors = {
            f"{name} PA-V2V mm": MM * float(pa_v2v(found, true, ids).mean())
            for name, ids in self._regions.items()
        }
        joints, true_joints = self._lsp @ found, self._lsp @ true
        errors["MPJPE-14 mm"] = MM * float(mpjpe(joints, true_joints, _HIPS).mean())
        errors["PA-MPJPE-14 mm"] = MM * float(pa_mpjpe(joints, true_joints).mean())
        moved = similarity(found, true).apply(found)
        errors["P2S mm"] = MM * float(point_to_surface(true, moved, self._body.faces).mean())
        for side in ("left_hand", "right_hand"):
            ids = self._regions[side]
            moved = similarity(found[ids], true[ids]).apply(found[ids])
            for near in _NEAR_M:
                errors[f"{side} F@{MM * near:.0f} mm"] = f_score(moved, true[ids], near)
        return errors


def figures_of(folder: Path, test: FrozenTest) -> dict[str, Figures]:
    """Return all figures of a data folder: `alone`, `whole`, `parts`.

    Raises:
        ModelError: the folder cannot be used.
    """
    predictor = ExposePredictor(folder)
    return {**test.bodies(predictor), "parts": test.parts(predictor)}


def _picture(image: Tensor) -> UInt8[np.ndarray, "h w 3"]:
    """Return a picture as a camera gives it, BGR."""
    levels = (image * 255).round().clamp(0, 255).to(torch.uint8)
    return np.ascontiguousarray(levels.permute(1, 2, 0).numpy()[..., ::-1])


def _cut(
    image: UInt8[np.ndarray, "h w 3"], square: NDArray[np.float32]
) -> UInt8[np.ndarray, "s s 3"]:
    """Return the whole pixels of a square, black where it leaves the picture."""
    x, y, side = (round(float(value)) for value in square)
    side = max(side, 8)
    left, top = x - side // 2, y - side // 2
    out = np.zeros((side, side, 3), np.uint8)
    height, width = image.shape[:2]
    x0, x1 = max(left, 0), min(left + side, width)
    y0, y1 = max(top, 0), min(top + side, height)
    if x1 > x0 and y1 > y0:
        out[y0 - top : y1 - top, x0 - left : x1 - left] = image[y0:y1, x0:x1]
    return out


def _means(rows: list[Figures]) -> Figures:
    values: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        for name, value in row.items():
            values[name].append(value)
    return {name: float(np.mean(each)) for name, each in values.items()}
