"""What a user can set about the ExPose engine."""

from dataclasses import dataclass
from typing import Literal

from engines.errors import ConfigError

CudaLibrary = Literal["auto", "pycuda", "cuda-python"]
GpuForm = Literal["stages", "one-graph"]
GpuPrecision = Literal["auto", "float16", "float32"]


@dataclass(frozen=True, slots=True)
class ExposeOptions:
    """Settings of the ExPose engine."""

    checkpoint: str = ""
    """The official ExPose data folder; empty: the engine cannot be used."""
    runtime: Literal["auto", "openvino-bf16", "ncnn", "openvino", "onnxruntime"] = "auto"
    """What runs the networks on the CPU; auto: the fastest that is installed and gives the same answers."""
    cuda: CudaLibrary = "auto"
    """What reaches the GPU; auto: pycuda if it is installed, else cuda-python."""
    gpu_form: GpuForm = "stages"
    """The networks on the GPU: one for each step, or one for everything, which is built for each size of pictures."""
    gpu_precision: GpuPrecision = "auto"
    """What the image networks compute in there; auto: float16 if no joint is then half a degree off, else float32."""
    hands_every: int = 1
    """Run the hand network on every n-th frame and hold its answer in between; 0 leaves it out."""
    head_every: int = 1
    """Run the head network on every n-th frame and hold its answer in between; 0 leaves it out."""
    detect_every: int = 1
    """Look for persons on every n-th frame and follow ExPose's own answers in between; 1 looks on every frame."""

    def __post_init__(self) -> None:
        for name in ("hands_every", "head_every"):
            value = getattr(self, name)
            if not 0 <= value <= 30:
                raise ConfigError(f"{name}: {value} is not between 0 and 30 frames")
        if not 1 <= self.detect_every <= 30:
            raise ConfigError(f"detect_every: {self.detect_every} is not between 1 and 30 frames")
