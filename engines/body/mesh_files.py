"""Triangle meshes in PLY (ascii or binary) and Wavefront OBJ files: vertices and faces, nothing else.

Formats: G. Turk, The PLY polygon file format (1994); Wavefront, Object files, appendix B1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float32, Int32
from numpy.typing import NDArray

from engines.errors import ModelError

_PLY_TYPES: Final = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
    "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8",
}  # fmt: skip
_BYTE_ORDER: Final = {"binary_little_endian": "<", "binary_big_endian": ">"}


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A triangle mesh, in the units and the frame of its file."""

    vertices: Float32[np.ndarray, "vertices 3"]
    """Corner positions."""
    faces: Int32[np.ndarray, "faces 3"]
    """Vertex indices of each triangle; no rows for a point cloud. Polygons are cut into fans."""


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    count: int
    properties: tuple[tuple[str, ...], ...]

    @property
    def has_lists(self) -> bool:
        return any(p[0] == "list" for p in self.properties)


def read_mesh(path: Path) -> Mesh:
    """Read a .ply or .obj file.

    Raises:
        ModelError: no such file, another format, or a damaged file.
    """
    readers = {".ply": _read_ply, ".obj": _read_obj}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ModelError(f"{path}: not a mesh format that is read here; use .ply or .obj")
    if not path.is_file():
        raise ModelError(f"{path}: no such mesh; check the name")
    try:
        vertices, faces = reader(path)
    except (ValueError, IndexError, KeyError, OSError) as error:
        raise ModelError(
            f"{path}: cannot be read as a mesh ({error}); copy it again from its source"
        ) from error
    if faces.size and (faces.min() < 0 or faces.max() >= len(vertices)):
        raise ModelError(
            f"{path}: a face names vertex {int(faces.max())} of {len(vertices)}; copy it again from its source"
        )
    return Mesh(vertices.astype(np.float32), faces.astype(np.int32))


def _read_obj(path: Path) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    vertices: list[list[float]] = []
    faces: list[tuple[int, int, int]] = []
    with path.open(encoding="latin-1") as file:
        for line in file:
            kind, _, rest = line.partition(" ")
            if kind == "v":
                vertices.append([float(word) for word in rest.split()[:3]])
            elif kind == "f":
                corners = [int(word.split("/")[0]) for word in rest.split()]
                # counted from 1; negative numbers count back from the latest vertex
                faces.extend(_fan([c - 1 if c > 0 else len(vertices) + c for c in corners]))
    return np.array(vertices, np.float64).reshape(-1, 3), np.array(faces, np.int64).reshape(-1, 3)


def _fan(corners: list[int]) -> Iterator[tuple[int, int, int]]:
    for k in range(1, len(corners) - 1):
        yield corners[0], corners[k], corners[k + 1]


def _read_ply(path: Path) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    data = path.read_bytes()
    end = data.find(b"end_header")
    if not data.startswith(b"ply") or end < 0:
        raise ValueError("no PLY header")
    body = data.index(b"\n", end) + 1
    kind, elements = _parse_header(data[:end].decode("ascii", "replace"))
    if kind == "ascii":
        tables = _ascii_tables(data[body:].split(), elements)
    else:
        tables = _binary_tables(data, body, elements, _BYTE_ORDER[kind])
    vertices = np.stack([tables["vertex"][axis] for axis in "xyz"], axis=1).astype(np.float64)
    rows = tables.get("face", {})
    lists = next((rows[name] for name in ("vertex_indices", "vertex_index") if name in rows), [])
    if isinstance(lists, np.ndarray) and lists.ndim == 2 and lists.shape[1] == 3:
        return vertices, lists.astype(np.int64)
    faces = [triangle for row in lists for triangle in _fan([int(v) for v in row])]
    return vertices, np.array(faces, np.int64).reshape(-1, 3)


def _parse_header(text: str) -> tuple[str, list[_Element]]:
    kind = ""
    elements: list[_Element] = []
    for line in text.splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "format":
            kind = words[1]
        elif words[0] == "element":
            elements.append(_Element(words[1], int(words[2]), ()))
        elif words[0] == "property":
            last = elements.pop()
            elements.append(_Element(last.name, last.count, (*last.properties, tuple(words[1:]))))
    if kind != "ascii" and kind not in _BYTE_ORDER:
        raise ValueError(f"unknown PLY format {kind!r}")
    return kind, elements


# property name -> one column, or one row of indices for each face
_Table = dict[str, "NDArray[np.generic] | list[NDArray[np.generic]]"]


def _ascii_tables(words: list[bytes], elements: list[_Element]) -> dict[str, _Table]:
    tables: dict[str, _Table] = {}
    position = 0
    for element in elements:
        if not element.has_lists:
            width = len(element.properties)
            numbers = np.array(words[position : position + width * element.count], np.float64)
            position += width * element.count
            columns = numbers.reshape(element.count, width).T
            tables[element.name] = {p[1]: columns[k] for k, p in enumerate(element.properties)}
            continue
        rows: dict[str, list[NDArray[np.generic]]] = {p[-1]: [] for p in element.properties}
        for _ in range(element.count):
            for prop in element.properties:
                length = int(words[position]) if prop[0] == "list" else 1
                position += prop[0] == "list"
                rows[prop[-1]].append(np.array(words[position : position + length], np.float64))
                position += length
        tables[element.name] = dict(rows)
    return tables


def _binary_tables(
    data: bytes, position: int, elements: list[_Element], order: str
) -> dict[str, _Table]:
    tables: dict[str, _Table] = {}
    for element in elements:
        dtype = _row_type(element, data, position, order)
        if dtype is None:
            tables[element.name], position = _binary_lists(data, position, element, order)
            continue
        array = np.frombuffer(data, dtype, element.count, position)
        position += dtype.itemsize * element.count
        counts = [name for name in dtype.names or () if name.startswith("count of ")]
        if any((array[name] != 3).any() for name in counts):
            position -= dtype.itemsize * element.count
            tables[element.name], position = _binary_lists(data, position, element, order)
            continue
        tables[element.name] = {p[-1]: array[p[-1]] for p in element.properties}
    return tables


def _row_type(
    element: _Element, data: bytes, position: int, order: str
) -> np.dtype[np.void] | None:
    """Return the type of a row in which each list is a triangle; None where there are too few bytes for that."""
    fields: list[tuple[str, str] | tuple[str, str, tuple[int, ...]]] = []
    for prop in element.properties:
        if prop[0] == "list":
            fields.append((f"count of {prop[3]}", order + _PLY_TYPES[prop[1]]))
            fields.append((prop[3], order + _PLY_TYPES[prop[2]], (3,)))
        else:
            fields.append((prop[1], order + _PLY_TYPES[prop[0]]))
    dtype = np.dtype(fields)
    enough = position + dtype.itemsize * element.count <= len(data)
    return dtype if enough or not element.has_lists else None


def _binary_lists(data: bytes, position: int, element: _Element, order: str) -> tuple[_Table, int]:
    rows: dict[str, list[NDArray[np.generic]]] = {p[-1]: [] for p in element.properties}
    for _ in range(element.count):
        for prop in element.properties:
            length = 1
            if prop[0] == "list":
                count_type = np.dtype(order + _PLY_TYPES[prop[1]])
                length = int(np.frombuffer(data, count_type, 1, position)[0])
                position += count_type.itemsize
            value_type = np.dtype(order + _PLY_TYPES[prop[-2]])
            rows[prop[-1]].append(np.frombuffer(data, value_type, length, position))
            position += value_type.itemsize * length
    return dict(rows), position
