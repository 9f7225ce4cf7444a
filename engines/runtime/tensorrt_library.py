"""TensorRT and TensorRT-RTX: two libraries of NVIDIA with one interface; which is here, and what the other lacks."""

import importlib
import re
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

from engines.errors import EngineUnavailable


@dataclass(frozen=True, slots=True)
class TensorRt:
    """One of the two."""

    name: str
    """As in settings and names of files."""
    title: str
    """As in tables and messages."""
    package: str
    """What has to be installed."""
    remedy: str
    """How."""
    oldest: tuple[int, int]
    """Version from which on it has all that is used here."""
    is_tuned_to_gpu: bool
    """Its plans are for one model of GPU; otherwise the library adapts them when they are loaded."""

    def load(self) -> Any:
        """Return the Python module.

        Raises:
            EngineUnavailable: it is missing, cannot be loaded, or is too old.
        """
        if find_spec(self.package) is None:
            raise EngineUnavailable(f"the package {self.package} is missing; {self.remedy}")
        try:
            module = importlib.import_module(self.package)
            version: str = module.__version__
            module.Logger  # noqa: B018  # a package without its libraries imports, and holds nothing
        except (ImportError, OSError, AttributeError, RuntimeError) as error:
            reason = " ".join(str(error).split())
            raise EngineUnavailable(
                f"{self.title} is installed but cannot be loaded ({reason}); install it again"
            ) from error
        if _numbers(version) < self.oldest:
            wanted = ".".join(map(str, self.oldest))
            raise EngineUnavailable(f"{self.title} {version} is too old; {wanted} is needed")
        return module

    @property
    def why_not(self) -> str | None:
        """Return why it cannot be used; None when it can. Says nothing of the GPU."""
        try:
            self.load()
        except EngineUnavailable as error:
            return str(error)
        return None


TENSORRT: Final = TensorRt(
    "tensorrt",
    "TensorRT",
    "tensorrt",
    "run pip install tensorrt-cu13 with NVIDIA's package index",
    (10, 12),
    is_tuned_to_gpu=True,
)
TENSORRT_RTX: Final = TensorRt(
    "tensorrt-rtx",
    "TensorRT-RTX",
    "tensorrt_rtx",
    "run pip install '.[gpu]'",
    (1, 4),
    is_tuned_to_gpu=False,
)
TENSORRTS: Final = (TENSORRT, TENSORRT_RTX)
"""The faster first."""


def make_logger(trt: Any) -> Any:
    """Return a logger that keeps the library quiet; what goes wrong is raised as an error."""
    return trt.Logger(trt.Logger.ERROR)


def _numbers(version: str) -> tuple[int, int]:
    major, minor = [int(each) for each in re.findall(r"\d+", version)[:2]]
    return major, minor
