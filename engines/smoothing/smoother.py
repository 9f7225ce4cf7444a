"""Every person in view made steady over time: the pipeline's `Smoother`."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from engines.body.model import BodyModel
from engines.smoothing.banks import FilterBanks
from engines.smoothing.options import SmoothingOptions
from engines.smoothing.person import PersonSmoother
from engines.types import PartStrengths, PoseEstimate, SmoothedPart

_SAME_PLACE_M: Final = 0.7
"""A new person within this distance of one just lost is taken for the lost one, found again under a new number."""


class EstimateSmoother:
    """Smooths the estimates of any number of persons, by their `track_id`.

    The first estimate of a person passes unchanged. A part that is not seen holds its pose, then eases to rest while
    its confidence falls; a part seen again flows from there to its new pose. A person who is not seen is held the
    same way, then given up. After a pause in time, or when time runs backwards, everything begins anew.
    """

    def __init__(self, model: BodyModel, options: SmoothingOptions | None = None) -> None:
        self._model = model
        self._options = SmoothingOptions() if options is None else options
        self._banks = FilterBanks.of(self._options)
        self._persons: dict[int, PersonSmoother] = {}
        self._timestamp_ns: int | None = None
        self.strengths = PartStrengths().scaled(self._options.strength)
        """How strongly each part is smoothed; may be changed between two frames."""

    def added_delay_ms(self, part: SmoothedPart, strength: float) -> float:
        """Return the delay that smoothing a part with this strength adds, at typical motion."""
        return self._options.added_delay_ms(part, strength)

    def smooth(
        self, estimates: Sequence[PoseEstimate], timestamp_ns: int
    ) -> tuple[PoseEstimate, ...]:
        """Return the steadied estimates in the order given, then the held ones of persons not seen now."""
        dt_s = self._advance(timestamp_ns)
        lost = {
            track_id: person
            for track_id, person in self._persons.items()
            if track_id not in {estimate.track_id for estimate in estimates}
        }
        self._hand_over(estimates, lost)
        smoothed = [self._smooth_one(estimate, dt_s) for estimate in estimates]
        for track_id, person in lost.items():
            held = person.step(None, dt_s, self.strengths) if dt_s > 0 else person.latest
            if person.unseen_s < self._options.drop_after_s:
                smoothed.append(held)
            else:
                del self._persons[track_id]
        return tuple(smoothed)

    def _advance(self, timestamp_ns: int) -> float:
        """Return the time since the last frame in seconds; forget all persons where it makes no sense."""
        before, self._timestamp_ns = self._timestamp_ns, timestamp_ns
        dt_s = 0.0 if before is None else (timestamp_ns - before) * 1e-9
        if dt_s < 0 or dt_s > self._options.max_gap_s:
            self._persons.clear()
        return dt_s

    def _hand_over(
        self, estimates: Sequence[PoseEstimate], lost: dict[int, PersonSmoother]
    ) -> None:
        """Let a new number that turns up where somebody was just lost go on from there."""
        for estimate in estimates:
            if estimate.track_id in self._persons or not lost:
                continue
            pelvis = estimate.joints[0]
            away = {i: np.linalg.norm(p.latest.joints[0] - pelvis) for i, p in lost.items()}
            nearest = min(away, key=lambda track_id: away[track_id])
            if away[nearest] < _SAME_PLACE_M:
                self._persons[estimate.track_id] = self._persons.pop(nearest)
                del lost[nearest]

    def _smooth_one(self, estimate: PoseEstimate, dt_s: float) -> PoseEstimate:
        """Return one steadied estimate; the first of a person passes as it is."""
        person = self._persons.get(estimate.track_id)
        if person is not None:
            return person.step(estimate, dt_s, self.strengths) if dt_s > 0 else person.latest
        self._persons[estimate.track_id] = PersonSmoother(
            self._model, self._options, self._banks, estimate
        )
        return estimate
