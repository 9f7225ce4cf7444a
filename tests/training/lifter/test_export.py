from pathlib import Path

import numpy as np
import pytest
import torch

from engines.body.model import load_body
from engines.body.pose import params_from_full_pose
from engines.body.rest_pose import RELAXED_POSE
from engines.landmarks.lifter import Lifter
from engines.landmarks.synthesis import landmarks_of_body
from engines.landmarks.view import PersonView, view_person
from engines.model_store import model_path
from engines.runtime.catalog import REFERENCE
from engines.types import Camera
from tests.training.lifter.small import TINY, maker
from training.lifter.export import export
from training.lifter.network import LifterNetwork
from training.lifter.recipe import pose_at_ease


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[LifterNetwork, Path]:
    torch.manual_seed(3)
    network = LifterNetwork(TINY, pose_at_ease())
    with torch.no_grad():
        for weights in network.parameters():
            weights += 0.02 * torch.randn_like(weights)
    path = tmp_path_factory.mktemp("lifter") / "lifter.onnx"
    export(network, path)
    return network, path


def test_file_gives_what_the_network_gives(
    exported: tuple[LifterNetwork, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    network, path = exported
    monkeypatch.setattr("engines.landmarks.lifter.model_path", lambda name: path)
    inputs = maker().make(6, torch.Generator().manual_seed(4)).inputs
    with torch.no_grad():
        wanted = network(*inputs)
    lifter = Lifter()
    lifter.open()
    session = REFERENCE.open(path, threads=1)
    for n in range(6):
        view = PersonView(*(part[n].numpy().astype(np.float64) for part in inputs))
        lifted = lifter.lift(view)
        assert (
            np.abs(lifted.rotations - wanted.rotations[n].numpy()).max() < 2e-3
        )  # weights are halved
        assert lifted.sigmas == pytest.approx(wanted.sigmas[n].numpy(), rel=2e-3)
        outputs = session.run(
            {name: part[n : n + 1].numpy() for name, part in inputs._asdict().items()}
        )
        assert np.abs(outputs["betas"] - wanted.betas[n].numpy()).max() < 2e-3
        assert outputs["swap_logit"] == pytest.approx(wanted.swap_logit[n].item(), abs=2e-3)
    session.close()
    lifter.close()


def test_shipped_lifter_knows_a_standing_person() -> None:
    body = load_body(model_path("open_body"))
    pose = RELAXED_POSE.copy()
    pose[0] = np.pi, 0, 0
    params = params_from_full_pose(pose, transl=np.array([0.0, 0.0, 3.0]))
    camera = Camera.guess(640, 480)
    view = view_person(landmarks_of_body(body, params, camera), camera)
    assert view is not None
    lifter = Lifter()
    lifter.open()
    lifted = lifter.lift(view)
    lifter.close()
    wanted = pose_at_ease().numpy()
    cosines = 0.5 * (np.einsum("jab,jab->j", lifted.rotations, wanted) - 1)
    assert np.degrees(np.arccos(cosines.clip(-1, 1))).mean() < 15


def test_file_names_nothing_of_this_computer(exported: tuple[LifterNetwork, Path]) -> None:
    assert b"network.py" not in exported[1].read_bytes()
