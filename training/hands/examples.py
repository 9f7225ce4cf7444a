"""Hands to train on: real detections of rendered hands, and drawn hands seen through the noise fitted to these."""

from dataclasses import dataclass, fields
from typing import Final, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32
from numpy.typing import NDArray
from torch import Tensor

from engines.body.rotations import matrix_from_axis_angle
from engines.landmarks.hand_lifter import make_upright, see_hand
from engines.types import Camera
from training.hands.noise import HandNoise, TrueHands, fit_hand_noise
from training.hands.pairs import HandPairs
from training.hands.pictures import log_uniform
from training.lifter.body import Posed, TorchBody

_MIRROR: Final = np.array((-1.0, 1.0, 1.0))
_MIDDLE_KNUCKLE: Final = 9
_ONE_AXIS: Final = 1e-5


class DrawnHands(NamedTuple):
    """Left hands drawn in advance, rotations of their finger joints."""

    any: Float32[np.ndarray, "m 15 3 3"]
    """Of all kinds."""
    relaxed: Float32[np.ndarray, "k 15 3 3"]
    """As walkers have them."""


class HandBatch(NamedTuple):
    """Hands as the network gets them, and what is true. All are left hands, seen upright."""

    numbers: Float[Tensor, "batch 128"]
    """Input."""
    rotations: Float[Tensor, "batch 16 3 3"]
    """True wrist and finger joints."""
    betas: Float[Tensor, "batch 10"]
    """True shapes."""


@dataclass(frozen=True, slots=True, eq=False)
class HandExamples:
    """Detected hands with the truth, turned to left and upright."""

    numbers: Float32[np.ndarray, "n 128"]
    """As in `HandBatch`."""
    rotations: Float32[np.ndarray, "n 16 3 3"]
    """As in `HandBatch`."""
    betas: Float32[np.ndarray, "n 10"]
    """As in `HandBatch`."""
    detected: Float32[np.ndarray, "n 126"]
    """Landmarks as seen and metric ones, about the wrist, in units of `scale_m`, upright."""
    distances_m: Float32[np.ndarray, " n"]
    """Wrist from the camera."""
    size_px: Float32[np.ndarray, " n"]
    """Size in the picture."""

    def __len__(self) -> int:
        return len(self.numbers)

    def are_relaxed(self) -> Bool[np.ndarray, " n"]:
        """Return which hands are held as walkers hold them: their fingers curl about one axis alone."""
        aside: NDArray[np.bool_] = (1 - self.rotations[:, 1:13, 2, 2]).max(axis=1) < _ONE_AXIS
        return aside

    def only(self, chosen: Bool[np.ndarray, " n"]) -> "HandExamples":
        """Return the chosen ones."""
        return HandExamples(*(getattr(self, field.name)[chosen] for field in fields(HandExamples)))

    def joined(self, other: "HandExamples") -> "HandExamples":
        """Return these and others."""
        names = [field.name for field in fields(HandExamples)]
        return HandExamples(
            *(np.concatenate([getattr(self, name), getattr(other, name)]) for name in names)
        )

    def rows(self, chosen: NDArray[np.integer]) -> HandBatch:
        """Return some of them."""
        return HandBatch(
            torch.from_numpy(self.numbers[chosen]),
            torch.from_numpy(self.rotations[chosen]),
            torch.from_numpy(self.betas[chosen]),
        )


def examples(pairs: HandPairs, body: TorchBody) -> HandExamples:
    """Return pairs as examples, each seen as the engine would see it."""
    seen, metric, rotations = [], [], []
    for row in range(len(pairs)):
        width, height, focal, cx, cy = pairs.camera[row].tolist()
        camera = Camera(int(width), int(height), focal, focal, cx, cy)
        hand = see_hand(pairs.points_px[row], pairs.world[row], camera)
        turned = matrix_from_axis_angle(pairs.fingers[row])
        whole = np.concatenate([(hand.to_camera.T @ pairs.wrist[row])[None], turned])
        mirror = np.ones(3) if pairs.is_left[row] else _MIRROR
        seen.append(hand.points * mirror)
        metric.append(pairs.world[row] * mirror)
        rotations.append(mirror[:, None] * whole * mirror)
    size_px = np.ptp(pairs.points_px[..., :2], axis=1).max(axis=1).astype(np.float64)
    upright = make_upright(np.array(seen), np.array(metric), size_px)
    turned_all = np.array(rotations)
    turned_all[:, 0] = upright.turns @ turned_all[:, 0]
    scale = _true_scale(body, turned_all, pairs.betas)
    points_up = np.array(seen) @ upright.turns.transpose(0, 2, 1)
    metric_up = np.array(metric) @ upright.turns.transpose(0, 2, 1)
    depth = pairs.wrist_place[:, 2].astype(np.float64)
    flat = (points_up * (depth / scale)[:, None, None]).reshape(len(pairs), 63)
    solid = ((metric_up - metric_up[:, :1]) / scale[:, None, None]).reshape(len(pairs), 63)
    return HandExamples(
        numbers=upright.numbers.astype(np.float32),
        rotations=turned_all.astype(np.float32),
        betas=pairs.betas,
        detected=np.concatenate([flat, solid], axis=1).astype(np.float32),
        distances_m=depth.astype(np.float32),
        size_px=size_px.astype(np.float32),
    )


def fit_noise(known: HandExamples, body: TorchBody) -> HandNoise:
    """Return the noise model of examples."""
    posed = _posed(body, known.rotations, known.betas)
    true = true_hands(posed, known.distances_m.astype(np.float64))
    return fit_hand_noise(true, known.detected.astype(np.float64), known.size_px)


def true_hands(posed: Posed, distances_m: NDArray[np.floating]) -> TrueHands:
    """Return what a perfect detector would say of hands whose wrists are straight ahead."""
    points = posed.landmarks.numpy().astype(np.float64)
    points = points - points[:, :1]
    scale = np.linalg.norm(points[:, _MIDDLE_KNUCKLE], axis=1)
    nearer = distances_m[:, None, None] / (distances_m[:, None, None] + points[..., 2:]).clip(
        min=0.1
    )
    seen = np.concatenate([points[..., :2] * nearer, points[..., 2:]], axis=2)
    count = len(points)
    return TrueHands(
        (seen / scale[:, None, None]).reshape(count, 63),
        (points / scale[:, None, None]).reshape(count, 63),
    )


@dataclass(frozen=True, slots=True)
class HandSceneOptions:
    """Drawn hands. Angles in radians."""

    drawn: float = 0.5
    """Share of each batch that is drawn; the rest are real detections."""
    sizes_px: tuple[float, float] = (15.0, 200.0)
    """Evenly spread on a logarithmic scale."""
    distances_m: tuple[float, float] = (0.35, 4.5)
    """In the same way."""
    turned: float = 0.35
    """Views are those of the real detections, turned by about this much."""
    anywhere: float = 0.15
    """Share seen from any side."""
    shaken: float = 0.02
    """Further noise on all numbers of real detections, which are few."""
    without_world: float = 0.1
    """Share of inputs whose metric landmarks are left out."""
    relaxed: tuple[float, float] = (0.65, 0.1)
    """Share of drawn hands that are relaxed, as walkers have them, among small and among large hands: people make
    gestures where they can be seen, and of a small hand little else is known than how hands are held."""
    relaxed_px: tuple[float, float] = (30.0, 75.0)
    """What is small, and what is large."""
    gestures_kept: float = 0.4
    """Share of the small detected hands that are not relaxed which is used."""
    whole_people: float = 0.35
    """Share of the real detections that are hands of people seen whole, where there are such."""


class HandBatchMaker:
    """Makes batches; all randomness comes from the generator given.

    Args:
        known: Detections of single hands.
        whole: Detections of hands of people seen whole; may be none.
        hands: What is drawn.
        noise: How it is seen.
        body: The left hand.
        options: What the batches are like.
    """

    def __init__(
        self,
        known: HandExamples,
        whole: HandExamples,
        hands: DrawnHands,
        noise: HandNoise,
        body: TorchBody,
        options: HandSceneOptions,
    ) -> None:
        self._known, self._hands, self._noise = known.joined(whole), hands, noise
        self._body, self._options = body, options
        lively = (known.size_px < np.mean(options.relaxed_px)) & ~known.are_relaxed()
        weights = np.where(lively, options.gestures_kept, 1.0)
        share = options.whole_people if len(whole) else 0.0
        self._weights = np.concatenate([
            (1 - share) * weights / weights.sum(), np.full(len(whole), share / max(len(whole), 1)),
        ])  # fmt: skip

    def make(self, count: int, generator: torch.Generator) -> HandBatch:
        """Return a batch."""
        seed = int(torch.randint(2**62, (1,), generator=generator))
        rng = np.random.default_rng(seed)
        drawn = round(self._options.drawn * count)
        chosen = rng.choice(len(self._known), size=count - drawn, p=self._weights)
        real = self._known.rows(chosen)
        shaken = real.numbers.numpy()
        shaken = shaken + rng.normal(0, self._options.shaken, shaken.shape) * (shaken != 0)
        real = real._replace(numbers=torch.from_numpy(shaken.astype(np.float32)))
        both = [torch.cat(pair) for pair in zip(real, self._draw(drawn, rng), strict=True)]
        blind = rng.random(count) < self._options.without_world
        both[0][torch.from_numpy(blind), 63:126] = 0.0
        both[0][torch.from_numpy(blind), 127] = 0.0
        return HandBatch(*both)

    def _draw(self, count: int, rng: np.random.Generator) -> HandBatch:
        options = self._options
        rotations = np.empty((count, 16, 3, 3), np.float32)
        size_px = log_uniform(rng, options.sizes_px, count)
        ease = np.interp(np.log(size_px), np.log(options.relaxed_px), options.relaxed)
        relaxed = (rng.random(count) < ease)[:, None, None, None]
        rotations[:, 1:] = np.where(
            relaxed, *(h[rng.integers(len(h), size=count)] for h in reversed(self._hands))
        )
        views = self._known.rotations[rng.integers(len(self._known), size=count), 0]
        turns = matrix_from_axis_angle(rng.normal(0, options.turned, (count, 3)))
        far = matrix_from_axis_angle(rng.uniform(-np.pi, np.pi, (count, 3)))
        anywhere = rng.random(count) < options.anywhere
        rotations[:, 0] = np.where(anywhere[:, None, None], far, turns) @ views
        betas = rng.normal(size=(count, 10)).clip(-2.5, 2.5).astype(np.float32)
        posed = _posed(self._body, rotations, betas)
        distances = log_uniform(rng, options.distances_m, count)
        detected = self._noise.draw(true_hands(posed, distances), size_px, rng)
        seen, world = detected[:, :63].reshape(-1, 21, 3), detected[:, 63:].reshape(-1, 21, 3)
        scale = _true_scale(self._body, rotations, betas)
        upright = make_upright(
            seen - seen[:, :1], (world - world[:, :1]) * scale[:, None, None], size_px
        )
        rotations[:, 0] = upright.turns @ rotations[:, 0]
        return HandBatch(
            torch.from_numpy(upright.numbers.astype(np.float32)),
            torch.from_numpy(rotations),
            torch.from_numpy(betas),
        )


@torch.no_grad()
def _posed(body: TorchBody, rotations: NDArray[np.floating], betas: NDArray[np.floating]) -> Posed:
    posed: Posed = body(
        torch.from_numpy(np.asarray(rotations, np.float32)),
        torch.from_numpy(np.asarray(betas, np.float32)),
    )
    return posed


def _true_scale(
    body: TorchBody, rotations: NDArray[np.floating], betas: NDArray[np.floating]
) -> NDArray[np.float64]:
    points = _posed(body, rotations, betas).landmarks.numpy().astype(np.float64)
    length: NDArray[np.float64] = np.linalg.norm(points[:, _MIDDLE_KNUCKLE] - points[:, 0], axis=1)
    return length
