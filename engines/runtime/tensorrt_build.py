"""From an ONNX file to a TensorRT plan. Takes seconds (RTX) or minutes: `app.inference` does it in another process."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from engines.errors import EngineUnavailable, ModelError
from engines.runtime.tensorrt_library import TensorRt, make_logger

Progress = Callable[[str, float], bool]
"""Told the phase and the share of it that is done, in [0, 1]; False ends the build."""

_WORKSPACE: Final = 1 << 30
"""Bytes of the GPU's memory that one layer may use while it runs."""
_OPTIMISATION_LEVEL: Final = 3


def build_plan(
    library: TensorRt,
    network: Path,
    *,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    progress: Progress = lambda _phase, _share: True,
) -> bytes:
    """Return the plan of a network.

    The network is strongly typed: it is computed in the precisions that the ONNX file names, layer by layer.

    Args:
        library: TensorRT or TensorRT-RTX.
        network: The ONNX file.
        shapes: Sizes of the inputs that the file leaves open.
        progress: Told how far it is; called on threads of the library.

    Raises:
        EngineUnavailable: the library cannot be used, or the build failed or was ended.
        ModelError: the file is missing, damaged, or holds what the library does not know.
    """
    trt = library.load()
    builder = trt.Builder(make_logger(trt))
    if builder is None:
        raise EngineUnavailable(f"{library.title}: finds no usable GPU; use --device cpu")
    # TensorRT 11 knows nothing else, and may drop the flag
    typed = getattr(trt.NetworkDefinitionCreationFlag, "STRONGLY_TYPED", None)
    graph = builder.create_network(0 if typed is None else 1 << int(typed))
    _parse(trt, library, graph, network)
    config = builder.create_builder_config()
    config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, _WORKSPACE)
    config.clear_flag(trt.BuilderFlag.TF32)  # 10 bits of the 23: not what the file names
    if shapes:
        config.add_optimization_profile(_profile(builder, shapes))
    if library.is_tuned_to_gpu:
        config.builder_optimization_level = _OPTIMISATION_LEVEL
    else:
        # or its memory could not be part of a CUDA graph of ours
        config.set_flag(trt.BuilderFlag.REQUIRE_USER_ALLOCATION)
    monitor = _monitor(trt, progress)  # has to outlive the build
    config.progress_monitor = monitor
    plan = builder.build_serialized_network(graph, config)
    if plan is None:
        raise EngineUnavailable(f"{library.title}: {network.name} was not built; see the log")
    return bytes(plan)


def _parse(trt: Any, library: TensorRt, graph: Any, network: Path) -> None:
    if not network.is_file():
        raise ModelError(f"{network}: no such file; build it again")
    parser = trt.OnnxParser(graph, make_logger(trt))
    if parser.parse_from_file(str(network)):
        return
    errors = [parser.get_error(index) for index in range(parser.num_errors)]
    reason = "; ".join(" ".join(f"{each.node_name()} {each.desc()}".split()) for each in errors)
    raise ModelError(f"{network}: {library.title} cannot read it ({reason}); build it again")


def _profile(builder: Any, shapes: Mapping[str, tuple[int, ...]]) -> Any:
    profile = builder.create_optimization_profile()
    for name, shape in shapes.items():
        profile.set_shape(name, shape, shape, shape)
    return profile


def _monitor(trt: Any, progress: Progress) -> Any:
    """Return an object that the library tells how far it is; only outermost phases are passed on."""

    class Monitor(trt.IProgressMonitor):  # type: ignore[misc] # a base class that is known at run time only
        def __init__(self) -> None:
            trt.IProgressMonitor.__init__(self)
            self.steps: dict[str, int] = {}

        def phase_start(self, phase: str, parent: str | None, steps: int) -> None:
            if not parent:
                self.steps[phase] = max(1, steps)

        def step_complete(self, phase: str, step: int) -> bool:
            steps = self.steps.get(phase)
            return True if steps is None else progress(phase, min(1.0, (step + 1) / steps))

        def phase_finish(self, phase: str) -> None:
            self.steps.pop(phase, None)

    return Monitor()
