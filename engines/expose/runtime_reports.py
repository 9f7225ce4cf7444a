"""What could run ExPose's networks here, best first, and what keeps the others from it."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from engines.errors import EngineUnavailable, ModelError
from engines.expose.build_files import Build, build_place
from engines.expose.options import ExposeOptions
from engines.expose.release_files import find_release
from engines.expose.verdicts import remembered_agreement
from engines.runtime.catalog import RUNTIMES, Runtime
from engines.runtime.cuda import find_gpu
from engines.runtime.tensorrt_library import TENSORRTS


@dataclass(frozen=True, slots=True)
class RuntimeReport:
    """One runtime on one kind of device."""

    name: str
    """As in settings."""
    device: str
    """`cuda` or `cpu`."""
    why_not: str | None
    """What is missing, or how wrong its answers were when it was first used with the release; None when usable."""


def report_runtimes(options: ExposeOptions, cache: Path) -> tuple[RuntimeReport, ...]:
    """Return every runtime, best first; torch, the reference, is the last of each device.

    Args:
        options: The user's settings. Runtimes that were refused for the release they name are reported so.
        cache: Where builds are kept.
    """
    gpu = _why_no_gpu(options.cuda)
    build = _build(options.checkpoint, cache)
    torch = (
        None if find_spec("torch") else "the package torch is missing; run pip install '.[expose]'"
    )
    return (
        *(RuntimeReport(each.name, "cuda", each.why_not or gpu) for each in TENSORRTS),
        RuntimeReport("torch", "cuda", torch or gpu),
        *(RuntimeReport(each.name, each.device, _why_not(each, build)) for each in RUNTIMES),
        RuntimeReport("torch", "cpu", torch),
    )


def _build(checkpoint: str, cache: Path) -> Build | None:
    """Return where a release is built; None where there is none, which the engine's own report tells."""
    try:
        return build_place(find_release(Path(checkpoint)), cache) if checkpoint else None
    except ModelError:
        return None


def _why_not(runtime: Runtime, build: Build | None) -> str | None:
    if runtime.why_not is not None or build is None:
        return runtime.why_not
    agreement = remembered_agreement(build, runtime)
    return None if agreement is None else agreement.why_refused


def _why_no_gpu(cuda: str) -> str | None:
    try:
        find_gpu(cuda)
    except EngineUnavailable as error:
        return str(error)
    return None
