"""The skeletons of all persons on the graphics card: slim pyramids and balls."""

from collections.abc import Sequence
from typing import Final

import moderngl
import numpy as np
from numpy.typing import NDArray

from app.render.gl.look import Palette
from app.render.gl.scene_pose import ScenePose
from engines.body.skeleton import JOINT_NAMES, PARENTS
from engines.types import JOINT_COUNT

_CHILDREN: Final = np.arange(1, JOINT_COUNT)
_PARENTS: Final = np.array(PARENTS[1:])
_SIDES: Final = np.array(
    [{"left": 1, "right": 2}.get(JOINT_NAMES[child].split("_")[0], 0) for child in _CHILDREN]
)
"""Of each bone: 0 in the middle, 1 left, 2 right."""
_WAIST: Final = 0.16
"""Where along a bone it is thickest."""
_SLIMNESS: Final = 0.085
"""Width of a bone by its length."""
_WIDEST_M: Final = 0.022
_BALL: Final = 0.45
"""Radius of the ball at a joint, by the width of its bone."""
_FLOATS: Final = 11
_LAYOUT: Final = "3f 3f f 4f/i"
_INPUTS: Final = ("in_start", "in_end", "in_width", "in_color")


class BoneMesh:
    """Instanced bones of any number of persons, drawn with a program made of `bones.vert`."""

    def __init__(self, ctx: moderngl.Context, program: moderngl.Program) -> None:
        self._ctx = ctx
        self._program = program
        self._shapes = (ctx.buffer(_pyramid()), ctx.buffer(_ball()))
        self._instances: list[moderngl.Buffer] = []
        self._arrays: list[moderngl.VertexArray] = []
        self._rows = np.zeros((len(self._shapes), 0, len(_CHILDREN), _FLOATS), np.float32)

    def update(self, poses: Sequence[ScenePose], palette: Palette) -> None:
        """Send the joints to the card, in the colours of a theme."""
        if len(poses) != self._rows.shape[1]:
            self._make_room(len(poses))
        self._rows[..., 7:10] = np.array(palette.bones, np.float32)[_SIDES]
        for person, pose in enumerate(poses):
            _fill(self._rows[:, person], pose)
        for buffer, rows in zip(self._instances, self._rows, strict=False):
            buffer.write(rows)

    def draw(self) -> None:
        """Draw the skeletons of the last update, with the program as it is set."""
        for array in self._arrays:
            array.render(moderngl.TRIANGLES, instances=self._rows.shape[1] * len(_CHILDREN))

    def release(self) -> None:
        """Give all buffers back; the context is current."""
        self._make_room(0)
        for shape in self._shapes:
            shape.release()

    def _make_room(self, persons: int) -> None:
        for array in self._arrays:
            array.release()
        for buffer in self._instances:
            buffer.release()
        self._arrays.clear()
        self._instances.clear()
        self._rows = np.zeros((len(self._shapes), persons, len(_CHILDREN), _FLOATS), np.float32)
        if persons == 0:
            return
        for shape, rows in zip(self._shapes, self._rows, strict=True):
            instances = self._ctx.buffer(reserve=rows.nbytes, dynamic=True)
            content = [(shape, "3f", "in_corner"), (instances, _LAYOUT, *_INPUTS)]
            self._instances.append(instances)
            self._arrays.append(self._ctx.vertex_array(self._program, content))


def _fill(rows: NDArray[np.float32], pose: ScenePose) -> None:
    """Fill the bones and balls (2, 54, 11) of one person."""
    start, end = pose.joints[_PARENTS], pose.joints[_CHILDREN]
    width = np.minimum(_SLIMNESS * np.linalg.norm(end - start, axis=1), _WIDEST_M)
    bones, balls = rows
    bones[:, :3], bones[:, 3:6], bones[:, 6] = start, end, width
    # a ball is as long as it is wide
    balls[:, :3], balls[:, 3:6] = end, end
    balls[:, 4] += _BALL * width
    balls[:, 6] = _BALL * width
    rows[:, :, 10] = pose.confidence[_CHILDREN]


def _pyramid() -> NDArray[np.float32]:
    """Return the triangles (24, 3) of a double pyramid along y from 0 to 1."""
    ring = [(1, _WAIST, 0), (0, _WAIST, 1), (-1, _WAIST, 0), (0, _WAIST, -1)]
    corners = []
    for one, next_one in zip(ring, ring[1:] + ring[:1], strict=True):
        corners += [(0, 0, 0), one, next_one, (0, 1, 0), next_one, one]
    return np.array(corners, np.float32)


def _ball(rings: int = 6, sectors: int = 10) -> NDArray[np.float32]:
    """Return the triangles of a ball of radius 1 about the origin."""
    turn = np.linspace(0, 2 * np.pi, sectors + 1)
    tilt = np.linspace(-np.pi / 2, np.pi / 2, rings + 1)[:, None]
    x, z = np.cos(tilt) * np.cos(turn), np.cos(tilt) * np.sin(turn)
    points = np.stack([x, np.broadcast_to(np.sin(tilt), x.shape), z], axis=-1)
    a, b = points[:-1, :-1], points[:-1, 1:]
    d, c = points[1:, :-1], points[1:, 1:]
    return np.stack([a, d, c, a, c, b], axis=2).reshape(-1, 3).astype(np.float32)
