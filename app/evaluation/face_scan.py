"""Scan-to-mesh error of a face: how far a predicted head is from a scan of the person.

Protocol of the Stirling benchmark (Feng et al., Evaluation of Dense 3D Reconstruction from 2D Face Images in the Wild,
FG 2018) and, for the refined alignment, of RingNet's (Sanyal et al., CVPR 2019).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from engines.body.metrics import Similarity, similarity
from engines.body.surface import Surface

LANDMARKS: Final = (
    "right eye, outer corner", "right eye, inner corner", "left eye, inner corner", "left eye, outer corner",
    "nose, bottom", "right mouth corner", "left mouth corner",
)  # fmt: skip
"""The seven points by which a prediction is laid onto a scan, in the order of the benchmark's files."""

_RIGHT_OUTER, _RIGHT_INNER, _LEFT_INNER, _LEFT_OUTER, _NOSE = range(5)
_CENTRE_SHARE: Final = 0.3
_RADIUS_FACTOR: Final = 1.2
_ICP_POINTS: Final = 2000
_ICP_STEPS: Final = 100
_ICP_TOLERANCE: Final = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A predicted head, in any unit: the scan gives the scale."""

    vertices: NDArray[np.floating]
    """(V, 3)."""
    faces: NDArray[np.integer]
    """(F, 3) triangles that count as the head's surface."""
    landmarks: NDArray[np.floating]
    """(7, 3) places of `LANDMARKS`."""


@dataclass(frozen=True, slots=True, eq=False)
class ScanErrors:
    """Distances of the scan's vertices on the inner face to the predicted surface, in the unit of the scan."""

    by_landmarks: Float64[np.ndarray, "points"]
    """With the head laid onto the seven landmarks: the benchmark's own."""
    refined: Float64[np.ndarray, "points"]
    """With the head fitted to the scan from there on: RingNet's."""


def scan_errors(
    scan: NDArray[np.floating], scan_landmarks: NDArray[np.floating], head: Head
) -> ScanErrors:
    """Return how far the inner face of a scan is from a predicted head.

    Args:
        scan: (N, 3) vertices of the scan.
        scan_landmarks: (7, 3) places of `LANDMARKS` on it.
        head: The prediction.

    Raises:
        AlignmentError: the predicted landmarks are all in one place.
        ValueError: the scan has no vertex on the inner face: its landmarks belong to another scan.
    """
    centre, radius = inner_face(scan_landmarks)
    points = scan[np.linalg.norm(scan - centre, axis=1) <= radius].astype(np.float64)
    if len(points) == 0:
        raise ValueError("no vertex of the scan is near its landmarks; are they of another scan?")
    surface = Surface(head.vertices, head.faces)
    scan_from_head = similarity(head.landmarks, scan_landmarks)
    by_landmarks = _distances(points, surface, scan_from_head)
    some = points[:: -(-len(points) // _ICP_POINTS)]
    refined = _distances(points, surface, _refine(some, surface, head, scan_from_head))
    return ScanErrors(by_landmarks, refined)


def inner_face(landmarks: NDArray[np.floating]) -> tuple[Float64[np.ndarray, "3"], float]:
    """Return centre and radius of the ball that holds the inner face.

    The radius is the one printed in the paper, 1.2 times the mean of the distance of the outer eye corners and the
    length of the nose. The benchmark's script multiplies by 1.5, and adds the eye corners where it means to subtract.
    """
    points = np.asarray(landmarks, np.float64)
    nose, bridge = points[_NOSE], (points[_RIGHT_INNER] + points[_LEFT_INNER]) / 2
    eyes = np.linalg.norm(points[_RIGHT_OUTER] - points[_LEFT_OUTER])
    radius = _RADIUS_FACTOR * (eyes + np.linalg.norm(bridge - nose)) / 2
    return nose + _CENTRE_SHARE * (bridge - nose), float(radius)


def _distances(
    points: NDArray[np.float64], surface: Surface, scan_from_head: Similarity
) -> NDArray[np.float64]:
    # asked in the head's frame, so that its tree is built once
    inside = surface.closest(scan_from_head.inverse().apply(points))
    return scan_from_head.scale * inside.distances


def _refine(
    points: NDArray[np.float64], surface: Surface, head: Head, start: Similarity
) -> Similarity:
    """Return the similarity after iterated closest points (Besl and McKay, 1992), scale included."""
    current, last = start, np.inf
    for _ in range(_ICP_STEPS):
        found = surface.closest(current.inverse().apply(points))
        error = current.scale * float(np.sqrt(np.mean(found.distances**2)))
        if error >= last * (1 - _ICP_TOLERANCE):
            break
        last = error
        corners = head.vertices[head.faces[found.triangles]]
        nearest = np.einsum("pc,pcx->px", found.barycentric, corners)
        current = similarity(nearest, points)
    return current
