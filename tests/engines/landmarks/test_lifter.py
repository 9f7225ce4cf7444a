"""The learned lifter inside the landmark engine."""

from dataclasses import replace

import numpy as np
import pytest

from engines.body.model import BodyModel, load_body
from engines.body.pose import params_from_full_pose
from engines.body.rest_pose import RELAXED_POSE
from engines.errors import StageError
from engines.landmarks.lifter import MODEL, Lifter
from engines.landmarks.options import LandmarkOptions
from engines.landmarks.regressor import LandmarkRegressor
from engines.landmarks.synthesis import landmarks_of_body
from engines.landmarks.view import PersonView, turn_to_ray, view_person
from engines.model_store import model_path
from engines.runtime.catalog import REFERENCE
from engines.types import Camera, Detection, Frame, SmplxParams

CAMERA = Camera.guess(640, 480)
LEGS = list(range(25, 33))


@pytest.fixture(scope="module")
def body() -> BodyModel:
    return load_body(model_path("open_body"))


@pytest.fixture(scope="module")
def lifter() -> Lifter:
    lifter = Lifter()
    lifter.open()
    return lifter


def _standing() -> SmplxParams:
    pose = RELAXED_POSE.copy()
    pose[0] = np.pi, 0, 0
    return params_from_full_pose(pose, transl=np.array([0.0, 0.0, 3.0]))


def _view(body: BodyModel) -> PersonView:
    view = view_person(landmarks_of_body(body, _standing(), CAMERA), CAMERA)
    assert view is not None
    return view


def test_gives_rotations_and_how_sure_it_is(body: BodyModel, lifter: Lifter) -> None:
    lifted = lifter.lift(_view(body))
    products = np.einsum("jab,jcb->jac", lifted.rotations, lifted.rotations)
    assert np.allclose(products, np.eye(3), atol=1e-4)
    assert ((lifted.sigmas > 0.02) & (lifted.sigmas < 2.1)).all()


def test_legs_out_of_view_have_no_say(body: BodyModel, lifter: Lifter) -> None:
    view = _view(body)
    seen = view.seen.copy()
    seen[LEGS] = 0
    answers = []
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        world, rays = view.world.copy(), view.rays.copy()
        world[LEGS], rays[LEGS] = rng.normal(size=(8, 3)), rng.normal(size=(8, 2))
        answers.append(lifter.lift(replace(view, seen=seen, world=world, rays=rays)))
    assert np.allclose(answers[0].rotations, answers[1].rotations, atol=1e-6)
    knees = [4, 5]
    assert (answers[0].sigmas[knees] > lifter.lift(view).sigmas[knees]).all()


def test_the_compiled_network_answers_as_the_runtime(body: BodyModel, lifter: Lifter) -> None:
    session = REFERENCE.open(model_path(MODEL), threads=1)
    view, rng = _view(body), np.random.default_rng(5)
    for _ in range(5):
        moved = replace(
            view,
            rays=view.rays + 0.03 * rng.normal(size=(33, 2)),
            world=view.world + 0.1 * rng.normal(size=(33, 3)),
            seen=rng.uniform(size=33),
            sight=turn_to_ray(0.5 * rng.normal(size=2))[:, 2],
        )
        lifted = lifter.lift(moved)
        inputs = {n: getattr(moved, n)[None] for n in ("rays", "world", "seen", "sight")}
        wanted = session.run({name: x.astype(np.float32) for name, x in inputs.items()})
        chords = np.linalg.norm(lifted.rotations - wanted["rotations"][0], axis=(1, 2)) / np.sqrt(2)
        assert np.degrees(chords).max() < 0.1
        assert np.allclose(lifted.sigmas, wanted["sigmas"][0], rtol=1e-3)
    session.close()


def test_asked_before_open_it_says_so(body: BodyModel) -> None:
    with pytest.raises(StageError, match="not open"):
        Lifter().lift(_view(body))


@pytest.mark.parametrize("solver", ["least_squares", "lifter", "analytic"])
def test_either_solver_finds_a_standing_person(body: BodyModel, solver: str) -> None:
    regressor = LandmarkRegressor(body, LandmarkOptions(solver=solver))  # type: ignore[arg-type]
    regressor.open()
    landmarks = landmarks_of_body(body, _standing(), CAMERA)
    detection = Detection(0, np.zeros(4, np.float32), 1.0, landmarks)
    image = np.zeros((1, 1, 3), np.uint8)
    for index in range(3):
        stamp = index * 33_000_000
        (estimate,) = regressor.regress(Frame(index, stamp, stamp, image, CAMERA), (detection,))
    regressor.close()
    picked = [16, 17, 18, 19, 1, 2, 4, 5, 7, 8]
    joints = estimate.joints[picked] - estimate.joints[[1, 2]].mean(axis=0)
    wanted = landmarks.pose_world[[11, 12, 13, 14, 23, 24, 25, 26, 27, 28]]
    assert np.linalg.norm(joints - wanted, axis=1).mean() < 0.08
