"""Turns a release into ONNX files that run without torch."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from onnxscript.optimizer import fold_constants, remove_unused_nodes
from torch import Tensor, nn

from engines.errors import EngineUnavailable
from engines.expose.build_files import (
    BODY,
    HANDS,
    HEAD,
    MERGE,
    ONE_GRAPH,
    OPSET,
    STAGES,
    Build,
    Graph,
    build_place,
)
from engines.expose.checkpoint import Release, load_release
from engines.expose.half import halve_image_networks
from engines.expose.layout import BODY_LAYOUT, hand_layout, head_layout
from engines.expose.one_graph import OneGraph
from engines.expose.quiet_exporter import quiet_exporter
from engines.expose.release_files import find_release
from engines.expose.stages import BodyStage, MergeStage, hand_network, head_network
from engines.runtime.session import FEATURES
from engines.whole_files import renamed_when_done

_SAMPLE_SIZE: Final = (120, 160)
"""Height and width of the picture that the one graph is traced with; the file takes any."""


def build_release(
    folder: Path,
    cache: Path,
    *,
    graphs: Sequence[Graph] = STAGES,
    progress: Callable[[str, float], None] = lambda _step, _done: None,
) -> Build:
    """Return the build of a release, made now as far as the cache does not hold it.

    Takes about 20 s of one core and 2.5 GB of memory for the stages, as much again for the one graph.

    Args:
        folder: The official data folder.
        cache: Where builds are kept.
        graphs: The networks that are wanted.
        progress: Called with what is being done and the share that is done, in [0, 1].

    Raises:
        ModelError: the release cannot be used; the message names the file, the key and the way out.
        EngineUnavailable: the disk is full, or the cache cannot be written.
    """
    progress("reading the release", 0)
    build = build_place(find_release(folder), cache)
    if not build.has(graphs):
        release = load_release(folder)
        try:
            _fill(build, release, graphs, progress)
        except OSError as error:
            raise EngineUnavailable(
                f"{build.folder}: the networks cannot be kept there ({error.strerror or error}); "
                "free the disk, or make the folder writable"
            ) from error
    progress("done", 1)
    return build


def _fill(
    build: Build,
    release: Release,
    graphs: Sequence[Graph],
    progress: Callable[[str, float], None],
) -> None:
    """Write what a build lacks."""
    build.folder.mkdir(parents=True, exist_ok=True)
    with renamed_when_done(build.body_model) as path:
        np.savez(path, **dict[str, Any](release.body.smplx_arrays()))
    missing = [graph for graph in dict.fromkeys(graphs) if not build.path(graph).is_file()]
    for index, graph in enumerate(missing):
        progress(f"exporting {graph.file}", (index + 0.5) / (len(missing) + 0.5))
        export_graph(release, graph, build.path(graph))


def export_graph(release: Release, graph: Graph, path: Path) -> None:
    """Write one network of a release as an ONNX file."""
    module, inputs = graph_module(release, graph)
    dynamic: dict[str, dict[int, str]] = {name: {} for name in graph.inputs}
    if graph.name == ONE_GRAPH.name:
        dynamic["frame"] = {0: "height", 1: "width"}
    with renamed_when_done(path) as unfinished, quiet_exporter(), torch.no_grad():
        program = torch.onnx.export(
            module,
            inputs,
            dynamo=True,
            opset_version=OPSET,
            input_names=graph.inputs,
            output_names=graph.outputs,
            dynamic_shapes=tuple(dynamic.values()),
            external_data=False,
            verbose=False,
            optimize=False,  # it searches for patterns that every runtime knows itself: two thirds of the time
        )
        if program is None:
            raise TypeError("torch.onnx.export gave no program")
        fold_constants(program.model)
        remove_unused_nodes(program.model)
        if graph in (BODY, HANDS, HEAD):
            _name_features(program.model)
        program.save(unfinished, external_data=False)


def graph_module(release: Release, graph: Graph) -> tuple[nn.Module, tuple[Tensor, ...]]:
    """Return a graph's module in its precision, and inputs of the right shapes."""
    module, inputs = _module(release, graph)
    if graph.is_half:
        halve_image_networks(module)
    return module.eval(), inputs


def _module(release: Release, graph: Graph) -> tuple[nn.Module, tuple[Tensor, ...]]:
    config = release.config
    hands = torch.zeros(2, hand_layout(config).size)
    head = torch.zeros(1, head_layout(config).size)
    vector = torch.zeros(1, BODY_LAYOUT.size)
    wanted = torch.ones(3, dtype=torch.bool)
    side, placed = torch.ones(1), torch.eye(3)
    if graph.name == BODY.name:
        return BodyStage(release), (_crops(1, config.body.crop_size), placed[None], side)
    if graph.name == HANDS.name:
        return hand_network(release), (_crops(2, config.hand.crop_size), hands)
    if graph.name == HEAD.name:
        return head_network(release), (_crops(1, config.head.crop_size), head)
    if graph.name == MERGE.name:
        return MergeStage(config), (vector, hands, head, wanted[None])
    frame = torch.zeros(*_SAMPLE_SIZE, 3, dtype=torch.uint8)
    corners = torch.tensor([[10.0, 10.0], [110.0, 110.0]])
    return OneGraph(release), (frame, corners, placed, 100 * side, wanted)


def _name_features(model: Any) -> None:
    """Name the mean over the image network's last map, so that runtimes find where the image network ends."""
    means = (node for node in model.graph if node.op_type == "ReduceMean")
    next(means).outputs[0].name = FEATURES


def _crops(count: int, side: int) -> Tensor:
    return torch.zeros(count, 3, side, side)
