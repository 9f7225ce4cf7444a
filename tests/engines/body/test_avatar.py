"""Files that are avatars, and files that are not; what they are used for is tested in tests/app."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from engines.body.avatar import load_avatar
from engines.body.skeleton import JOINT_INDEX
from engines.errors import ModelError

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


@pytest.mark.parametrize(("version", "forward"), [(0, -1), (1, 1)])
def test_a_vrm_models_bones_are_found_as_they_rest(version, forward):
    """VRM 0.x looks along -z in its file, 1.0 along +z."""
    avatar = load_avatar(GOLDEN / f"blender_vrm{version}.vrm")
    assert avatar.vrm_version == version
    places = {
        name: avatar.world[avatar.node_of_joint[JOINT_INDEX[name]]][:3, 3]
        for name in ("pelvis", "left_wrist", "left_ankle", "left_foot")
    }
    np.testing.assert_allclose(places["pelvis"], (0, 0.85, 0), atol=1e-3)
    assert places["left_wrist"][0] == pytest.approx(0.679 * forward, abs=1e-3)
    assert (places["left_foot"] - places["left_ankle"])[2] * forward > 0.1


def glb_of(root):
    text = json.dumps(root).encode()
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sII", b"glTF", 2, 20 + len(text))
    return head + struct.pack("<I4s", len(text), b"JSON") + text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no usable humanoid"),
        (b"glTF\x02\0\0\0", "no usable humanoid"),
        (b"PK\x03\x04" + bytes(40), "not a binary glTF"),
        (glb_of([]), "no JSON object"),
        (glb_of({"nodes": [{"name": "Cube"}]}), "no bone for hips"),
        (glb_of({"nodes": [{"children": [1]}, {"children": [0]}]}), "its own ancestor"),
        (glb_of({"nodes": [{"children": [7]}]}), "no usable humanoid"),
        (glb_of({"nodes": [{"matrix": [1, 2]}]}), "no usable humanoid"),
        (glb_of({"nodes": [{}], "extensions": {"VRMC_vrm": {}}}), "no usable humanoid"),
        (glb_of({"nodes": [{"rotation": [0, 0, 0, 0]}]}), "no usable humanoid"),
    ],
)
def test_a_file_that_is_no_humanoid_is_refused(tmp_path, content, says):
    path = tmp_path / "avatar.glb"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=says) as caught:
        load_avatar(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        load_avatar(tmp_path / "nowhere.vrm")
