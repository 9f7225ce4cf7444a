"""A motion as one table: a row for each frame, a column for each number; units stand in the names."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.export.motion import Motion
from engines.body.face import ARKIT_NAMES
from engines.body.skeleton import JOINT_NAMES
from engines.types import EXPRESSION_COUNT

_AXES: Final = ("x", "y", "z")
_QUATERNION: Final = ("qx", "qy", "qz", "qw")


def columns(motion: Motion) -> Iterator[tuple[str, NDArray[np.generic]]]:
    """Give the name and the values (M,) of each column.

    `*_x_m` and so on are places in the world, `*_qx` and so on the rotation relative to the parent joint (the pelvis's
    in the world), `*_confidence` in [0, 1]; then the face actions and the expression numbers.
    """
    yield "frame", np.arange(len(motion))
    yield "time_s", motion.times_s
    yield "seen", motion.seen
    joints = motion.joints().astype(np.float32)
    rotations = motion.rotations.astype(np.float32)
    for joint, name in enumerate(JOINT_NAMES):
        for k, axis in enumerate(_AXES):
            yield f"{name}_{axis}_m", joints[:, joint, k]
        for k, part in enumerate(_QUATERNION):
            yield f"{name}_{part}", rotations[:, joint, k]
        yield f"{name}_confidence", motion.confidence[:, joint]
    for k, name in enumerate(ARKIT_NAMES):
        yield name, motion.blendshapes[:, k]
    for k in range(EXPRESSION_COUNT):
        yield f"expression_{k}", motion.expression[:, k]
