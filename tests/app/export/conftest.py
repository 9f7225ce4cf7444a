import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.export.motion import motion_from_take
from app.takes.load import load_take
from app.takes.writer import TakeWriter
from tests.app.packets import make_packet, moving_packets, tilted_world
from tests.app.recordings import CLOCK, INFO

NODE = Path(__file__).resolve().parents[2] / "node"
BETAS = np.random.default_rng(9).normal(size=10)


@pytest.fixture(scope="session")
def waved(tmp_path_factory):
    """A take of twelve frames: the fifth is of nobody, the seventh is marked."""
    writer = TakeWriter(tmp_path_factory.mktemp("takes"), INFO, clock=CLOCK)
    for k, packet in enumerate(moving_packets(12, betas=BETAS)):
        if k == 7:
            writer.mark("jump")
        estimates = () if k == 5 else packet.estimates
        writer.append(make_packet(k, estimates, world_from_camera=tilted_world()))
    take = load_take(writer.finish())
    blendshapes = np.tile(np.linspace(0, 1, 12, dtype=np.float32)[:, None], (1, 52))
    return dataclasses.replace(take, blendshapes=blendshapes)


@pytest.fixture(scope="session")
def waved_joints(waved):
    """Its joints in the world, frame by frame: what every format must give back."""
    turn, shift = waved.world_from_camera[:, :3, :3], waved.world_from_camera[:, :3, 3]
    joints = np.einsum("nab,njb->nja", turn, waved.joints) + shift[:, None]
    held = motion_from_take(waved).joints()
    return np.where(np.isnan(joints), held, joints)


@pytest.fixture(scope="session")
def run_node():
    """Runs one of the scripts in tests/node with others' packages."""
    if not (shutil.which("node") and (NODE / "node_modules" / "gltf-validator").exists()):
        pytest.skip("needs node, and `npm install` in tests/node")

    def run(script, *arguments, stdin=None):
        done = subprocess.run(
            ["node", NODE / script, *arguments],
            input=json.dumps(stdin).encode(),
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def bpy_python():
    """A Python that has Blender's bpy."""
    path = os.environ.get("EXPOSE_LIVE_BPY_PYTHON")
    if path is None:
        pytest.skip("needs EXPOSE_LIVE_BPY_PYTHON, the path of a Python with Blender's bpy")
    assert path != sys.executable
    return path
