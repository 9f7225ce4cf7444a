"""The trained network as an ONNX file: one picture at a time, weights in half precision, sums in single."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import onnx
import torch
from torch import Tensor, nn

from engines.expose.quiet_exporter import quiet_exporter
from training.lifter.batches import Seen
from training.lifter.network import Lifted
from training.weight_storage import halve

_OPSET: Final = 18


def export(
    network: nn.Module,
    path: Path,
    *,
    inputs: Mapping[str, Tensor] | None = None,
    outputs: Sequence[str] = Lifted._fields,
) -> None:
    """Write the network; the runtime turns its weights back to single precision once, when it loads them.

    Args:
        network: What to write.
        path: File to write.
        inputs: Name and an example of each input; unset: those of the body's lifter.
        outputs: Names of the outputs.
    """
    inputs = example_inputs()._asdict() if inputs is None else inputs
    network.eval()
    with quiet_exporter():
        program = torch.onnx.export(
            network,
            tuple(inputs.values()),
            dynamo=True,
            opset_version=_OPSET,
            input_names=list(inputs),
            output_names=list(outputs),
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
