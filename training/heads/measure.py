"""Shows rendered heads to the detector and the face solver."""

import copy
import math
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from engines.body.face import ARKIT_MIRROR, ARKIT_NAMES
from engines.body.model import BodyModel
from engines.detect.mediapipe_tasks import FACE_POINT_COUNT, FaceTask
from engines.detect.options import LandmarkDetectorOptions
from engines.landmarks.face import FaceFit, FaceSolver
from training.heads.pictures import Face, HeadPicture, HeadPictures
from training.kit import Kit
from training.splits import Split

AT_REST: Final = (
    (0, 0, 0), (4, 6, 0), (-4, -6, 2), (2, -10, -2), (0, 8, 0), (0, 0, 0),
)  # fmt: skip
"""Turns of the head in the first pictures of each person."""
_LOOKS_AT_REST: Final = 5
TURNS: Final = (
    (0, 0, 0), (0, 20, 0), (0, -20, 0), (0, 40, 0), (0, -40, 0), (18, 0, 0), (-18, 0, 0), (0, 0, 18), (10, 25, -8),
)  # fmt: skip
"""Turns to measure, degrees down, left and tilted."""
JAWS: Final = (0.0, 7.0, 14.0, 21.0)
"""Openings of the jaw to measure, degrees."""
GAZES: Final = (
    (0, 0), (0, 10), (0, -10), (0, 20), (0, -20), (0, 28), (0, -28), (12, 0), (-12, 0), (10, 15), (-10, -15),
)  # fmt: skip
"""Turns of the eyes to measure, degrees down and left."""
_ONE_SIDED: Final = frozenset({"jawLeft", "jawRight", "mouthLeft", "mouthRight"})


def _shown_alone() -> tuple[tuple[str, ...], ...]:
    """Return each action, those of two sides together; gaze is measured apart."""
    shown: list[tuple[str, ...]] = []
    for name, partner in zip(ARKIT_NAMES, ARKIT_MIRROR, strict=True):
        other = ARKIT_NAMES[partner]
        if name.startswith("eyeLook"):
            continue
        if name in _ONE_SIDED or other == name:
            shown.append((name,))
        elif name.endswith("Left"):
            shown.append((name, other))
    return (*shown, ("eyeBlinkLeft",), ("mouthSmileLeft",))


SINGLE: Final = _shown_alone()
"""Actions that are shown alone; a blink and a smile of one side come last."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What was made of one person's pictures; None where no face was found."""

    heads: list[tuple[float, float] | None]
    """Errors of the head's rotation, and of its rotation against the first picture's, degrees, for `TURNS`."""
    jaws: list[float | None]
    """Opening of the jaw, degrees, for `JAWS`."""
    gazes: list[tuple[float, float] | None]
    """Turn of the eyes, degrees down and left, for `GAZES`."""
    actions: list[Float32[np.ndarray, "52"] | None]
    """Coefficients for `SINGLE`."""


class Measurer:
    """Runs the detector and the solver on persons of one part of the kit."""

    def __init__(self, kit: Kit, model: BodyModel, split: Split) -> None:
        self._pictures = HeadPictures(kit, model, split)
        self._model = model
        self._task = FaceTask(min_confidence=LandmarkDetectorOptions().min_face_confidence)

    def open(self) -> None:
        """Load the detector."""
        self._task.open()

    def close(self) -> None:
        """Free the detector."""
        self._task.close()

    def measure(self, person: int) -> Seen:
        """Return the answers for one person."""
        shown = [
            *(Face(turn=turn) for turn in (*AT_REST, *TURNS)),
            *(Face(jaw=jaw) for jaw in JAWS),
            *(Face(gaze=gaze) for gaze in GAZES),
            *(Face(actions=dict.fromkeys(names, 1.0)) for names in SINGLE),
        ]
        pictures = iter(self._pictures.make(person, shown))
        solver = FaceSolver(self._model)
        for picture in islice(pictures, len(AT_REST)):
            for _ in range(_LOOKS_AT_REST):
                self._fit(solver, picture)

        def answers(count: int) -> list[tuple[HeadPicture, FaceFit | None]]:
            return [(p, self._fit(copy.deepcopy(solver), p)) for p in islice(pictures, count)]

        return Seen(
            _head_errors(answers(len(TURNS))),
            [None if f is None else math.degrees(f.jaw_pose[0]) for _, f in answers(len(JAWS))],
            [None if f is None else _down_and_left(f.eye_pose) for _, f in answers(len(GAZES))],
            [None if f is None else f.blendshapes for _, f in answers(len(SINGLE))],
        )

    def _fit(self, solver: FaceSolver, picture: HeadPicture) -> FaceFit | None:
        """Return what the solver says when it has seen a picture twice, the second time following the face."""
        self._task.forget()
        fit = None
        for _ in range(2):
            found = self._task.find(picture.image)
            if found is None:
                return None
            mesh, irises = found[:FACE_POINT_COUNT], found[FACE_POINT_COUNT:]
            fit = solver.solve(mesh, picture.camera, irises)
        return fit


def _head_errors(
    answers: list[tuple[HeadPicture, FaceFit | None]],
) -> list[tuple[float, float] | None]:
    errors = [None if fit is None else fit.head_rotation.T @ p.rotation for p, fit in answers]
    first = next((error for error in errors if error is not None), np.eye(3))
    return [None if e is None else (_angle_deg(e), _angle_deg(e @ first.T)) for e in errors]


def _down_and_left(eye_pose: NDArray[np.floating]) -> tuple[float, float]:
    down, left = np.degrees(eye_pose[:2]).tolist()
    return down, left


def _angle_deg(rotation: NDArray[np.floating]) -> float:
    cosine = 0.5 * (float(np.trace(rotation)) - 1)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
