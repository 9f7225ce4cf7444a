"""The 52 face actions as vertex offsets, and the ten expression directions made of them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.types import EXPRESSION_COUNT
from tools.open_body.rig import Rig
from tools.open_body.shape_space import NEUTRAL

_MIX_COUNT: Final = 2000
_ACTIVE_SHARE: Final = 0.3
_ASYMMETRY: Final = 0.12


@dataclass(frozen=True, slots=True)
class FaceSpace:
    """Offsets of actions and of expressions."""

    names: list[str]
    """The 52 actions."""
    actions: NDArray[np.float64]
    """Their offsets (vertices, 3, 52), metres."""
    expression_names: list[str]
    """Actions that expressions are made of."""
    mixes: NDArray[np.float64]
    """Expression directions as mixes of those actions (actions, 10)."""
    expressions: NDArray[np.float64]
    """Offsets (vertices, 3, 10) of one standard deviation of random mixes."""
    explained: float
    """Share of the variance of the mixes that the ten hold."""


def face_space(rig: Rig, rng: np.random.Generator) -> FaceSpace:
    """Return the face actions of the neutral body and the principal directions of random, near symmetric mixes."""
    neutral, _ = rig.rest(NEUTRAL)
    offsets = [rig.rest(NEUTRAL, {name: 1.0})[0] - neutral for name in rig.face_actions]
    actions = np.stack(offsets, axis=2)
    used = [k for k, name in enumerate(rig.face_actions) if not _is_left_out(name)]
    names = [rig.face_actions[k] for k in used]
    basis = actions[:, :, used].reshape(-1, len(used))
    mixes, explained = _principal_mixes(basis, _random_mixes(names, rng))
    return FaceSpace(
        names=rig.face_actions,
        actions=actions,
        expression_names=names,
        mixes=mixes,
        expressions=(basis @ mixes).reshape(-1, 3, EXPRESSION_COUNT),
        explained=explained,
    )


def _is_left_out(name: str) -> bool:
    """Return whether an action is a joint's business, or means something only with one."""
    return name.startswith(("jaw", "eyeLook")) or name in ("tongueOut", "mouthClose")


def _random_mixes(names: list[str], rng: np.random.Generator) -> NDArray[np.float64]:
    pairs: dict[str, list[int]] = {}
    for column, name in enumerate(names):
        pairs.setdefault(name.replace("Left", "").replace("Right", ""), []).append(column)
    mixes = np.zeros((_MIX_COUNT, len(names)))
    for row in mixes:
        for columns in pairs.values():
            if rng.random() < _ACTIVE_SHARE:
                strength = rng.beta(1.5, 1.5)
                for column in columns:
                    row[column] = np.clip(strength + rng.normal(0, _ASYMMETRY), 0, 1)
    return mixes


def _principal_mixes(
    basis: NDArray[np.float64], mixes: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Return the principal directions of the mixed faces, as mixes, by way of the small Gram matrix of the actions."""
    values, vectors = np.linalg.eigh(basis.T @ basis)
    values = np.clip(values, 0, None)
    faces = (mixes - mixes.mean(axis=0)) @ (vectors * np.sqrt(values))
    _, sizes, rows = np.linalg.svd(faces, full_matrices=False)
    back = vectors / np.sqrt(np.maximum(values, values.max() * 1e-9))
    deviations = sizes[:EXPRESSION_COUNT] / np.sqrt(len(mixes) - 1)
    explained = np.sum(sizes[:EXPRESSION_COUNT] ** 2) / np.sum(sizes**2)
    return back @ rows[:EXPRESSION_COUNT].T * deviations, float(explained)
