"""What could run ExPose's networks here, best first, and what keeps the others from it."""

from dataclasses import dataclass
from importlib.util import find_spec

from engines.errors import EngineUnavailable
from engines.runtime.catalog import RUNTIMES
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
    """What is missing; None when usable. Whether its answers are right is found out when it is opened."""


def report_runtimes(cuda: str = "auto") -> tuple[RuntimeReport, ...]:
    """Return every runtime, best first; torch, the reference, is the last of each device.

    Args:
        cuda: The CUDA library, see `open_cuda`.
    """
    gpu = _why_no_gpu(cuda)
    torch = (
        None if find_spec("torch") else "the package torch is missing; run pip install '.[expose]'"
    )
    return (
        *(RuntimeReport(each.name, "cuda", each.why_not or gpu) for each in TENSORRTS),
        RuntimeReport("torch", "cuda", torch or gpu),
        *(RuntimeReport(each.name, each.device, each.why_not) for each in RUNTIMES),
        RuntimeReport("torch", "cpu", torch),
    )


def _why_no_gpu(cuda: str) -> str | None:
    try:
        find_gpu(cuda)
    except EngineUnavailable as error:
        return str(error)
    return None
