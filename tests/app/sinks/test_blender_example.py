"""The Blender example in Blender itself."""

import dataclasses
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from app.sinks.vmc_encoder import VmcEncoder
from app.sinks.vmc_options import VmcOptions
from engines.body.bone_names import BONE_NAMES, VRM_BONES
from engines.body.humanoid import BONE_PARENTS, HUMAN_BONES
from engines.body.kinematics import posed_joints
from tests.app.packets import body, make_estimate, make_packet, tilted_world

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "blender_vmc.py"
RECEIVER = Path(__file__).with_name("blender_receiver.py")


def person():
    """Somebody of the mean shape, whose rest skeleton the armature can have exactly."""
    estimate = make_estimate(np.random.default_rng(6), spread=0.5, betas=np.zeros(10))
    params = dataclasses.replace(estimate.params, expression=np.zeros(10, np.float32))
    return dataclasses.replace(estimate, params=params, joints=posed_joints(body(), params))


@pytest.mark.blender
@pytest.mark.parametrize("names", [BONE_NAMES["unity"], VRM_BONES], ids=["unity", "vrm"])
def test_an_armature_in_blender_stands_where_we_do(names, tmp_path):
    python = os.environ.get("EXPOSE_LIVE_BPY_PYTHON")
    if python is None:
        pytest.skip("needs EXPOSE_LIVE_BPY_PYTHON, the path of a Python with Blender's bpy")
    blender_from_body = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])
    rest = body().rest_joints(np.zeros(10)) @ blender_from_body.T
    own_name = dict(zip(HUMAN_BONES, names, strict=True))
    bones = [
        (own_name[bone], own_name.get(BONE_PARENTS.get(bone)), place.tolist())
        for bone, place in zip(HUMAN_BONES, rest, strict=True)
    ]
    packet = make_packet(0, [person()], world_from_camera=tilted_world())
    datagrams = VmcEncoder(VmcOptions(packets="messages")).encode(packet)
    task = tmp_path / "task.json"
    task.write_text(json.dumps({"bones": bones, "datagrams": [each.hex() for each in datagrams]}))
    done = subprocess.run(
        [python, str(RECEIVER), str(EXAMPLE), str(task)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if line.startswith("PLACES "))
    places = json.loads(line.removeprefix("PLACES "))
    world = packet.estimates[0].joints @ tilted_world()[:3, :3].T + tilted_world()[:3, 3]
    for name, expected in zip(names, world @ blender_from_body.T, strict=True):
        np.testing.assert_allclose(places[name], expected, atol=1e-3, err_msg=name)
