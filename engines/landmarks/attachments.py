"""Where MediaPipe's landmarks sit on the body, for any shape of it."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float64, Int64
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.body.skeleton import BODY, JOINT_INDEX, PARENTS
from engines.landmarks.problem import Skeleton

Side = Literal["left", "right"]
SIDES: Final[tuple[Side, Side]] = ("left", "right")

# Landmark: the joint that carries it, and its place relative to that joint in the T-pose, millimetres. MediaPipe's
# points are where people who looked at pictures put them, not where bones turn: tools/fit_landmark_places.py found
# these places from 832 rendered pictures of 35 dressed people whose bodies were known. Left and right are averaged.
_CENTRAL: Final[dict[int, tuple[str, tuple[float, float, float]]]] = {
    0: ("head", (0, 15, 109)),
}
_PAIRED: Final[dict[tuple[int, int], tuple[str, tuple[float, float, float]]]] = {
    (2, 5): ("head", (29, 45, 82)),
    (7, 8): ("head", (55, 29, 30)),
    (11, 12): ("shoulder", (-10, -5, 0)),
    (13, 14): ("elbow", (-1, 7, 14)),
    (15, 16): ("wrist", (12, 3, 3)),
    (17, 18): ("wrist", (88, -13, -6)),
    (19, 20): ("wrist", (91, -15, 20)),
    (23, 24): ("hip", (-13, -20, 32)),
    (25, 26): ("knee", (-7, -9, 1)),
    (27, 28): ("ankle", (-9, 15, 10)),
    (29, 30): ("ankle", (10, -51, -38)),
    (31, 32): ("foot", (2, -14, 31)),
}


def _body_landmarks() -> dict[int, tuple[int, tuple[float, float, float]]]:
    places = {
        landmark: (JOINT_INDEX[joint], (x / 1e3, y / 1e3, z / 1e3))
        for landmark, (joint, (x, y, z)) in _CENTRAL.items()
    }
    for pair, (joint, (x, y, z)) in _PAIRED.items():
        for landmark, side, sign in zip(pair, ("left", "right"), (1, -1), strict=True):
            name = joint if joint in JOINT_INDEX else f"{side}_{joint}"
            places[landmark] = JOINT_INDEX[name], (sign * x / 1e3, y / 1e3, z / 1e3)
    return dict(sorted(places.items()))


BODY_LANDMARKS: Final[dict[int, tuple[int, tuple[float, float, float]]]] = _body_landmarks()
"""Pose landmark -> the joint that carries it, and its place relative to that joint in the T-pose, metres. The other
eight landmarks are not used."""

# The same for a left hand, from 180 rendered hands: the wrist, then from thumb to little finger three knuckles and the
# tip, each relative to its own joint, the tip to the last knuckle.
_HAND_MM: Final = np.array([
    (5, 0, 1),
    (-3, -4, 2), (1, -2, 0), (0, 0, -6), (19, -6, 12),
    (-6, -4, -4), (1, -3, -1), (0, -3, -1), (21, 0, 2),
    (-5, -6, 0), (0, -4, 1), (-2, -4, 1), (20, 0, 2),
    (-5, -7, 1), (0, -4, 1), (0, -4, 1), (20, -1, 0),
    (-5, -6, 3), (0, -4, 1), (1, -3, 1), (16, -1, -2),
])  # fmt: skip
_FINGERS: Final = ("thumb", "index", "middle", "ring", "pinky")  # MediaPipe's order


@dataclass(frozen=True, slots=True, eq=False)
class Attachments:
    """A skeleton and its points; the joints are linear functions of the ten betas."""

    parents: Int64[np.ndarray, " n"]
    """Parent of each joint; -1 for the root."""
    joints: Float64[np.ndarray, "n 3"]
    """Rest joints of the mean shape, metres."""
    joint_directions: Float64[np.ndarray, "n 3 10"]
    """Their change for one unit of each beta."""
    point_joints: Int64[np.ndarray, " m"]
    """Joint that carries each point."""
    point_offsets: Float64[np.ndarray, "m 3"]
    """Place of each point relative to its joint, metres."""

    def skeleton(self, betas: NDArray[np.floating]) -> Skeleton:
        """Return the skeleton of a shape."""
        joints = self.joints + self.joint_directions @ np.asarray(betas, np.float64)
        return Skeleton(joints, self.parents, self.point_joints, self.point_offsets)


def attach_body(model: BodyModel) -> Attachments:
    """Return the 22 body joints with the landmarks of `BODY_LANDMARKS`, in its order."""
    carriers, offsets = zip(*BODY_LANDMARKS.values(), strict=True)
    return _attach(model, list(range(BODY.stop)), list(carriers), np.array(offsets))


def attach_hand(model: BodyModel, side: Side) -> Attachments:
    """Return the wrist and 15 finger joints of a hand with its 21 landmarks, in MediaPipe's order."""
    wrist, first = JOINT_INDEX[f"{side}_wrist"], JOINT_INDEX[f"{side}_index1"]
    carriers = [wrist]
    for finger in _FINGERS:
        knuckles = [JOINT_INDEX[f"{side}_{finger}{k}"] for k in (1, 2, 3)]
        carriers += [*knuckles, knuckles[-1]]
    mirror = (1, 1, 1) if side == "left" else (-1, 1, 1)
    return _attach(model, [wrist, *range(first, first + 15)], carriers, _HAND_MM * mirror / 1e3)


def _attach(
    model: BodyModel, joints: list[int], carriers: list[int], offsets: NDArray[np.floating]
) -> Attachments:
    position = {joint: n for n, joint in enumerate(joints)}
    return Attachments(
        parents=np.array([position.get(PARENTS[joint], -1) for joint in joints]),
        joints=model.joint_template[joints].astype(np.float64),
        joint_directions=model.joint_shapedirs[joints].astype(np.float64),
        point_joints=np.array([position[joint] for joint in carriers]),
        point_offsets=offsets.astype(np.float64),
    )
