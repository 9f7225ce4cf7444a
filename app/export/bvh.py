"""Biovision hierarchy: the skeleton and its angles as text.

Centimetres, y up, facing +z, channels Z X Y. The order of channels is the order of the turns: the matrix is Rz Rx Ry.
With all angles zero the body stands in an exact T-pose; under SMPL-X's names it rests as SMPL-X does.
"""

from collections.abc import Iterator
from typing import BinaryIO, Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from app.export.motion import Motion
from app.export.options import ExportOptions
from app.export.rest_turns import in_t_pose
from app.export.shaping import motion_for_export
from app.takes.take import Take
from app.takes.watch import Watch
from engines.body.bone_names import BONE_NAMES
from engines.body.rotations import euler_zxy_from_matrix, matrix_from_quaternion
from engines.body.skeleton import JOINT_NAMES, PARENTS
from engines.types import JOINT_COUNT

_CM_PER_M: Final = 100.0
_FRAMES_AT_ONCE: Final = 1024
"""Bounds the memory of a long take."""
_FORWARD_END_CM: Final = (0.0, 0.0, 5.0)
"""End of a bone that looks forward: toes, jaw, eyes."""

_CHILDREN: Final = tuple(
    tuple(child for child in range(JOINT_COUNT) if PARENTS[child] == joint)
    for joint in range(JOINT_COUNT)
)


def write(take: Take, file: BinaryIO, options: ExportOptions, watch: Watch) -> None:
    """Write the hierarchy and one line for each frame."""
    motion = motion_for_export(take, options)
    if options.names != "smplx":
        motion = in_t_pose(motion)
    order: list[int] = []
    offsets = _offsets_cm(motion.rest_joints)
    lines = ["HIERARCHY", *_hierarchy(0, BONE_NAMES[options.names], offsets, order)]
    lines += ["MOTION", f"Frames: {len(motion)}", f"Frame Time: {1 / motion.fps:.9f}"]
    file.write(("\n".join(lines) + "\n").encode("ascii"))
    watch.reached(0.1)
    angles = continuous_angles(motion, watch.between(0.1, 0.4))
    for rows in watch.between(0.4, 1.0).parts(len(motion), _FRAMES_AT_ONCE):
        turns = np.degrees(angles[rows])[:, order].reshape(len(angles[rows]), -1)
        channels = np.hstack([motion.pelvis[rows] * _CM_PER_M, turns])
        np.savetxt(file, channels.round(6) + 0.0, fmt="%.6f")  # + 0.0 makes -0 into 0


def continuous_angles(motion: Motion, watch: Watch | None = None) -> Float64[np.ndarray, "M 55 3"]:
    """Return the angles about z, x, y in radians, without the jumps that Euler angles make.

    Every rotation has two sets of angles, (z, x, y) and (z + pi, pi - x, y + pi), and full turns may be added to each:
    of all these the one nearest the frame before is taken, so that what lies between two frames stays small.
    """
    angles = np.empty((len(motion), JOINT_COUNT, 3))
    for rows in (watch or Watch()).parts(len(motion), _FRAMES_AT_ONCE):
        angles[rows] = euler_zxy_from_matrix(matrix_from_quaternion(motion.rotations[rows]))
        for frame in range(max(rows.start, 1), rows.stop):
            previous = angles[frame - 1]
            first = _nearest_turn(angles[frame], previous)
            second = _nearest_turn(angles[frame] * (1, -1, 1) + np.pi, previous)
            is_nearer = _distance(second, previous) < _distance(first, previous)
            angles[frame] = np.where(is_nearer[:, None], second, first)
    return angles


def _nearest_turn(
    angles: NDArray[np.float64], previous: NDArray[np.float64]
) -> NDArray[np.float64]:
    return angles + 2 * np.pi * np.round((previous - angles) / (2 * np.pi))


def _distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.abs(a - b).sum(axis=1)


def _offsets_cm(rest_joints: NDArray[np.float64]) -> NDArray[np.float64]:
    offsets = _CM_PER_M * (rest_joints - rest_joints[np.maximum(PARENTS, 0)])
    offsets[0] = 0  # the pelvis's place is in its position channels
    return offsets


def _hierarchy(
    joint: int,
    names: tuple[str, ...],
    offsets_cm: NDArray[np.float64],
    order: list[int],
    depth: int = 0,
) -> Iterator[str]:
    """Give the lines of a joint and its children, and note the order in which joints come."""
    order.append(joint)
    indent = "\t" * depth
    rotations = "Zrotation Xrotation Yrotation"
    yield f"{indent}{'JOINT' if depth else 'ROOT'} {names[joint]}"
    yield f"{indent}{{"
    yield f"{indent}\tOFFSET {_numbers(offsets_cm[joint])}"
    if depth == 0:
        yield f"{indent}\tCHANNELS 6 Xposition Yposition Zposition {rotations}"
    else:
        yield f"{indent}\tCHANNELS 3 {rotations}"
    for child in _CHILDREN[joint]:
        yield from _hierarchy(child, names, offsets_cm, order, depth + 1)
    if not _CHILDREN[joint]:
        yield f"{indent}\tEnd Site"
        yield f"{indent}\t{{"
        yield f"{indent}\t\tOFFSET {_numbers(_end_cm(joint, offsets_cm))}"
        yield f"{indent}\t}}"
    yield f"{indent}}}"


def _end_cm(joint: int, offsets_cm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where a last bone ends: a finger's as far on as the bone before it is long."""
    is_finger = JOINT_NAMES[joint].endswith("3")
    return offsets_cm[joint] if is_finger else np.array(_FORWARD_END_CM)


def _numbers(vector: NDArray[np.float64]) -> str:
    return " ".join(f"{value:.6f}" for value in vector.round(6) + 0.0)
