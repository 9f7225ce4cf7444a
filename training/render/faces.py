"""Faces: some of the 52 ARKit-named actions at a time, in the open body's own numbers, with jaw and gaze."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.face import ARKIT_INDEX, ARKIT_MIRROR, ARKIT_NAMES
from engines.body.model import BodyModel
from training.kit import Kit
from training.splits import Split, held_out

_EXPRESSIONS: Final = "expressions/makehuman_expressions.npz"
_JAW_OPEN: Final = ARKIT_INDEX["jawOpen"]


@dataclass(frozen=True, slots=True)
class FaceOptions:
    """How faces are drawn. Angles in radians."""

    posed: float = 0.3
    """Share that show one of the kit's 32 expressions, from hardly to fully."""
    actions: float = 0.15
    """Share of the 52 actions that the other faces make at a time..."""
    strength: float = 0.8
    """...and how strongly at most."""
    lopsided: float = 0.15
    """Share whose sides act on their own; in the others both do the same."""
    beyond: float = 0.35
    """Standard deviation of what is added to the expression numbers, so that none is left out."""
    talking: float = 0.4
    """Share with an open mouth..."""
    jaw: float = 0.45
    """...which opens by up to this: 26 degrees. The paper's noise goes to 45."""
    jaw_aside: float = 0.03
    """Standard deviation of the jaw's other two turns."""
    gaze: tuple[float, float] = (0.2, 0.3)
    """Standard deviations of the eyes' turn up and aside."""


class Faces(NamedTuple):
    """Faces of `count` persons."""

    expression: Float64[np.ndarray, "count 10"]
    """Numbers of the open body."""
    jaw: Float64[np.ndarray, "count 3"]
    """Axis-angle."""
    gaze: Float64[np.ndarray, "count 3"]
    """Axis-angle of both eyes."""


class FaceSampler:
    """Draws faces. The kit's expressions for training and for tests are different ones.

    Args:
        kit: The kit.
        model: The open body.
        split: Which expressions.
        options: How.
    """

    def __init__(self, kit: Kit, model: BodyModel, split: Split, options: FaceOptions) -> None:
        assert model.extras is not None  # the open body's
        self._options = options
        self._numbers = model.extras.expression_from_arkit.T.astype(np.float64)
        with np.load(kit.file(_EXPRESSIONS), allow_pickle=False) as archive:
            names = [str(name) for name in archive["arkit_names"]]
            weights = archive["weights"][:, [names.index(name) for name in ARKIT_NAMES]]
        self._known = weights[held_out(list(range(len(weights))), split)].astype(np.float64)

    def draw(self, rng: np.random.Generator, count: int) -> Faces:
        """Return faces."""
        options = self._options
        actions = self._actions(rng, count)
        known = self._known[rng.integers(len(self._known), size=count)] * rng.random((count, 1))
        actions = np.where(rng.random((count, 1)) < options.posed, known, actions)
        expression = actions @ self._numbers + rng.normal(0, options.beyond, (count, 10))
        jaw = rng.normal(0, options.jaw_aside, (count, 3))
        opened = (rng.random(count) < options.talking) * options.jaw * rng.random(count)
        jaw[:, 0] = np.maximum(opened, options.jaw * actions[:, _JAW_OPEN].clip(0, 1))
        gaze = np.zeros((count, 3))
        gaze[:, :2] = rng.normal(0, options.gaze, (count, 2)).clip(-0.5, 0.5)
        return Faces(expression, jaw, gaze)

    def _actions(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        options = self._options
        shape = (count, len(ARKIT_NAMES))
        actions = (rng.random(shape) < options.actions) * options.strength * rng.random(shape)
        even = 0.5 * (actions + actions[:, ARKIT_MIRROR])
        return np.where(rng.random((count, 1)) < options.lopsided, actions, even)
