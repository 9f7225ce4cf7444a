"""A binary glTF 2.0 file: one JSON chunk, one binary chunk (Khronos glTF 2.0 specification, sections 3.6 and 4.4)."""

import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO, Final, Self

import numpy as np
from numpy.typing import NDArray

ARRAY_BUFFER: Final = 34962
"""Target of vertex attributes."""
ELEMENT_ARRAY_BUFFER: Final = 34963
"""Target of triangle indices."""

_COMPONENT_TYPES: Final = {"u1": 5121, "u2": 5123, "u4": 5125, "f4": 5126}
_TYPES: Final = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}

_GLB_MAGIC: Final = 0x46546C67
_JSON_CHUNK: Final = 0x4E4F534A
_BINARY_CHUNK: Final = 0x004E4942


class GlbDocument:
    """Collects the arrays of a glTF document, which is filled in through `root`."""

    def __init__(self, generator: str) -> None:
        self._accessors: list[dict[str, Any]] = []
        self._views: list[dict[str, Any]] = []
        self._binary = bytearray()
        self.root: dict[str, Any] = {"asset": {"version": "2.0", "generator": generator}}
        """The JSON document, without accessors and buffers."""

    @classmethod
    def extending(cls, root: Mapping[str, Any], binary: bytes) -> Self:
        """Return a document that holds another one, read from a binary file, to be added to.

        Args:
            root: Its JSON document; not changed.
            binary: Its binary chunk.
        """
        document = cls("")
        document.root = dict(root)
        document._accessors = list(document.root.pop("accessors", ()))
        document._views = list(document.root.pop("bufferViews", ()))
        document.root.pop("buffers", None)
        document._binary = bytearray(binary)
        return document

    def add_array(
        self, array: NDArray[np.generic], *, target: int | None = None, bounds: bool = False
    ) -> int:
        """Add an accessor of an array (count,) or (count, components) and return its index.

        Args:
            array: Numbers of dtype u1, u2, u4 or f4.
            target: What the buffer is for on the GPU; None for animations and matrices.
            bounds: Write minimum and maximum, as positions and times must have.
        """
        accessor = self._described(array)
        accessor["bufferView"] = self._add_view(array, target)
        if bounds:
            columns = np.asarray(array).reshape(len(array), -1)
            accessor["min"] = columns.min(axis=0).tolist()
            accessor["max"] = columns.max(axis=0).tolist()
        self._accessors.append(accessor)
        return len(self._accessors) - 1

    def add_sparse(self, array: NDArray[np.float32]) -> int:
        """Add an accessor of vectors (count, 3) most of which are zero, with bounds, and return its index."""
        rows = np.flatnonzero(array.any(axis=1))
        accessor = self._described(array)
        accessor["min"] = array.min(axis=0).tolist()
        accessor["max"] = array.max(axis=0).tolist()
        if len(rows):
            indices = rows.astype("<u2" if len(array) <= 0xFFFF else "<u4")
            accessor["sparse"] = {
                "count": len(rows),
                "indices": {
                    "bufferView": self._add_view(indices, None),
                    "componentType": _COMPONENT_TYPES[indices.dtype.str[1:]],
                },
                "values": {"bufferView": self._add_view(array[rows], None)},
            }
        self._accessors.append(accessor)
        return len(self._accessors) - 1

    def write(self, file: BinaryIO) -> None:
        """Write the document."""
        self._binary += b"\0" * (-len(self._binary) % 4)
        length = len(self._binary)
        document = {
            **self.root,
            "accessors": self._accessors,
            "bufferViews": self._views,
            "buffers": [{"byteLength": length}],
        }
        text = json.dumps(document, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        file.write(struct.pack("<III", _GLB_MAGIC, 2, 12 + 8 + len(text) + 8 + length))
        file.write(struct.pack("<II", len(text), _JSON_CHUNK) + text)
        file.write(struct.pack("<II", length, _BINARY_CHUNK))
        file.write(self._binary)

    def _described(self, array: NDArray[np.generic]) -> dict[str, Any]:
        components = array.shape[1] if array.ndim == 2 else 1
        return {
            "componentType": _COMPONENT_TYPES[array.dtype.str[1:]],
            "count": len(array),
            "type": _TYPES[components],
        }

    def _add_view(self, array: NDArray[np.generic], target: int | None) -> int:
        self._binary += b"\0" * (-len(self._binary) % 4)  # every component type may start there
        content = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()
        view = {"buffer": 0, "byteOffset": len(self._binary), "byteLength": len(content)}
        if target is not None:
            view["target"] = target
        self._binary += content
        self._views.append(view)
        return len(self._views) - 1
