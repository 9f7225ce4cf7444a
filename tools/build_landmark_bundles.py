"""Builds assets/pose.task, hand.task and face.task from the models in the MediaPipe 0.10.21 wheel.

The wheel holds the models as bare .tflite files; MediaPipe Tasks 1.x wants bundles: zip archives of models that carry
metadata saying how a picture becomes their input. This script adds that metadata and writes the archives. Beyond that,
nothing of a model is changed, with two exceptions. Tasks 1.x always reads 478 points from a face mesh model, and this
one gives 468; the irises come from the wheel's other face mesh, the one with attention, of which the part that finds
them is put beside it, on the same picture (`_with_irises`). Its own mesh is not used: on our clips it is no better from
the front and worse from the side. And the body's network draws a picture of where the person is, for a quarter of its
time, which nobody here asks for (`_without_segmentation`); its landmarks are the same to the last digit.

    pip download --no-deps --only-binary=:all: mediapipe==0.10.21
    python tools/build_landmark_bundles.py mediapipe-0.10.21-*.whl

The models are (c) The MediaPipe Authors, Apache-2.0. The same wheel always gives the same bytes. Afterwards the digests
in assets/models.toml have to be those that the script prints.
"""

import argparse
import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import flatbuffers
import numpy as np
from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata_schema
from mediapipe.tasks.metadata import schema_py_generated as schema

ASSETS = Path(__file__).resolve().parent.parent / "assets"
FACE_MESH_POINTS = 468
ATTENTION_MESH = "face_landmark/face_landmark_with_attention.tflite"
IRISES = {b"output_left_iris": 145, b"output_right_iris": 374}
"""Outputs with x and y of one iris, left in the picture first, and a point of the mesh, the middle of the lower lid, to
take their depth from."""
IRIS_POINTS = 5
SEGMENTATION, HEAT_MAP = b"Identity_2", b"Identity_3"  # outputs of the body's network
ZIP_TIME = (2025, 1, 1, 0, 0, 0)  # fixed, for the same bytes each time


@dataclass(frozen=True)
class Model:
    """One model of a bundle."""

    name: str
    """File name that MediaPipe Tasks looks for in the bundle."""
    source: str
    """Path in the wheel, below mediapipe/modules."""
    mean: float
    """Input = (pixel - mean) / std, for pixels of 0 to 255."""
    std: float


BUNDLES = {
    "pose.task": (
        Model("pose_detector.tflite", "pose_detection/pose_detection.tflite", 127.5, 127.5),
        Model("pose_landmarks_detector.tflite", "pose_landmark/pose_landmark_full.tflite", 0, 255),
    ),
    "hand.task": (
        Model("hand_detector.tflite", "palm_detection/palm_detection_full.tflite", 0, 255),
        Model("hand_landmarks_detector.tflite", "hand_landmark/hand_landmark_full.tflite", 0, 255),
    ),
    "face.task": (
        Model(
            "face_detector.tflite", "face_detection/face_detection_short_range.tflite", 127.5, 127.5
        ),
        Model("face_landmarks_detector.tflite", "face_landmark/face_landmark.tflite", 0, 255),
    ),
}
"""Bundle file -> its models, in the order of the archive."""


def main() -> None:
    """Build the bundles and print their digests."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path, help="mediapipe-0.10.21-*.whl, any platform")
    parser.add_argument("--out", type=Path, default=ASSETS, help="folder for the bundles")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(arguments.wheel) as wheel:
        for file, models in BUNDLES.items():
            path = arguments.out / file
            _write_bundle(path, {model.name: _prepared(wheel, model) for model in models})
            print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path}")


def _prepared(wheel: zipfile.ZipFile, model: Model) -> bytes:
    content = wheel.read(f"mediapipe/modules/{model.source}")
    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    if model.source == "face_landmark/face_landmark.tflite":
        other = wheel.read(f"mediapipe/modules/{ATTENTION_MESH}")
        _with_irises(tree, schema.ModelT.InitFromObj(schema.Model.GetRootAs(other, 0)))
    if model.source == "pose_landmark/pose_landmark_full.tflite":
        _without_segmentation(tree)
    _add_metadata(tree, model)
    builder = flatbuffers.Builder(len(content))
    builder.Finish(tree.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _with_irises(tree: schema.ModelT, other: schema.ModelT) -> None:
    """Widen the output of the face mesh from 468 to 478 points by the irises that another model finds."""
    graph = tree.subgraphs[0]
    mesh, score = graph.outputs
    irises = _put_beside(tree, other, tuple(IRISES))
    sources = np.arange(3 * FACE_MESH_POINTS).reshape(-1, 3)
    for n, lid in enumerate(IRISES.values()):
        start = 3 * FACE_MESH_POINTS + 2 * IRIS_POINTS * n
        iris = np.full((IRIS_POINTS, 3), 3 * lid + 2)
        iris[:, :2] = start + np.arange(2 * IRIS_POINTS).reshape(-1, 2)
        sources = np.concatenate([sources, iris])
    count = 3 * FACE_MESH_POINTS + 2 * IRIS_POINTS * len(irises)
    joined = _add_tensor(tree, b"mesh_and_irises", (1, 1, 1, count))
    picked = _add_tensor(tree, b"picked", (sources.size,), sources.ravel())
    points = _add_tensor(tree, b"points", (1, 1, 1, sources.size))
    concatenation, gather = schema.ConcatenationOptionsT(), schema.GatherOptionsT()
    concatenation.axis = gather.axis = 3
    _add_operator(tree, "CONCATENATION", concatenation, [mesh, *irises], joined)
    _add_operator(tree, "GATHER", gather, [joined, picked], points)
    graph.outputs = [points, score]


def _put_beside(tree: schema.ModelT, other: schema.ModelT, names: tuple[bytes, ...]) -> list[int]:
    """Add what a model needs for some of its outputs to another one of the same input; return these outputs."""
    graph, added = tree.subgraphs[0], other.subgraphs[0]
    outputs = {added.tensors[index].name: index for index in added.outputs}
    wanted = [outputs[name] for name in names]
    operators = _needed_operators(added, set(wanted))
    index = {added.inputs[0]: graph.inputs[0], -1: -1}  # -1: an input that is left out
    for operator in operators:
        for old in (*operator.inputs, *operator.outputs):
            if old not in index:
                index[old] = len(graph.tensors)
                tensor = added.tensors[old]
                tree.buffers.append(other.buffers[tensor.buffer])
                tensor.buffer = len(tree.buffers) - 1
                graph.tensors.append(tensor)
        operator.inputs = [index[old] for old in operator.inputs]
        operator.outputs = [index[old] for old in operator.outputs]
        operator.opcodeIndex += len(tree.operatorCodes)
    tree.operatorCodes += other.operatorCodes
    graph.operators += operators
    return [index[old] for old in wanted]


def _add_tensor(
    tree: schema.ModelT, name: bytes, shape: tuple[int, ...], numbers: np.ndarray | None = None
) -> int:
    """Add a tensor of float32, or one of constant int32; return its index."""
    tensor, graph = schema.TensorT(), tree.subgraphs[0]
    tensor.name, tensor.shape = name, np.array(shape, np.int32)
    tensor.type = schema.TensorType.FLOAT32
    if numbers is not None:
        tensor.type = schema.TensorType.INT32
        buffer = schema.BufferT()
        buffer.data = numbers.astype("<i4").view(np.uint8)
        tensor.buffer = len(tree.buffers)
        tree.buffers.append(buffer)
    graph.tensors.append(tensor)
    return len(graph.tensors) - 1


def _add_operator(
    tree: schema.ModelT, name: str, options: object, inputs: list[int], output: int
) -> None:
    """Add a builtin operator at the end of the graph."""
    code, operator = schema.OperatorCodeT(), schema.OperatorT()
    code.builtinCode = code.deprecatedBuiltinCode = getattr(schema.BuiltinOperator, name)
    code.version = 1
    operator.opcodeIndex = len(tree.operatorCodes)
    tree.operatorCodes.append(code)
    kind = type(options).__name__.removesuffix("T")
    operator.builtinOptionsType = getattr(schema.BuiltinOptions, kind)
    operator.builtinOptions = options
    operator.inputs, operator.outputs = inputs, [output]
    tree.subgraphs[0].operators.append(operator)


def _without_segmentation(tree: schema.ModelT) -> None:
    """Take away what only the segmentation needs. MediaPipe counts the outputs, so another one stands in its place."""
    graph = tree.subgraphs[0]
    outputs = {graph.tensors[index].name: index for index in graph.outputs}
    segmentation = outputs.pop(SEGMENTATION)
    graph.outputs = [
        outputs[HEAT_MAP] if index == segmentation else index for index in graph.outputs
    ]
    graph.operators = _needed_operators(graph, set(outputs.values()))


def _needed_operators(graph: schema.SubGraphT, needed: set[int]) -> list[schema.OperatorT]:
    """Return the operators that some tensors depend on, in their order."""
    operators = []
    for operator in reversed(graph.operators):
        if not needed.isdisjoint(operator.outputs):
            operators.append(operator)
            needed.update(operator.inputs)
    return operators[::-1]


def _add_metadata(tree: schema.ModelT, model: Model) -> None:
    """Attach the TFLite metadata of an RGB picture input: colour space and normalisation."""
    options = metadata_schema.NormalizationOptionsT()
    options.mean, options.std = [model.mean], [model.std]
    unit = metadata_schema.ProcessUnitT()
    unit.optionsType = metadata_schema.ProcessUnitOptions.NormalizationOptions
    unit.options = options
    content = metadata_schema.ContentT()
    content.contentPropertiesType = metadata_schema.ContentProperties.ImageProperties
    content.contentProperties = metadata_schema.ImagePropertiesT()
    content.contentProperties.colorSpace = metadata_schema.ColorSpaceType.RGB
    picture = metadata_schema.TensorMetadataT()
    picture.name, picture.content, picture.processUnits = "image", content, [unit]
    subgraph = metadata_schema.SubGraphMetadataT()
    subgraph.inputTensorMetadata = [picture]
    subgraph.outputTensorMetadata = [_output_metadata(tree, i) for i in tree.subgraphs[0].outputs]
    metadata = metadata_schema.ModelMetadataT()
    metadata.subgraphMetadata = [subgraph]
    metadata.minParserVersion = "1.0.0"
    builder = flatbuffers.Builder(0)
    builder.Finish(metadata.Pack(builder), b"M001")
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(bytes(builder.Output()), np.uint8)
    entry = schema.MetadataT()
    entry.name, entry.buffer = "TFLITE_METADATA", len(tree.buffers)
    tree.buffers.append(buffer)
    tree.metadata = [*(tree.metadata or []), entry]


def _output_metadata(tree: schema.ModelT, tensor: int) -> metadata_schema.TensorMetadataT:
    output = metadata_schema.TensorMetadataT()
    output.name = tree.subgraphs[0].tensors[tensor].name
    return output


def _write_bundle(path: Path, models: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as bundle:
        for name, content in models.items():
            bundle.writestr(zipfile.ZipInfo(name, ZIP_TIME), content)


if __name__ == "__main__":
    main()
