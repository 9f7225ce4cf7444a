"""Runs image networks with ncnn; needs the package ncnn. What is no image network runs in ONNX Runtime.

Its convolutions by Winograd's method (Lavin and Gray, CVPR 2016) take a quarter of the products that direct ones take,
which the other runtimes compute: the fastest that we measured in single precision.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import ncnn
import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.errors import EngineUnavailable, ModelError, StageError
from engines.runtime.ncnn_files import LAST, NcnnFiles
from engines.runtime.onnxruntime_session import OnnxRuntimeSession
from engines.runtime.session import FEATURES
from engines.runtime.threads import thread_count

_CROPS: Final = ("crop", "crops")
"""Names that the image network's input may have."""


class NcnnSession:
    """An ONNX file on the CPU, converted for ncnn when it is first opened.

    Args:
        path: The file.
        threads: Threads for one run; unset: see `thread_count`.

    Raises:
        ModelError: the file, or what it was converted to, is missing or damaged.
        EngineUnavailable: it cannot be converted.
    """

    def __init__(self, path: Path, *, threads: int | None = None) -> None:
        count = threads or thread_count()
        files = NcnnFiles(path)
        self._network = _load(files, count) if files.layers.is_file() else None
        if self._network is None:  # not there, or damaged
            has_image_network = _convert(files)
            self._network = _load(files, count) if has_image_network else None
            if has_image_network and self._network is None:
                raise ModelError(f"{files.weights}: damaged; delete it")
        rest = path if self._network is None else files.rest
        self._rest: OnnxRuntimeSession | None = OnnxRuntimeSession(rest, threads=threads)
        self.provider = f"ncnn {ncnn.__version__} on the CPU, float32, threads: {count}"
        """Library and device that are really in use."""
        self._path = path

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
        """Return the outputs by name. Raises `StageError`."""
        if self._rest is None:
            raise StageError(f"{self._path.name}: run after close")
        rest = dict(inputs)
        if self._network is not None:
            name = next((name for name in _CROPS if name in rest), None)
            if name is None or rest[name].ndim != 4:
                raise StageError(f"{self._path.name}: cannot be run (no pictures among its inputs)")
            pictures = np.ascontiguousarray(rest.pop(name), np.float32)
            rest[FEATURES] = np.stack([self._features(name, picture) for picture in pictures])
        return self._rest.run(rest)

    def close(self) -> None:
        """Free the network; may be called twice."""
        if self._rest is not None:
            self._rest.close()
        self._rest = self._network = None

    def _features(
        self, name: str, picture: Float32[np.ndarray, "3 side side"]
    ) -> Float32[np.ndarray, "features"]:
        assert self._network is not None
        run = self._network.create_extractor()
        run.input(name, ncnn.Mat(picture))
        failed, last = run.extract(LAST)
        if failed:
            raise StageError(f"{self._path.name}: cannot be run (ncnn says {failed})")
        return np.asarray(np.array(last).mean(axis=(1, 2), dtype=np.float32))


def _convert(files: NcnnFiles) -> bool:
    if find_spec("onnx") is None:
        raise EngineUnavailable(
            "the package onnx is missing, which converts networks; run pip install '.[ncnn]'"
        )
    from engines.runtime.ncnn_convert import convert

    return convert(files)


def _load(files: NcnnFiles, threads: int) -> Any:
    """Return the image network; None where its files are damaged."""
    network = ncnn.Net()
    options = network.opt
    options.num_threads = threads
    options.use_fp16_packed = options.use_fp16_storage = options.use_fp16_arithmetic = False
    options.use_bf16_storage = options.use_bf16_packed = False
    options.use_vulkan_compute = False
    failed = network.load_param(str(files.layers)) or network.load_model(str(files.weights))
    return None if failed else network
