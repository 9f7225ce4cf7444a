"""The user's SMPL-X npz, or the open body, giving its arrays under the names and in the layout of a checkpoint."""

import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.body.model import OPEN_BODY_KEYS
from engines.body.skeleton import PARENTS
from engines.errors import ModelError
from engines.types import BETA_COUNT, EXPRESSION_COUNT, JOINT_COUNT

EXTRA_VERTICES: Final[tuple[int, ...]] = (
    9120, 9929, 9448, 616, 6, 5770, 5780, 8846, 8463, 8474, 8635,
    5361, 4933, 5058, 5169, 5286, 8079, 7669, 7794, 7905, 8022,
)  # fmt: skip
"""Vertices that count as joints 55 to 75: nose, right and left eye, right and left ear; big toe, small toe and heel of
the left, then the right foot; thumb, index, middle, ring and pinky tip of the left, then the right hand."""

LANDMARK_COUNT: Final = 51
"""Face landmarks that do not move with the head."""

CONTOUR_SHAPE: Final = (79, 17)
"""Head turns and contour landmarks."""

_FILE_KEYS: Final = {
    "expr_dirs": "shapedirs",
    "lbs_weights": "weights",
    "faces_tensor": "f",
}
"""Names in the checkpoint -> names in the file, where they differ."""

_OTHER_MODELS: Final = {24: "SMPL", 52: "SMPL-H", 16: "MANO", 5: "FLAME"}
"""Number of joints -> model."""

_CURE: Final = "use SMPLX_NEUTRAL.npz of SMPL-X 1.0 or 1.1"


class SmplxFile:
    """An open SMPL-X file. Arrays are read when asked for; pickled ones never are.

    Raises:
        ModelError: from any method, when the file cannot be read or is not SMPL-X; it names file and key.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not zipfile.is_zipfile(path):
            raise ModelError(f"{path}: not an .npz file, or a damaged one; {_CURE}")
        self._archive = np.load(path, allow_pickle=False)

    def __enter__(self) -> "SmplxFile":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._archive.close()

    def check_joint_tree(self) -> None:
        """Raise unless the file has the 55 joints of SMPL-X."""
        tree = self._read("kintree_table")
        joints = tree.shape[-1]
        if joints != JOINT_COUNT:
            kind = _OTHER_MODELS.get(joints, "another")
            raise ModelError(
                f"{self.path}: a {kind} model with {joints} joints, not SMPL-X with {JOINT_COUNT}; {_CURE}"
            )
        if tuple(int(parent) for parent in tree[0][1:]) != PARENTS[1:]:
            raise ModelError(
                f"{self.path}: 'kintree_table' is not the joint tree of SMPL-X; {_CURE}"
            )

    def open_body_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what the open body carries beyond SMPL-X; nothing for SMPL-X itself."""
        if OPEN_BODY_KEYS[0] not in self._archive.files:
            return {}
        return {key: self._read(key) for key in OPEN_BODY_KEYS}

    def reals(self, key: str, *shape: int) -> NDArray[np.float32]:
        """Return an array of numbers by its name in the checkpoint; -1 in the shape stands for any size."""
        array = np.ascontiguousarray(self._entry(key, shape), np.float32)
        if not np.isfinite(array).all():
            raise ModelError(
                f"{self.path}: '{key}' has values that are not numbers; download it again"
            )
        return array

    def indices(self, key: str, *shape: int) -> NDArray[np.int64]:
        """Return an array of whole numbers by its name in the checkpoint."""
        if key == "vertex_joint_selector.extra_joints_idxs":  # known to all, in no file
            return np.array(EXTRA_VERTICES)
        return np.ascontiguousarray(self._entry(key, shape)).astype(np.int64)

    def _entry(self, key: str, shape: tuple[int, ...]) -> NDArray[np.generic]:
        array = self._read(_FILE_KEYS.get(key, key))
        if key == "shapedirs":
            array = array[..., :BETA_COUNT]
        elif key == "expr_dirs":
            start = 10 if array.shape[-1] < 400 else 300  # version 1.0, version 1.1
            array = array[..., start : start + EXPRESSION_COUNT]
        elif key == "posedirs":
            array = array.reshape(-1, array.shape[-1]).T
        fits = array.ndim == len(shape) and all(
            want in (-1, got) for want, got in zip(shape, array.shape, strict=True)
        )
        if not fits:
            raise ModelError(
                f"{self.path}: '{key}' has shape {array.shape}, expected {shape}; {_CURE}"
            )
        return array

    def _read(self, key: str) -> NDArray[np.generic]:
        if key not in self._archive.files:
            raise ModelError(f"{self.path}: has no '{key}'; {_CURE}")
        try:
            return self._archive[key]
        except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise ModelError(f"{self.path}: '{key}' cannot be read ({error}); {_CURE}") from error
