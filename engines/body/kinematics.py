"""Forward kinematics and linear blend skinning (Loper et al., SIGGRAPH Asia 2015, equations 2 to 4)."""

import numba
import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.body.pose import full_pose
from engines.body.rotations import (
    matrix_from_axis_angle,
    matrix_from_axis_angle_kernel,
    multiply_matrices_kernel,
)
from engines.body.skeleton import PARENTS
from engines.types import JOINT_COUNT, SmplxParams

_PARENTS = np.array(PARENTS)


def posed_joints(
    model: BodyModel, params: SmplxParams, pose: Float32[np.ndarray, "55 3"] | None = None
) -> Float32[np.ndarray, "55 3"]:
    """Return the posed joints in metres, in the frame of `global_orient` and `transl`.

    Args:
        model: The body.
        params: Its parameters.
        pose: A full pose to take in place of that of the parameters.
    """
    joints = np.empty((JOINT_COUNT, 3), np.float32)
    _posed_joints_kernel(
        model.rest_joints(params.betas, params.expression),
        full_pose(params) if pose is None else pose,
        params.transl,
        _PARENTS,
        joints,
    )
    return joints


def forward_kinematics(
    rest_joints: NDArray[np.float32], rotations: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return global rotations (55, 3, 3) and joints (55, 3) of rest joints and parent-relative rotations."""
    global_rotations = np.empty((JOINT_COUNT, 3, 3), np.float32)
    joints = np.empty((JOINT_COUNT, 3), np.float32)
    _forward_kinematics_kernel(
        np.asarray(rest_joints, np.float32),
        np.asarray(rotations, np.float32),
        _PARENTS,
        global_rotations,
        joints,
    )
    return global_rotations, joints


def global_rotations_from_pose(
    pose: Float32[np.ndarray, "55 3"],
) -> Float32[np.ndarray, "55 3 3"]:
    """Return the global rotations of a full pose: as `forward_kinematics`, in a tenth of the time of the arrays."""
    rotations = np.empty((JOINT_COUNT, 3, 3), np.float32)
    _global_rotations_kernel(pose, _PARENTS, rotations)
    return rotations


def pose_correctives(
    posedirs: NDArray[np.float32], rotations: Float32[np.ndarray, "55 3 3"]
) -> Float32[np.ndarray, "vertices 3"]:
    """Return what parent-relative rotations add to the rest vertices of a model with pose blend shapes, metres."""
    feature = (rotations[1:] - np.eye(3, dtype=np.float32)).reshape(-1)
    added: NDArray[np.float32] = posedirs.reshape(-1, len(feature)) @ feature
    return added.reshape(-1, 3)


def skin(
    model: BodyModel,
    params: SmplxParams,
    *,
    rest_vertices: NDArray[np.float32] | None = None,
    out: NDArray[np.float32] | None = None,
) -> Float32[np.ndarray, "vertices 3"]:
    """Return the posed vertices in metres, in the frame of `global_orient` and `transl`.

    Args:
        model: The body.
        params: Its parameters.
        rest_vertices: Unposed vertices to use in place of those of `betas` and `expression`: for callers that keep
            them between frames, or add face actions of their own.
        out: Written and returned, where given.
    """
    vertices = (
        model.rest_vertices(params.betas, params.expression)
        if rest_vertices is None
        else rest_vertices
    )
    rotations = matrix_from_axis_angle(full_pose(params))
    if model.posedirs is not None:
        vertices = vertices + pose_correctives(model.posedirs, rotations)
    rest = model.rest_joints(params.betas, params.expression)
    global_rotations, joints = forward_kinematics(rest, rotations)
    offsets = joints - np.einsum("jab,jb->ja", global_rotations, rest) + params.transl
    result = np.empty_like(vertices) if out is None else out
    skin_kernel(vertices, model.weight_joints, model.weights, global_rotations, offsets, result)
    return result


@numba.njit(cache=True, nogil=True)
def _global_rotations_kernel(
    pose: NDArray[np.float32], parents: NDArray[np.int64], rotations: NDArray[np.floating]
) -> None:
    vector = np.empty(3)
    for joint in range(len(parents)):
        vector[:] = pose[joint]
        own = matrix_from_axis_angle_kernel(vector)
        parent = parents[joint]
        if parent < 0:
            rotations[joint] = own
        else:
            multiply_matrices_kernel(rotations[parent], own, rotations[joint])


@numba.njit(cache=True, nogil=True)
def _posed_joints_kernel(
    rest: NDArray[np.float32],
    pose: NDArray[np.float32],
    transl: NDArray[np.float32],
    parents: NDArray[np.int64],
    joints: NDArray[np.float32],
) -> None:
    rotations = np.empty((len(parents), 3, 3))
    _global_rotations_kernel(pose, parents, rotations)
    places = np.empty((len(parents), 3))
    places[0] = rest[0]
    for j in range(1, len(parents)):
        p = parents[j]
        for row in range(3):
            place = places[p, row]
            for k in range(3):
                place += rotations[p, row, k] * (rest[j, k] - rest[p, k])
            places[j, row] = place
    for j in range(len(parents)):
        for row in range(3):
            joints[j, row] = places[j, row] + transl[row]


@numba.njit(cache=True, nogil=True)
def _forward_kinematics_kernel(
    rest: NDArray[np.float32],
    rotations: NDArray[np.float32],
    parents: NDArray[np.int64],
    global_rotations: NDArray[np.float32],
    joints: NDArray[np.float32],
) -> None:
    global_rotations[0] = rotations[0]
    joints[0] = rest[0]
    for j in range(1, len(parents)):
        p = parents[j]
        for row in range(3):
            moved = joints[p, row]
            for k in range(3):
                moved += global_rotations[p, row, k] * (rest[j, k] - rest[p, k])
                turned = np.float32(0)
                for m in range(3):
                    turned += global_rotations[p, row, m] * rotations[j, m, k]
                global_rotations[j, row, k] = turned
            joints[j, row] = moved


@numba.njit(cache=True, nogil=True, fastmath=True)
def skin_kernel(
    vertices: NDArray[np.float32],
    weight_joints: NDArray[np.int32],
    weights: NDArray[np.float32],
    rotations: NDArray[np.float32],
    offsets: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Fill `out` with rest vertices that the joints' global rotations turn and the offsets move."""
    for v in range(vertices.shape[0]):
        x, y, z = vertices[v, 0], vertices[v, 1], vertices[v, 2]
        a, b, c = np.float32(0), np.float32(0), np.float32(0)
        for k in range(weights.shape[1]):
            w = weights[v, k]
            if w == 0:  # weights come heaviest first
                break
            j = weight_joints[v, k]
            r = rotations[j]
            a += w * (r[0, 0] * x + r[0, 1] * y + r[0, 2] * z + offsets[j, 0])
            b += w * (r[1, 0] * x + r[1, 1] * y + r[1, 2] * z + offsets[j, 1])
            c += w * (r[2, 0] * x + r[2, 1] * y + r[2, 2] * z + offsets[j, 2])
        out[v, 0], out[v, 1], out[v, 2] = a, b, c
