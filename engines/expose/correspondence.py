"""Which points of one body's surface are the vertices of another: SMPL to SMPL-X, or any two registered meshes.

The map of the paper's supplement (Choutas et al., ECCV 2020; SMPL-X repository, transfer.md): each target vertex is a
barycentric point of a source triangle, and target vertices without a counterpart (eyeballs, inner mouth) are left out.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Bool, Float32, Int32
from numpy.typing import NDArray

from engines.body.surface import Surface
from engines.errors import ModelError
from engines.expose.safe_pickle import SparseMatrix, load_pickle

_MAX_SOURCES: Final = 64
"""More source vertices than this for one target vertex are no surface map."""


@dataclass(frozen=True, slots=True, eq=False)
class Correspondence:
    """Target vertices as weighted sums of source vertices."""

    sources: Int32[np.ndarray, "target k"]
    """Source vertices of each target vertex; unused places name vertex 0 with weight 0."""
    weights: Float32[np.ndarray, "target k"]
    """Their weights."""
    valid: Bool[np.ndarray, "target"]
    """Target vertices that have a counterpart."""
    source_count: int
    """Vertices of the source mesh."""

    def apply(self, vertices: NDArray[np.floating]) -> Float32[np.ndarray, "meshes target 3"]:
        """Return the source meshes (meshes, source, 3) with the target's vertices; meaningless where not `valid`.

        Raises:
            ModelError: the meshes are not of the source body.
        """
        if vertices.ndim != 3 or vertices.shape[1:] != (self.source_count, 3):
            raise ModelError(
                f"meshes of shape {vertices.shape[1:]}: the correspondence is for {self.source_count} vertices; "
                "use meshes of the body it was made for"
            )
        corners = np.asarray(vertices, np.float32)[:, self.sources]  # (meshes, target, k, 3)
        return np.einsum("ntkx,tk->ntx", corners, self.weights)


def identity_correspondence(vertices: int) -> Correspondence:
    """Return the map between two bodies with the same vertices."""
    return Correspondence(
        sources=np.arange(vertices, dtype=np.int32)[:, None],
        weights=np.ones((vertices, 1), np.float32),
        valid=np.ones(vertices, np.bool_),
        source_count=vertices,
    )


def correspondence_by_registration(
    registered: NDArray[np.floating],
    source_vertices: NDArray[np.floating],
    source_faces: NDArray[np.integer],
    *,
    max_distance: float = 0.02,
) -> Correspondence:
    """Return the map to a target template that was registered to the source template: each vertex's closest point.

    Args:
        registered: (target, 3) the target's vertices, deformed to lie on the source's surface. Two templates that
            were merely posed alike are not registered: limbs of other lengths would be matched wrongly.
        source_vertices: (source, 3) the source template.
        source_faces: Its triangles.
        max_distance: Target vertices farther off the source than this, in the unit of the meshes, have no counterpart.
    """
    found = Surface(source_vertices, source_faces).closest(registered)
    return Correspondence(
        sources=np.asarray(source_faces, np.int32)[found.triangles],
        weights=found.barycentric.astype(np.float32),
        valid=found.distances <= max_distance,
        source_count=len(source_vertices),
    )


def load_correspondence(path: Path, mask: Path | None = None) -> Correspondence:
    """Load `smpl2smplx_deftrafo_setup.pkl` or its like, or a sparse matrix saved by `scipy.sparse.save_npz`.

    Args:
        path: A pickle whose `mtx` maps source vertices and normals (the normals are not used), or whose `matrix` maps
            source vertices; or an .npz of a matrix (target, source).
        mask: `smplx_mask_ids.npy`: the target vertices that have a counterpart; all with any weight without it.

    Raises:
        ModelError: a file is missing or holds something else.
    """
    rows, columns, values, shape = _read_entries(path)
    if rows.size and (min(rows.min(), columns.min()) < 0 or rows.max() >= shape[0]):
        raise ModelError(f"{path}: a damaged matrix; get it again from its source")
    counts = np.bincount(rows, minlength=shape[0])
    if counts.max(initial=0) > _MAX_SOURCES:
        raise ModelError(
            f"{path}: a vertex depends on {counts.max()} others, so it is no surface map; "
            "get the model correspondences from the SMPL-X site"
        )
    order = np.argsort(rows, kind="stable")
    place = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    sources = np.zeros((shape[0], max(int(counts.max(initial=0)), 1)), np.int32)
    weights = np.zeros(sources.shape, np.float32)
    sources[rows[order], place] = columns[order]
    weights[rows[order], place] = values[order]
    valid = counts > 0
    if mask is not None:
        chosen = np.zeros(shape[0], np.bool_)
        chosen[_read_mask(mask, shape[0])] = True
        valid &= chosen
    return Correspondence(sources, weights, valid, shape[1])


_Entries = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], tuple[int, int]]


def _read_entries(path: Path) -> _Entries:
    matrix, with_normals = _read_matrix(path)
    if isinstance(matrix, SparseMatrix):
        rows, columns, values = matrix.entries()
    else:
        rows, columns = np.nonzero(matrix)
        values = matrix[rows, columns].astype(np.float64)
    source_count = matrix.shape[1] // 2 if with_normals else matrix.shape[1]
    kept = (columns < source_count) & (values != 0)
    return rows[kept], columns[kept], values[kept], (matrix.shape[0], source_count)


def _read_matrix(path: Path) -> tuple[SparseMatrix | NDArray[np.floating], bool]:
    if path.suffix.lower() == ".npz":
        return _read_npz(path), False
    content = load_pickle(path)
    for key, with_normals in (("mtx", True), ("matrix", False)):
        matrix = content.get(key) if isinstance(content, Mapping) else None
        if isinstance(matrix, SparseMatrix) or (
            isinstance(matrix, np.ndarray) and matrix.ndim == 2
        ):
            return matrix, with_normals
    raise ModelError(
        f"{path}: no matrix named 'mtx' or 'matrix' in it; get the model correspondences from the SMPL-X site"
    )


def _read_npz(path: Path) -> SparseMatrix:
    try:
        with np.load(path, allow_pickle=False) as archive:
            kind = archive["format"].item()
            rows, columns = archive["shape"].tolist()
            arrays = (archive["data"], archive["indices"], archive["indptr"])
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"{path}: not a matrix saved by scipy.sparse.save_npz ({error}); save it so"
        ) from error
    if kind not in (b"csr", b"csc"):
        raise ModelError(f"{path}: not a csr or csc matrix; save the matrix in one of these forms")
    return SparseMatrix(kind == b"csr", (rows, columns), *arrays)


def _read_mask(path: Path, vertices: int) -> NDArray[np.int64]:
    try:
        ids = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ModelError(f"{path}: cannot be read as vertex numbers ({error})") from error
    if ids.ndim != 1 or ids.dtype.kind not in "iu" or ids.size == 0:
        raise ModelError(f"{path}: not a list of vertex numbers; use smplx_mask_ids.npy")
    if ids.min() < 0 or ids.max() >= vertices:
        raise ModelError(f"{path}: names vertex {ids.max()} of {vertices}; it is for another body")
    return ids.astype(np.int64)
