"""The result files of the authors' demo, one person and one picture each, for those who compare.

A zip with `NNNNNN/NNNNNN_params.npz` and `NNNNNN/NNNNNN.ply` for each frame in which the person was seen, NNNNNN being
the frame's number in its source. Names, shapes and axes are the authors': rotation matrices, the body in the camera's
axes (x right, y down, z forward), the mesh at its place and `vertices` without it. Unlike theirs, the camera is the
take's own, not one of 5000 px focal length; `joints` are the 127 of a release without face outline; `proj_joints` are
left out, since a take does not know the crop.
"""

import io
import zipfile
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from app.export.body_mesh import SMPLX_NOTICE
from app.export.options import ExportOptions
from app.export.ply import ply_bytes
from app.takes.cut import cut_take
from app.takes.take import Take
from app.takes.watch import Watch
from engines.body.kinematics import posed_joints, skin
from engines.body.model import BodyModel, load_body
from engines.body.pose import full_pose, params_from_full_pose
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import BODY, JAW, LEFT_HAND, RIGHT_HAND
from engines.errors import UsageError
from engines.expose.smplx_file import EXTRA_VERTICES, LANDMARK_COUNT, SmplxFile
from engines.types import JOINT_COUNT, Camera, SmplxParams

_SENSOR_WIDTH_MM: Final = 36


def write(take: Take, file: BinaryIO, options: ExportOptions, watch: Watch) -> None:
    """Write the zip.

    Raises:
        UsageError: no body file is given, it is for another body, or an option has no meaning here.
        ModelError: the body file cannot be used.
    """
    if options.fps is not None:
        raise UsageError("--fps: expose has one result for each picture; leave the option out")
    body, keypoints = _body(take, options.body_file)
    part = cut_take(take, options.start_s, options.end_s)
    with zipfile.ZipFile(file, "w") as archive:
        _add(archive, "LICENSE.txt", f"{SMPLX_NOTICE}\n".encode())
        rows = np.flatnonzero(part.seen)
        for done, row in enumerate(rows):
            watch.reached(done / len(rows))
            name = f"{part.frame_index[row]:06d}"
            params = _params(part, int(row))
            vertices = skin(body, params)
            buffer = io.BytesIO()
            arrays = _arrays(body, keypoints, params, vertices, part.camera)
            np.savez(buffer, allow_pickle=False, fname=np.array(name), **arrays)
            _add(archive, f"{name}/{name}_params.npz", buffer.getvalue())
            _add(archive, f"{name}/{name}.ply", ply_bytes(vertices, body.faces))


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a file without today's date: the same take gives the same bytes."""
    archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, compresslevel=1)


class _Keypoints:
    """The points of the mesh that count as joints 55 to 126."""

    def __init__(self, path: Path, faces: NDArray[np.integer]) -> None:
        with SmplxFile(path) as file:
            self._corners = faces[file.indices("lmk_faces_idx", LANDMARK_COUNT)]
            self._weights = file.reals("lmk_bary_coords", LANDMARK_COUNT, 3)

    def of(self, vertices: NDArray[np.float32]) -> NDArray[np.float32]:
        landmarks = (vertices[self._corners] * self._weights[..., None]).sum(axis=1)
        return np.concatenate([vertices[list(EXTRA_VERTICES)], landmarks])


def _body(take: Take, path: Path | None) -> tuple[BodyModel, _Keypoints]:
    if path is None:
        raise UsageError("expose: needs your SMPL-X model file; add --body SMPLX_NEUTRAL.npz")
    body = load_body(path)
    if body.name != take.body_model:
        raise UsageError(
            f"--body {path}: is '{body.name}', but the take was solved for '{take.body_model}'; "
            "record with that body, as --engine expose does"
        )
    return body, _Keypoints(path, body.faces)


def _params(take: Take, row: int) -> SmplxParams:
    """Return a frame's parameters as the engine gave them: camera frame, the frame's own shape."""
    pose = take.poses[row].reshape(JOINT_COUNT, 3).copy()
    pose[0] = take.global_orient_camera[row]
    return params_from_full_pose(
        pose,
        betas=take.betas_per_frame[row],
        expression=take.expression[row],
        transl=take.transl_camera[row],
    )


def _arrays(
    body: BodyModel,
    keypoints: _Keypoints,
    params: SmplxParams,
    vertices: NDArray[np.float32],
    camera: Camera,
) -> dict[str, NDArray[np.generic]]:
    """Return the authors' arrays under their names."""
    rotations = matrix_from_axis_angle(full_pose(params)).astype(np.float32)
    unmoved = vertices - params.transl
    joints = np.concatenate([posed_joints(body, params) - params.transl, keypoints.of(unmoved)])
    return {
        "global_orient": rotations[:1],
        "body_pose": rotations[1 : BODY.stop],
        "left_hand_pose": rotations[LEFT_HAND],
        "right_hand_pose": rotations[RIGHT_HAND],
        "jaw_pose": rotations[JAW, None],
        "betas": params.betas,
        "expression": params.expression,
        "vertices": unmoved,
        "joints": joints.astype(np.float32),
        "transl": params.transl,
        "center": np.array([camera.cx, camera.cy], np.float32),
        "focal_length_in_px": np.array(camera.fx),
        "focal_length_in_mm": np.array(camera.fx / camera.width * _SENSOR_WIDTH_MM),
        "sensor_width": np.array(_SENSOR_WIDTH_MM),
        "shift_x": np.array(0.5 - camera.cx / camera.width),
        "shift_y": np.array((camera.cy - camera.height / 2) / camera.width),
    }
