"""What the face mesh shows of rendered faces whose actions are known."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Bool, Float32, Int64
from numpy.typing import NDArray

from engines.body.face import ARKIT_INDEX, ARKIT_NAMES
from engines.detect.mediapipe_tasks import FACE_POINT_COUNT, FaceTask
from engines.landmarks.face_basis import JAW_OPEN_RAD
from training.heads.measure import AT_REST, JAWS, SINGLE, TURNS
from training.heads.pictures import Face, HeadPictures
from training.kit import Kit
from training.record_files import load_record, save_record

EXPRESSIONS: Final = "expressions/makehuman_expressions.npz"
_ONE_SIDED_LAST: Final = 2
"""The last of `SINGLE` are actions of one side."""
_MORE_TURNS, _PAIRS = 8, 9
_LEAST_WEIGHT: Final = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class ShownFaces:
    """Face meshes with what the faces did, one row each."""

    person: Int64[np.ndarray, " n"]
    """Number of the person."""
    at_rest: Bool[np.ndarray, " n"]
    """Whether the face is at rest and nearly turned to the camera."""
    mesh: Float32[np.ndarray, "n 468 3"]
    """Detected points, pixels of the picture; z away from the camera."""
    focal_px: Float32[np.ndarray, " n"]
    """Focal length."""
    actions: Float32[np.ndarray, "n 52"]
    """True coefficients; an open jaw joint counts as jawOpen."""

    def __len__(self) -> int:
        return len(self.person)

    def save(self, path: Path) -> None:
        """Write an npz file."""
        save_record(self, path)


def load_shown(path: Path) -> ShownFaces:
    """Load what `ShownFaces.save` wrote.

    Raises:
        ModelError: no such file, or it holds something else.
    """
    return load_record(ShownFaces, path, "shown faces", "python -m training.heads.show")


def show(pictures: HeadPictures, kit: Kit, task: FaceTask, persons: range) -> Iterator[ShownFaces]:
    """Yield what the detector sees of each person, in the second of two looks; faces not found are left out."""
    weights = _expressions(kit)
    for person in persons:
        faces = faces_of(person, weights)
        rows: list[tuple[bool, NDArray[np.float32], float, NDArray[np.float32]]] = []
        for face, picture in zip(faces, pictures.make(person, faces), strict=True):
            task.forget()
            task.find(picture.image)
            found = task.find(picture.image)
            if found is not None:
                mesh = found[:FACE_POINT_COUNT].astype(np.float32)
                rows.append((face in _AT_REST, mesh, picture.camera.fx, _truth(face)))
        at_rest, meshes, focal, actions = zip(*rows, strict=True)
        yield ShownFaces(
            np.full(len(rows), person), np.array(at_rest), np.array(meshes),
            np.array(focal, np.float32), np.array(actions),
        )  # fmt: skip


def faces_of(person: int, expressions: NDArray[np.floating]) -> list[Face]:
    """Return what a person shows: rest, turns, each action alone, of one side and turned, pairs, and expressions.

    Args:
        person: Number of the person; the same number gives the same faces.
        expressions: Coefficients (n, 52); half of them are shown.
    """
    rng = np.random.default_rng((5, person, False))
    groups = SINGLE[:-_ONE_SIDED_LAST]
    faces = [Face(turn=turn) for turn in (*AT_REST, *TURNS)]
    faces += [Face(jaw=jaw) for jaw in JAWS]
    faces += [Face(actions=dict.fromkeys(names, 1.0)) for names in SINGLE]
    faces += [Face(turn=_turn(rng, 22, 45, 15)) for _ in range(_MORE_TURNS)]
    for names in groups:
        amount = rng.uniform(0.4, 1.0)
        faces.append(Face(actions=dict.fromkeys(names, amount), turn=_turn(rng, 15, 35, 10)))
    faces += [Face(actions={names[0]: 1.0}) for names in groups if len(names) > 1]
    for _ in range(_PAIRS):
        actions: dict[str, float] = {}
        for index in rng.choice(len(groups), 2, replace=False):
            actions |= dict.fromkeys(groups[index], rng.uniform(0.4, 1.0))
        faces.append(Face(actions=actions, turn=_turn(rng, 10, 20, 8)))
    faces.append(Face(actions={"jawOpen": 1.0, "mouthClose": 1.0}))
    for row in expressions[person % 2 :: 2]:
        shown = zip(ARKIT_NAMES, row.tolist(), strict=True)
        faces.append(Face(actions={name: v for name, v in shown if v > _LEAST_WEIGHT}))
    return faces


_AT_REST: Final = tuple(Face(turn=turn) for turn in AT_REST)


def _turn(rng: np.random.Generator, *most: float) -> tuple[float, float, float]:
    down, left, tilt = (float(rng.uniform(-limit, limit)) for limit in most)
    return down, left, tilt


def _truth(face: Face) -> NDArray[np.float32]:
    actions = np.zeros(len(ARKIT_NAMES), np.float32)
    for name, amount in face.actions.items():
        actions[ARKIT_INDEX[name]] = amount
    actions[ARKIT_INDEX["jawOpen"]] += np.radians(face.jaw) / JAW_OPEN_RAD
    return actions


def _expressions(kit: Kit) -> NDArray[np.float32]:
    """Return the kit's expressions (n, 52)."""
    with np.load(kit.file(EXPRESSIONS), allow_pickle=False) as archive:
        names = [str(name) for name in archive["arkit_names"]]
        weights: NDArray[np.float32] = archive["weights"][:, [names.index(n) for n in ARKIT_NAMES]]
    return weights
