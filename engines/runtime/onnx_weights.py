"""Reads the weights of an ONNX file, for networks so small that a runtime's nodes cost more than their sums.

The file is a protobuf message (https://protobuf.dev/programming-guides/encoding/); the numbers of its fields are those
of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. Nothing in it is run.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.errors import ModelError

HALF: Final = "_half"
"""Ends the names of weights in half precision."""

_GRAPH: Final = 7  # of a model
_INITIALIZER: Final = 5  # of a graph
_DIMS, _TYPE, _NAME, _RAW = 1, 2, 8, 9  # of a tensor
_TYPES: Final = {1: "<f4", 10: "<f2"}
_VARINT, _BYTES = 0, 2
_FIXED: Final = {1: 8, 5: 4}


def read_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return the constants of single and half precision by name, without `HALF`, in single precision.

    Raises:
        ModelError: the file is missing or damaged.
    """
    weights = {}
    try:
        for graph in _parts(path.read_bytes(), _GRAPH):
            for part in _parts(graph, _INITIALIZER):
                fields = list(_fields(part))
                tensor = dict(fields)
                kind = _TYPES.get(int(tensor[_TYPE]))
                if kind is None:
                    continue
                shape = [int(value) for number, value in fields if number == _DIMS]
                numbers = np.frombuffer(bytes(tensor[_RAW]), kind).astype(np.float32)
                weights[bytes(tensor[_NAME]).decode().removesuffix(HALF)] = numbers.reshape(shape)
    except (OSError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: cannot be read ({error}); get it again") from error
    return weights


def _parts(message: bytes, wanted: int) -> Iterator[bytes]:
    for number, value in _fields(message):
        if number == wanted:
            yield bytes(value)


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield number and value of each field; integers of fixed size are skipped."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield key >> 3, value
        elif kind == _BYTES:
            size, at = _varint(message, at)
            if at + size > len(message):
                raise ValueError("it ends too early")
            yield key >> 3, message[at : at + size]
            at += size
        else:
            at += _FIXED[kind]


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
