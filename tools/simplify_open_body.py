"""Builds assets/open_body_simple.npz: the vertices of the open body that a small picture needs, and faces between them.

python tools/simplify_open_body.py

Edges are collapsed onto one of their ends, those first that change the surface least (Garland and Heckbert, Surface
Simplification Using Quadric Error Metrics, SIGGRAPH 1997). Every vertex that is left is one of the body's own, so that
shape, expression and skinning weights go on to hold. Hands and face, which the eye looks at, are kept finer.
"""

import heapq
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engines.body.model import load_body
from engines.body.skeleton import JOINT_INDEX, LEFT_HAND, RIGHT_HAND
from engines.model_store import model_path

FACES = 2400
FINER = 6.0
"""How much more an error of the hands and the head counts."""
BORDER = 10.0
"""How much more an error of a border counts."""
STEEPEST_TURN = 0.2
"""A face whose normal turns further than this (cosine) would fold over."""


class Mesh:
    """Faces that shrink in number while vertices stay where they are."""

    def __init__(self, places, faces, importance):
        self.places = places
        self.faces = {number: tuple(face) for number, face in enumerate(faces.tolist())}
        self.faces_of = [set() for _ in places]
        for number, face in self.faces.items():
            for vertex in face:
                self.faces_of[vertex].add(number)
        self.importance = importance
        self.quadrics = self._quadrics(faces)
        self.version = [0] * len(places)

    def _quadrics(self, faces):
        quadrics = np.zeros((len(self.places), 4, 4))
        edges = {}
        for face in faces.tolist():
            plane, area = self._plane(face)
            for corner in face:
                quadrics[corner] += area * np.outer(plane, plane)
            for a, b in ((0, 1), (1, 2), (2, 0)):
                edges.setdefault(frozenset((face[a], face[b])), []).append(plane)
        for edge, planes in edges.items():
            if len(planes) == 1:
                a, b = edge
                along = self.places[b] - self.places[a]
                across = np.cross(along, planes[0][:3])
                across /= max(np.linalg.norm(across), 1e-12)
                plane = np.append(across, -across @ self.places[a])
                for corner in edge:
                    quadrics[corner] += BORDER * (along @ along) * np.outer(plane, plane)
        return quadrics

    def _plane(self, face):
        a, b, c = (self.places[corner] for corner in face)
        normal = np.cross(b - a, c - a)
        length = np.linalg.norm(normal)
        normal = normal / max(length, 1e-12)
        return np.append(normal, -normal @ a), length / 2

    def neighbours(self, vertex):
        """Return the vertices that share a face with one."""
        return {other for number in self.faces_of[vertex] for other in self.faces[number]} - {
            vertex
        }

    def cost(self, gone, kept):
        """Return what a collapse changes, or None where it would fold the surface or pinch it."""
        shared = self.faces_of[gone] & self.faces_of[kept]
        if len(self.neighbours(gone) & self.neighbours(kept)) != len(shared):
            return None
        for number in self.faces_of[gone] - shared:
            face = self.faces[number]
            before, _ = self._plane(face)
            after, area = self._plane([kept if corner == gone else corner for corner in face])
            if area < 1e-10 or before[:3] @ after[:3] < STEEPEST_TURN:
                return None
        place = np.append(self.places[kept], 1)
        error = place @ (self.quadrics[gone] + self.quadrics[kept]) @ place
        length = np.linalg.norm(self.places[gone] - self.places[kept])
        weight = max(self.importance[gone], self.importance[kept])
        return weight * (max(error, 0) + 1e-9 * length)

    def collapse(self, gone, kept):
        """Move one vertex onto another."""
        for number in list(self.faces_of[gone]):
            face = self.faces[number]
            if kept in face:
                del self.faces[number]
                for corner in face:
                    self.faces_of[corner].discard(number)
            else:
                self.faces[number] = tuple(kept if corner == gone else corner for corner in face)
                self.faces_of[kept].add(number)
        self.faces_of[gone] = set()
        self.quadrics[kept] += self.quadrics[gone]
        self.version[gone] += 1
        self.version[kept] += 1


def simplified(mesh, count):
    """Collapse edges until so many faces are left."""
    heap = []

    def offer(gone, kept):
        cost = mesh.cost(gone, kept)
        if cost is not None:
            heapq.heappush(heap, (cost, gone, kept, mesh.version[gone], mesh.version[kept]))

    for vertex in range(len(mesh.places)):
        for other in mesh.neighbours(vertex):
            offer(vertex, other)
    while len(mesh.faces) > count and heap:
        _, gone, kept, *versions = heapq.heappop(heap)
        if versions != [mesh.version[gone], mesh.version[kept]] or mesh.cost(gone, kept) is None:
            continue
        mesh.collapse(gone, kept)
        for other in mesh.neighbours(kept):
            offer(kept, other)
            offer(other, kept)
    return np.array(sorted(mesh.faces.values()))


def main():
    """Simplify the open body and write the asset."""
    body = load_body(model_path("open_body"))
    part = body.weight_joints[:, 0]
    hands = [*range(55)[LEFT_HAND], *range(55)[RIGHT_HAND]]
    finer = np.isin(part, [*hands, JOINT_INDEX["head"], JOINT_INDEX["jaw"]])
    importance = np.where(finer, FINER, 1.0)
    faces = simplified(Mesh(body.v_template.astype(np.float64), body.faces, importance), FACES)
    kept, numbered = np.unique(faces, return_inverse=True)
    path = Path(__file__).resolve().parents[1] / "assets" / "open_body_simple.npz"
    np.savez_compressed(
        path, vertices=kept.astype(np.uint16), faces=numbered.reshape(-1, 3).astype(np.uint16)
    )
    print(f"{path}: {len(kept)} vertices, {len(faces)} faces, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
