"""What each step of ExPose costs in each runtime, on the same persons in the same run."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from jaxtyping import Float, UInt8

from engines.expose.stagewise import Stagewise

STEPS: Final = ("body", "hands", "head", "merge")
"""The steps, in order; each contains the cutting of its crops."""

_WARM_UPS: Final = 1

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, eq=False)
class Boxed:
    """A person to solve."""

    image: UInt8[np.ndarray, "height width 3"]
    """BGR."""
    box: Float[np.ndarray, "4"]
    """x0 y0 x1 y1 in pixels."""


@dataclass(frozen=True, slots=True)
class StepCost:
    """What one step costs for one person."""

    median_ms: float
    """Median time."""
    p95_ms: float
    """95th percentile of it."""
    cpu_ms: float
    """Mean processor time of the whole process: the networks compute on threads of their own."""


def measure_steps(
    runtimes: Mapping[str, Stagewise], persons: Sequence[Boxed]
) -> dict[str, dict[str, StepCost]]:
    """Return runtime -> step -> cost.

    The runtimes take turns, person by person, so that whatever else the computer does slows them all alike.
    """
    clocks = {name: _Clock() for name in runtimes}
    warm_up = [persons[index % len(persons)] for index in range(_WARM_UPS)]
    for count, person in enumerate([*warm_up, *persons]):
        for name, stages in runtimes.items():
            _solve(stages, person, clocks[name])
            if count < _WARM_UPS:
                clocks[name].reset()
    return {name: clock.costs() for name, clock in clocks.items()}


def _solve(stages: Stagewise, person: Boxed, clock: "_Clock") -> None:
    view = clock.timed("body", lambda: stages.body(person.image, person.box))
    hands = clock.timed("hands", lambda: stages.hands(person.image, view))
    head = clock.timed("head", lambda: stages.head(person.image, view))
    clock.timed("merge", lambda: stages.merge(view, hands, head))


class _Clock:
    """Times of steps."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._times_ms: dict[str, list[float]] = {step: [] for step in STEPS}
        self._cpu_ms: dict[str, list[float]] = {step: [] for step in STEPS}

    def timed(self, step: str, work: Callable[[], _Answer]) -> _Answer:
        start_ns, start_cpu_ns = time.perf_counter_ns(), time.process_time_ns()
        answer = work()
        self._times_ms[step].append((time.perf_counter_ns() - start_ns) * 1e-6)
        self._cpu_ms[step].append((time.process_time_ns() - start_cpu_ns) * 1e-6)
        return answer

    def costs(self) -> dict[str, StepCost]:
        return {
            step: StepCost(
                median_ms=float(np.median(times)),
                p95_ms=float(np.percentile(times, 95)),
                cpu_ms=float(np.mean(self._cpu_ms[step])),
            )
            for step, times in self._times_ms.items()
        }
