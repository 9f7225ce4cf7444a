"""The SMPL-X arrays: which win, and which files are refused."""

import logging
import pickle
import zipfile

import numpy as np
import pytest
import torch

from engines.body.model import body_from_arrays
from engines.errors import ModelError
from engines.expose.body_arrays import read_body
from engines.expose.rig import Rig
from engines.expose.smplx_file import EXTRA_VERTICES
from tests.engines.expose.limits import assert_close
from tests.engines.expose.small import small_config, small_smplx_file, weights_of

EXTRA = {"vertex_joint_selector.extra_joints_idxs": np.arange(len(EXTRA_VERTICES))}


def read(folder, arrays, checkpoint=EXTRA, name="SMPLX_NEUTRAL.npz", **changes):
    np.savez(folder / name, **arrays)
    weights = weights_of(checkpoint, folder / "model.ckpt")
    return read_body(weights, folder / "SMPLX_NEUTRAL.npz", small_config(**changes))


@pytest.mark.parametrize(("columns", "start"), [(20, 10), (400, 300)])
def test_both_versions_of_the_file(tmp_path, columns, start):
    arrays = small_smplx_file(shape_columns=columns)
    body = read(tmp_path, arrays)
    assert np.allclose(body.shapedirs, arrays["shapedirs"][:, :, :10])
    assert np.allclose(body.expr_dirs, arrays["shapedirs"][:, :, start : start + 10])
    assert np.allclose(body.posedirs[7], arrays["posedirs"][:, :, 7].ravel())


def test_arrays_of_the_checkpoint_win(tmp_path):
    arrays = small_smplx_file()
    template = (arrays["v_template"] + 0.001).astype(np.float32)
    body = read(tmp_path, arrays, EXTRA | {"v_template": template})
    assert np.array_equal(body.v_template, template)
    assert np.allclose(body.lbs_weights, arrays["weights"])


def test_contour_is_left_out_where_conf_says_so(tmp_path):
    assert read(tmp_path, small_smplx_file(), face_contour=False).contour is None


def test_another_body_in_the_file_is_said(tmp_path, caplog):
    arrays = small_smplx_file()
    template = (arrays["v_template"] + 0.05).astype(np.float32)
    with caplog.at_level(logging.WARNING):
        body = read(tmp_path, arrays, EXTRA | {"v_template": template})
    assert "another body" in caplog.text
    assert np.array_equal(body.v_template, template)


def test_body_for_numpy_is_the_same(tmp_path):
    body = read(tmp_path, small_smplx_file())
    model = body_from_arrays(tmp_path / "SMPLX_NEUTRAL.npz", body.smplx_arrays())
    assert np.array_equal(model.v_template, body.v_template)
    assert np.array_equal(model.expressiondirs, body.expr_dirs)
    assert np.allclose(model.posedirs[:, :, 3].ravel(), body.posedirs[3])


@pytest.mark.parametrize("joints", [24, 52])
def test_other_models_are_refused(tmp_path, joints):
    arrays = small_smplx_file()
    arrays["kintree_table"] = arrays["kintree_table"][:, :joints]
    with pytest.raises(ModelError, match=f"a SMPL.* model with {joints} joints.*SMPLX_NEUTRAL"):
        read(tmp_path, arrays)


@pytest.mark.parametrize("key", ["v_template", "posedirs", "dynamic_lmk_bary_coords"])
def test_missing_and_misshapen_arrays_are_named(tmp_path, key):
    arrays = small_smplx_file()
    arrays[key] = arrays[key][:-1].repeat(2, axis=-1)
    with pytest.raises(ModelError, match=r"SMPLX_NEUTRAL\.npz: .* has shape"):
        read(tmp_path, arrays)
    del arrays[key]
    with pytest.raises(ModelError, match=f"has no '{key}'"):
        read(tmp_path, arrays)


def test_values_that_are_no_numbers_are_refused(tmp_path):
    arrays = small_smplx_file()
    arrays["weights"][3, 3] = np.nan
    with pytest.raises(ModelError, match="values that are not numbers"):
        read(tmp_path, arrays)


@pytest.mark.parametrize("key", ["lmk_faces_idx", "dynamic_lmk_faces_idx", "f"])
def test_indices_beyond_the_mesh_are_refused(tmp_path, key):
    arrays = small_smplx_file()
    arrays[key] = arrays[key].copy()
    arrays[key].flat[0] = 99999
    with pytest.raises(ModelError, match="points beyond"):
        read(tmp_path, arrays)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY", pickle.dumps({"a": 1})])
def test_what_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "SMPLX_NEUTRAL.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"SMPLX_NEUTRAL\.npz"):
        read_body(weights_of(EXTRA, tmp_path / "m.ckpt"), path, small_config())


def test_truncated_file_is_refused(tmp_path):
    path = tmp_path / "SMPLX_NEUTRAL.npz"
    np.savez(path, **small_smplx_file())
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        offset = archive.getinfo("v_template.npy").header_offset
    path.write_bytes(content[: offset + 80] + b"\xff" * 200 + content[offset + 280 :])
    with pytest.raises(ModelError, match=r"SMPLX_NEUTRAL\.npz"):
        read_body(weights_of(EXTRA, tmp_path / "m.ckpt"), path, small_config())


@pytest.mark.slow
def test_mesh_of_the_file_is_golden_over_all_turns_of_the_head(operations, folder_a):
    file = folder_a / "models" / "smplx" / "SMPLX_NEUTRAL.npz"
    body = read_body(weights_of({}, file), file, small_config())
    names = ("global_orient", "body_pose", "jaw_pose")
    pose = {key: torch.from_numpy(operations[f"smplx.in.{key}"]) for key in names}
    hands = [
        torch.from_numpy(operations[f"smplx.in.{side}_hand_pose"]) for side in ("left", "right")
    ]
    eyes = torch.eye(3).expand(len(pose["jaw_pose"]), 2, 3, 3)
    shape = [torch.from_numpy(operations[f"smplx.in.{key}"]) for key in ("betas", "expression")]
    posed = Rig(body, whole_mesh=True)(
        torch.cat([*pose.values(), eyes, *hands], dim=1), torch.cat(shape, dim=1)
    )
    answers = {"smplx.joints": posed.joints, "smplx.vertices_s37": posed.vertices[:, ::37]}
    assert_close(operations, answers)
