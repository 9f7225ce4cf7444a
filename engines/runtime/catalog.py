"""The runtimes for ONNX files: name -> session, imported on use. A new one is a file and a row here."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final, cast

from engines.runtime.session import Precision, Session


@dataclass(frozen=True, slots=True)
class Runtime:
    """One runtime on one kind of device."""

    name: str
    """As in settings."""
    title: str
    """As in tables and messages."""
    device: str
    """`cpu`, or the kind of GPU."""
    package: str
    """What has to be installed."""
    extra: str
    """The extra that brings it; empty: always there."""
    module: str
    """Where its session is..."""
    session: str
    """...and the name of the class."""
    precision: Precision = "float32"
    """What it computes in."""
    check: str = ""
    """Name of a function in the module that returns what this computer lacks, or None; empty: it lacks nothing."""

    @property
    def why_not(self) -> str | None:
        """What is missing; None when nothing."""
        if find_spec(self.package) is None:
            return f"the package {self.package} is missing; run pip install '.[{self.extra}]'"
        if self.check:
            check = getattr(importlib.import_module(self.module), self.check)
            return cast(Callable[[], str | None], check)()
        return None

    def open(self, path: Path, *, threads: int | None = None) -> Session:
        """Return a session of an ONNX file.

        Raises:
            ModelError: the file cannot be loaded.
        """
        make = getattr(importlib.import_module(self.module), self.session)
        if self.precision == "float32":
            return cast(Callable[..., Session], make)(path, threads=threads)
        return cast(Callable[..., Session], make)(path, threads=threads, precision=self.precision)


REFERENCE: Final = Runtime(
    "onnxruntime",
    "ONNX Runtime",
    "cpu",
    "onnxruntime",
    "",
    "engines.runtime.onnxruntime_session",
    "OnnxRuntimeSession",
)
"""Always there; the others have to give its answers."""

RUNTIMES: Final = (
    Runtime(
        "openvino-bf16",
        "OpenVINO bfloat16",
        "cpu",
        "openvino",
        "openvino",
        "engines.runtime.openvino_session",
        "OpenVinoSession",
        precision="bfloat16",
        check="why_no_bfloat16",
    ),
    Runtime("ncnn", "ncnn", "cpu", "ncnn", "ncnn", "engines.runtime.ncnn_session", "NcnnSession"),
    Runtime(
        "openvino",
        "OpenVINO",
        "cpu",
        "openvino",
        "openvino",
        "engines.runtime.openvino_session",
        "OpenVinoSession",
    ),
    REFERENCE,
)
"""All runtimes, the fastest of each device first."""


def usable_runtimes(device: str) -> tuple[Runtime, ...]:
    """Return the runtimes of a device that are installed, the fastest first."""
    return tuple(
        runtime for runtime in RUNTIMES if runtime.device == device and runtime.why_not is None
    )
