"""The face solver against faces whose actions are known: exact ones as the detector shows them, and rendered ones."""

from pathlib import Path

import numpy as np
import pytest

from engines.body.face import ARKIT_INDEX, ARKIT_MIRROR, ARKIT_NAMES
from engines.body.rotations import matrix_from_axis_angle
from engines.errors import ModelError
from engines.landmarks.face import UNOBSERVED, FaceSolver
from engines.landmarks.face_actions import ACTIONS
from engines.landmarks.face_basis import JAW_OPEN_RAD, JAW_SIDE_RAD
from engines.landmarks.gaze import Gaze
from engines.types import Camera
from tests.engines.landmarks.face_meshes import CAMERA, TOWARDS_CAMERA, face_mesh

RENDERED = Path(__file__).parents[2] / "golden" / "rendered_faces.npz"
SMILE = {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8}


@pytest.fixture(scope="module")
def _basis_solver(open_body):
    return FaceSolver(open_body)


@pytest.fixture
def solver(_basis_solver):
    """A solver that has seen nobody; the basis is worked out once."""
    _basis_solver.reset()
    return _basis_solver


def acquaint(solver, body, frames=10, **view):
    """Show the face at rest for a while."""
    for _ in range(frames):
        fit = solver.solve(face_mesh(body, **view), CAMERA)
    return fit


def named(fit, least=-1.0):
    return {
        name: float(value)
        for name, value in zip(ARKIT_NAMES, fit.blendshapes, strict=True)
        if value > least
    }


def angle_deg(a, b):
    return np.degrees(np.arccos(np.clip((np.trace(a @ b.T) - 1) / 2, -1, 1)))


def test_face_at_rest_does_nothing(solver, open_body):
    fit = solver.solve(face_mesh(open_body), CAMERA)
    assert named(fit, 0.02) == {}
    assert np.abs(fit.jaw_pose).max() < 0.01
    assert np.abs(fit.expression).max() < 0.1
    assert fit.residual_mm < 0.1


def alone(solver, body, name):
    """Return the answers to an action alone, of both sides where it has two: its own, and the strongest other."""
    acquaint(solver, body, 60)
    is_sideways = name.startswith(("jaw", "mouthLeft", "mouthRight"))
    partner = name if is_sideways else ARKIT_NAMES[ARKIT_MIRROR[ARKIT_INDEX[name]]]
    mesh = face_mesh(body, {name: 1.0, partner: 1.0})
    for _ in range(2):
        values = named(solver.solve(mesh, CAMERA))
    found = min(values.pop(key) for key in {name, partner})
    return found, max(values.values())


@pytest.mark.parametrize("name", [name for name in ACTIONS if name != "mouthClose"])
def test_no_action_is_taken_for_another(solver, open_body, name):
    assert alone(solver, open_body, name)[1] < 0.25


@pytest.mark.parametrize(
    "name",
    [
        "jawOpen", "jawLeft", "mouthSmileLeft", "mouthFrownRight", "mouthPucker", "mouthFunnel", "mouthLeft",
        "mouthRight", "mouthRollUpper", "mouthStretchLeft", "browDownRight", "browInnerUp",
    ],
)  # fmt: skip
def test_what_the_detector_shows_well_is_found(solver, open_body, name):
    found, other = alone(solver, open_body, name)
    assert found > 0.25
    assert other < found / 3


def test_smile_is_a_smile_and_nothing_else(solver, open_body):
    acquaint(solver, open_body)
    values = named(solver.solve(face_mesh(open_body, SMILE), CAMERA))
    assert values.pop("mouthSmileLeft") == pytest.approx(0.8, abs=0.1)
    assert values.pop("mouthSmileRight") == pytest.approx(0.8, abs=0.1)
    assert max(values.values()) < 0.1


def test_sides_are_the_persons_own(solver, open_body):
    acquaint(solver, open_body)
    values = named(solver.solve(face_mesh(open_body, {"mouthSmileLeft": 0.8}), CAMERA))
    assert values["mouthSmileLeft"] > 0.6
    assert values["mouthSmileRight"] < 0.15


@pytest.mark.parametrize("angle_rad", [0.1, 0.2, 0.36])
def test_open_jaw_is_an_angle_and_a_coefficient(solver, open_body, angle_rad):
    acquaint(solver, open_body)
    for _ in range(2):
        fit = solver.solve(face_mesh(open_body, jaw_pose=(angle_rad, 0, 0)), CAMERA)
    assert fit.jaw_pose[0] == pytest.approx(angle_rad, abs=0.05)
    assert np.abs(fit.jaw_pose[1:]).max() < 0.01
    jaw_open = fit.blendshapes[ARKIT_INDEX["jawOpen"]]
    assert jaw_open == pytest.approx(angle_rad / JAW_OPEN_RAD, abs=0.15)
    assert fit.blendshapes[ARKIT_INDEX["mouthClose"]] < 0.1


def test_jaw_to_the_left(solver, open_body):
    acquaint(solver, open_body, 60)
    fit = solver.solve(face_mesh(open_body, {"jawLeft": 1.0}), CAMERA)
    coefficient = fit.blendshapes[ARKIT_INDEX["jawLeft"]]
    assert coefficient > 0.25
    assert fit.jaw_pose[1] == pytest.approx(coefficient * JAW_SIDE_RAD)
    assert fit.blendshapes[ARKIT_INDEX["jawRight"]] < 0.05


def test_lips_close_only_an_open_jaw(solver, open_body):
    acquaint(solver, open_body)
    mesh = face_mesh(open_body, {"mouthClose": 0.8}, jaw_pose=(0.3, 0, 0))
    fit = solver.solve(mesh, CAMERA)
    jaw_open, close = (fit.blendshapes[ARKIT_INDEX[name]] for name in ("jawOpen", "mouthClose"))
    assert close > 0.5
    assert close <= jaw_open + 1e-6


def test_blink_of_one_eye(solver, open_body):
    acquaint(solver, open_body)
    values = named(solver.solve(face_mesh(open_body, {"eyeBlinkLeft": 1.0}), CAMERA))
    assert values["eyeBlinkLeft"] == 1.0
    assert values["eyeBlinkRight"] < 0.05
    assert named(solver.solve(face_mesh(open_body), CAMERA), 0.05) == {}


def test_wide_eyes(solver, open_body):
    acquaint(solver, open_body)
    wide = {"eyeWideLeft": 1.0, "eyeWideRight": 1.0}
    values = named(solver.solve(face_mesh(open_body, wide), CAMERA))
    assert min(values["eyeWideLeft"], values["eyeWideRight"]) > 0.6
    assert max(values["eyeBlinkLeft"], values["eyeBlinkRight"]) == 0


@pytest.mark.parametrize("distance_m", [0.5, 2.0])
@pytest.mark.parametrize(
    ("turn", "pixel"),
    [
        ((0, 0, 0), (640, 360)),
        ((0.3, 0, 0), (640, 360)),
        ((0, 0.6, 0), (640, 360)),
        ((0, -0.5, 0.3), (500, 420)),
        ((0, 0, 0), (800, 250)),
    ],
)
def test_head_rotation(solver, open_body, turn, pixel, distance_m):
    acquaint(solver, open_body, distance_m=distance_m)
    mesh = face_mesh(open_body, turn=turn, pixel=pixel, distance_m=distance_m)
    fit = solver.solve(mesh, CAMERA)
    truth = matrix_from_axis_angle(np.array(turn, float)) @ TOWARDS_CAMERA
    assert angle_deg(fit.head_rotation, truth) < 1.0
    np.testing.assert_allclose(fit.head_rotation @ fit.head_rotation.T, np.eye(3), atol=1e-5)
    assert np.linalg.det(fit.head_rotation) > 0


def test_expression_does_not_turn_the_head(solver, open_body):
    acquaint(solver, open_body)
    lively = {**SMILE, "browInnerUp": 1.0, "browOuterUpLeft": 1.0, "browOuterUpRight": 1.0}
    for _ in range(3):
        fit = solver.solve(face_mesh(open_body, lively, jaw_pose=(0.25, 0, 0)), CAMERA)
    assert angle_deg(fit.head_rotation, TOWARDS_CAMERA) < 1.5


@pytest.mark.parametrize("seed", range(3))
def test_other_people_are_at_rest_too(solver, open_body, seed):
    rng = np.random.default_rng(seed)
    identity = other_face(open_body, rng)
    fit = acquaint(solver, open_body, 60, identity=identity, noise_m=2e-4, rng=rng)
    assert max(named(fit).values()) < 0.15
    values = named(solver.solve(face_mesh(open_body, SMILE, identity=identity), CAMERA))
    for side in ("Left", "Right"):
        assert values.pop(f"mouthSmile{side}") == pytest.approx(0.8, abs=0.2)
    assert max(values.values()) < 0.3


def test_smile_from_the_start_is_not_the_face_at_rest(solver, open_body):
    fit = acquaint(solver, open_body, 60, actions={**SMILE, "mouthUpperUpLeft": 0.5})
    assert fit.blendshapes[ARKIT_INDEX["mouthSmileLeft"]] > 0.5
    fit = acquaint(solver, open_body, 20)
    assert max(named(fit).values()) < 0.12
    values = named(solver.solve(face_mesh(open_body, SMILE), CAMERA))
    assert values["mouthSmileLeft"] == pytest.approx(0.8, abs=0.1)


def test_noise_stays_small(solver, open_body):
    rng = np.random.default_rng(0)
    acquaint(solver, open_body, 30, noise_m=3e-4, rng=rng)
    mesh = [face_mesh(open_body, SMILE, noise_m=3e-4, rng=rng) for _ in range(10)]
    smiles = [solver.solve(m, CAMERA).blendshapes[ARKIT_INDEX["mouthSmileLeft"]] for m in mesh]
    assert np.std(smiles) < 0.05


def test_results_are_in_bounds_and_read_only(solver, open_body):
    rng = np.random.default_rng(1)
    for _ in range(5):
        mesh = face_mesh(open_body, SMILE, noise_m=5e-3, rng=rng)
        fit = solver.solve(mesh, CAMERA)
        assert ((fit.blendshapes >= 0) & (fit.blendshapes <= 1)).all()
        assert not any(fit.blendshapes[ARKIT_INDEX[name]] for name in UNOBSERVED)
        for array in (fit.head_rotation, fit.jaw_pose, fit.blendshapes, fit.expression):
            assert array.dtype == np.float32
            assert not array.flags.writeable


@pytest.fixture(scope="module")
def rendered():
    """One person as the detector saw them: at rest, turned aside, and one action at a time."""
    with np.load(RENDERED, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def solve_rendered(solver, faces, row):
    """Show the face at rest, then one row twice; return the answers without those of the eyelids' own reader."""
    focal = float(faces["focal_px"][row])
    camera = Camera(320, 320, focal, focal, 160.0, 160.0)
    for rest in np.flatnonzero(faces["at_rest"]):
        for _ in range(10):
            solver.solve(faces["mesh"][rest], camera)
    for _ in range(2):
        fit = solver.solve(faces["mesh"][row], camera)
    return {name: value for name, value in named(fit).items() if not name.startswith("eye")}


def test_rendered_actions_are_called_by_their_names(solver, rendered):
    shown = np.flatnonzero(rendered["actions"].sum(axis=1) > 0)
    assert len(shown) == 10
    for row in shown:
        solver.reset()
        own = {name for name in ARKIT_NAMES if rendered["actions"][row, ARKIT_INDEX[name]]}
        values = solve_rendered(solver, rendered, row)
        others = max(value for name, value in values.items() if name not in own)
        if "eyeBlinkLeft" in own:
            assert others < 0.15
        else:
            assert max(values, key=values.__getitem__) in own
            assert others < 0.5 * max(values[name] for name in own)


def test_rendered_head_that_turns_does_nothing_else(solver, rendered):
    turned = np.flatnonzero((rendered["actions"].sum(axis=1) == 0) & ~rendered["at_rest"])
    assert len(turned) == 2
    for row in turned:
        solver.reset()
        assert max(solve_rendered(solver, rendered, row).values()) < 0.1


def test_every_action_is_solved_measured_or_listed_as_unobserved():
    lids = {
        f"eye{kind}{side}" for kind in ("Blink", "Squint", "Wide") for side in ("Left", "Right")
    }
    gaze = set(Gaze(0, 0).actions())
    assert set(ACTIONS) | lids | gaze | set(UNOBSERVED) == set(ARKIT_NAMES)
    assert not set(ACTIONS) & set(UNOBSERVED)


def test_reset_forgets_the_person(solver, open_body):
    first = solver.solve(face_mesh(open_body, SMILE), CAMERA)
    acquaint(solver, open_body, identity=other_face(open_body, np.random.default_rng(2)))
    solver.reset()
    again = solver.solve(face_mesh(open_body, SMILE), CAMERA)
    np.testing.assert_array_equal(first.blendshapes, again.blendshapes)
    np.testing.assert_array_equal(first.head_rotation, again.head_rotation)


def test_points_in_one_place_do_not_break_it(solver):
    fit = solver.solve(np.full((468, 3), 100, np.float32), Camera.guess(200, 200))
    assert np.isfinite(fit.head_rotation).all()
    assert np.isfinite(fit.blendshapes).all()


def test_body_without_a_face_mesh_is_refused(small_body):
    with pytest.raises(ModelError, match="open body"):
        FaceSolver(small_body)


def other_face(body, rng):
    """Return a smooth random difference (468, 3) between two people's faces, about 3 mm."""
    corners = body.v_template[body.faces[body.extras.face_mesh_faces]]
    points = np.einsum("nk,nkd->nd", body.extras.face_mesh_barycentric, corners)
    waves = rng.normal(0, 25, (6, 3))  # waves of some 4 cm and longer
    shape = np.sin(points @ waves.T + rng.uniform(0, 6, 6))
    return shape @ rng.normal(0, 1.5e-3, (6, 3))
