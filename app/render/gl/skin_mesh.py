"""The skin of all persons on the graphics card: posed there, shaped here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import moderngl
import numpy as np
from numpy.typing import NDArray

from app.render.costume import Costume, dress
from app.render.gl.programs import bind_block
from app.render.gl.rest_mesh import RestMesh, RestShape
from app.render.gl.scene_pose import ScenePose
from engines.body.model import BodyModel
from engines.body.skeleton import LEFT_EYE, RIGHT_EYE
from engines.types import JOINT_COUNT

_BONES_BINDING: Final = 0
_EYE_PAINT: Final = 255
_CLOTHES_PAINT: Final = 128
"""Opacity of the paint: what is always worn, and what only a dressed body wears."""


@dataclass(slots=True, eq=False)
class _Person:
    """One person's buffers."""

    rest: RestMesh
    vertices: moderngl.Buffer
    bones: moderngl.Buffer
    array: moderngl.VertexArray
    rows: NDArray[np.float32]

    def release(self) -> None:
        self.array.release()
        self.vertices.release()
        self.bones.release()


class SkinMesh:
    """Vertex buffers of one body model, drawn with a program made of `skin.vert`.

    Weights, triangles and colours are shared; each person has a rest mesh and bones of its own, kept as long as the
    person is drawn.
    """

    def __init__(self, ctx: moderngl.Context, program: moderngl.Program, model: BodyModel) -> None:
        self._ctx = ctx
        self._program = program
        costume = None if model.extras is None else dress(model)
        self._shape = RestShape(model, None if costume is None else costume.thickness)
        self._weights = ctx.buffer(_weight_rows(model))
        self._paint = ctx.buffer(_paint_rows(model, costume))
        self._faces = ctx.buffer(np.ascontiguousarray(model.faces, np.uint32))
        self._persons: dict[int, _Person] = {}
        bind_block(program, "Bones", _BONES_BINDING)

    def update(self, poses: Sequence[ScenePose], *, dressed: bool) -> None:
        """Send what has changed to the card, and forget persons who are not among these."""
        for track_id in self._persons.keys() - {pose.track_id for pose in poses}:
            self._persons.pop(track_id).release()
        for pose in poses:
            person = self._persons.get(pose.track_id) or self._add(pose.track_id)
            if person.rest.update(pose, dressed=dressed):
                person.vertices.orphan()
                person.vertices.write(person.rest.rows)
            person.rows[: 3 * JOINT_COUNT] = pose.bones.reshape(-1, 4)
            person.rows[3 * JOINT_COUNT :, 0] = pose.confidence
            person.bones.write(person.rows)

    def draw(self, track_id: int) -> None:
        """Draw one person of the last update, with the program as it is set."""
        person = self._persons[track_id]
        person.bones.bind_to_uniform_block(_BONES_BINDING)
        person.array.render(moderngl.TRIANGLES)

    def capture(self, track_id: int, corners: moderngl.Buffer) -> None:
        """Fill a buffer with what the program captures at each corner of each triangle, in place of drawing."""
        person = self._persons[track_id]
        person.bones.bind_to_uniform_block(_BONES_BINDING)
        person.array.transform(corners, moderngl.TRIANGLES)

    def release(self) -> None:
        """Give all buffers back; the context is current."""
        for person in self._persons.values():
            person.release()
        self._persons.clear()
        for buffer in (self._weights, self._paint, self._faces):
            buffer.release()

    def _add(self, track_id: int) -> _Person:
        rest = RestMesh(self._shape)
        vertices = self._ctx.buffer(reserve=rest.rows.nbytes, dynamic=True)
        rows = np.zeros((4 * JOINT_COUNT, 4), np.float32)
        bones = self._ctx.buffer(reserve=rows.nbytes, dynamic=True)
        person = _Person(rest, vertices, bones, self.vertex_array(vertices), rows)
        self._persons[track_id] = person
        return person

    def vertex_array(self, vertices: moderngl.Buffer) -> moderngl.VertexArray:
        """Return the program's vertex array over a buffer of rest positions and normals."""
        content = [
            (vertices, "3f 3f", "in_position", "in_normal"),
            (
                self._weights,
                "4u1 4f 4u1 4f",
                *("in_joints_a", "in_weights_a", "in_joints_b", "in_weights_b"),
            ),
            (self._paint, "4f1", "in_paint"),
        ]
        # a program that does not look at light or colour has no such inputs
        return self._ctx.vertex_array(self._program, content, self._faces, skip_errors=True)


def _weight_rows(model: BodyModel) -> NDArray[np.void]:
    """Return the joints and weights of each vertex: twice four bytes and four floats."""
    joints, weights = model.weight_joints.astype(np.uint8), model.weights.astype(np.float32)
    layout = np.dtype([("ja", "u1", 4), ("wa", "f4", 4), ("jb", "u1", 4), ("wb", "f4", 4)])
    rows = np.empty(len(joints), layout)
    rows["ja"], rows["jb"] = joints[:, :4], joints[:, 4:]
    rows["wa"], rows["wb"] = weights[:, :4], weights[:, 4:]
    return rows


def _paint_rows(model: BodyModel, costume: Costume | None) -> NDArray[np.uint8]:
    """Return the RGB of each vertex, and how it is worn; nothing at all on bodies without a costume."""
    rows = np.zeros((len(model.v_template), 4), np.uint8)
    if costume is not None:
        rows[:, :3] = costume.colors[:, ::-1].round()
        rows[:, 3] = _CLOTHES_PAINT
        rows[np.isin(model.weight_joints[:, 0], (LEFT_EYE, RIGHT_EYE)), 3] = _EYE_PAINT
    return rows
