"""EHF: 100 pictures of a person with hands and face, and SMPL-X meshes laid onto scans (Pavlakos et al., CVPR 2019).

Layout as on the SMPL-X site, one folder with `NN_img.png` or `NN_img.jpg`, `NN_align.ply` and `NN_2Djnt.json`.
Measures as in the paper, section 4: PA-V2V of all, body, hands, face; PA-MPJPE of 14 joints; PA-P2S after the alignment
of these joints. The same without PA- are after a translation that brings the middles of the hips together.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from app.evaluation.body_maps import LSP_FROM_SMPLX, LSP_HIPS, BodyMaps
from app.evaluation.samples import Measurements, Prediction, Query, from_metres
from engines.body.mesh_files import read_mesh
from engines.body.metrics import mpjpe, pa_mpjpe, pa_v2v, point_to_surface, similarity, v2v
from engines.errors import DatasetError

SOURCE: Final = "https://smpl-x.is.tue.mpg.de, 'EHF'"

_TRUTH: Final = "_align.ply"
# the one camera of the data set, from its EHF_camera.txt
_INTRINSICS: Final = np.array(
    [[1498.22426237, 0, 790.263706], [0, 1498.22426237, 578.90334], [0, 0, 1]]
)
_CAMERA_ROTATION: Final = (-2.98747896, 0.01172457, -0.05704687)
_CAMERA_TRANSLATION: Final = (-0.03609917, 0.43416458, 2.37101226)

# of OpenPose, with the confidence from which ExPose's own loader uses a point
_KEYPOINTS: Final = {"pose": 0.05, "hand_left": 0.2, "hand_right": 0.2, "face": 0.4}


@dataclass(frozen=True, slots=True, eq=False)
class EhfSample:
    """One picture of EHF."""

    query: Query
    """What is asked."""
    mesh: Path
    """The true SMPL-X mesh, in the frame of the scanner."""
    maps: BodyMaps
    """Joints and parts."""

    def measure(self, prediction: Prediction) -> Measurements:
        """Return all errors that the topology and the given maps allow."""
        truth = camera_from_scanner(read_mesh(self.mesh).vertices)
        measured: Measurements = {}
        same_body = len(prediction.vertices) == len(truth)
        if same_body:
            measured |= _aligned_vertices(prediction, truth, self.maps)
        joints = _joint_pairs(prediction, truth, self.maps)
        if joints is None:
            return measured
        suffix, found, true = joints
        measured[f"mpjpe_14{suffix}"] = from_metres(mpjpe(found, true, LSP_HIPS))
        measured[f"pa_mpjpe_14{suffix}"] = from_metres(pa_mpjpe(found, true))
        hips = list(LSP_HIPS)
        move = true[hips].mean(axis=0) - found[hips].mean(axis=0)
        if same_body:
            measured |= _moved_vertices(prediction, truth, self.maps, move)
        for name, vertices in (
            (f"p2s{suffix}", prediction.vertices + move),
            (f"pa_p2s{suffix}", similarity(found, true).apply(prediction.vertices)),
        ):
            measured[name] = from_metres(point_to_surface(truth, vertices, prediction.faces))
        return measured


class Ehf:
    """The data set in a folder.

    Raises:
        DatasetError: the folder is not EHF, or a file is missing.
    """

    name = "ehf"

    def __init__(self, folder: Path, maps: BodyMaps) -> None:
        meshes = sorted(folder.glob(f"*{_TRUTH}"))
        if not meshes:
            raise DatasetError(f"{folder}: no *{_TRUTH} in it; give the unpacked EHF from {SOURCE}")
        self.notes = maps.notes
        self._samples = [EhfSample(_query(mesh), mesh, maps) for mesh in meshes]

    def __len__(self) -> int:
        return len(self._samples)

    def samples(self) -> Iterator[EhfSample]:
        """Return the samples in the order of their numbers."""
        return iter(self._samples)


def camera_from_scanner(points: NDArray[np.floating]) -> Float64[np.ndarray, "points 3"]:
    """Return points of the scanner's frame in that of the camera."""
    rotation = cv2.Rodrigues(np.array(_CAMERA_ROTATION))[0]
    return points @ rotation.T + np.array(_CAMERA_TRANSLATION)


def _aligned_vertices(
    prediction: Prediction, truth: NDArray[np.float64], maps: BodyMaps
) -> Measurements:
    measured = {"pa_v2v_all": from_metres(pa_v2v(prediction.vertices, truth))}
    for part, ids in maps.parts.items():
        measured[f"pa_v2v_{part}"] = from_metres(pa_v2v(prediction.vertices, truth, ids))
    return measured


def _moved_vertices(
    prediction: Prediction,
    truth: NDArray[np.float64],
    maps: BodyMaps,
    move: NDArray[np.floating],
) -> Measurements:
    measured = {"v2v_all": from_metres(v2v(prediction.vertices, truth, move))}
    for part, ids in maps.parts.items():
        measured[f"v2v_{part}"] = from_metres(v2v(prediction.vertices, truth, move, ids))
    return measured


_Joints = tuple[str, NDArray[np.floating], NDArray[np.floating]]


def _joint_pairs(
    prediction: Prediction, truth: NDArray[np.float64], maps: BodyMaps
) -> _Joints | None:
    """Return a suffix for the measures' names, 14 predicted and 14 true joints; None where there is no way to them."""
    counts = {len(prediction.vertices), len(truth)}
    if maps.lsp_regressor is not None and counts == {maps.lsp_regressor.shape[1]}:
        return "", maps.lsp_regressor @ prediction.vertices, maps.lsp_regressor @ truth
    if maps.smplx_regressor is not None and len(truth) == maps.smplx_regressor.shape[1]:
        true = (maps.smplx_regressor @ truth)[LSP_FROM_SMPLX]
        return "_smplx_joints", prediction.joints[LSP_FROM_SMPLX], true
    return None


def _query(mesh: Path) -> Query:
    number = mesh.name.removesuffix(_TRUTH)
    candidates = [mesh.with_name(f"{number}_img.{suffix}") for suffix in ("png", "jpg")]
    image = next((path for path in candidates if path.is_file()), None)
    if image is None:
        raise DatasetError(f"{candidates[0]}: missing; get it from {SOURCE}")
    box = _box(mesh.with_name(f"{number}_2Djnt.json"))
    return Query(number, image, "body", box, _INTRINSICS)


def _box(path: Path) -> NDArray[np.float32] | None:
    """Return the box around OpenPose's sure points; None where it found nobody."""
    if not path.is_file():
        raise DatasetError(f"{path}: missing; get it from {SOURCE}")
    try:
        people = json.loads(path.read_text(encoding="utf-8"))["people"]
        boxes = [box for person in people if (box := _person_box(person)) is not None]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"{path}: not an OpenPose file ({error}); get it again from {SOURCE}"
        ) from error
    return max(boxes, key=lambda box: float((box[2:] - box[:2]).prod()), default=None)


def _person_box(person: dict[str, list[float]]) -> NDArray[np.float32] | None:
    sure = []
    for part, threshold in _KEYPOINTS.items():
        # older versions of OpenPose leave the `_2d` out
        numbers = person.get(f"{part}_keypoints_2d", person.get(f"{part}_keypoints", []))
        points = np.array(numbers, np.float32).reshape(-1, 3)
        sure.append(points[points[:, 2] > threshold, :2])
    points = np.concatenate(sure)
    if len(points) < 2:
        return None
    return np.concatenate([points.min(axis=0), points.max(axis=0)])
