"""Where the world is, as seen from a camera that nobody calibrated: a level camera above an even floor."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.body.pose import read_only
from engines.body.skeleton import JOINT_INDEX
from engines.errors import ConfigError
from engines.types import PoseEstimate

_FEET: Final = np.array(
    [
        [JOINT_INDEX["left_ankle"], JOINT_INDEX["left_foot"]],
        [JOINT_INDEX["right_ankle"], JOINT_INDEX["right_foot"]],
    ]
)
_SOLE_VERTICES: Final = 12
"""Lowest vertices of each foot at rest that stand for its sole."""
_SAMPLE_EVERY_NS: Final = 50_000_000
_SETTLE_S: Final = 1.0
"""Time constant with which the floor follows its target where the speed limit allows."""


@dataclass(frozen=True, slots=True)
class PlacementOptions:
    """How the floor and the origin of the world are found."""

    origin: Literal["performer", "camera"] = "performer"
    """Origin of the world on the floor: under the first position of the performer, or under the camera."""
    min_confidence: float = 0.5
    """A foot below this confidence says nothing about the floor."""
    window_s: float = 10.0
    """How far back feet are remembered."""
    floor_percentile: float = 70.0
    """Share of the remembered feet that may be above the floor: in jumps, on stairs, by error."""
    max_floor_speed_m_s: float = 0.1
    """The floor never moves faster than this: a better estimate must not look like a jump."""

    def __post_init__(self) -> None:
        """Refuse values without a meaning."""
        if not 0 <= self.floor_percentile <= 100:
            raise ConfigError(
                f"placement floor_percentile is {self.floor_percentile}; use 0 to 100"
            )
        for name in ("min_confidence", "window_s", "max_floor_speed_m_s"):
            if not getattr(self, name) >= 0:
                raise ConfigError(f"placement {name} is {getattr(self, name)}; use 0 or more")


class FloorEstimator:
    """Finds how far the floor is below a level camera, from feet that stand on it most of the time.

    Until a foot is seen, the performer counts as standing: the floor is where the soles of the rest body would be.
    """

    def __init__(self, model: BodyModel, options: PlacementOptions) -> None:
        self._model = model
        self._options = options
        self._soles = [_sole_vertices(model, feet) for feet in _FEET]
        length = max(1, round(options.window_s * 1e9 / _SAMPLE_EVERY_NS))
        self._feet: deque[float] = deque(maxlen=length)
        self._statures: deque[float] = deque(maxlen=length)
        self._sampled_ns: int | None = None
        self._updated_ns = 0
        self._target_m = 0.0
        self._height_m: float | None = None

    def update(self, estimates: Sequence[PoseEstimate], timestamp_ns: int) -> float | None:
        """Return the height of the camera above the floor in metres; None before anybody was seen."""
        since_ns = None if self._sampled_ns is None else timestamp_ns - self._sampled_ns
        if estimates and (since_ns is None or not 0 <= since_ns < _SAMPLE_EVERY_NS):
            self._sampled_ns = timestamp_ns
            self._sample(estimates)
        dt_s = max(0, timestamp_ns - self._updated_ns) * 1e-9
        self._updated_ns = timestamp_ns
        if self._height_m is not None:
            self._height_m += self._step(self._target_m - self._height_m, dt_s)
        elif estimates:
            self._height_m = self._target_m
        return self._height_m

    def _step(self, difference_m: float, dt_s: float) -> float:
        limit = self._options.max_floor_speed_m_s * dt_s
        eased = difference_m * min(1.0, dt_s / _SETTLE_S)
        return min(max(eased, -limit), limit)

    def _sample(self, estimates: Sequence[PoseEstimate]) -> None:
        """Remember the lowest foot of each person, and set the target."""
        for estimate in estimates:
            rest = self._model.rest_joints(estimate.params.betas)
            soles = [self._sole_height(estimate, vertices) for vertices in self._soles]
            self._statures.append(float(estimate.joints[0, 1] + rest[0, 1] - min(soles)))
            lowest = [
                float(np.max(estimate.joints[feet, 1] + rest[feet, 1] - sole))
                for feet, sole in zip(_FEET, soles, strict=True)
                if estimate.confidence[feet].min() >= self._options.min_confidence
            ]
            if lowest:
                self._feet.append(max(lowest))
        samples = self._feet or self._statures
        self._target_m = _percentile(samples, self._options.floor_percentile)

    def _sole_height(self, estimate: PoseEstimate, vertices: NDArray[np.int64]) -> float:
        """Return the height of a sole in the rest frame."""
        shape = self._model.shapedirs[vertices, 1] @ estimate.params.betas
        return float(np.min(self._model.v_template[vertices, 1] + shape))


class Placement:
    """Gives each frame its way from the camera to the world: y up, floor at y = 0, +z towards the camera."""

    def __init__(
        self,
        model: BodyModel,
        options: PlacementOptions | None = None,
        *,
        world_from_camera: NDArray[np.floating] | None = None,
    ) -> None:
        """Estimate the placement, or keep to a measured one (4, 4) where it is given."""
        self._options = PlacementOptions() if options is None else options
        self._floor = FloorEstimator(model, self._options)
        self._measured = None if world_from_camera is None else read_only(world_from_camera)
        self._origin: tuple[float, float] | None = None

    def place(
        self, estimates: Sequence[PoseEstimate], timestamp_ns: int
    ) -> Float32[np.ndarray, "4 4"]:
        """Return `world_from_camera` for this frame."""
        if self._measured is not None:
            return self._measured
        height_m = self._floor.update(estimates, timestamp_ns)
        if self._origin is None and estimates and self._options.origin == "performer":
            pelvis = estimates[0].joints[0]
            self._origin = (float(pelvis[0]), float(pelvis[2]))
        x, z = self._origin or (0.0, 0.0)
        return read_only(
            np.array([[1, 0, 0, -x], [0, -1, 0, height_m or 0.0], [0, 0, -1, z], [0, 0, 0, 1]])
        )

    @property
    def is_measured(self) -> bool:
        """The placement was measured and never changes."""
        return self._measured is not None

    def recentre(self) -> None:
        """Take the performer's position in the next frame as the origin."""
        self._origin = None


def _percentile(samples: Iterable[float], percent: float) -> float:
    """Return what `np.percentile` does, in a tenth of the time for so few."""
    ordered = sorted(samples)
    place = percent / 100 * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _sole_vertices(model: BodyModel, feet: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the lowest vertices of one foot, given its joints."""
    of_foot = np.flatnonzero(np.isin(model.weight_joints[:, 0], feet))
    heights = model.v_template[of_foot, 1]
    return of_foot[np.argsort(heights, kind="stable")[:_SOLE_VERTICES]]
