"""An avatar that three-vrm loads and poses: another's reading of the VRM files that we fit to."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.app.packets import make_estimate
from tests.app.sinks.test_vrm import LIMBS, send, unity_joints, without_expression
from tests.app.sinks.vrm_models import make_model, vrm1_name

NODE = Path(__file__).resolve().parents[2] / "node"


@pytest.fixture(scope="module", autouse=True)
def three_vrm():
    """Skip where node or the packages are missing."""
    if not (shutil.which("node") and (NODE / "node_modules" / "@pixiv" / "three-vrm").exists()):
        pytest.skip("needs node, and `npm install` in tests/node")


def posed_by_three_vrm(avatars):
    """Return the version and the places of the bones of each avatar, of path and what was sent to it."""
    told = [
        {"file": str(path), "bones": {vrm1_name(m[1]): m[2:9] for m in bone_messages(sent)}}
        for path, sent in avatars
    ]
    done = subprocess.run(
        ["node", str(NODE / "pose_vrm.mjs")],
        input=json.dumps(told, default=float),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for answer, (_, sent) in zip(json.loads(done.stdout), avatars, strict=True):
        names = [m[1] for m in bone_messages(sent)]
        places = {name: np.array(answer["places"][vrm1_name(name)]) for name in names}
        yield answer["version"], places


def bone_messages(sent):
    return [m for m in sent if m[0] == "/VMC/Ext/Bone/Pos"]


def test_avatars_of_both_versions_stand_as_we_do(tmp_path):
    """Joints of those with our bones; limbs and thumbs of those with other lengths, axes and a lower rest."""
    estimate = without_expression(
        make_estimate(np.random.default_rng(3), spread=0.7, betas=np.zeros(10))
    )
    joints = unity_joints(estimate)
    ours = [make_model(version) for version in (0, 1)]
    others = [make_model(v, np.random.default_rng(4), tilt_deg=12.0) for v in (0, 1)]
    avatars = []
    for place, model in enumerate([*ours, *others]):
        path = tmp_path / f"{place}.vrm"
        avatars.append((path, send(model, path, estimate)))
    answers = list(posed_by_three_vrm(avatars))
    assert [version for version, _ in answers] == [0, 1, 0, 1]
    for _, places in answers[:2]:
        for bone, place in joints.items():
            np.testing.assert_allclose(places[bone], place, atol=1e-3)
    for _, places in answers:
        for upper, lower in LIMBS:
            got, expected = places[lower] - places[upper], joints[lower] - joints[upper]
            cosine = got @ expected / np.linalg.norm(got) / np.linalg.norm(expected)
            assert np.degrees(np.arccos(min(cosine, 1.0))) < 0.1, (upper, lower)
