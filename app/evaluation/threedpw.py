"""3DPW: people outdoors filmed by a moving phone, with SMPL bodies from IMUs (von Marcard et al., ECCV 2018).

Layout as shipped: `imageFiles/SEQUENCE/image_NNNNN.jpg` and `sequenceFiles/{train,validation,test}/SEQUENCE.pkl`.
Measures as in the paper, section 4: MPJPE (middle of the hips as root) and PA-MPJPE of 14 joints. The paper's true
joints are regressed from the SMPL mesh, which takes the user's SMPL models; without them the truth is the SMPL joints
in the files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from app.evaluation.body_maps import LSP_FROM_SMPLX, LSP_HIPS, BodyMaps
from app.evaluation.samples import Measurements, Prediction, Query, from_metres
from engines.body.metrics import mpjpe, pa_mpjpe, point_to_surface, similarity
from engines.errors import DatasetError, ModelError
from engines.expose.safe_pickle import load_pickle
from engines.expose.smpl import SmplModel, load_smpl, pose_smpl

SOURCE: Final = "https://virtualhumans.mpi-inf.mpg.de/3DPW"
SPLITS: Final = ("test", "validation", "train")
"""Parts of the data set; the paper's figures are for the first."""
REGRESSOR_FILE: Final = "J_regressor_h36m.npy"

LSP_FROM_H36M: Final = [6, 5, 4, 1, 2, 3, 16, 15, 14, 11, 12, 13, 8, 10]
"""The 14 LSP joints among the 17 of the Human3.6M regressor."""

_MIN_POINTS: Final = 6
"""OpenPose points that a person needs to be used, as in ExPose's loader."""

_MODEL_NAMES: Final = {
    "m": ("SMPL_MALE", "basicmodel_m_lbs_10_207_0_v1.1.0", "basicModel_m_lbs_10_207_0_v1.0.0"),
    "f": ("SMPL_FEMALE", "basicmodel_f_lbs_10_207_0_v1.1.0", "basicModel_f_lbs_10_207_0_v1.0.0"),
}
_KEYS: Final = (
    "poses", "trans", "betas", "genders", "poses2d", "jointPositions", "cam_poses", "campose_valid", "cam_intrinsics",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class SmplTruth:
    """What turns 3DPW's parameters into true meshes and joints."""

    models: Mapping[str, SmplModel]
    """By the data set's gender, `m` and `f`."""
    regressor: Float64[np.ndarray, "17 6890"]
    """The Human3.6M joints from SMPL's vertices."""


@dataclass(frozen=True, slots=True, eq=False)
class _Person:
    """One actor of one sequence, as in its file."""

    gender: str
    betas: NDArray[np.float64]  # (10,)
    poses: NDArray[np.float64]  # (frames, 72)
    transl: NDArray[np.float64]  # (frames, 3)
    joints: NDArray[np.float64]  # (frames, 24, 3) world
    camera_from_world: NDArray[np.float64]  # (frames, 4, 4)


@dataclass(frozen=True, slots=True, eq=False)
class ThreedpwSample:
    """One person in one picture."""

    query: Query
    """What is asked."""
    person: _Person
    """The truth of all frames."""
    frame: int
    """Which of them."""
    smpl: SmplTruth | None
    """None where the user has no SMPL models."""
    maps: BodyMaps
    """Joints from predicted vertices."""

    def measure(self, prediction: Prediction) -> Measurements:
        """Return the errors of the 14 joints, and of the surface where there is a true one."""
        regressor = self.maps.lsp_regressor
        regressed = regressor is not None and regressor.shape[1] == len(prediction.vertices)
        if self.smpl is None or regressor is None or not regressed:
            found = prediction.joints[LSP_FROM_SMPLX]
            true = self._to_camera(self.person.joints[self.frame][LSP_FROM_SMPLX])
            return _joint_errors(found, true, "_smpl_joints")
        surface = self._to_camera(self._world_vertices(self.smpl))
        true = (self.smpl.regressor @ surface)[LSP_FROM_H36M]
        found = regressor @ prediction.vertices
        measured = _joint_errors(found, true, "")
        aligned = similarity(found, true).apply(prediction.vertices)
        measured["pa_p2s"] = from_metres(point_to_surface(surface, aligned, prediction.faces))
        return measured

    def _world_vertices(self, smpl: SmplTruth) -> NDArray[np.float32]:
        person, frame = self.person, self.frame
        model = smpl.models[person.gender]
        return pose_smpl(model, person.poses[frame], person.betas, person.transl[frame])

    def _to_camera(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        matrix = self.person.camera_from_world[self.frame]
        return points @ matrix[:3, :3].T + matrix[:3, 3]


class Threedpw:
    """One split of the data set in a folder.

    Args:
        folder: With `imageFiles` and `sequenceFiles`.
        maps: `lsp_regressor` is needed for the paper's joints.
        smpl: Likewise; see `load_smpl_truth`.
        split: One of `SPLITS`.

    Raises:
        DatasetError: the folder is not 3DPW, or a file is missing or damaged.
    """

    def __init__(
        self, folder: Path, maps: BodyMaps, smpl: SmplTruth | None = None, split: str = "test"
    ) -> None:
        self.name = f"3dpw {split}"
        self.notes = maps.notes if smpl else (*maps.notes, _NO_SMPL)
        sequences = sorted((folder / "sequenceFiles" / split).glob("*.pkl"))
        if not sequences:
            raise DatasetError(
                f"{folder / 'sequenceFiles' / split}: no sequences there; unpack sequenceFiles.zip from {SOURCE}"
            )
        self._samples: list[ThreedpwSample] = []
        for path in sequences:
            pictures = folder / "imageFiles" / path.stem
            self._samples += _sequence_samples(path, pictures, smpl, maps)

    def __len__(self) -> int:
        return len(self._samples)

    def samples(self) -> Iterator[ThreedpwSample]:
        """Return the persons in the order of sequences, actors and frames."""
        return iter(self._samples)


_NO_SMPL: Final = (
    "no SMPL models given: the true joints are SMPL's own (names end in _smpl_joints), "
    "which the paper's figures cannot be compared with"
)


def load_smpl_truth(folder: Path) -> SmplTruth:
    """Load the male and the female SMPL model and `J_regressor_h36m.npy` of a folder.

    Raises:
        ModelError: one of them is missing or holds something else.
    """
    models = {}
    for gender, names in _MODEL_NAMES.items():
        files = [folder / f"{name}{suffix}" for name in names for suffix in (".npz", ".pkl")]
        path = next((file for file in files if file.is_file()), None)
        if path is None:
            raise ModelError(f"{files[1]}: missing; get the models from https://smpl.is.tue.mpg.de")
        models[gender] = load_smpl(path)
    path = folder / REGRESSOR_FILE
    try:
        regressor = np.load(path, allow_pickle=False).astype(np.float64)
    except (OSError, ValueError, EOFError) as error:
        raise ModelError(f"{path}: cannot be read ({error}); take it from SPIN's data") from error
    expected = (17, len(models["m"].v_template))
    if regressor.shape != expected:
        raise ModelError(f"{path}: shape {regressor.shape}, expected {expected}")
    return SmplTruth(models, regressor)


def _joint_errors(
    found: NDArray[np.floating], true: NDArray[np.floating], suffix: str
) -> Measurements:
    return {
        f"mpjpe_14{suffix}": from_metres(mpjpe(found, true, LSP_HIPS)),
        f"pa_mpjpe_14{suffix}": from_metres(pa_mpjpe(found, true)),
    }


def _sequence_samples(
    path: Path, pictures: Path, smpl: SmplTruth | None, maps: BodyMaps
) -> Iterator[ThreedpwSample]:
    content = _read_sequence(path)
    frames = len(content["cam_poses"])
    images = [pictures / f"image_{frame:05d}.jpg" for frame in range(frames)]
    there = set(pictures.glob("image_*.jpg"))
    missing = next((image for image in images if image not in there), None)
    if missing is not None:
        raise DatasetError(f"{missing}: missing; unpack imageFiles.zip from {SOURCE}")
    intrinsics = np.asarray(content["cam_intrinsics"], np.float64)
    for actor in range(len(content["poses"])):
        person = _person(path, content, actor)
        valid = np.asarray(content["campose_valid"][actor]).astype(bool)
        points = np.asarray(
            content["poses2d"][actor], np.float64
        )  # (frames, 3, 18): x, y, confidence
        for frame in np.flatnonzero(valid[:frames]):
            seen = points[frame][:2, points[frame][2] > 0]
            if seen.shape[1] < _MIN_POINTS:
                continue
            box = np.concatenate([seen.min(axis=1), seen.max(axis=1)]).astype(np.float32)
            sample_id = f"{path.stem}/{images[frame].stem}_{actor}"
            query = Query(sample_id, images[frame], "body", box, intrinsics)
            yield ThreedpwSample(query, person, int(frame), smpl, maps)


def _read_sequence(path: Path) -> Mapping[str, Any]:
    try:
        content = load_pickle(path)
    except ModelError as error:
        raise DatasetError(str(error)) from error
    missing = [key for key in _KEYS if not isinstance(content, Mapping) or key not in content]
    if missing or not isinstance(content, Mapping):
        raise DatasetError(f"{path}: no '{missing[0]}' in it; get it again from {SOURCE}")
    return content


def _person(path: Path, content: Mapping[str, Any], actor: int) -> _Person:
    gender = str(content["genders"][actor])[:1]
    if gender not in _MODEL_NAMES:
        raise DatasetError(f"{path}: gender {gender!r} of actor {actor} is neither m nor f")
    cameras = np.asarray(content["cam_poses"], np.float64)
    positions = np.asarray(content["jointPositions"][actor], np.float64)
    return _Person(
        gender=gender,
        betas=np.asarray(content["betas"][actor], np.float64)[:10],
        poses=np.asarray(content["poses"][actor], np.float64),
        transl=np.asarray(content["trans"][actor], np.float64),
        joints=positions.reshape(len(positions), -1, 3),
        camera_from_world=cameras,
    )
