"""Hands of people seen whole, some 20 to 45 px, from what `python -m training.render --hands` wrote."""

from dataclasses import fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import JOINT_INDEX, LEFT_HAND, RIGHT_HAND
from engines.landmarks.attachments import SIDES
from engines.types import EXPRESSION_COUNT
from training.hands.pairs import HandPairs, is_at
from training.render.bodies import posed, rest_joints
from training.render.pairs import Pairs

_FINGERS: Final = {"left": LEFT_HAND, "right": RIGHT_HAND}


def hands_of_bodies(pairs: Pairs, model: BodyModel) -> HandPairs:
    """Return the hands that were found where they are; each clip is a person.

    Args:
        pairs: Pictures of whole people, with the hands that the detector found in them.
        model: The body that the pictures show.
    """
    rest = rest_joints(model, pairs.betas, np.zeros((len(pairs), EXPRESSION_COUNT)))
    turned, _ = posed(rest, matrix_from_axis_angle(pairs.pose))
    parts = [_one_side(pairs, side, turned) for side in SIDES]
    return parts[0].joined(parts[1:])


def _one_side(pairs: Pairs, side: str, turned: NDArray[np.floating]) -> HandPairs:
    points: NDArray[np.float32] = getattr(pairs, f"{side}_hand_px")
    world: NDArray[np.float32] = getattr(pairs, f"{side}_hand_world")
    wrist = JOINT_INDEX[f"{side}_wrist"]
    places = pairs.joints[:, wrist]
    found = np.array([
        bool(np.isfinite(points[row]).all()) and is_at(points[row], pairs.camera_of(row), places[row])
        for row in range(len(pairs))
    ], np.bool_)  # fmt: skip
    count = int(found.sum())
    columns = {
        "person": pairs.clip[found],
        "is_left": np.full(count, side == SIDES[0]),
        "gesture": np.full(count, -1),
        "followed": pairs.time_s[found] > 0,
        "camera": pairs.camera[found],
        "betas": pairs.betas[found],
        "fingers": pairs.pose[found][:, _FINGERS[side]],
        "wrist": turned[found, wrist].astype(np.float32),
        "wrist_place": places[found],
        "points_px": points[found],
        "world": world[found],
        "right_likelihood": np.full(count, side != SIDES[0], np.float32),
    }
    return HandPairs(*(columns[field.name] for field in fields(HandPairs)))
