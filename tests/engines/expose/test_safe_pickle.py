import collections
import pickle
import sys
import types

import numpy as np
import pytest
from scipy import sparse

from engines.errors import ModelError
from engines.expose.safe_pickle import SparseMatrix, load_pickle


class _Ch:
    """As chumpy pickles an array: the values, and what it keeps beside them."""

    def __init__(self, x):
        self.x = x
        self.cache = {"unused": 1}


class _Select:
    def __init__(self, a, idxs, preferred_shape):
        self.a, self.idxs, self.preferred_shape = a, idxs, preferred_shape


class _Multiply:
    pass


@pytest.fixture
def chumpy(monkeypatch):
    """Modules with chumpy's names, for writing; reading must not need them."""
    for name, classes in (
        ("chumpy", {}),
        ("chumpy.ch", {"Ch": _Ch, "multiply": _Multiply}),
        ("chumpy.reordering", {"Select": _Select}),
    ):
        module = types.ModuleType(name)
        for class_name, cls in classes.items():
            copied = type(class_name, cls.__bases__, dict(cls.__dict__))
            copied.__module__, copied.__qualname__ = name, class_name
            setattr(module, class_name, copied)
        monkeypatch.setitem(sys.modules, name, module)
    return sys.modules


def _saved(path, content, protocol=2):
    path.write_bytes(pickle.dumps(content, protocol=protocol))
    return path


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_plain_content_comes_back(tmp_path, protocol):
    content = {
        "fortran": np.arange(6.0).reshape(2, 3, order="F"),
        "big_endian": np.arange(3, dtype=">i4"),
        "scalar": np.float32(2.5),
        "texts": np.array(["a", None], dtype=object),
        "nested": [(1, "x"), {"deep": np.eye(2)}],
        "bytes": b"\xff12",
        "set": {1, 2},
        "ordered": collections.OrderedDict(b=1, a=2),
    }
    loaded = load_pickle(_saved(tmp_path / "f.pkl", content, protocol))
    np.testing.assert_array_equal(loaded["fortran"], content["fortran"])
    np.testing.assert_array_equal(loaded["big_endian"], content["big_endian"])
    np.testing.assert_array_equal(loaded["nested"][1]["deep"], np.eye(2))
    assert loaded["scalar"] == np.float32(2.5)
    assert loaded["texts"].tolist() == ["a", None]
    assert loaded["bytes"] == b"\xff12"
    assert loaded["set"] == {1, 2}
    assert loaded["ordered"] == {"b": 1, "a": 2}


@pytest.mark.parametrize("protocol", [0, 2, 5])
@pytest.mark.parametrize("kind", [sparse.csc_matrix, sparse.csr_matrix, sparse.csr_array])
def test_sparse_matrices_need_no_scipy(tmp_path, protocol, kind):
    dense = np.array([[0, 2.0, 0], [1, 0, 3]])
    loaded = load_pickle(_saved(tmp_path / "f.pkl", [kind(dense)], protocol))[0]
    assert isinstance(loaded, SparseMatrix)
    np.testing.assert_array_equal(loaded.toarray(), dense)


def test_entries_of_one_place_add_up():
    matrix = SparseMatrix(True, (1, 2), np.array([1.0, 2.0]), np.array([1, 1]), np.array([0, 2]))
    assert matrix.toarray().tolist() == [[0, 3]]


@pytest.mark.parametrize("protocol", [0, 2])
def test_chumpy_arrays_need_no_chumpy(tmp_path, monkeypatch, chumpy, protocol):
    values = np.arange(12.0).reshape(2, 2, 3)
    array = chumpy["chumpy.ch"].Ch(values)
    picked = chumpy["chumpy.reordering"].Select(array, np.arange(4, 12), (2, 4))
    path = _saved(tmp_path / "f.pkl", {"array": array, "picked": picked}, protocol)
    for name in ("chumpy", "chumpy.ch", "chumpy.reordering"):
        monkeypatch.delitem(sys.modules, name)
    loaded = load_pickle(path)
    np.testing.assert_array_equal(loaded["array"], values)
    np.testing.assert_array_equal(loaded["picked"], values.reshape(-1)[4:].reshape(2, 4))


def test_what_chumpy_would_have_to_compute_is_refused(tmp_path, chumpy):
    path = _saved(tmp_path / "f.pkl", [chumpy["chumpy.ch"].multiply()])
    with pytest.raises(ModelError, match=r"chumpy\.ch\.multiply"):
        load_pickle(path)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"cos\nsystem\n(S'touch %s'\ntR.", "os.system"),
        (b"cbuiltins\neval\n(S'1'\ntR.", "builtins.eval"),
        (b"c__builtin__\ngetattr\n(S'1'\nS'2'\ntR.", "__builtin__.getattr"),
        (b"cnumpy\nload\n(S'%s'\ntR.", "numpy.load"),
        (b"ccopy_reg\n_reconstructor\n(c__builtin__\nset\nc__builtin__\nobject\nNtR.", "set"),
    ],
)
def test_nothing_is_run(tmp_path, content, named):
    target = tmp_path / "written"
    path = tmp_path / "f.pkl"
    path.write_bytes(content.replace(b"%s", str(target).encode()))
    with pytest.raises(ModelError, match="not plain data") as caught:
        load_pickle(path)
    assert named in str(caught.value)
    assert not target.exists()


@pytest.mark.parametrize("content", [b"", b"not a pickle", pickle.dumps(np.eye(9))[:-20]])
def test_damage_is_said_in_one_line(tmp_path, content):
    path = tmp_path / "f.pkl"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="cannot be read as a pickle") as caught:
        load_pickle(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match="no such file"):
        load_pickle(tmp_path / "absent.pkl")
