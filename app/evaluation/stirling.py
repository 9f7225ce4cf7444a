"""Stirling/ESRC faces: pictures of faces and scans of the same persons (Feng et al., FG 2018).

Layout: the challenge's pictures in `HQ` and `LQ`, the neutral scans (`F1001_N.obj` ..., millimetres) anywhere below the
folder, and beside or apart from them the challenge's landmark files (`F1001_N.lnd`, seven lines of number, x, y, z).
A picture belongs to the scan whose name begins with the same person. Measure as in the paper, section 4: scan-to-mesh.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from app.evaluation.body_maps import BodyMaps
from app.evaluation.face_scan import LANDMARKS, Head, scan_errors
from app.evaluation.samples import Measurement, Measurements, Prediction, Query
from engines.body.mesh_files import read_mesh
from engines.errors import DatasetError, SkipFrame

SOURCE: Final = "http://pics.stir.ac.uk/ESRC"
LANDMARK_SOURCE: Final = "https://github.com/patrikhuber/fg2018-competition, folder annotations"
SPLITS: Final = ("HQ", "LQ")
"""Sharp pictures, and poor ones."""

_PICTURES: Final = (".jpg", ".jpeg", ".png", ".bmp")
_PERSON: Final = re.compile(r"[fm]\d+[a-z]?", re.IGNORECASE)
_NEUTRAL: Final = "_n"

# among ExPose's 144 joints: right eye 1 and 4, left eye 4 and 1, nose middle, right and left mouth 1
_LANDMARK_JOINTS: Final = [95, 98, 101, 104, 92, 107, 113]


@dataclass(frozen=True, slots=True, eq=False)
class StirlingSample:
    """One picture of a face."""

    query: Query
    """What is asked."""
    scan: Path
    """Mesh of the person's face, millimetres."""
    landmarks: Float64[np.ndarray, "7 3"]
    """Places of `face_scan.LANDMARKS` on it."""
    maps: BodyMaps
    """`face` limits the surface to the head, where given."""

    def measure(self, prediction: Prediction) -> Measurements:
        """Return distances of the scan's inner face to the predicted head, and their root mean square."""
        if len(prediction.joints) <= max(_LANDMARK_JOINTS):
            raise SkipFrame(f"{len(prediction.joints)} joints: no face landmarks among them")
        landmarks = prediction.joints[_LANDMARK_JOINTS]
        head = Head(prediction.vertices, _head_faces(prediction, self.maps), landmarks)
        errors = scan_errors(_read_scan(self.scan), self.landmarks, head)
        return {
            "scan_to_mesh": Measurement(errors.by_landmarks, "mm"),
            "scan_to_mesh_refined": Measurement(errors.refined, "mm"),
            "rmse_3d": Measurement(np.sqrt(np.mean(errors.by_landmarks**2, keepdims=True)), "mm"),
        }


class Stirling:
    """The pictures of one quality in a folder.

    Args:
        folder: With `HQ`, `LQ`, scans and landmarks.
        maps: `face` is used where given.
        split: One of `SPLITS`.

    Raises:
        DatasetError: the folder has no such pictures, scans or landmarks, or none that belong together.
    """

    def __init__(self, folder: Path, maps: BodyMaps, split: str = "HQ") -> None:
        pictures = folder / split
        images = sorted(p for p in pictures.glob("*") if p.suffix.lower() in _PICTURES)
        if not images:
            raise DatasetError(f"{pictures}: no pictures there; get the challenge's from {SOURCE}")
        self.name = f"stirling {split}"
        self._maps = maps
        scans, landmarks = _files(folder, ".obj"), _files(folder, ".lnd")
        pairs = {name: (scans[name], landmarks[name]) for name in scans if name in landmarks}
        self._truth = {image: truth for image in images if (truth := _truth(image, pairs))}
        if not self._truth:
            raise DatasetError(
                f"{folder}: no scan with landmarks for {images[0].name}; get scans from {SOURCE} "
                f"and landmarks from {LANDMARK_SOURCE}"
            )
        self.notes = _notes(images, len(self._truth), maps)

    def __len__(self) -> int:
        return len(self._truth)

    def samples(self) -> Iterator[StirlingSample]:
        """Return the samples in the order of the pictures' names."""
        for image, (scan, landmarks) in self._truth.items():
            query = Query(f"{image.parent.name}/{image.stem}", image, "head")
            yield StirlingSample(query, scan, read_landmarks(landmarks), self._maps)


def read_landmarks(path: Path) -> Float64[np.ndarray, "7 3"]:
    """Read a landmark file: seven lines of number, x, y, z.

    Raises:
        DatasetError: the file holds something else.
    """
    try:
        rows = [
            line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
        ]
        points = np.array([[float(word) for word in row[-3:]] for row in rows])
    except (OSError, ValueError) as error:
        raise DatasetError(
            f"{path}: cannot be read ({error}); get it from {LANDMARK_SOURCE}"
        ) from error
    if points.shape != (len(LANDMARKS), 3):
        raise DatasetError(
            f"{path}: not {len(LANDMARKS)} landmarks of x, y, z; get it from {LANDMARK_SOURCE}"
        )
    return points


def _notes(images: list[Path], used: int, maps: BodyMaps) -> tuple[str, ...]:
    notes = ["scan_to_mesh_refined is RingNet's way of aligning, the other two are the benchmark's"]
    if used < len(images):
        notes.append(f"{len(images) - used} of {len(images)} pictures have no scan: left out")
    if "face" not in maps.parts:
        notes.append(
            "distances are to the whole body, since the vertices of the head are not given"
        )
    return tuple(notes)


def _truth(image: Path, pairs: dict[str, tuple[Path, Path]]) -> tuple[Path, Path] | None:
    """Return scan and landmarks of the person in a picture; the plain neutral scan where there are several."""
    person = _person(image.stem)
    names = [name for name in pairs if person and _person(name) == person]
    return pairs[min(names, key=lambda name: (name != person + _NEUTRAL, name))] if names else None


def _files(folder: Path, suffix: str) -> dict[str, Path]:
    return {p.stem.lower(): p for p in sorted(folder.rglob("*")) if p.suffix.lower() == suffix}


def _person(name: str) -> str:
    found = _PERSON.match(name)
    return found.group().lower() if found else ""


@lru_cache(maxsize=4)  # the pictures of a person follow each other
def _read_scan(path: Path) -> NDArray[np.float32]:
    return read_mesh(path).vertices


def _head_faces(prediction: Prediction, maps: BodyMaps) -> NDArray[np.integer]:
    ids = maps.parts.get("face")
    if ids is None or len(prediction.vertices) <= ids.max():
        return prediction.faces
    chosen = np.zeros(len(prediction.vertices), np.bool_)
    chosen[ids] = True
    return prediction.faces[chosen[prediction.faces].all(axis=1)]
