"""What conf.yaml may hold, and what is refused with the file, the key and the way out."""

from pathlib import Path

import pytest

from engines.errors import ModelError
from engines.expose.config import read_config
from engines.expose.settings import read_settings

USABLE = """
body_model:
  left_hand_pose: {param_type: cont_rot_repr}
  right_hand_pose: {param_type: cont_rot_repr}
head_model: {type: flame}
"""


def write(folder, text):
    path = folder / "conf.yaml"
    path.write_text(text)
    return path


def nested(key, value):
    """YAML of one dotted key."""
    for name in reversed(key.split(".")):
        value = f"{{{name}: {value}}}"
    return value


def with_setting(folder, key, value):
    """A conf.yaml with one setting over a usable base."""
    (folder / "base.yaml").write_text(USABLE)
    return write(folder, f"_BASE_: base.yaml\n{nested(key, value)[1:-1]}\n")


def test_defaults_are_those_of_the_authors(tmp_path):
    config = read_config(write(tmp_path, USABLE))
    assert (config.body.backbone, config.hand.backbone) == ("resnet50", "resnet18")
    assert (config.hand.crop_size, config.hand_scale_factor) == (256, 2.0)
    assert config.body.mlp.layers == (1024, 1024)
    assert not config.face_contour
    assert (config.camera_scale, config.gender) == ("softplus", "neutral")


def test_tuples_literals_nulls_and_unknown_keys(tmp_path):
    text = USABLE + (
        "datasets:\n  body:\n    transforms:\n      mean: !!python/tuple [0.5, 0.5, 0.5]\n"
        "      never_heard_of: {x: 1}\n"
        "network:\n  attention:\n    hand:\n      mlp: {layers: '(512, 256)', activ_type: null}\n"
    )
    config = read_config(write(tmp_path, text))
    assert config.mean == (0.5, 0.5, 0.5)
    assert config.hand.mlp.layers == (512, 256)
    assert config.hand.mlp.activation == "none"


def test_base_file_is_overridden_key_by_key(tmp_path):
    path = with_setting(tmp_path, "network.attention.hand.scale_factor", "3")
    config = read_config(path)
    assert config.hand_scale_factor == 3.0
    assert config.head_betas == 10


def test_base_that_includes_itself_is_refused(tmp_path):
    with pytest.raises(ModelError, match="includes itself"):
        read_config(write(tmp_path, "_BASE_: conf.yaml"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("network.type", "keypoints"),
        ("head_model.type", "flame-from-smplx"),
        ("hand_model.type", "mano-from-smplx"),
        ("body_model.left_hand_pose.param_type", "pca"),
        ("body_model.body_pose.param_type", "aa"),
        ("body_model.num_betas", "16"),
        ("network.attention.hand.append_params", "false"),
        ("network.attention.condition_head_on_body.jaw_pose", "false"),
        ("network.attention.smplx.backbone.type", "swin"),
        ("network.attention.smplx.feature_key", "concat"),
        ("network.attention.smplx.mlp.activ_type", "gelu"),
        ("network.attention.smplx.mlp.norm_type", "gn"),
        ("network.attention.smplx.camera.pos_func", "square"),
        ("network.attention.hand.scale_factor", "-1"),
        ("network.attention.hand.num_stages", "0"),
        ("network.attention.hand.mlp.layers", "'lots'"),
        ("network.apply_hand_network_on_body", "7"),
        ("datasets.use_face_contour", "sometimes"),
        ("datasets.body.transforms.mean", "[1, 2]"),
        ("datasets.body.transforms.std", "[0, 0, 0]"),
        ("datasets.hand.transforms.crop_size", "big"),
        ("body_model.model_folder", "3"),
        ("body_model.gender", "robot"),
        ("head_model.num_expression_coeffs", "5"),
    ],
)
def test_unusable_value_is_named_with_file_and_key(tmp_path, key, value):
    path = with_setting(tmp_path, key, value)
    with pytest.raises(ModelError) as caught:
        read_config(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert key.rsplit(".", 1)[-1] in message
    assert "\n" not in message


@pytest.mark.parametrize(
    "text", ["", "- 1\n- 2\n", "a: [1", "\x00", "a: !!python/object/apply:os.getcwd []"]
)
def test_what_is_no_configuration_is_refused(tmp_path, text):
    with pytest.raises(ModelError, match=r"conf\.yaml"):
        read_config(write(tmp_path, text))


def test_code_in_yaml_does_not_run(tmp_path):
    trap = tmp_path / "trap"
    call = "!!python/object/apply:pathlib.Path"
    path = write(tmp_path, f"a: {call}.touch [{call} ['{trap}']]")
    with pytest.raises(ModelError):
        read_settings(path)
    assert not trap.exists()


def test_missing_file_is_named():
    with pytest.raises(ModelError, match=r"nowhere/conf\.yaml: no such file"):
        read_config(Path("nowhere/conf.yaml"))
