"""Puts the ExPose engine together for the catalog: what is missing, and the parts that the pipeline calls."""

import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from engines.body.model import BodyModel, body_from_arrays, load_body
from engines.errors import EngineUnavailable
from engines.expose.agreement import Agreement, measure_agreement
from engines.expose.backend import Backend
from engines.expose.build_files import STAGES, Build, Graph, build_place
from engines.expose.config import ExposeConfig
from engines.expose.gpu import (
    BuildPlan,
    build_here,
    gpu_graphs,
    open_gpu_solver,
    why_no_tensorrt,
)
from engines.expose.options import ExposeOptions
from engines.expose.regressor import ExposeRegressor
from engines.expose.release_files import find_release
from engines.expose.scheduler import PersonSolver, Scheduler
from engines.expose.session_backend import SessionBackend
from engines.expose.shipped import SHIPPED, ShippedNetworks
from engines.expose.stagewise import Stagewise
from engines.expose.verdicts import agreement_of
from engines.runtime.catalog import REFERENCE, RUNTIMES, Runtime

logger = logging.getLogger(__name__)

_NEEDED_TO_BUILD = ("torch", "onnx", "onnxscript")


def create_on_cpu(
    folder: Path,
    cache: Path,
    options: ExposeOptions,
    progress: Callable[[str, float], None] = lambda _step, _done: None,
) -> tuple[BodyModel, ExposeRegressor]:
    """Return a release's body and regressor for ONNX Runtime, building the networks now if the cache lacks them.

    Args:
        folder: The official data folder.
        cache: Where builds are kept.
        options: The user's settings.
        progress: Called with what is being done and the share that is done, in [0, 1].

    Raises:
        ModelError: the release cannot be used; the message names the file, the key and the way out.
        EngineUnavailable: it is not built, and what building needs is not installed.
    """
    files = find_release(folder)
    return _on_cpu(_built(folder, cache, STAGES, progress), files.config, options)


def create_open_on_cpu(
    cache: Path,
    options: ExposeOptions,
    progress: Callable[[str, float], None] = lambda _step, _done: None,
) -> tuple[BodyModel, ExposeRegressor]:
    """Return the body and regressor of the networks that are shipped with this program; needs no torch.

    Args:
        cache: Where they are unpacked to.
        options: The user's settings; the checkpoint in them is not used.
        progress: Called with what is being done and the share that is done, in [0, 1].

    Raises:
        ModelMissing: they are not shipped.
    """
    shipped = ShippedNetworks(SHIPPED)
    return _on_cpu(shipped.unpacked(cache, progress), shipped.config(), options)


def create_on_gpu(
    folder: Path,
    cache: Path,
    options: ExposeOptions,
    progress: Callable[[str, float], None] = lambda _step, _done: None,
    build_plan: BuildPlan = build_here,
) -> tuple[BodyModel, ExposeRegressor]:
    """Return a release's body and regressor for an NVIDIA GPU: TensorRT, or torch where that cannot be used.

    Args:
        folder: The official data folder.
        cache: Where builds are kept.
        options: The user's settings.
        progress: Called with what is being done and the share that is done, in [0, 1].
        build_plan: Builds a network's plan, when the regressor is opened and the cache lacks it.

    Raises:
        ModelError: the release cannot be used.
        EngineUnavailable: neither can be used; or, when the regressor is opened, the GPU gives wrong answers.
    """
    files = find_release(folder)
    reason = why_no_tensorrt(options.cuda)
    if reason is not None:
        logger.warning("not using TensorRT: %s", reason)
        return _create_in_torch(folder, options)
    build = _built(folder, cache, gpu_graphs(options), progress)
    body = load_body(build.body_model)

    def open_solver() -> PersonSolver:
        return open_gpu_solver(build, files.config, options, build_plan=build_plan)

    return body, ExposeRegressor(body, open_solver)


def _create_in_torch(folder: Path, options: ExposeOptions) -> tuple[BodyModel, ExposeRegressor]:
    """Return a release's body and regressor for torch on the GPU. Raises like `create_on_gpu`."""
    if find_spec("torch") is None:
        raise EngineUnavailable("the package torch is missing; run pip install '.[expose]'")
    from engines.expose.checkpoint import load_release
    from engines.expose.torch_backend import TorchBackend

    release = load_release(folder)
    body = body_from_arrays(release.files.smplx, release.body.smplx_arrays())

    def open_solver() -> PersonSolver:
        return Scheduler(Stagewise(TorchBackend(release, "cuda"), release.config), options)

    return body, ExposeRegressor(body, open_solver)


def _on_cpu(
    build: Build, config: ExposeConfig, options: ExposeOptions
) -> tuple[BodyModel, ExposeRegressor]:
    def open_solver() -> PersonSolver:
        backend = open_runtime(build, config, options.runtime)
        return Scheduler(Stagewise(backend, config), options)

    body = load_body(build.body_model)
    return body, ExposeRegressor(body, open_solver)


def _built(
    folder: Path,
    cache: Path,
    graphs: Sequence[Graph],
    progress: Callable[[str, float], None],
) -> Build:
    """Return the build of a release with these networks, made now if the cache lacks them."""
    build = build_place(find_release(folder), cache)
    if build.has(graphs):
        return build
    missing = [name for name in _NEEDED_TO_BUILD if find_spec(name) is None]
    if missing:
        raise EngineUnavailable(
            f"{folder}: not built, and {', '.join(missing)} are not installed; run pip install '.[expose]'"
        )
    from engines.expose.export import build_release

    return build_release(folder, cache, graphs=graphs, progress=progress)


def open_runtime(build: Build, config: ExposeConfig, name: str = "auto") -> Backend:
    """Return a build's networks in a runtime for the CPU; `auto` takes the fastest that gives the right answers.

    Raises:
        ModelError: a network file cannot be loaded.
        EngineUnavailable: the runtime is not installed, or gives other answers than ONNX Runtime.
    """
    for runtime in RUNTIMES:
        if name not in ("auto", runtime.name) or runtime.device != "cpu":
            continue
        try:
            return _checked(build, config, runtime)
        except EngineUnavailable as error:
            if name != "auto":
                raise EngineUnavailable(
                    f"{runtime.title}: {error}; or use --set expose.runtime=auto"
                ) from error
            logger.log(
                logging.WARNING if runtime.why_not is None else logging.INFO,
                "not using %s: %s",
                runtime.title,
                error,
            )
    raise EngineUnavailable(f"runtime {name}: none for the CPU; use --set expose.runtime=auto")


def _checked(build: Build, config: ExposeConfig, runtime: Runtime) -> Backend:
    """Return the networks in one runtime, once they have given the reference's answers to one frame."""
    if runtime.why_not is not None:
        raise EngineUnavailable(runtime.why_not)
    if runtime is REFERENCE:
        return SessionBackend(build, runtime.open)

    def measure() -> Agreement:
        with (
            closing(SessionBackend(build, runtime.open)) as backend,
            closing(SessionBackend(build, REFERENCE.open)) as reference,
        ):
            return measure_agreement(backend, reference, config)

    agreement = agreement_of(build, runtime, measure)
    if agreement.why_refused is not None:
        raise EngineUnavailable(agreement.why_refused)
    logger.info("%s agrees with %s: %s", runtime.title, REFERENCE.title, agreement)
    return SessionBackend(build, runtime.open)
