"""From a network file to a plan that the library takes: from the cache, or built; what is stale is built once more."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from engines.errors import EngineUnavailable
from engines.runtime.plan_cache import PlanCache, PlanKey, digest_of
from engines.runtime.tensorrt_build import Progress, build_plan
from engines.runtime.tensorrt_library import TENSORRTS, TensorRt

_Network = TypeVar("_Network")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PlanJob:
    """One plan to be built; can be sent to another process."""

    library: str
    """Name of the library."""
    network: Path
    """ONNX file."""
    folder: Path
    """Of the cache."""
    key: PlanKey
    """What the plan is for."""
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Sizes of the inputs that the file leaves open."""


def plan_job(
    library: TensorRt,
    network: Path,
    folder: Path,
    *,
    precision: str,
    gpu: str,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
) -> PlanJob:
    """Return the job of building a network's plan.

    Args:
        library: TensorRT or TensorRT-RTX.
        network: The ONNX file.
        folder: Where plans are kept.
        precision: What the file computes in, for the plan's name.
        gpu: Model and compute capability of the GPU.
        shapes: Sizes of the inputs that the file leaves open.

    Raises:
        EngineUnavailable: the library cannot be used.
    """
    key = PlanKey(
        library.name,
        str(library.load().__version__),
        precision,
        digest_of(network),
        gpu if library.is_tuned_to_gpu else "",
        shapes or {},
    )
    return PlanJob(library.name, network, folder, key, shapes or {})


def run_plan_job(job: PlanJob, progress: Progress) -> None:
    """Build a plan here and now, unless it is in the cache. Raises like `build_plan` and `PlanCache.write`."""
    cache = PlanCache(job.folder)
    if cache.read(job.key) is not None:
        return
    library = next(each for each in TENSORRTS if each.name == job.library)
    cache.write(job.key, build_plan(library, job.network, shapes=job.shapes, progress=progress))


def open_plan(
    job: PlanJob, build: Callable[[PlanJob], None], load: Callable[[bytes], _Network | None]
) -> _Network:
    """Return a network by its plan; a plan that is damaged or that the library refuses is built anew, once.

    Args:
        job: The plan.
        build: Builds it and puts it into the cache; takes long.
        load: Gives the plan to the library; None where it is refused.

    Raises:
        EngineUnavailable: it cannot be built or kept, or a fresh one is refused, too.
    """
    cache = PlanCache(job.folder)
    plan = cache.read(job.key)
    if plan is not None:
        network = load(plan)
        if network is not None:
            return network
        logger.warning("%s: refused, for another version or GPU; building it again", job.key.name)
        cache.drop(job.key)
    build(job)
    plan = cache.read(job.key)
    network = None if plan is None else load(plan)
    if network is None:
        raise EngineUnavailable(
            f"{job.network.name}: a fresh plan of {job.library} is refused, too; use --device cpu"
        )
    return network
