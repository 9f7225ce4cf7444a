"""The modules of the stand-in releases, and the golden cases."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from engines.expose.checkpoint import load_release
from engines.expose.predict import ExposePredictor
from engines.expose.rig import Rig
from engines.expose.stages import BodyStage, MergeStage, hand_network, head_network

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "expose"


class Networks:
    """A release with all its modules."""

    def __init__(self, folder):
        self.folder = folder
        self.release = load_release(folder)
        self.body = BodyStage(self.release)
        self.hand = hand_network(self.release)
        self.head = head_network(self.release)
        self.merge = MergeStage(self.release.config)
        self.mesh = Rig(self.release.body, whole_mesh=True)


class Case:
    """A golden case: a picture, a person's box, and what the authors' code answered."""

    def __init__(self, name):
        person = json.loads((GOLDEN / "inputs.json").read_text())[name]
        self.config = name[0]
        self.image = cv2.imread(str(GOLDEN / person["file"]))
        self.box = np.array(person["box"], np.float32)
        with np.load(GOLDEN / f"{name}.npz") as archive:
            self.golden = dict(archive)


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _no_gradients():
    """Only while a test runs: others in the same process train networks."""
    with torch.inference_mode():
        yield


@pytest.fixture(scope="session")
def networks_a(folder_a):
    with torch.inference_mode():
        return Networks(folder_a)


@pytest.fixture(scope="session")
def networks_b(folder_b):
    with torch.inference_mode():
        return Networks(folder_b)


@pytest.fixture(scope="session")
def predictor_a(folder_a):
    """Configuration `a` answering as the authors' code does."""
    return ExposePredictor(folder_a)


@pytest.fixture
def networks(request, case):
    """The release that a case is for."""
    return request.getfixturevalue(f"networks_{case.config}")


@pytest.fixture(scope="session")
def operations():
    """What the authors' code answers for single operations."""
    with np.load(GOLDEN / "ops.npz") as archive:
        return dict(archive)
