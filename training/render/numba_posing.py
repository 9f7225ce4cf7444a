"""Poses dressed people on the processor: what kernels/raster.cu does on a GPU, step for step in the same order.

All numbers are of 32 bits, as there. What the arrays are is said in library.py (Bound) and scene.py (Scene).
"""

from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

PICTURE, VERTEX, VERTICES, TRIANGLE, TRIANGLES = range(5)
SCENE_VERTEX, SCENE_TRIANGLE, TEXTURE, CUT, SKIN = range(5, 10)
"""Columns of the table of things; see `Scene.things`."""

_NEAREST_M: Final = np.float32(1e-3)
_TINY: Final = np.float32(1e-20)
_0: Final = np.float32(0)

_compiled = numba.njit(cache=True, error_model="numpy", nogil=True)


@_compiled
def pose_vertices(
    things: NDArray[np.int32],
    scales: NDArray[np.float32],
    bound: Any,
    rest: NDArray[np.float32],
    moves: NDArray[np.float32],
    cameras: NDArray[np.float32],
    lights: NDArray[np.float32],
    points: NDArray[np.float32],
    seen: NDArray[np.float32],
    lit: NDArray[np.float32],
) -> None:
    """Write where vertices are in the camera frame, in the picture and in the picture that the light sees."""
    references, shares, offsets, bones, weights = bound
    hung, place = np.zeros(3, np.float32), np.zeros(3, np.float32)
    for t in range(len(things)):
        picture = things[t, PICTURE]
        camera = cameras[picture]
        for k in range(things[t, VERTICES]):
            v, out = things[t, VERTEX] + k, things[t, SCENE_VERTEX] + k
            hung[:], place[:] = _0, _0
            for i in range(3):
                below = references[v, i]
                for a in range(3):
                    hung[a] += shares[v, i] * rest[picture, below, a]
            for a in range(3):
                hung[a] += (
                    offsets[v, a, 0] * scales[t, 0]
                    + offsets[v, a, 1] * scales[t, 1]
                    + offsets[v, a, 2] * scales[t, 2]
                )
            for j in range(bones.shape[1]):
                weight = weights[v, j]
                if weight <= _0:
                    break
                move = moves[picture, bones[v, j]]
                for a in range(3):
                    place[a] += weight * (
                        move[a, 0] * hung[0]
                        + move[a, 1] * hung[1]
                        + move[a, 2] * hung[2]
                        + move[a, 3]
                    )
            depth = max(place[2], _NEAREST_M)
            seen[out, 0] = camera[0] * place[0] / depth + camera[2]
            seen[out, 1] = camera[1] * place[1] / depth + camera[3]
            seen[out, 2] = place[2]
            for a in range(3):
                light = lights[picture, a]
                points[out, a] = place[a]
                lit[out, a] = (
                    light[0] * place[0] + light[1] * place[1] + light[2] * place[2] + light[3]
                )


@_compiled
def vertex_normals(
    things: NDArray[np.int32],
    faces: NDArray[np.int32],
    around_first: NDArray[np.int32],
    around: NDArray[np.int32],
    points: NDArray[np.float32],
    normals: NDArray[np.float32],
) -> None:
    """Write unit normals of vertices: sums of their triangles', weighted by area."""
    u, w, total = np.zeros(3, np.float32), np.zeros(3, np.float32), np.zeros(3, np.float32)
    for t in range(len(things)):
        first = things[t, SCENE_VERTEX]
        for k in range(things[t, VERTICES]):
            v = things[t, VERTEX] + k
            for a in range(3):
                total[a] = _0
            for n in range(around_first[v], around_first[v + 1]):
                face = faces[things[t, TRIANGLE] + around[n]]
                for a in range(3):
                    corner = points[first + face[0], a]
                    u[a] = points[first + face[1], a] - corner
                    w[a] = points[first + face[2], a] - corner
                total[0] += u[1] * w[2] - u[2] * w[1]
                total[1] += u[2] * w[0] - u[0] * w[2]
                total[2] += u[0] * w[1] - u[1] * w[0]
            square = total[0] * total[0] + total[1] * total[1] + total[2] * total[2]
            length = max(np.sqrt(square), _TINY)
            for a in range(3):
                normals[first + k, a] = total[a] / length
