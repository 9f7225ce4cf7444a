"""The only place where rotation representations are converted.

Axis-angle vectors are rotation vectors in radians. Quaternions are (x, y, z, w), unit length. Matrices act on columns:
`R @ v`. All functions take any leading batch shape. The `*_kernel` functions are the numba forms of single rotations,
for use inside compiled loops.
"""

import numba
import numpy as np
from numpy.typing import NDArray

_TINY = 1e-9


def matrix_from_axis_angle(axis_angle: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return rotation matrices (..., 3, 3) of rotation vectors (..., 3), by Rodrigues' formula."""
    vector = np.asarray(axis_angle)
    angle = np.linalg.norm(vector, axis=-1)[..., None, None]
    safe = np.maximum(angle, _TINY)
    cross = _cross_matrix(vector) / safe
    identity = np.eye(3, dtype=vector.dtype)
    return identity + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)


def axis_angle_from_matrix(matrix: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return rotation vectors (..., 3) of rotation matrices (..., 3, 3); angle in [0, pi]."""
    return axis_angle_from_quaternion(quaternion_from_matrix(matrix))


def quaternion_from_axis_angle(axis_angle: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return quaternions (..., 4) of rotation vectors (..., 3)."""
    vector = np.asarray(axis_angle)
    angle = np.linalg.norm(vector, axis=-1, keepdims=True)
    # sin(a/2)/a tends to 1/2; np.sinc(x) is sin(pi x)/(pi x)
    scale = 0.5 * np.sinc(angle / (2 * np.pi))
    return np.concatenate([vector * scale, np.cos(angle / 2)], axis=-1).astype(vector.dtype)


def axis_angle_from_quaternion(quaternion: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return rotation vectors (..., 3) of quaternions (..., 4); angle in [0, pi]."""
    q = np.asarray(quaternion)
    q = np.where(q[..., 3:] < 0, -q, q)
    sine = np.linalg.norm(q[..., :3], axis=-1, keepdims=True)
    angle = 2 * np.arctan2(sine, q[..., 3:])
    return q[..., :3] * np.where(sine > _TINY, angle / np.maximum(sine, _TINY), 2.0)


def matrix_from_quaternion(quaternion: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return rotation matrices (..., 3, 3) of quaternions (..., 4)."""
    x, y, z, w = np.moveaxis(np.asarray(quaternion), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def quaternion_from_matrix(matrix: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return quaternions (..., 4) with w >= 0 of rotation matrices (..., 3, 3).

    Takes the best conditioned of the four square roots (Shepperd, 1978).
    """
    m = np.asarray(matrix)
    m00, m11, m22 = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    squares = np.stack(
        [1 + m00 - m11 - m22, 1 - m00 + m11 - m22, 1 - m00 - m11 + m22, 1 + m00 + m11 + m22],
        axis=-1,
    )
    xy, xz, yz = (
        m[..., 0, 1] + m[..., 1, 0],
        m[..., 0, 2] + m[..., 2, 0],
        m[..., 1, 2] + m[..., 2, 1],
    )
    wx, wy, wz = (
        m[..., 2, 1] - m[..., 1, 2],
        m[..., 0, 2] - m[..., 2, 0],
        m[..., 1, 0] - m[..., 0, 1],
    )
    candidates = np.stack(
        [
            np.stack([squares[..., 0], xy, xz, wx], axis=-1),
            np.stack([xy, squares[..., 1], yz, wy], axis=-1),
            np.stack([xz, yz, squares[..., 2], wz], axis=-1),
            np.stack([wx, wy, wz, squares[..., 3]], axis=-1),
        ],
        axis=-2,
    )
    best = np.argmax(squares, axis=-1)[..., None, None]
    quaternion = np.take_along_axis(candidates, best, axis=-2)[..., 0, :]
    quaternion = quaternion / np.linalg.norm(quaternion, axis=-1, keepdims=True)
    return np.where(quaternion[..., 3:] < 0, -quaternion, quaternion)


def euler_zxy_from_matrix(matrix: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the angles (..., 3) about z, x, y, in radians, with matrix = Rz Rx Ry; the one about x in [-pi/2, pi/2].

    Where x is a right angle only the sum or difference of the other two is defined; each matrix still gets angles that
    give it back.
    """
    m = np.asarray(matrix)
    about_z = np.arctan2(-m[..., 0, 1], m[..., 1, 1])
    c, s = np.cos(about_z), np.sin(about_z)
    # what remains, Rz' R = Rx Ry, has (cos y, 0, sin y) as its first row and (0, cos x, sin x) as its second column
    about_x = np.arctan2(m[..., 2, 1], c * m[..., 1, 1] - s * m[..., 0, 1])
    about_y = np.arctan2(c * m[..., 0, 2] + s * m[..., 1, 2], c * m[..., 0, 0] + s * m[..., 1, 0])
    return np.stack([about_z, about_x, about_y], axis=-1)


def multiply_quaternions(
    left: NDArray[np.floating], right: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Return the quaternions of `left` after `right` (Hamilton product)."""
    x1, y1, z1, w1 = np.moveaxis(np.asarray(left), -1, 0)
    x2, y2, z2, w2 = np.moveaxis(np.asarray(right), -1, 0)
    return np.stack(
        [
            w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2,
            w1 * y2 - x1 * z2 + y1 * w2 + z1 * x2,
            w1 * z2 + x1 * y2 - y1 * x2 + z1 * w2,
            w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2,
        ],
        axis=-1,
    )


def conjugate_quaternion(quaternion: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the inverse rotations of unit quaternions."""
    return np.asarray(quaternion) * np.array([-1, -1, -1, 1], dtype=np.asarray(quaternion).dtype)


def rotate_vector(
    quaternion: NDArray[np.floating], vector: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Return vectors (..., 3) turned by unit quaternions (..., 4)."""
    axis, w = np.asarray(quaternion)[..., :3], np.asarray(quaternion)[..., 3:]
    twice = 2 * np.cross(axis, vector)
    return vector + w * twice + np.cross(axis, twice)


def quaternion_between(
    start: NDArray[np.floating], end: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Return the quaternions (..., 4) of the smallest turns that take directions `start` to `end` (..., 3).

    Opposite directions have no smallest turn: they get half a turn about some axis at right angles.
    """
    a = start / np.linalg.norm(start, axis=-1, keepdims=True)
    b = end / np.linalg.norm(end, axis=-1, keepdims=True)
    cosine = np.sum(a * b, axis=-1, keepdims=True)
    least = np.eye(3)[np.argmin(np.abs(a), axis=-1)]
    opposite = cosine < -1 + _TINY
    axis = np.where(opposite, np.cross(a, least), np.cross(a, b))
    quaternion = np.concatenate([axis, np.where(opposite, 0.0, 1 + cosine)], axis=-1)
    return quaternion / np.linalg.norm(quaternion, axis=-1, keepdims=True)


def slerp(
    start: NDArray[np.floating], end: NDArray[np.floating], fraction: NDArray[np.floating] | float
) -> NDArray[np.floating]:
    """Return quaternions `fraction` of the short way from `start` to `end`; `fraction` broadcasts over (...,)."""
    q0, q1 = np.asarray(start), np.asarray(end)
    t = np.asarray(fraction, dtype=q0.dtype)[..., None]
    cosine = np.sum(q0 * q1, axis=-1, keepdims=True)
    q1 = np.where(cosine < 0, -q1, q1)
    angle = np.arccos(np.clip(np.abs(cosine), 0.0, 1.0))
    sine = np.sin(angle)
    near = sine < 1e-6
    safe = np.where(near, 1.0, sine)
    weight0 = np.where(near, 1 - t, np.sin((1 - t) * angle) / safe)
    weight1 = np.where(near, t, np.sin(t * angle) / safe)
    result = weight0 * q0 + weight1 * q1
    return result / np.linalg.norm(result, axis=-1, keepdims=True)


def relative_angle(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the angles in radians between quaternions `a` and `b`, in [0, pi]."""
    sine = np.linalg.norm(
        multiply_quaternions(conjugate_quaternion(a), b)[..., :3], axis=-1
    )  # more exact than arccos for small angles
    return 2 * np.arctan2(sine, np.abs(np.sum(np.asarray(a) * np.asarray(b), axis=-1)))


def _cross_matrix(vector: NDArray[np.floating]) -> NDArray[np.floating]:
    x, y, z = np.moveaxis(vector, -1, 0)
    zero = np.zeros_like(x)
    rows = [[zero, -z, y], [z, zero, -x], [-y, x, zero]]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


@numba.njit(cache=True)
def matrix_from_axis_angle_kernel(v: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the matrix (3, 3) of one rotation vector (3,)."""
    angle = np.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    out = np.eye(3)
    if angle < _TINY:
        return out
    x, y, z = v[0] / angle, v[1] / angle, v[2] / angle
    c, s = np.cos(angle), np.sin(angle)
    d = 1 - c
    out[0, 0], out[0, 1], out[0, 2] = c + x * x * d, x * y * d - z * s, x * z * d + y * s
    out[1, 0], out[1, 1], out[1, 2] = y * x * d + z * s, c + y * y * d, y * z * d - x * s
    out[2, 0], out[2, 1], out[2, 2] = z * x * d - y * s, z * y * d + x * s, c + z * z * d
    return out


@numba.njit(cache=True)
def axis_angle_from_matrix_kernel(m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rotation vector (3,) of one matrix (3, 3); angle in [0, pi]."""
    q = np.empty(4)  # x y z w, unnormalised
    trace = m[0, 0] + m[1, 1] + m[2, 2]
    if trace > 0:
        q[0], q[1], q[2] = m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]
        q[3] = trace + 1
    elif m[0, 0] > m[1, 1] and m[0, 0] > m[2, 2]:
        q[0], q[1] = 1 + m[0, 0] - m[1, 1] - m[2, 2], m[0, 1] + m[1, 0]
        q[2], q[3] = m[0, 2] + m[2, 0], m[2, 1] - m[1, 2]
    elif m[1, 1] > m[2, 2]:
        q[0], q[1] = m[0, 1] + m[1, 0], 1 + m[1, 1] - m[0, 0] - m[2, 2]
        q[2], q[3] = m[1, 2] + m[2, 1], m[0, 2] - m[2, 0]
    else:
        q[0], q[1] = m[0, 2] + m[2, 0], m[1, 2] + m[2, 1]
        q[2], q[3] = 1 + m[2, 2] - m[0, 0] - m[1, 1], m[1, 0] - m[0, 1]
    if q[3] < 0:
        q = -q
    sine = np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
    if sine < _TINY * q[3]:
        return 2 * q[:3] / q[3]
    return q[:3] * (2 * np.arctan2(sine, q[3]) / sine)


@numba.njit(cache=True)
def multiply_matrices_kernel(
    left: NDArray[np.float64], right: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """Write a product of two matrices (3, 3); the library behind `@` takes longer to call."""
    for row in range(3):
        for column in range(3):
            out[row, column] = (
                left[row, 0] * right[0, column]
                + left[row, 1] * right[1, column]
                + left[row, 2] * right[2, column]
            )
