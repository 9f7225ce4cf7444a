"""Finding and reading checkpoints: formats, leftovers, damage, and code that must not run."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from engines.errors import ModelError
from engines.expose.checkpoint import load_release, load_weights
from engines.expose.release_files import find_checkpoint, find_smplx_file
from tests.engines.expose.small import small_config, weights_of

MODEL = {"smplx.regressor.mean_param": torch.arange(6.0), "smplx.head_idxs": torch.tensor([1])}


class Trap:
    """Touches a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def save(path, content, *, new_format=True):
    torch.save(content, path, _use_new_zipfile_serialization=new_format)
    return path


@pytest.mark.parametrize("new_format", [True, False])
def test_both_file_formats(tmp_path, new_format):
    content = {"model": MODEL, "optimizer": {}, "iteration": 3, "best": np.float64(0.5)}
    weights = load_weights(save(tmp_path / "model.ckpt", content, new_format=new_format))
    assert torch.equal(weights.tensor("regressor.mean_param", 6), torch.arange(6.0))


@pytest.mark.parametrize("new_format", [True, False])
@pytest.mark.parametrize("keep", [0, 1, 100, 0.5, 0.9, -1])
def test_truncated_checkpoint_is_refused(tmp_path, new_format, keep):
    path = save(tmp_path / "model.ckpt", {"model": MODEL}, new_format=new_format)
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content)) if 0 < keep < 1 else keep])
    with pytest.raises(ModelError, match=r"model\.ckpt: damaged"):
        load_weights(path)


def test_what_is_no_checkpoint_is_refused(tmp_path):
    path = tmp_path / "model.ckpt"
    path.write_text("<html>please log in</html>")
    with pytest.raises(ModelError, match="not a torch checkpoint"):
        load_weights(path)


@pytest.mark.parametrize("new_format", [True, False])
def test_code_in_a_checkpoint_does_not_run(tmp_path, new_format):
    trap = tmp_path / "trap"
    path = save(tmp_path / "model.ckpt", {"model": MODEL, "x": Trap(trap)}, new_format=new_format)
    with pytest.raises(ModelError, match=r"could run code.*weights_only=False"):
        load_weights(path)
    assert not trap.exists()


def test_bare_pickle_does_not_run(tmp_path):
    trap, path = tmp_path / "trap", tmp_path / "model.ckpt"
    path.write_bytes(pickle.dumps({"model": Trap(trap)}, protocol=2))
    with pytest.raises(ModelError):
        load_weights(path)
    assert not trap.exists()


@pytest.mark.parametrize(
    ("content", "cure"),
    [({"state_dict": {}}, "no 'model'"), ({"model": {"conv.weight": torch.ones(1)}}, "'smplx.'")],
)
def test_other_checkpoints_are_refused(tmp_path, content, cure):
    with pytest.raises(ModelError, match=cure):
        load_weights(save(tmp_path / "model.ckpt", content))


@pytest.mark.parametrize(
    "named", ["{0}", "data/checkpoints/m.ckpt", "/nowhere/m.ckpt", "C:\\train\\m.ckpt", "m.ckpt\nx"]
)
def test_latest_checkpoint_is_found(tmp_path, monkeypatch, named):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data" / "checkpoints"
    folder.mkdir(parents=True)
    (folder / "m.ckpt").touch()
    (folder / "latest_checkpoint").write_text(named.format(folder / "m.ckpt"))
    assert find_checkpoint(tmp_path / "data").samefile(folder / "m.ckpt")


def test_missing_checkpoint_is_named(tmp_path):
    (tmp_path / "checkpoints").mkdir()
    pointer = tmp_path / "checkpoints" / "latest_checkpoint"
    with pytest.raises(ModelError, match="latest_checkpoint: cannot be read"):
        find_checkpoint(tmp_path)
    pointer.write_text("\n")
    with pytest.raises(ModelError, match="latest_checkpoint: empty"):
        find_checkpoint(tmp_path)
    pointer.write_text("somewhere/m.ckpt")
    with pytest.raises(
        ModelError, match=r"m\.ckpt: no such file, but .*latest_checkpoint names it"
    ):
        find_checkpoint(tmp_path)


def test_model_folder_may_hold_variables(tmp_path, monkeypatch):
    monkeypatch.setenv("BODIES", str(tmp_path / "bodies"))
    file = tmp_path / "bodies" / "smplx" / "SMPLX_NEUTRAL.npz"
    file.parent.mkdir(parents=True)
    file.touch()
    config = small_config(model_folder="$BODIES")
    assert find_smplx_file(tmp_path / "data", config) == file


def test_missing_smplx_file_is_named_with_those_that_are_there(tmp_path):
    config = small_config(model_folder="data/models")
    with pytest.raises(ModelError, match=r"SMPLX_NEUTRAL\.npz: no such file; get SMPLX_NEUTRAL"):
        find_smplx_file(tmp_path / "data", config)
    (tmp_path / "data" / "models" / "smplx").mkdir(parents=True)
    (tmp_path / "data" / "models" / "smplx" / "SMPLX_FEMALE.npz").touch()
    with pytest.raises(ModelError, match=r"no such file, only SMPLX_FEMALE\.npz; get"):
        find_smplx_file(tmp_path / "data", config)


def test_folder_without_a_release_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"no conf\.yaml in it"):
        load_release(tmp_path)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_refused(value):
    arrays = {"conv.weight": np.full((2, 3, 3, 3), value, np.float32)}
    with pytest.raises(ModelError, match=r"model\.ckpt: 'conv\.weight' has values"):
        weights_of(arrays, Path("model.ckpt")).convolution("conv", (3, 2), 3)


def test_wrong_shapes_and_missing_entries_are_named():
    weights = weights_of({"a.b": np.ones((2, 3))}, Path("model.ckpt"))
    with pytest.raises(ModelError, match=r"'a\.b' has shape \(2, 3\), expected \(2, 4\)"):
        weights.below("a.").tensor("b", 2, 4)
    with pytest.raises(ModelError, match=r"'a\.c' is missing"):
        weights.tensor("a.c", 1)
    with pytest.raises(ModelError, match="expected whole numbers"):
        weights.indices("a.b", 2, -1)
