"""Whole releases that are almost right: what works, what is refused and how."""

import shutil

import numpy as np
import pytest

from engines.errors import ModelError
from engines.expose.checkpoint import load_release
from engines.expose.rig import Rig
from engines.expose.stages import HeadStartVector, head_network

pytestmark = pytest.mark.slow


@pytest.fixture
def release(folder_a, tmp_path):
    """A release that can be changed: its large files are links."""
    data = tmp_path / "data"
    (data / "models" / "smplx").mkdir(parents=True)
    (data / "checkpoints").mkdir()
    for name in ("checkpoints/model.ckpt", "models/smplx/SMPLX_NEUTRAL.npz"):
        (data / name).symlink_to(folder_a / name)
    for name in ("conf.yaml", "checkpoints/latest_checkpoint"):
        shutil.copy(folder_a / name, data / name)
    return data


def set_in_conf(data, old, new):
    conf = data / "conf.yaml"
    text = conf.read_text()
    assert old in text
    conf.write_text(text.replace(old, new))


def test_folder_that_holds_data_is_taken_too(release):
    assert load_release(release.parent).files.checkpoint == release / "checkpoints" / "model.ckpt"


def test_means_in_pickles_are_never_read(release):
    (release / "all_means.pkl").write_bytes(b"cos\nabort\n(tR.")
    load_release(release)


def test_contour_can_be_left_out(release):
    set_in_conf(release, "use_face_contour: True", "use_face_contour: False")
    body = load_release(release).body
    assert body.contour is None
    assert not Rig(body, whole_mesh=False).has_contour


def test_crop_size_of_another_release_is_refused(release):
    set_in_conf(release, "crop_size: 224", "crop_size: 256")
    with pytest.raises(ModelError, match=r"'hand_cropper\.grid' is for crops of 224 pixels.*256"):
        load_release(release)


def test_coefficients_of_another_release_are_refused(release):
    set_in_conf(release, "num_betas: 100", "num_betas: 50")
    with pytest.raises(ModelError, match=r"model\.ckpt: 'head_predictor\.shape_mean' has shape"):
        HeadStartVector(load_release(release))


def test_layers_of_another_release_are_refused(release):
    set_in_conf(release, "[1024, 1024]", "[512, 512]")
    with pytest.raises(ModelError, match=r"'head_predictor\.regressor\.module\.layer_000\.0"):
        head_network(load_release(release))


def test_body_of_another_gender_is_asked_for(release):
    set_in_conf(release, "type: 'smplx'", "type: 'smplx'\n    gender: female")
    with pytest.raises(ModelError, match=r"SMPLX_FEMALE\.npz: no such file, only SMPLX_NEUTRAL"):
        load_release(release)


def test_other_body_in_the_file_changes_nothing(release, folder_a, caplog):
    file = release / "models" / "smplx" / "SMPLX_NEUTRAL.npz"
    with np.load(file) as archive:
        keys = ("kintree_table", "f", "v_template", "dynamic_lmk_bary_coords")
        arrays = {key: archive[key] for key in keys}
    arrays["v_template"] = arrays["v_template"] * 1.1
    file.unlink()
    np.savez(file, **arrays)
    body, right = load_release(release).body, load_release(folder_a).body
    assert "another body" in caplog.text
    assert np.array_equal(body.v_template, right.v_template)
    assert np.array_equal(body.contour.weights, right.contour.weights)
