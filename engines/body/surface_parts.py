"""Which vertices of a body are which part, told by the joints that move them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.body.model import BodyModel
from engines.body.skeleton import JAW, JOINT_INDEX, LEFT_EYE, LEFT_HAND, RIGHT_EYE, RIGHT_HAND

_HEAD: Final = (JOINT_INDEX["head"], JAW, LEFT_EYE, RIGHT_EYE)
_LEFT: Final = (JOINT_INDEX["left_wrist"], *range(LEFT_HAND.start, LEFT_HAND.stop))
_RIGHT: Final = (JOINT_INDEX["right_wrist"], *range(RIGHT_HAND.start, RIGHT_HAND.stop))


def surface_parts(model: BodyModel) -> dict[str, NDArray[np.intp]]:
    """Return the vertices of `all`, `body`, `left_hand`, `right_hand` and `face`.

    A vertex belongs to the joint that weighs most; the face is the front half of the head, the body what is neither
    hand nor head.
    """
    joint = model.weight_joints[:, 0]
    head = np.flatnonzero(np.isin(joint, _HEAD))
    along = model.v_template[head, 2]
    hands = np.isin(joint, (*_LEFT, *_RIGHT))
    return {
        "all": np.arange(len(joint)),
        "body": np.flatnonzero(~hands & ~np.isin(joint, _HEAD)),
        "left_hand": np.flatnonzero(np.isin(joint, _LEFT)),
        "right_hand": np.flatnonzero(np.isin(joint, _RIGHT)),
        "face": head[along > np.median(along)],
    }
