"""A rendered, moving body with exact truth, as a source: for tests, the demo and machines with no camera."""

import time
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from jaxtyping import Float32, UInt8
from numpy.typing import NDArray

from app.capture.motions import SCENES, Scene
from app.capture.postures import Posture
from app.render.costume import Costume, dress
from app.render.rasteriser import SampleBuffer, draw_mesh
from app.render.room import ColoredMesh, box, chequered_floor, shadow_on_floor
from app.render.shading import Light, lit_colors, vertex_normals
from engines.body.face import ARKIT_NAMES
from engines.body.kinematics import posed_joints, skin
from engines.body.model import BodyModel, OpenBodyExtras, load_body
from engines.body.pose import params_from_full_pose, read_only
from engines.body.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from engines.body.skeleton import JOINT_INDEX, LEFT_EYE, RIGHT_EYE
from engines.errors import ConfigError, SourceNotFound
from engines.model_store import model_path
from engines.types import JOINT_COUNT, Camera, Frame, PoseEstimate, SmplxParams

_FOCAL: Final = 0.72
"""Focal length in longer picture sides: a usual webcam."""
_BETAS: Final = (0.3, -0.4, 0.5, 0.2, -0.2, 0.0, 0.1, 0.0, 0.0, 0.0)
_LIGHT: Final = Light(shade=(0.46, 0.40, 0.38))
_CAMERA_FROM_WORLD: Final = np.diag([1.0, -1.0, -1.0]).astype(np.float32)
"""Turns the world (y up, +z towards the camera) into the frame of a level camera."""


@dataclass(frozen=True, slots=True)
class SyntheticOptions:
    """Size, rate and length of a synthetic clip."""

    width_px: int = 1280
    """Picture width."""
    height_px: int = 720
    """Picture height."""
    fps_hz: float = 30.0
    """Frames in a second of motion."""
    frame_count: int | None = 300
    """Length of the clip; None for one without an end."""

    def __post_init__(self) -> None:
        """Refuse values without a meaning."""
        for name in ("width_px", "height_px", "fps_hz"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"synthetic {name} is {getattr(self, name)}; use more than 0")
        if self.frame_count is not None and self.frame_count < 0:
            raise ConfigError(f"synthetic frame_count is {self.frame_count}; use 0 or more")


class SyntheticSource:
    """The open body in everyday clothes doing one of the motions of `app.capture.motions.SCENES`.

    The same name, options and index always give the same picture and the same truth. Hair and clothes lie
    about 1 cm outside the true body. The lamp and the room stand still; the camera is level and has no distortion.
    """

    is_live = False

    def __init__(
        self, name: str, options: SyntheticOptions | None = None, body: BodyModel | None = None
    ) -> None:
        """Choose a motion; nothing is loaded yet.

        Args:
            name: A key of `app.capture.motions.SCENES`.
            options: Size, rate and length.
            body: The open body, for callers that have loaded it already.

        Raises:
            SourceNotFound: there is no such motion.
        """
        if name not in SCENES:
            raise SourceNotFound(f"synthetic:{name}: no such motion; there are {', '.join(SCENES)}")
        self._motion_name = name
        self._options = options or SyntheticOptions()
        self._body = body
        self._stage: _Stage | None = None
        self._next_index = 0

    @property
    def name(self) -> str:
        """What the user calls it."""
        return f"synthetic:{self._motion_name}"

    @property
    def frame_count(self) -> int | None:
        """Length of the clip in frames; None for one without an end."""
        return self._options.frame_count

    @property
    def camera(self) -> Camera:
        """The exact camera."""
        width, height = self._options.width_px, self._options.height_px
        focal = _FOCAL * max(width, height)
        return Camera(width, height, focal, focal, width / 2, height / 2)

    def open(self) -> None:
        """Load the body and set the stage; the clip starts at its beginning. Raises `ModelMissing`."""
        self._stage = _Stage(self._performer, self.camera)
        self._next_index = 0

    def read(self) -> Frame | None:
        """Draw the next frame; None at the end and once closed."""
        stage, index = self._stage, self._next_index
        count = self._options.frame_count
        if stage is None or (count is not None and index >= count):
            return None
        self._next_index += 1
        timestamp_ns = round(index * 1e9 / self._options.fps_hz)
        captured_ns = time.perf_counter_ns()
        image = stage.draw(timestamp_ns / 1e9)
        return Frame(index, captured_ns, timestamp_ns, image, self.camera)

    def close(self) -> None:
        """Free the pictures; may be called twice."""
        self._stage = None

    def truth(self, index: int) -> SmplxParams:
        """Return the exact body of a frame, in the camera frame."""
        return self._performer.params(self._time_s(index))

    def truth_estimate(self, index: int) -> PoseEstimate:
        """Return the exact body, joints and ARKit coefficients of a frame, as a perfect engine would."""
        return self._performer.estimate(self._time_s(index))

    def dressed_vertices(self, index: int) -> Float32[np.ndarray, "vertices 3"]:
        """Return the drawn surface of a frame: the true body and what it wears, metres, camera frame."""
        return self._performer.dressed_vertices(self._time_s(index))

    def _time_s(self, index: int) -> float:
        return round(index * 1e9 / self._options.fps_hz) / 1e9

    @cached_property
    def _performer(self) -> "_Performer":
        body = self._body or load_body(model_path("open_body"))
        return _Performer(body, SCENES[self._motion_name])


class _Performer:
    """The body in motion, before the camera."""

    def __init__(self, model: BodyModel, scene: Scene) -> None:
        if model.extras is None:
            raise ValueError(f"{model.name}: not the open body")
        self.model = model
        self.scene = scene
        self.betas = np.array(_BETAS, np.float32)
        self._extras: OpenBodyExtras = model.extras
        self._motion = scene.create(model.rest_joints(self.betas))
        # the jaw and the eyeballs are turned by their joints
        face_dirs = model.extras.arkit_dirs.copy()
        face_dirs[:, :, ARKIT_NAMES.index("jawOpen")] = 0
        face_dirs[np.isin(model.weight_joints[:, 0], (LEFT_EYE, RIGHT_EYE))] = 0
        self._face_dirs = face_dirs.reshape(-1, len(ARKIT_NAMES))

    @cached_property
    def costume(self) -> Costume:
        """What the body wears."""
        return dress(self.model)

    def params(self, time_s: float) -> SmplxParams:
        """Return the true parameters in the camera frame."""
        return self._placed(self._motion(time_s))

    def estimate(self, time_s: float) -> PoseEstimate:
        """Return the truth in the form of an estimate."""
        posture = self._motion(time_s)
        params = self._placed(posture)
        return PoseEstimate(
            track_id=1,
            params=params,
            joints=read_only(posed_joints(self.model, params)),
            confidence=read_only(np.ones(JOINT_COUNT)),
            blendshapes=read_only(posture.face),
            left_hand_seen=True,
            right_hand_seen=True,
            face_seen=True,
        )

    def dressed_vertices(self, time_s: float) -> Float32[np.ndarray, "vertices 3"]:
        """Return the dressed body in the camera frame."""
        posture = self._motion(time_s)
        rest = self.model.rest_vertices(self.betas) + self.costume.thickness
        rest += (self._face_dirs @ posture.face).reshape(-1, 3)
        return skin(self.model, self._placed(posture), rest_vertices=rest)

    def _placed(self, posture: Posture) -> SmplxParams:
        """Stand a posture on the floor, where it belongs, and see it from the camera."""
        expression = self._extras.expression_from_arkit @ posture.face
        unplaced = params_from_full_pose(posture.pose, betas=self.betas, expression=expression)
        joints = posed_joints(self.model, unplaced)
        feet = [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]]
        point = joints[feet].mean(axis=0) if posture.is_planted else joints[0]
        lowest = skin(self.model, unplaced)[:, 1].min()
        x, z = posture.place_m
        moved = np.array([x - point[0], -lowest, z - self.scene.distance_m - point[2]])
        # the camera is at the world's origin, at its height
        rest_pelvis = self.model.rest_joints(self.betas, expression)[0]
        pelvis = joints[0] + moved - (0, self.scene.camera_height_m, 0)
        pose = posture.pose.copy()
        pose[0] = axis_angle_from_matrix(_CAMERA_FROM_WORLD @ matrix_from_axis_angle(pose[0]))
        return params_from_full_pose(
            pose,
            betas=self.betas,
            expression=expression,
            transl=_CAMERA_FROM_WORLD @ pelvis - rest_pelvis,
        )


class _Stage:
    """A room, a lamp and a camera that films the performer."""

    def __init__(self, performer: _Performer, camera: Camera) -> None:
        self._performer = performer
        self._camera = camera
        self._buffer = SampleBuffer(camera.width, camera.height)
        self._stool = self._in_camera(_stool()) if performer.scene.has_stool else None
        self._empty_room = self._draw_room()

    def draw(self, time_s: float) -> UInt8[np.ndarray, "height width 3"]:
        """Return a read-only picture of one moment."""
        model = self._performer.model
        vertices = self._performer.dressed_vertices(time_s)
        image = self._empty_room.copy()
        self._draw_shadow(image, vertices, model.faces)
        self._buffer.clear()
        if self._stool is not None:
            draw_mesh(image, self._buffer, *self._stool, self._camera)
        normals = vertex_normals(vertices, model.faces)
        colors = lit_colors(self._performer.costume.colors, normals, _LIGHT)
        draw_mesh(image, self._buffer, vertices, model.faces, colors, self._camera)
        image.flags.writeable = False
        return image

    def _draw_shadow(
        self, image: NDArray[np.uint8], vertices: NDArray[np.float32], faces: NDArray[np.int32]
    ) -> None:
        flat = shadow_on_floor(vertices, _LIGHT.direction, self._performer.scene.camera_height_m)
        self._buffer.clear()  # a shadow lies on the floor, whatever stands there
        black = np.zeros_like(flat)
        draw_mesh(image, self._buffer, flat, faces, black, self._camera, opacity=0.35)

    def _draw_room(self) -> NDArray[np.uint8]:
        height, width = self._camera.height, self._camera.width
        wall = np.linspace((168, 176, 180), (140, 150, 156), height)
        image = np.repeat(wall[:, None], width, axis=1).astype(np.uint8)
        floor = chequered_floor(8.0, 0.5, (92, 106, 122), (98, 113, 130), (116, 126, 134))
        self._buffer.clear()
        draw_mesh(image, self._buffer, *self._in_camera(floor), self._camera)
        for furniture in _furniture():
            draw_mesh(image, self._buffer, *self._in_camera(furniture), self._camera)
        if self._stool is not None:
            self._draw_shadow(image, self._stool.vertices, self._stool.faces)
        return image

    def _in_camera(self, mesh: ColoredMesh) -> ColoredMesh:
        """Return a mesh of the room, built around the performer's start, in the camera frame."""
        scene = self._performer.scene
        moved = mesh.vertices - (0, scene.camera_height_m, scene.distance_m)
        return mesh._replace(vertices=(moved @ _CAMERA_FROM_WORLD).astype(np.float32))


def _stool() -> ColoredMesh:
    return box((-0.34, 0.0, -0.66), (0.06, 0.40, -0.26), (70, 104, 148))


def _furniture() -> tuple[ColoredMesh, ...]:
    wall_z = -4.2
    return (
        box((-6.0, 0.0, wall_z - 0.1), (6.0, 2.9, wall_z), (186, 196, 200)),
        box((-6.0, 0.0, wall_z), (6.0, 0.09, wall_z + 0.02), (214, 220, 222)),
        box((-2.0, 1.35, wall_z), (-1.0, 2.05, wall_z + 0.03), (120, 96, 70)),
        box((1.3, 0.0, wall_z), (2.5, 0.85, wall_z + 0.45), (84, 116, 150)),
    )
