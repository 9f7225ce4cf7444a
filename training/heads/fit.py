"""Fits what the face mesh shows of each face action, and writes the file that the face solver reads.

python -m training.heads.show --kit DIR --out faces.npz
python -m training.heads.fit faces.npz [--out assets/face_actions.npz]
"""

import argparse
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from jaxtyping import Float64, Int64
from numpy.typing import NDArray

from engines.body.face import ARKIT_INDEX, ARKIT_MIRROR, ARKIT_NAMES
from engines.body.model import BodyModel, load_body
from engines.errors import MocapError
from engines.landmarks.face import place_head, without_perspective
from engines.landmarks.face_actions import ACTIONS, LIDS
from engines.landmarks.face_basis import BodyFace, body_face
from engines.model_store import ASSETS, model_path
from engines.types import Camera
from training.heads.mirror import mirrored_points
from training.heads.shown import ShownFaces, load_shown
from training.kit import digest, read_manifest, write_manifest

_HERE: Final = Path(__file__).parent
_COLUMNS: Final = (*ACTIONS, *LIDS)
_ROUNDS: Final = 3
"""Rounds of placing the heads and finding how the actions move them."""
_RIDGE: Final = 0.7
"""So many pictures are held to have shown no movement for each action."""
_GAIN: Final = 0.25
"""Faces drawn without wrinkles move the mesh by a part of what the action moves the body; real ones move it further.
With that part to this power, the answer to a rendered action is below one, and to a real one not far above."""
_LEAST_PART: Final = 0.05
_BODY_DOUBT: Final = 0.3
"""A real face may move by this much of the difference between column and body."""
_SPREAD_RANK: Final = 60
"""Directions in which the detector errs; beside them each coordinate does so on its own..."""
_OWN_MM: Final = 0.4
"""...by this much more than on renders..."""
_DEPTH: Final = 2.0
"""...and in depth by so many times it."""
_LEAST_WEIGHT: Final = 0.3
"""Least weight of a point, of the middle one's: those at the lids have none for the actions."""
_LEAST_FACING, _TURNED_POWER = 0.6, 6
"""A picture counts by this power of one over the cosine of the turn: users turn further than most of these pictures."""
_PEOPLE: Final = 1.5
"""People differ by so many times what the kit's do..."""
_SHAPE_MM, _SHAPE_LENGTH_MM, _SHAPE_LEAST = 1.5, 25.0, 0.02
"""...and in ways that the kit's do not: smoothly, by this much, points so far apart hardly together; waves weaker than
the last, as a part of the strongest, are left out."""


class Movements(NamedTuple):
    """Faces and their mirror images."""

    actions: Float64[np.ndarray, "n 52"]
    """True coefficients."""
    moved: Float64[np.ndarray, "n 1404"]
    """Movement of the mesh from the person's own at rest, head frame, mm."""
    facing: Float64[np.ndarray, " n"]
    """Cosine between the way the face points and the way to the camera."""
    people: Float64[np.ndarray, "persons 1404"]
    """Difference of each person's mesh at rest from the body's."""


def main(arguments: list[str] | None = None) -> int:
    """Fit and write; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m training.heads.fit", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("faces", type=Path, help="file written by python -m training.heads.show")
    parser.add_argument(
        "--out", type=Path, default=ASSETS / "face_actions.npz", help="file to write"
    )
    parser.add_argument("--notes", type=Path, default=_HERE, help="folder of manifest.csv")
    options = parser.parse_args(arguments)
    try:
        rendered = read_manifest(options.faces.with_suffix(".csv"))
        body = load_body(model_path("open_body"))
        arrays = fit(load_shown(options.faces), body)
    except MocapError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    np.savez_compressed(options.out, **arrays)
    write_manifest(options.notes / "manifest.csv", rendered.values())
    sys.stderr.write(f"{options.out}: sha256 {digest(options.out)}\n")
    return 0


def fit(faces: ShownFaces, body: BodyModel) -> dict[str, Any]:
    """Return the arrays of the shipped file."""
    face = body_face(body)
    directions = face.directions(ARKIT_NAMES).reshape(-1, len(ARKIT_NAMES)).T
    mirror = mirrored_points()
    shown = np.zeros_like(directions)
    for _ in range(_ROUNDS):
        movements = _movements(faces, face, shown, mirror)
        shown = _regress(movements)
    rest = movements.moved - movements.actions @ shown
    used = [ARKIT_INDEX[name] for name in _COLUMNS]
    columns = _columns(shown[used], directions[used], face)
    doubt = _BODY_DOUBT * (directions[used] - columns)[: len(ACTIONS)]
    spread, own = _spread(rest, movements.facing, face)
    people = movements.people - movements.people.mean(axis=0)
    strangers = np.vstack([_PEOPLE * people / np.sqrt(len(people)), _shapes(face)])
    known = np.vstack([spread, doubt])
    return {
        "names": np.array(_COLUMNS),
        "mean": movements.people.mean(axis=0).reshape(-1, 3).astype(np.float16),
        "columns": columns.T.astype(np.float16),
        "pull": _pull(columns, known, own).astype(np.float32),
        "stranger_pull": _pull(columns, np.vstack([known, strangers]), own).astype(np.float32),
    }


def _movements(
    faces: ShownFaces,
    face: BodyFace,
    shown: NDArray[np.float64],
    mirror: Int64[np.ndarray, " 468"],
) -> Movements:
    """Place all heads, each person's against the own mean at rest, as far as `shown` explains them."""
    moved, people = np.empty((len(faces), *face.rest.shape)), []
    facing = np.empty(len(faces))
    for person in np.unique(faces.person):
        rows = np.flatnonzero(faces.person == person)
        own = np.zeros_like(face.rest)
        flat = [_flat(faces, int(row)) for row in rows]
        for _ in range(_ROUNDS):
            own = np.mean([
                place_head(face.rest + own, points, face.steadiness).to_head(points) - face.rest
                for row, points in zip(rows, flat, strict=True) if faces.at_rest[row]
            ], axis=0)  # fmt: skip
        people.append(own)
        for row, points in zip(rows, flat, strict=True):
            motion = (faces.actions[row] @ shown).reshape(-1, 3)
            placement = place_head(face.rest + own + motion, points, face.steadiness)
            moved[row] = placement.to_head(points) - face.rest - own
            facing[row] = -placement.rotation[2, 2]
    actions = faces.actions.astype(np.float64)
    return Movements(
        np.vstack([actions, actions[:, ARKIT_MIRROR]]),
        _with_mirrored(moved, mirror),
        np.tile(facing, 2),
        _with_mirrored(np.array(people), mirror),
    )


def _flat(faces: ShownFaces, row: int) -> NDArray[np.float64]:
    points = faces.mesh[row].astype(np.float64)
    focal = float(faces.focal_px[row])
    camera = Camera(1, 1, focal, focal, 0.0, 0.0)  # only its focal length counts
    return without_perspective(points, points[:, :2].mean(axis=0), camera)


def _with_mirrored(
    points: NDArray[np.float64], mirror: Int64[np.ndarray, " 468"]
) -> NDArray[np.float64]:
    both = np.concatenate([points, points[:, mirror] * (-1, 1, 1)])
    return both.reshape(len(both), -1)


def _regress(movements: Movements) -> NDArray[np.float64]:
    """Return how each action moves the mesh, (52, 1404)."""
    x = movements.actions
    return np.linalg.solve(x.T @ x + _RIDGE * np.eye(x.shape[1]), x.T @ movements.moved)


def _columns(
    shown: NDArray[np.float64], directions: NDArray[np.float64], face: BodyFace
) -> NDArray[np.float64]:
    """Return the movement of each action that the solver reckons with."""
    weight = np.repeat(face.weight, 3)
    power, whole = ((way**2 @ weight) for way in (shown, directions))
    part = np.sqrt(power / np.maximum(whole, 1e-9)).clip(_LEAST_PART, 1.0)
    columns: NDArray[np.float64] = shown / part[:, None] ** _GAIN
    return columns


def _spread(
    rest: NDArray[np.float64], facing: NDArray[np.float64], face: BodyFace
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return directions (rank, 1404) of what is left, scaled to standard deviations, and the variance beside them."""
    counts = facing.clip(_LEAST_FACING) ** -_TURNED_POWER
    values, vectors = np.linalg.eigh((counts[:, None] * rest).T @ rest / counts.sum())
    beside = values[:-_SPREAD_RANK].clip(0).sum() / len(values)
    spread = (vectors[:, -_SPREAD_RANK:] * np.sqrt(values[-_SPREAD_RANK:])).T
    middle = np.median(face.weight)
    weight = np.where(face.weight > 0, face.weight, _LEAST_WEIGHT * middle)
    own = beside + _OWN_MM**2 * weight.mean() / weight
    return spread, (own[:, None] * (1.0, 1.0, _DEPTH**2)).ravel()


def _shapes(face: BodyFace) -> NDArray[np.float64]:
    """Return smooth waves (n, 1404) over the face, along each axis, scaled to standard deviations."""
    apart = ((face.rest[:, None] - face.rest) ** 2).sum(axis=2)
    values, vectors = np.linalg.eigh(np.exp(-0.5 * apart / _SHAPE_LENGTH_MM**2))
    kept = values > _SHAPE_LEAST * values[-1]
    waves = _SHAPE_MM * (vectors[:, kept] * np.sqrt(values[kept])).T
    return np.vstack([np.kron(waves, axis) for axis in np.eye(3)])


def _pull(
    columns: NDArray[np.float64], spread: NDArray[np.float64], own: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return columns times the inverse of diag(own) + spread' spread (Woodbury)."""
    light, scaled = columns / own, spread / own
    inner = np.eye(len(spread)) + scaled @ spread.T
    pull: NDArray[np.float64] = light - (light @ spread.T) @ np.linalg.solve(inner, scaled)
    return pull


if __name__ == "__main__":
    sys.exit(main())
