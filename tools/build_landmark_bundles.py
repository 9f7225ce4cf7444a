"""Builds assets/pose.task, hand.task and face.task from the models in the MediaPipe 0.10.21 wheel.

The wheel holds the models as bare .tflite files; MediaPipe Tasks 1.x wants bundles: zip archives of models that carry
metadata saying how a picture becomes their input. This script adds that metadata and writes the archives. Beyond that,
nothing of a model is changed, with two exceptions. Tasks 1.x always reads 478 points from a face mesh model, and this
one gives 468, so that the ten missing iris points are filled by repeating an eye corner (`_with_iris_points`). And the
body's network draws a picture of where the person is, for a quarter of its time, which nobody here asks for
(`_without_segmentation`); its landmarks are the same to the last digit.

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
IRIS_POINTS = (33,) * 5 + (
    263,
) * 5  # outer eye corners: inside the face, whose extent steers the tracking
FACE_MESH_OUTPUT = "conv2d_21"
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
        _with_iris_points(tree)
    if model.source == "pose_landmark/pose_landmark_full.tflite":
        _without_segmentation(tree)
    _add_metadata(tree, model)
    builder = flatbuffers.Builder(len(content))
    builder.Finish(tree.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _with_iris_points(tree: schema.ModelT) -> None:
    """Widen the last convolution of the face mesh from 468 to 478 points by repeating some of its output channels."""
    points = np.concatenate([np.arange(FACE_MESH_POINTS), IRIS_POINTS])
    channels = (3 * points[:, None] + np.arange(3)).ravel()
    for tensor in tree.subgraphs[0].tensors:
        name = tensor.name.decode()
        if name.split("/")[0] != FACE_MESH_OUTPUT:
            continue
        if name in (f"{FACE_MESH_OUTPUT}/Kernel", f"{FACE_MESH_OUTPUT}/Bias"):  # float16 weights
            buffer = tree.buffers[tensor.buffer]
            weights = np.asarray(buffer.data, np.uint8).view(np.float16).reshape(tensor.shape)
            buffer.data = np.ascontiguousarray(weights[channels]).view(np.uint8).ravel()
        tensor.shape = np.where(
            tensor.shape == 3 * FACE_MESH_POINTS, len(channels), tensor.shape
        ).astype(np.int32)


def _without_segmentation(tree: schema.ModelT) -> None:
    """Take away what only the segmentation needs. MediaPipe counts the outputs, so another one stands in its place."""
    graph = tree.subgraphs[0]
    outputs = {graph.tensors[index].name: index for index in graph.outputs}
    segmentation = outputs.pop(SEGMENTATION)
    graph.outputs = [
        outputs[HEAT_MAP] if index == segmentation else index for index in graph.outputs
    ]
    needed = set(outputs.values())
    operators = []
    for operator in reversed(graph.operators):
        if not needed.isdisjoint(operator.outputs):
            operators.append(operator)
            needed.update(operator.inputs)
    graph.operators = operators[::-1]


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
