"""Posed people before cameras: shapes, poses, hands, faces and where the camera stands, a whole batch at a time."""

from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float32, Float64
from numpy.typing import NDArray

from engines.body.kinematics import forward_kinematics
from engines.body.model import BodyModel
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import (
    BODY,
    JAW,
    JOINT_INDEX,
    LEFT_EYE,
    LEFT_HAND,
    RIGHT_EYE,
    RIGHT_HAND,
)
from engines.types import JOINT_COUNT
from training.kit import Kit
from training.poses import PoseAugmentation, load_poses
from training.render.faces import FaceOptions, FaceSampler
from training.render.hands import HandOptions, HandSampler, other_hand
from training.splits import Split

Kind = Literal["body", "hand", "head"]
"""What a picture is of."""

TO_CAMERA: Final = np.diag([1.0, -1.0, -1.0])
"""From y up, z towards the camera to y down, z forward."""

_HEAD_TOP_M: Final = 0.2
_BELOW_ANKLES_M: Final = 0.12
_KNEES: Final = [JOINT_INDEX["left_knee"], JOINT_INDEX["right_knee"]]
_HIPS: Final = [JOINT_INDEX["left_hip"], JOINT_INDEX["right_hip"]]
_CHEST: Final = [JOINT_INDEX["spine3"]]
_HANDS: Final = np.array([
    [JOINT_INDEX["right_wrist"], *range(RIGHT_HAND.start, RIGHT_HAND.stop)],
    [JOINT_INDEX["left_wrist"], *range(LEFT_HAND.start, LEFT_HAND.stop)],
])  # fmt: skip
_MIDDLES: Final = [JOINT_INDEX["right_middle1"], JOINT_INDEX["left_middle1"]]
_TRUNK: Final = [
    JOINT_INDEX[name]
    for name in (
        "pelvis",
        "left_hip",
        "right_hip",
        "spine2",
        "spine3",
        "neck",
        "left_knee",
        "right_knee",
    )
]
_TRUNK_ASIDE_M: Final = 0.22
_TRUNK_BEFORE_M: Final = 0.14
_HAND_M: Final = 0.025  # from the joints to the finger tips and the skin
_HEAD: Final = JOINT_INDEX["head"]
_HEAD_BOX_M: Final = 0.26


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """Where cameras stand. Angles in radians, shares of all pictures, sizes in parts of the picture's side."""

    framings: tuple[float, float, float, float] = (0.3, 0.15, 0.35, 0.2)
    """Shares of bodies shown whole, to the knees, to the hips and to the chest: webcams mostly see the last two."""
    loose: tuple[float, float] = (1.0, 1.35)
    """The view is so many times as high as what it shows."""
    aside: float = 0.06
    """Standard deviation of the subject's place about the middle."""
    focal: tuple[float, float] = (0.7, 1.4)
    """Focal length: 71 to 39 degrees; webcams have 55 to 78 over the diagonal."""
    pitch: tuple[float, float] = (-0.35, 0.5)
    """The camera looks down by between these: a laptop on a desk looks up, a camera on a shelf down."""
    roll_spread: float = 0.1
    """It leans by this much."""
    yaw_spread: float = 0.6
    """People stand at this standard deviation about facing it..."""
    from_anywhere: float = 0.25
    """...but this share of them, seen from any side..."""
    heads_from_anywhere: float = 0.1
    """...and this share where the picture is of the head."""
    hand_margin: tuple[float, float] = (2.2, 3.4)
    """A hand's picture is so many times as wide as the hand; ExPose cuts 3 times."""
    head_margin: tuple[float, float] = (1.6, 2.6)
    """A head's picture is so many times as wide as the head; ExPose cuts 2 times."""
    part_distance: tuple[float, float] = (0.35, 2.0)
    """Metres from the camera to a hand or a head."""


@dataclass(frozen=True, slots=True)
class BodyOptions:
    """How people are drawn."""

    poses: PoseAugmentation = field(
        default_factory=lambda: PoseAugmentation(mixed=0.5, exchanged=0.4, invented=0.3)
    )
    """Body poses; milder than for the lifter, because limbs here run into bodies for all to see."""
    hand_poses: PoseAugmentation = field(
        default_factory=lambda: PoseAugmentation(mixed=0.8, exchanged=0.7, invented=0.7)
    )
    """The same for pictures of hands, so that they do not all hang beside the hips, as when people walk."""
    hands: HandOptions = field(default_factory=HandOptions)
    """Fingers."""
    faces: FaceOptions = field(default_factory=FaceOptions)
    """Expressions."""
    view: ViewOptions = field(default_factory=ViewOptions)
    """Cameras."""
    left_hands: float = 0.5
    """Share of the pictures of hands that are of left ones."""
    hand_tries: int = 4
    """A picture of a hand takes the first of so many poses in which the body does not hide it."""
    most_beta: float = 2.5
    """Betas are standard normal, and no further out than this."""
    identity: float = 0.8
    """Standard deviation of the 24 numbers of looks beside the betas."""


class Bodies(NamedTuple):
    """`n` posed people, each before a camera. Camera frame: x right, y down, z forward, metres."""

    betas: Float64[np.ndarray, "n 10"]
    """Shape."""
    identity: Float64[np.ndarray, "n 24"]
    """Further looks of the kit's base mesh."""
    expression: Float64[np.ndarray, "n 10"]
    """Expression of the open body."""
    rotations: Float32[np.ndarray, "n 55 3 3"]
    """Parent-relative; the pelvis in the camera frame."""
    transl: Float64[np.ndarray, "n 3"]
    """Added after posing."""
    turned: Float32[np.ndarray, "n 55 3 3"]
    """Global rotations."""
    joints: Float32[np.ndarray, "n 55 3"]
    """Posed joints."""
    rest: Float32[np.ndarray, "n 55 3"]
    """Unposed joints."""
    camera: Float64[np.ndarray, "n 4"]
    """fx, fy, cx, cy in pixels of a square picture."""
    left: Bool[np.ndarray, " n"]
    """Whether the picture is of the left hand; False for bodies and heads."""


class BodySampler:
    """Draws people of one part of the kit."""

    def __init__(self, kit: Kit, model: BodyModel, split: Split, options: BodyOptions) -> None:
        self._model, self._options = model, options
        self._poses = load_poses(kit, split)
        self._hands = HandSampler(kit, split, options.hands)
        self._faces = FaceSampler(kit, model, split, options.faces)

    def draw(self, rng: np.random.Generator, count: int, kind: Kind, size: int) -> Bodies:
        """Return people as a camera with pictures of `size` pixels sees them."""
        options = self._options
        tries = options.hand_tries if kind == "hand" else 1
        people = self._people(rng, count * tries, kind)
        if tries > 1:
            kept = _freest(
                people.joints.reshape(count, tries, -1, 3), people.left.reshape(count, tries)
            )
            people = Bodies(*(part[kept] for part in people))
        joints = people.joints.astype(np.float64)
        middle, span = self._subject(rng, joints, kind, people.left)
        camera, transl = _aim(rng, middle, span, kind, size, options.view)
        joints += transl[:, None]
        return people._replace(transl=transl, joints=joints.astype(np.float32), camera=camera)

    def _people(self, rng: np.random.Generator, count: int, kind: Kind) -> Bodies:
        """Return people turned towards a camera that has no place yet."""
        options, most = self._options, self._options.most_beta
        betas = rng.normal(size=(count, 10)).clip(-most, most)
        identity = options.identity * rng.normal(size=(count, 24)).clip(-most, most)
        faces = self._faces.draw(rng, count)
        rotations = self._rotations(rng, count, kind)
        rotations[:, JAW] = matrix_from_axis_angle(faces.jaw)
        rotations[:, LEFT_EYE] = rotations[:, RIGHT_EYE] = matrix_from_axis_angle(faces.gaze)
        anywhere = (
            options.view.heads_from_anywhere if kind == "head" else options.view.from_anywhere
        )
        rotations[:, 0] = _before_camera(rng, rotations[:, 0], anywhere, options.view)
        rest = rest_joints(self._model, betas, faces.expression)
        turned, joints = posed(rest, rotations)
        left = (rng.random(count) < options.left_hands) & (kind == "hand")
        nowhere = np.zeros((count, 3)), np.zeros((count, 4))
        return Bodies(
            betas, identity, faces.expression, rotations, nowhere[0], turned, joints, rest,
            nowhere[1], left,
        )  # fmt: skip

    def _subject(
        self,
        rng: np.random.Generator,
        joints: NDArray[np.float64],
        kind: Kind,
        left: NDArray[np.bool_],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        view = self._options.view
        if kind == "hand":
            return _hand(rng, joints, left, view)
        return (_head if kind == "head" else _framed)(rng, joints, view)

    def _rotations(self, rng: np.random.Generator, count: int, kind: Kind) -> NDArray[np.float32]:
        """Return poses whose eyes and jaw are at rest, the pelvis in a world whose y axis points up."""
        generator = torch.Generator().manual_seed(int(rng.integers(2**63)))
        rotations = np.tile(np.eye(3, dtype=np.float32), (count, JOINT_COUNT, 1, 1))
        how = self._options.hand_poses if kind == "hand" else self._options.poses
        rotations[:, BODY] = self._poses.draw(count, how, generator).numpy()
        for part, turn in ((LEFT_HAND, False), (RIGHT_HAND, True)):
            fingers = self._hands.draw(rng, count)
            rotations[:, part] = matrix_from_axis_angle(other_hand(fingers) if turn else fingers)
        return rotations


def rest_joints(
    model: BodyModel, betas: NDArray[np.floating], expression: NDArray[np.floating]
) -> Float32[np.ndarray, "n 55 3"]:
    """Return the unposed joints of shapes (n, 10) and expressions (n, 10)."""
    shaped = np.einsum("jak,nk->nja", model.joint_shapedirs, betas)
    acted = np.einsum("jak,nk->nja", model.joint_expressiondirs, expression)
    return (model.joint_template + shaped + acted).astype(np.float32)


def posed(
    rest: NDArray[np.float32], rotations: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return global rotations (n, 55, 3, 3) and joints (n, 55, 3) of unposed joints and rotations."""
    pairs = [forward_kinematics(r, turns) for r, turns in zip(rest, rotations, strict=True)]
    return np.stack([turned for turned, _ in pairs]), np.stack([joints for _, joints in pairs])


def _before_camera(
    rng: np.random.Generator,
    roots: NDArray[np.float32],
    from_anywhere: float,
    options: ViewOptions,
) -> NDArray[np.float64]:
    """Return pelvis rotations in the camera frame, of ones in a world whose y axis points up."""
    count = len(roots)
    heading = np.arctan2(roots[:, 0, 2], roots[:, 2, 2])
    anywhere = rng.random(count) < from_anywhere
    yaw = np.where(
        anywhere, rng.uniform(-np.pi, np.pi, count), rng.normal(0, options.yaw_spread, count)
    )
    angles = (
        (0, rng.uniform(*options.pitch, count)),
        (2, rng.normal(0, options.roll_spread, count)),
        (1, yaw - heading),
    )
    pitch, roll, turn = (turns_about(axis, angle) for axis, angle in angles)
    return TO_CAMERA @ pitch @ roll @ turn @ roots


def turns_about(axis: int, angles: NDArray[np.floating]) -> Float64[np.ndarray, "n 3 3"]:
    """Return rotations about one axis by angles (n,)."""
    vectors = np.zeros((len(angles), 3))
    vectors[:, axis] = angles
    return matrix_from_axis_angle(vectors).astype(np.float64)


def _aim(
    rng: np.random.Generator,
    middle: NDArray[np.float64],
    span: NDArray[np.float64],
    kind: Kind,
    size: int,
    options: ViewOptions,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return cameras (n, 4) and what to add to people so that their subjects fill the picture."""
    count = len(middle)
    if kind == "body":
        focal = rng.uniform(*options.focal, count)
        distance = focal * span + 0.35
    else:
        distance = rng.uniform(*options.part_distance, count)
        focal = distance / span
    offset = rng.normal(0, options.aside, (count, 2)) * span[:, None]
    place = np.concatenate([offset, distance[:, None]], axis=1)
    centre = size * (0.5 + rng.normal(0, 0.02, (count, 2)))
    camera = np.concatenate([np.stack([focal, focal], axis=1) * size, centre], axis=1)
    return camera, place - middle


def _freest(joints: NDArray[np.floating], left: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the index, of people (n, tries, 55, 3), of the first of each row's whose hand the body does not hide."""
    count, tries = left.shape
    hands = np.where(left[..., None], joints[:, :, _MIDDLES[1]], joints[:, :, _MIDDLES[0]])
    trunk = joints[:, :, _TRUNK]
    aside = np.linalg.norm((trunk - hands[:, :, None])[..., :2], axis=3)
    nearest = aside.argmin(axis=2)[..., None]
    before = np.take_along_axis(trunk[..., 2], nearest, axis=2)[..., 0] - hands[..., 2]
    free = np.maximum(aside.min(axis=2) - _TRUNK_ASIDE_M, before - _TRUNK_BEFORE_M)
    best = np.where(free > 0, np.inf, free).argmax(axis=1)
    return np.arange(count) * tries + best


def _framed(
    rng: np.random.Generator, joints: NDArray[np.float64], options: ViewOptions
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the middle and the extent of what is shown of bodies."""
    low, high = joints.min(axis=1), joints.max(axis=1)
    top = np.minimum(low[:, 1], joints[:, _HEAD, 1] - _HEAD_TOP_M)
    chest = joints[:, _CHEST].mean(axis=1)
    bottoms = np.stack(
        [
            high[:, 1] + _BELOW_ANKLES_M,
            *(joints[:, part, 1].max(axis=1) for part in (_KNEES, _HIPS, _CHEST)),
        ]
    )
    framing = rng.choice(4, size=len(joints), p=options.framings)
    whole = framing == 0
    bottom = np.take_along_axis(bottoms, framing[None], axis=0)[0]
    top = np.where(whole, top, joints[:, _HEAD, 1] - _HEAD_TOP_M)
    bottom = np.maximum(bottom, top + 0.4)  # of somebody upside down, too
    width = np.where(whole, high[:, 0] - low[:, 0] + 2 * _BELOW_ANKLES_M, 0)
    across = np.where(whole, (low[:, 0] + high[:, 0]) / 2, chest[:, 0])
    span = np.maximum(bottom - top, width) * rng.uniform(*options.loose, len(joints))
    return np.stack([across, (top + bottom) / 2, chest[:, 2]], axis=1), span


def _head(
    rng: np.random.Generator, joints: NDArray[np.float64], options: ViewOptions
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the middle and the extent of pictures of heads."""
    middle = joints[:, [LEFT_EYE, RIGHT_EYE, _HEAD]].mean(axis=1)
    return middle, _HEAD_BOX_M * rng.uniform(*options.head_margin, len(joints))


def _hand(
    rng: np.random.Generator,
    joints: NDArray[np.float64],
    left: NDArray[np.bool_],
    options: ViewOptions,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the middle and the extent of pictures of hands."""
    hand = np.take_along_axis(joints, _HANDS[left.astype(np.int64)][:, :, None], axis=1)
    low, high = hand.min(axis=1) - _HAND_M, hand.max(axis=1) + _HAND_M
    box = (high - low)[:, :2].max(axis=1)
    return (low + high) / 2, box * rng.uniform(*options.hand_margin, len(joints))
