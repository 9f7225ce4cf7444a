"""Runs ONNX files with OpenVINO: the fastest runtime on the CPUs we measured. Needs the package openvino."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openvino
from numpy.typing import NDArray

from engines.errors import ModelError, StageError
from engines.runtime.threads import thread_count


class OpenVinoSession:
    """An ONNX file on the CPU, in single precision even where the CPU offers bfloat16, which is off by 1 in 100.

    Args:
        path: The file.
        threads: Threads for one run; unset: see `thread_count`.

    Raises:
        ModelError: the file is missing, damaged, or needs a newer OpenVINO.
    """

    def __init__(self, path: Path, *, threads: int | None = None) -> None:
        count = threads or thread_count()
        settings = {
            "INFERENCE_PRECISION_HINT": "f32",
            "INFERENCE_NUM_THREADS": count,
            "NUM_STREAMS": 1,  # one frame at a time, as soon as can be
            "ENABLE_CPU_PINNING": False,  # other threads of the program need these cores too
        }
        try:
            core = openvino.Core()
            compiled = core.compile_model(core.read_model(path), "CPU", settings)
            self._request: Any = compiled.create_infer_request()
        except RuntimeError as error:
            raise ModelError(
                f"{path}: cannot be loaded ({_last_line(error)}); build it again"
            ) from error
        version = openvino.__version__.partition("-")[0]
        self.provider = f"OpenVINO {version} on the CPU, float32, threads: {count}"
        """Library and device that are really in use."""
        self._names = [output.names for output in compiled.outputs]
        self._path = path

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
        """Return the outputs by name. Raises `StageError`."""
        if self._request is None:
            raise StageError(f"{self._path.name}: run after close")
        try:
            results = self._request.infer(dict(inputs), share_inputs=True)
        except (RuntimeError, ValueError, TypeError, KeyError) as error:
            raise StageError(f"{self._path.name}: cannot be run ({_last_line(error)})") from error
        outputs: dict[str, NDArray[np.generic]] = {}
        for index, names in enumerate(self._names):
            output = np.array(results[index])  # a copy: the request writes into its own again
            outputs |= dict.fromkeys(names, output)
        return outputs

    def close(self) -> None:
        """Free the network; may be called twice."""
        self._request = None


def _last_line(error: Exception) -> str:
    """Return what went wrong, without the places in OpenVINO's source files that come before."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
