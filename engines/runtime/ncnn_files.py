"""Where the files are that ncnn needs of a network."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

LAST: Final = "last"
"""Name of the image network's last map; the features are the mean over it."""


@dataclass(frozen=True, slots=True)
class NcnnFiles:
    """Where the files of a network are or should be: beside it."""

    network: Path
    """The ONNX file."""

    @property
    def layers(self) -> Path:
        """The image network's layers; written last, so where it is, all is."""
        return self.network.with_suffix(".ncnn.param")

    @property
    def weights(self) -> Path:
        """The image network's weights."""
        return self.network.with_suffix(".ncnn.bin")

    @property
    def rest(self) -> Path:
        """What comes after the features, as ONNX."""
        return self.network.with_suffix(".rest.onnx")
