"""Runs ONNX files with ONNX Runtime: the runtime that is always there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as errors

from engines.errors import ModelError, StageError
from engines.runtime.threads import thread_count

_LOAD_ERRORS: Final = (
    errors.Fail,
    errors.InvalidArgument,
    errors.InvalidGraph,
    errors.InvalidProtobuf,
    errors.NoSuchFile,
    errors.NotImplemented,
    errors.RuntimeException,
)
_RUN_ERRORS: Final = (errors.Fail, errors.InvalidArgument, errors.RuntimeException, ValueError)


class OnnxRuntimeSession:
    """An ONNX file on the CPU.

    Args:
        path: The file.
        threads: Threads for one run; unset: see `thread_count`.

    Raises:
        ModelError: the file is missing, damaged, or needs a newer ONNX Runtime.
    """

    def __init__(self, path: Path, *, threads: int | None = None) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or thread_count()
        # spinning threads starve the rest of the program, and each other, on busy cores
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            self._session: onnxruntime.InferenceSession | None = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except _LOAD_ERRORS as error:
            reason = " ".join(str(error).split())
            raise ModelError(f"{path}: cannot be loaded ({reason}); build it again") from error
        self.provider = (
            f"ONNX Runtime {onnxruntime.__version__} on the CPU, float32, "
            f"threads: {options.intra_op_num_threads}"
        )
        """Library and device that are really in use."""
        self._outputs = [output.name for output in self._session.get_outputs()]
        self._path = path

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
        """Return the outputs by name. Raises `StageError`."""
        if self._session is None:
            raise StageError(f"{self._path.name}: run after close")
        try:
            outputs = self._session.run(self._outputs, dict(inputs))
        except _RUN_ERRORS as error:
            reason = " ".join(str(error).split())
            raise StageError(f"{self._path.name}: cannot be run ({reason})") from error
        return dict(zip(self._outputs, outputs, strict=True))

    def close(self) -> None:
        """Free the network; may be called twice."""
        self._session = None


def unpack_weights(path: Path, out: Path) -> None:
    """Write an ONNX file with all weights in single precision, whatever they are stored in.

    ONNX Runtime computes what depends on constants alone, and writes what is left: other runtimes and their
    converters then see plain weights.

    Raises:
        ModelError: the file is missing, damaged, or needs a newer ONNX Runtime.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(out)
    options.log_severity_level = 3
    try:
        onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except _LOAD_ERRORS as error:
        reason = " ".join(str(error).split())
        raise ModelError(f"{path}: cannot be loaded ({reason}); get it again") from error
