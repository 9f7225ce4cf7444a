"""FreiHAND: pictures of a right hand with MANO meshes and 21 joints (Zimmermann et al., ICCV 2019).

Layout as in FreiHAND_pub_v2_eval.zip: `evaluation/rgb/NNNNNNNN.jpg`, `evaluation_K.json`, `evaluation_xyz.json`,
`evaluation_verts.json`. Measures as in the paper, section 4, and in the data set's own eval.py: PA-MPJPE, PA-V2V and
F-scores at 5 and 15 mm of the aligned mesh. Unlike in eval.py, an alignment may not mirror the hand.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float64, Int64
from numpy.typing import NDArray

from app.evaluation.body_maps import SMPLX_VERTICES, BodyMaps
from app.evaluation.samples import Measurements, Prediction, Query, from_metres, from_number
from engines.body.metrics import f_score, pa_mpjpe, point_errors, similarity
from engines.body.skeleton import JOINT_INDEX
from engines.errors import DatasetError, SkipFrame

SOURCE: Final = (
    "https://lmb.informatik.uni-freiburg.de/projects/freihand, the evaluation set with annotations"
)
PICTURE_PX: Final = 224

_JOINTS: Final = 21
_VERTICES: Final = 778
_F_THRESHOLDS_MM: Final = (5, 15)
_FINGERS: Final = ("thumb", "index", "middle", "ring", "pinky")
# ExPose's joints 71 to 75, which are these vertices of SMPL-X
_TIP_JOINTS: Final = dict(zip(_FINGERS, range(71, 76), strict=True))
_TIP_VERTICES: Final = dict(zip(_FINGERS, (8079, 7669, 7794, 7905, 8022), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class FreihandSample:
    """One picture of FreiHAND."""

    query: Query
    """What is asked."""
    joints: Float64[np.ndarray, "21 3"]
    """True joints, metres, camera frame: wrist, then thumb to pinky from the root to the tip."""
    vertices: Float64[np.ndarray, "778 3"]
    """True MANO vertices."""
    hand_ids: Int64[np.ndarray, "778"] | None
    """Vertices of SMPL-X that are MANO's right hand; None where that file was not given."""

    def measure(self, prediction: Prediction) -> Measurements:
        """Return the errors of the right hand of a predicted body."""
        measured = {"pa_mpjpe": from_metres(pa_mpjpe(hand_joints(prediction), self.joints))}
        if self.hand_ids is None or len(prediction.vertices) != SMPLX_VERTICES:
            return measured
        hand = prediction.vertices[self.hand_ids]
        aligned = similarity(hand, self.vertices).apply(hand)
        measured["pa_v2v"] = from_metres(point_errors(aligned, self.vertices))
        for threshold in _F_THRESHOLDS_MM:
            score = f_score(aligned, self.vertices, threshold / 1000)
            measured[f"f_score_{threshold}mm"] = from_number(score)
        return measured


class Freihand:
    """The evaluation set in a folder.

    Raises:
        DatasetError: the folder is not FreiHAND's evaluation set, or a file is missing.
    """

    name = "freihand evaluation"

    def __init__(self, folder: Path, maps: BodyMaps) -> None:
        self._ids = maps.parts.get("right_hand")
        if self._ids is not None and len(self._ids) != _VERTICES:
            raise DatasetError(
                f"the right hand has {len(self._ids)} vertices, MANO has {_VERTICES}; "
                "use MANO_SMPLX_vertex_ids.pkl from the SMPL-X site"
            )
        notes = ["alignments do not mirror, those of FreiHAND's eval.py may"]
        self.notes = (*notes, *(note for note in maps.notes if "hands" in note))
        self._joints = _annotations(folder / "evaluation_xyz.json", (_JOINTS, 3))
        self._vertices = _annotations(folder / "evaluation_verts.json", (_VERTICES, 3))
        self._intrinsics = _annotations(folder / "evaluation_K.json", (3, 3))
        counts = {len(self._joints), len(self._vertices), len(self._intrinsics)}
        if len(counts) > 1:
            raise DatasetError(
                f"{folder}: its annotation files have {sorted(counts)} entries; get them from {SOURCE}"
            )
        pictures = folder / "evaluation" / "rgb"
        self._images = [pictures / f"{index:08d}.jpg" for index in range(len(self._joints))]
        missing = next((path for path in self._images if not path.is_file()), None)
        if missing is not None:
            raise DatasetError(f"{missing}: missing; get it from {SOURCE}")

    def __len__(self) -> int:
        return len(self._joints)

    def samples(self) -> Iterator[FreihandSample]:
        """Return the samples in the order of their numbers."""
        box = np.array([0, 0, PICTURE_PX, PICTURE_PX], np.float32)
        for index, image in enumerate(self._images):
            query = Query(image.stem, image, "right_hand", box, self._intrinsics[index])
            yield FreihandSample(query, self._joints[index], self._vertices[index], self._ids)


def hand_joints(prediction: Prediction) -> Float64[np.ndarray, "21 3"]:
    """Return the right hand's joints in FreiHAND's order.

    Raises:
        SkipFrame: the prediction has no finger tips.
    """
    if len(prediction.joints) > max(_TIP_JOINTS.values()):
        tips = {finger: prediction.joints[joint] for finger, joint in _TIP_JOINTS.items()}
    elif len(prediction.vertices) == SMPLX_VERTICES:
        tips = {finger: prediction.vertices[vertex] for finger, vertex in _TIP_VERTICES.items()}
    else:
        raise SkipFrame("no finger tips: neither ExPose's joints nor SMPL-X's vertices")
    points = [prediction.joints[JOINT_INDEX["right_wrist"]]]
    for finger in _FINGERS:
        first = JOINT_INDEX[f"right_{finger}1"]
        points += [*prediction.joints[first : first + 3], tips[finger]]
    return np.array(points, np.float64)


def _annotations(path: Path, shape: tuple[int, ...]) -> NDArray[np.float64]:
    if not path.is_file():
        raise DatasetError(f"{path}: missing; get it from {SOURCE}")
    try:
        values = np.array(json.loads(path.read_bytes()), np.float64)
    except (ValueError, TypeError) as error:
        raise DatasetError(
            f"{path}: cannot be read ({error}); get it again from {SOURCE}"
        ) from error
    if values.shape[1:] != shape:
        raise DatasetError(f"{path}: entries of shape {values.shape[1:]}, expected {shape}")
    return values
