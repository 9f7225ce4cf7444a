"""The trained network as an ONNX file: one picture at a time, weights in half precision, sums in single."""

from pathlib import Path
from typing import Final

import onnx
import torch

from engines.expose.quiet_exporter import quiet_exporter
from training.lifter.batches import Seen
from training.lifter.network import Lifted, LifterNetwork
from training.weight_storage import halve

_OPSET: Final = 18


def export(network: LifterNetwork, path: Path) -> None:
    """Write the network; the runtime turns its weights back to single precision once, when it loads them."""
    network.eval()
    with quiet_exporter():
        program = torch.onnx.export(
            network,
            tuple(example_inputs()),
            dynamo=True,
            opset_version=_OPSET,
            input_names=list(Seen._fields),
            output_names=list(Lifted._fields),
            external_data=False,
            verbose=False,
            optimize=False,  # ONNX Runtime folds what can be folded when it loads the file
        )
    if program is None:
        raise TypeError("torch.onnx.export gave no program")
    model = program.model_proto
    halve(model)
    _forget_the_source(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def example_inputs() -> Seen:
    """Return inputs of the shapes that the engine gives."""
    return Seen(
        torch.zeros(1, 33, 2),
        torch.zeros(1, 33, 3),
        torch.ones(1, 33),
        torch.tensor([[0.0, 0.0, 1.0]]),
    )


def _forget_the_source(model: onnx.ModelProto) -> None:
    """Drop the exporter's notes, which name the files of this computer."""
    parts = (model, model.graph, *model.graph.node, *model.graph.input, *model.graph.output)
    for part in (*parts, *model.graph.value_info, *model.graph.initializer):
        del part.metadata_props[:]
        part.doc_string = ""
