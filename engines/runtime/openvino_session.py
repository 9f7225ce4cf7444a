"""Runs ONNX files with OpenVINO: the fastest runtime on the CPUs we measured. Needs the package openvino."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import openvino
from numpy.typing import NDArray
from openvino import opset13 as operators

from engines.errors import EngineUnavailable, ModelError, StageError
from engines.runtime.session import FEATURES, Precision
from engines.runtime.threads import thread_count

_HINTS: Final[dict[Precision, str]] = {"float32": "f32", "bfloat16": "bf16"}

Arrays = Mapping[str, NDArray[np.generic]]


class OpenVinoSession:
    """An ONNX file on the CPU.

    Args:
        path: The file.
        threads: Threads for one run; unset: see `thread_count`.
        precision: `bfloat16` is for the image network alone, up to the tensor `FEATURES`; a file that has no such
            tensor is computed in single precision.

    Raises:
        ModelError: the file is missing, damaged, or needs a newer OpenVINO.
        EngineUnavailable: the processor does not compute in this precision.
    """

    def __init__(
        self, path: Path, *, threads: int | None = None, precision: Precision = "float32"
    ) -> None:
        count = threads or thread_count()
        core = openvino.Core()
        if precision == "bfloat16" and not _has_bfloat16(core):
            raise EngineUnavailable(_NO_BFLOAT16)
        self._features: _Network | None = None
        try:
            model = core.read_model(path)
            if precision == "bfloat16" and (cut := _cut(model)) is not None:
                model = cut[1]
                self._features = _Network(core, cut[0], precision, count)
            self._network: _Network | None = _Network(core, model, "float32", count)
        except RuntimeError as error:
            raise ModelError(
                f"{path}: cannot be loaded ({_last_line(error)}); build it again"
            ) from error
        version = openvino.__version__.partition("-")[0]
        self.provider = f"OpenVINO {version} on the CPU, {precision}, threads: {count}"
        """Library and device that are really in use."""
        self._path = path

    def run(self, inputs: Arrays) -> dict[str, NDArray[np.generic]]:
        """Return the outputs by name. Raises `StageError`."""
        if self._network is None:
            raise StageError(f"{self._path.name}: run after close")
        try:
            if self._features is None:
                return self._network.run(inputs)
            picture = {name: inputs[name] for name in self._features.inputs}
            rest = {name: array for name, array in inputs.items() if name not in picture}
            return self._network.run(rest | self._features.run(picture))
        except (RuntimeError, ValueError, TypeError, KeyError) as error:
            raise StageError(f"{self._path.name}: cannot be run ({_last_line(error)})") from error

    def close(self) -> None:
        """Free the network; may be called twice."""
        self._network = self._features = None


class _Network:
    """One compiled model."""

    def __init__(self, core: Any, model: Any, precision: Precision, threads: int) -> None:
        settings = {
            "INFERENCE_PRECISION_HINT": _HINTS[precision],
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,  # one frame at a time, as soon as can be
            "ENABLE_CPU_PINNING": False,  # other threads of the program need these cores too
        }
        compiled = core.compile_model(model, "CPU", settings)
        self._request = compiled.create_infer_request()
        self._names = [output.names for output in compiled.outputs]
        self.inputs = [tensor.any_name for tensor in compiled.inputs]

    def run(self, inputs: Arrays) -> dict[str, NDArray[np.generic]]:
        results = self._request.infer(dict(inputs), share_inputs=True)
        outputs: dict[str, NDArray[np.generic]] = {}
        for index, names in enumerate(self._names):
            output = np.array(results[index])  # a copy: the request writes into its own again
            outputs |= dict.fromkeys(names, output)
        return outputs


def why_no_bfloat16() -> str | None:
    """Return why this computer does not compute in bfloat16; None when it does."""
    return None if _has_bfloat16(openvino.Core()) else _NO_BFLOAT16


_NO_BFLOAT16: Final = (
    "this processor has no bfloat16 (it takes AVX512_BF16 or AMX); float32 is used in its place"
)


def _has_bfloat16(core: Any) -> bool:
    return "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def _cut(model: Any) -> tuple[Any, Any] | None:
    """Return a model as two: what leads to `FEATURES`, and what comes after; None where it has no such tensor."""
    found = [
        output
        for operator in model.get_ops()
        for output in operator.outputs()
        if FEATURES in output.names
    ]
    if not found:
        return None
    readers = found[0].get_target_inputs()
    ending = operators.result(found[0])
    needed = _parameters_before(ending)
    features = openvino.Model([ending], needed, "image network")
    start = operators.parameter(found[0].get_partial_shape(), found[0].get_element_type())
    start.output(0).set_names({"start of the rest"})
    for reader in readers:
        reader.replace_source_output(start.output(0))
    names = {parameter.friendly_name for parameter in needed}
    others = [each for each in model.get_parameters() if each.friendly_name not in names]
    rest = openvino.Model(model.get_results(), [start, *others], "the rest")
    found[0].set_names({FEATURES})
    start.output(0).set_names({FEATURES})
    return features, rest


def _parameters_before(node: Any) -> list[Any]:
    """Return the model's inputs that a node depends on."""
    found, seen, waiting = [], set(), [node]
    while waiting:
        node = waiting.pop()
        if node.friendly_name in seen:
            continue
        seen.add(node.friendly_name)
        if node.get_type_name() == "Parameter":
            found.append(node)
        waiting += [value.get_node() for value in node.input_values()]
    return found


def _last_line(error: Exception) -> str:
    """Return what went wrong, without the places in OpenVINO's source files that come before."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
