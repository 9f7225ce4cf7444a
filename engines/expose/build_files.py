"""What `main.py build` leaves in the cache: the networks of a release as ONNX files, and its body.

The folder's name holds a digest of all that the answers depend on, so a changed release is built afresh. Each file is
written under another name and then renamed, so a file that is there is complete.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from engines.expose.release_files import ReleaseFiles

BUILD_VERSION: Final = 3
"""Counts the changes of what is in the files."""

OPSET: Final = 20
"""ONNX operator set of the files: known to ONNX Runtime 1.17, OpenVINO 2024 and TensorRT 10, and later ones."""


@dataclass(frozen=True, slots=True)
class Graph:
    """One network file, and the names of what goes in and comes out."""

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    is_half: bool = False
    """The image networks in it compute in float16, and all else in float32: for GPUs."""

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.name}_fp16.onnx" if self.is_half else f"{self.name}.onnx"

    def in_half(self) -> "Graph":
        """Return the same with image networks in float16."""
        return replace(self, is_half=True)


BODY: Final = Graph(
    "body", ("crop", "image_from_crop", "side"), ("vector", "boxes", "hand_start", "head_start")
)
HANDS: Final = Graph("hands", ("crops", "start"), ("vectors",))
HEAD: Final = Graph("head", ("crops", "start"), ("vectors",))
MERGE: Final = Graph(
    "merge",
    ("vector", "hands", "head", "use"),
    ("rotations", "shape", "scale", "translation"),
)
ONE_GRAPH: Final = Graph(
    "one_graph",
    ("frame", "corners", "image_from_crop", "side", "wanted"),
    ("rotations", "shape", "scale", "translation", "seen"),
)
"""All steps in one, for devices where each call costs."""

STAGES: Final = (BODY, HANDS, HEAD, MERGE)
"""One step each, for devices where leaving a part out pays."""

GPU_ONE_GRAPH: Final = (ONE_GRAPH.in_half(),)
GPU_STAGES: Final = (BODY.in_half(), HANDS.in_half(), HEAD.in_half(), MERGE)
"""Both for GPUs, until one has shown which is faster there; merging has no image network."""


@dataclass(frozen=True, slots=True)
class Build:
    """A built release."""

    folder: Path

    @property
    def body_model(self) -> Path:
        """The checkpoint's body as SMPL-X 1.0; named as the user's file, which fits the same takes."""
        return self.folder / "SMPLX_NEUTRAL.npz"

    def path(self, graph: Graph) -> Path:
        """Return where a network is or should be."""
        return self.folder / graph.file

    def has(self, graphs: Iterable[Graph]) -> bool:
        """Return whether the body and these networks are there."""
        files = [self.body_model, *(self.path(graph) for graph in graphs)]
        return all(file.is_file() for file in files)


def build_place(files: ReleaseFiles, cache: Path) -> Build:
    """Return where the build of a release is or should be."""
    return Build(cache / f"expose-{BUILD_VERSION}-{files.digest()[:16]}")
