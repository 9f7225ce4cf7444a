"""Reads the pickles that body models and data sets are shipped as, without running anything in them.

A pickle may name any Python function and have it called. Here only the few names that rebuild plain arrays are known;
SciPy's sparse matrices and chumpy's arrays become our own records, so neither package is needed.
"""

import collections
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engines.errors import ModelError

_RECONSTRUCT: Final = np.zeros(1).__reduce__()[0]
_FROM_BUFFER: Final = np.zeros(1).__reduce_ex__(5)[0]
_SCALAR: Final = np.float64(0).__reduce__()[0]
# the modules are those of NumPy 1 and 2
_NUMPY: Final = {
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("numpy.core.multiarray", "_reconstruct"): _RECONSTRUCT,
    ("numpy._core.multiarray", "_reconstruct"): _RECONSTRUCT,
    ("numpy.core.multiarray", "scalar"): _SCALAR,
    ("numpy._core.multiarray", "scalar"): _SCALAR,
    ("numpy.core.numeric", "_frombuffer"): _FROM_BUFFER,
    ("numpy._core.numeric", "_frombuffer"): _FROM_BUFFER,
}
_CONTAINERS: Final = {
    "set": set, "frozenset": frozenset, "complex": complex, "bytearray": bytearray, "object": object,
}  # fmt: skip
_ROWS_FIRST: Final = {
    "csr_matrix": True, "csr_array": True, "csc_matrix": False, "csc_array": False,
}  # fmt: skip
"""SciPy's classes of compressed matrices."""


@dataclass(frozen=True, slots=True, eq=False)
class SparseMatrix:
    """A compressed sparse matrix."""

    rows_first: bool
    """Compressed by rows (csr), else by columns (csc)."""
    shape: tuple[int, int]
    """Rows, columns."""
    data: NDArray[np.generic]
    """The entries."""
    indices: NDArray[np.integer]
    """Column (csr) or row (csc) of each entry."""
    indptr: NDArray[np.integer]
    """Where each row (csr) or column (csc) starts in `data`; one more than there are."""

    def entries(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return row, column and value of each entry."""
        outer = np.repeat(np.arange(len(self.indptr) - 1), np.diff(self.indptr)).astype(np.int64)
        inner = self.indices.astype(np.int64)
        values = self.data.astype(np.float64)
        return (outer, inner, values) if self.rows_first else (inner, outer, values)

    def toarray(self) -> NDArray[np.float64]:
        """Return the matrix with its zeros."""
        dense = np.zeros(self.shape)
        rows, columns, values = self.entries()
        np.add.at(dense, (rows, columns), values)  # entries may repeat a place: they add up
        return dense


def load_pickle(path: Path) -> object:
    """Return the plain content of a pickle of Python 2 or 3: numbers, texts, containers, arrays, `SparseMatrix`.

    Raises:
        ModelError: no such file, a damaged one, or one that names anything but plain data.
    """
    if not path.is_file():
        raise ModelError(f"{path}: no such file; check the name")
    try:
        with path.open("rb") as file:
            return _plain(_PlainUnpickler(file, encoding="latin1").load())
    except _Forbidden as error:
        raise ModelError(
            f"{path}: holds {error}, which is not plain data, and is not opened; get the file from its owner, "
            "or convert it to .npz"
        ) from error
    except (
        pickle.UnpicklingError, EOFError, ValueError, KeyError, IndexError, AttributeError, TypeError,
    ) as error:  # fmt: skip
        raise ModelError(
            f"{path}: cannot be read as a pickle ({error}); get the file again from its owner"
        ) from error


class _Forbidden(pickle.UnpicklingError):
    pass


class _StandIn:
    """Keeps the state of an object of a class that is not loaded."""

    name = ""
    state: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, *_arguments: object) -> None:
        """Take any arguments."""

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.state = state


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return what a name in the pickle stands for, or refuse it."""
        if (module, name) in _NUMPY:
            return _NUMPY[module, name]
        if module in ("builtins", "__builtin__") and name in _CONTAINERS:
            return _CONTAINERS[name]
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("_codecs", "encode"):
            return _latin1
        if (module, name) in (("copy_reg", "_reconstructor"), ("copyreg", "_reconstructor")):
            return _reconstruct_stand_in
        if module.startswith("scipy.sparse") and name in _ROWS_FIRST:
            return type(name, (_StandIn,), {"name": name})
        if module.split(".")[0] == "chumpy":
            return type(name, (_StandIn,), {"name": f"{module}.{name}"})
        raise _Forbidden(f"{module}.{name}")


def _latin1(text: str, encoding: str) -> bytes:
    """Return the bytes of a Python 2 text, as pickle writes them; other encodings never occur."""
    if encoding != "latin1":
        raise _Forbidden(f"a text in {encoding}")
    return text.encode("latin1")


def _reconstruct_stand_in(cls: type, *_rest: object) -> object:
    if not issubclass(cls, _StandIn):
        raise _Forbidden(f"an object of {cls.__name__}")
    return cls()


def _plain(value: Any) -> object:
    """Return the value with each stand-in replaced by the array or matrix it keeps."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_plain(item) for item in value)
    if isinstance(value, np.ndarray) and value.dtype == object:
        plain = np.empty(value.shape, object)
        for place, item in np.ndenumerate(value):
            plain[place] = _plain(item)
        return plain
    if isinstance(value, _StandIn):
        return _array(value)
    return value


def _array(stand_in: _StandIn) -> object:
    state = stand_in.state
    if stand_in.name in _ROWS_FIRST:
        shape = state.get("_shape", state.get("shape"))
        if shape is None:
            raise ValueError("a sparse matrix without a shape")
        return SparseMatrix(
            _ROWS_FIRST[stand_in.name],
            (int(shape[0]), int(shape[1])),
            state["data"],
            state["indices"],
            state["indptr"],
        )
    if stand_in.name == "chumpy.ch.Ch":
        return np.asarray(_plain(state["x"]))
    if stand_in.name == "chumpy.reordering.Select":
        flat = np.asarray(_plain(state["a"])).reshape(-1)
        return flat[np.asarray(state["idxs"])].reshape(state["preferred_shape"])
    raise _Forbidden(stand_in.name)
