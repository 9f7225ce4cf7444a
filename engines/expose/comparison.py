"""All runtimes that can run a release on a device, side by side."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from engines.errors import UsageError
from engines.expose.agreement import Agreement, measure_agreement
from engines.expose.backend import Backend
from engines.expose.boxes import PersonBoxes
from engines.expose.build_files import build_place
from engines.expose.release_files import find_release
from engines.expose.session_backend import SessionBackend
from engines.expose.stage_costs import Boxed, StepCost, measure_steps
from engines.expose.stagewise import Stagewise
from engines.protocols import Detector
from engines.runtime.catalog import REFERENCE, usable_runtimes
from engines.runtime.threads import thread_count
from engines.types import Frame

BASELINE: Final = "torch eager"
"""What the others are compared to, where torch is installed."""


@dataclass(frozen=True, slots=True)
class RuntimeCosts:
    """One runtime's row."""

    name: str
    """For people."""
    provider: str
    """Library and device that were really in use."""
    steps: dict[str, StepCost]
    """Step -> what it costs for one person."""
    agreement: Agreement | None = None
    """How far its answers are from the reference's; None for the reference and the baseline."""

    @property
    def is_refused(self) -> bool:
        """Whether the engine would not use this runtime for these networks."""
        return self.agreement is not None and not self.agreement.is_good

    @property
    def cpu_ms(self) -> float:
        """Processor time of all steps for one person."""
        return sum(cost.cpu_ms for cost in self.steps.values())

    @property
    def median_ms(self) -> float:
        """Median times of all steps for one person, added."""
        return sum(cost.median_ms for cost in self.steps.values())

    @property
    def cpu_in_turns_ms(self) -> float:
        """Processor time of a frame with `hands_every = head_every = 2`: each part runs in every other frame."""
        parts = self.steps["hands"].cpu_ms + self.steps["head"].cpu_ms
        return self.cpu_ms - parts / 2


def compare_runtimes(
    folder: Path,
    cache: Path,
    device: str,
    persons: Sequence[Boxed],
    progress: Callable[[str], None],
) -> tuple[RuntimeCosts, ...]:
    """Return what every usable runtime costs, the baseline first; each may use `thread_count` threads.

    Runtimes that the engine would refuse are measured, too, and marked.

    Args:
        folder: The official data folder, built before.
        cache: Where the build is.
        device: `cpu` or `cuda`.
        persons: Whom to solve.
        progress: Told what begins.

    Raises:
        ModelError: the release or a network file cannot be used.
    """
    files = find_release(folder)
    with ExitStack() as opened:
        backends: dict[str, Backend] = {}
        if find_spec("torch") is not None:
            progress(f"loading {BASELINE}")
            backends[BASELINE] = opened.enter_context(_torch(folder, device))
        build = build_place(files, cache)
        agreements: dict[str, Agreement] = {}
        reference = opened.enter_context(closing(SessionBackend(build, REFERENCE.open)))
        for runtime in usable_runtimes(device):
            if runtime is REFERENCE:
                backends[runtime.title] = reference
                continue
            progress(f"loading {runtime.title}")
            backend = opened.enter_context(closing(SessionBackend(build, runtime.open)))
            agreements[runtime.title] = measure_agreement(backend, reference, files.config)
            backends[runtime.title] = backend
        progress(f"{len(persons)} persons in {', '.join(backends)}")
        stages = {name: Stagewise(each, files.config) for name, each in backends.items()}
        costs = measure_steps(stages, persons)
        return tuple(
            RuntimeCosts(name, each.provider, costs[name], agreements.get(name))
            for name, each in backends.items()
        )


def find_persons(detector: Detector, frames: Sequence[Frame], limit: int) -> list[Boxed]:
    """Return at most so many persons, with the boxes that the engine would use.

    Raises:
        UsageError: there is nobody in any frame.
    """
    boxes = PersonBoxes()
    persons: list[Boxed] = []
    detector.open()
    try:
        for frame in frames:
            detections = detector.detect(frame)
            persons += [Boxed(frame.image, boxes.place(frame, each)) for each in detections]
    finally:
        detector.close()
    if not persons:
        raise UsageError("source: shows nobody; give one with a person in view")
    return persons[:limit]


@contextmanager
def _torch(folder: Path, device: str) -> Iterator[Backend]:
    """Give the release in torch, with as many threads as the other runtimes."""
    import torch

    from engines.expose.checkpoint import load_release
    from engines.expose.torch_backend import TorchBackend

    threads = torch.get_num_threads()
    torch.set_num_threads(thread_count())
    backend = TorchBackend(load_release(folder), device)
    try:
        yield backend
    finally:
        backend.close()
        torch.set_num_threads(threads)
