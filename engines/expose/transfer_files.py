"""Files of a transfer: SMPL motions and meshes in, an SMPL-X motion with AMASS keys out."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.mesh_files import read_mesh
from engines.errors import ModelError
from engines.expose.smpl import SmplModel, pose_smpl
from engines.expose.transfer import TransferResult

_RATE_KEYS = ("mocap_framerate", "mocap_frame_rate")


@dataclass(frozen=True, slots=True, eq=False)
class SourceMeshes:
    """Meshes of the source body."""

    vertices: Float32[np.ndarray, "meshes source 3"]
    """Metres."""
    frame_rate: float | None
    """Meshes each second; None where the file does not tell."""


def read_motion(path: Path, model: SmplModel) -> SourceMeshes:
    """Return the meshes of an SMPL or SMPL-H motion with AMASS keys: `poses`, `betas`, `trans`.

    Raises:
        ModelError: the file cannot be read, or its poses are not those of `model`.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            wanted = ("poses", "betas", "trans", *_RATE_KEYS)
            arrays = {key: archive[key] for key in wanted if key in archive.files}
    except (OSError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path}: cannot be read as a motion ({error}); give an .npz") from error
    missing = [key for key in ("poses", "betas", "trans") if key not in arrays]
    if missing:
        raise ModelError(f"{path}: no '{missing[0]}' in it; give a motion with AMASS keys")
    poses, transl = arrays["poses"], arrays["trans"]
    expected = 3 * len(model.parents)
    if poses.ndim != 2 or poses.shape[1] != expected or transl.shape != (len(poses), 3):
        raise ModelError(
            f"{path}: poses of shape {poses.shape}; the given model needs {expected} numbers a frame"
        )
    betas = np.broadcast_to(arrays["betas"], (len(poses), arrays["betas"].shape[-1]))
    posed = [pose_smpl(model, *row) for row in zip(poses, betas, transl, strict=True)]
    rate = next((float(arrays[key]) for key in _RATE_KEYS if key in arrays), None)
    return SourceMeshes(np.array(posed, np.float32).reshape(len(poses), -1, 3), rate)


def read_meshes(folder: Path) -> SourceMeshes:
    """Return the .obj and .ply meshes of a folder, in the order of their names.

    Raises:
        ModelError: there are none, or they do not have the same number of vertices.
    """
    paths = sorted(p for p in folder.glob("*") if p.suffix.lower() in (".obj", ".ply"))
    if not paths:
        raise ModelError(f"{folder}: no .obj or .ply mesh in it; give a folder of meshes")
    meshes: list[NDArray[np.float32]] = []
    for path in paths:
        meshes.append(read_mesh(path).vertices)
        if len(meshes[-1]) != len(meshes[0]):
            raise ModelError(
                f"{path}: {len(meshes[-1])} vertices, but {paths[0].name} has {len(meshes[0])}; "
                "give meshes of one body"
            )
    return SourceMeshes(np.stack(meshes), None)


def save_motion(path: Path, result: TransferResult, frame_rate: float = 30.0) -> None:
    """Write an SMPL-X motion with AMASS keys and our `expression` and `transfer_error_m`.

    `betas` is one row for one person, as AMASS has it, and one row a frame else. Axes are those of the source.
    """
    poses = result.poses.reshape(len(result.poses), -1)  # SMPL-X joint order is AMASS's
    one_shape = (result.betas == result.betas[0]).all()
    np.savez_compressed(
        path,
        poses=poses,
        root_orient=poses[:, :3],
        pose_body=poses[:, 3:66],
        pose_jaw=poses[:, 66:69],
        pose_eye=poses[:, 69:75],
        pose_hand=poses[:, 75:],
        trans=result.transl,
        betas=result.betas[0] if one_shape else result.betas,
        num_betas=np.int64(result.betas.shape[1]),
        expression=result.expression,
        num_expressions=np.int64(result.expression.shape[1]),
        gender="neutral",
        surface_model_type="smplx",
        mocap_frame_rate=np.float64(frame_rate),
        mocap_framerate=np.float64(frame_rate),
        mocap_time_length=np.float64(len(poses) / frame_rate),
        transfer_error_m=result.error,
    )
