import dataclasses

import numpy as np
import pytest

from engines.body.kinematics import posed_joints, skin
from engines.body.pose import full_pose, params_from_full_pose, read_only
from engines.body.rest_pose import RELAXED_POSE
from engines.body.skeleton import JOINT_INDEX
from engines.errors import ConfigError
from engines.smoothing.feet import GroundOptions
from engines.smoothing.ground import Ground
from tests.estimates import estimate, open_body, upright_pose

STEP_NS = 33_333_333
TOES = [JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"]]
KNEES = [JOINT_INDEX["left_knee"], JOINT_INDEX["right_knee"]]
LEGS = [f"{side}_{joint}" for side in ("left", "right") for joint in ("knee", "ankle", "foot")]
CAMERA_HEIGHT_M = 1.0
WORLD = np.diag([1.0, -1.0, -1.0, 1.0]).astype(np.float32)
WORLD[1, 3] = CAMERA_HEIGHT_M
CROUCH = {
    f"{side}_{joint}": (angle, 0, 0)
    for side in ("left", "right")
    for joint, angle in (("hip", -0.4), ("knee", 0.8), ("ankle", -0.4))
}


def lowest_m(given, world=WORLD):
    """Height of the lowest vertex of the skin above the floor."""
    vertices = skin(open_body(), given.params)
    return float((vertices @ world[1, :3] + world[1, 3]).min())


def standing(pose=None, *, shift=(0, 0, 0), **kwargs):
    """Somebody whose soles are on the floor at 3 m, moved by `shift` in the world."""
    pose = upright_pose(**CROUCH) if pose is None else pose
    high = lowest_m(estimate(pose))
    x, y, z = shift
    return estimate(pose, pelvis=(x, high - y, 3 - z), **kwargs)


def in_world(given):
    return given.joints @ WORLD[:3, :3].T + WORLD[:3, 3]


class Run:
    """Runs estimates through a ground at 30 fps."""

    def __init__(self, options=None, **kwargs):
        self.ground = Ground(open_body(), options)
        self.kwargs = kwargs
        self.now_ns = 0

    def __call__(self, given):
        self.now_ns += STEP_NS
        (result,), self.world = self.ground.apply((given,), WORLD, self.now_ns, **self.kwargs)
        return result


def drifting(frames=90, seed=0):
    """A person who stands, seen to shake by 6 mm and to drift 8 cm away from the camera."""
    rng = np.random.default_rng(seed)
    for k in range(frames):
        shake = rng.normal(scale=(0.002, 0.002, 0.006))
        yield standing(shift=shake - (0, 0, 0.08 * k / frames))


def test_standing_feet_stay_where_they_are():
    run = Run()
    given = list(drifting())
    results = [run(each) for each in given]
    held = [e for e in results if e.left_foot_stands and e.right_foot_stands]
    assert len(held) > 70
    before = np.diff([in_world(e)[TOES][:, [0, 2]] for e in given[20:]], axis=0)
    after = np.diff([in_world(e)[TOES] for e in results[20:]], axis=0)
    assert np.linalg.norm(before, axis=2).mean() > 0.005
    assert np.linalg.norm(after, axis=2).max() < 0.002


def test_feet_caught_above_the_floor_come_down_without_sliding():
    """A body that is seen 5 cm too high, as on a guessed floor."""
    run = Run(floor_is_known=False)
    held, heights = [], []
    for _ in range(60):
        result = run(standing(shift=(0, 0.05, 0)))
        if result.left_foot_stands and result.right_foot_stands:
            held.append(result.joints[TOES] @ run.world[:3, :3].T + run.world[:3, 3])
            heights.append(lowest_m(result, run.world))
    assert np.linalg.norm(np.diff(held, axis=0), axis=2).max() < 0.002
    assert heights[0] > 0.04
    assert heights[-1] == pytest.approx(0, abs=0.006)


def test_nobody_sinks_into_the_floor():
    run = Run()
    heights = [lowest_m(run(each)) for each in drifting()]
    assert min(heights) > -0.005
    assert np.abs(heights[30:]).max() < 0.012


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_step_is_let_go_and_taken_up_without_a_jump(side):
    """The foot is lifted and set down 30 cm further; the held foot's correction fades."""
    run, given, results = Run(), [], []
    for k in range(120):
        t = np.clip((k / 30 - 1.5) / 0.6, 0, 1)
        lift = 0.6 * np.sin(np.pi * t)
        pose = upright_pose(**CROUCH)
        pose[JOINT_INDEX[f"{side}_hip"], 0] -= lift + 0.2 * t
        pose[JOINT_INDEX[f"{side}_knee"], 0] += lift
        slide = 0.03 * np.sin(k / 15)
        given.append(standing(pose, shift=(slide, 0, slide)))
        results.append(run(given[-1]))
    stands = np.array([getattr(e, f"{side}_foot_stands") for e in results])
    assert stands[20:40].all()
    assert not stands[50:60].any()
    assert stands[-20:].all()
    joints = [*TOES, *KNEES, 0]
    before = np.linalg.norm(np.diff([in_world(e)[joints] for e in given], 2, axis=0), axis=2)
    after = np.linalg.norm(np.diff([in_world(e)[joints] for e in results], 2, axis=0), axis=2)
    assert after[2:].max() < before.max() + 0.02


def test_a_lifted_foot_is_left_alone():
    pose = upright_pose(**CROUCH, left_elbow=(0, -1, 0))
    pose[JOINT_INDEX["left_hip"], 0] -= 1.0
    pose[JOINT_INDEX["left_knee"], 0] += 0.6
    run = Run()
    for _ in range(20):
        result = run(standing(pose))
    assert not result.left_foot_stands
    assert result.right_foot_stands
    np.testing.assert_allclose(
        full_pose(result.params)[JOINT_INDEX["left_knee"]],
        pose[JOINT_INDEX["left_knee"]],
        atol=0.02,
    )


def test_all_but_the_legs_keeps_its_pose_and_joints_are_those_of_the_parameters():
    run = Run()
    for each in drifting(30):
        result = run(each)
    legs = [JOINT_INDEX[name] for name in (*LEGS, "left_hip", "right_hip")]
    others = [j for j in range(55) if j not in legs]
    np.testing.assert_array_equal(full_pose(result.params)[others], full_pose(each.params)[others])
    np.testing.assert_allclose(result.joints, posed_joints(open_body(), result.params), atol=1e-6)
    assert not result.joints.flags.writeable


def test_a_foot_that_is_not_seen_does_not_stand():
    run = Run(upper_body="off")
    for _ in range(20):
        result = run(standing(unseen=LEGS))
    assert not result.left_foot_stands
    assert not result.right_foot_stands


def test_a_guessed_floor_gives_way_and_leaves_the_body_in_the_picture():
    run = Run(floor_is_known=False)
    deep = standing(shift=(0, -0.3, 0))
    for _ in range(60):
        result = run(deep)
    np.testing.assert_allclose(result.joints[0], deep.joints[0], atol=2e-3)
    assert lowest_m(result, run.world) == pytest.approx(0, abs=0.006)


def test_without_locks_nothing_changes():
    run = Run(GroundOptions(locks_feet=False))
    given = standing(shift=(0, -0.1, 0))
    assert run(given) is given


def test_a_straight_leg_reaches_by_lowering_the_pelvis():
    run = Run()
    results = [run(standing(upright_pose(), shift=(0, 0.02 * np.sin(k / 5), 0))) for k in range(60)]
    toes = np.array([in_world(e)[TOES] for e in results[25:]])
    assert np.ptp(toes[:, :, 1], axis=0).max() < 0.012
    assert np.linalg.norm(np.diff(toes[:, :, [0, 2]], axis=0), axis=2).max() < 0.002


class TestUpperBody:
    """Legs out of view."""

    def test_legs_rest_under_an_upright_pelvis_and_what_is_above_stays(self):
        pose = upright_pose(left_hip=(-1.5, 0, 0), left_knee=(1.2, 0, 0), left_elbow=(0, -1, 0))
        pose[0] = (np.pi - 0.5, 0, 0)  # bent towards the camera
        given = estimate(pose, unseen=LEGS)
        result = Run()(given)
        solved = full_pose(result.params)
        legs = [JOINT_INDEX[name] for name in ("left_hip", "left_knee", "right_hip")]
        np.testing.assert_allclose(solved[legs], RELAXED_POSE[legs], atol=1e-5)
        up = in_world(result)[0] - in_world(result)[KNEES].mean(axis=0)
        assert up[1] / np.linalg.norm(up) > 0.99
        above = [JOINT_INDEX[name] for name in ("spine1", "head", "left_wrist", "right_index3")]
        np.testing.assert_allclose(result.joints[above], given.joints[above], atol=1e-5)

    def test_legs_that_come_into_view_are_taken_up_slowly(self):
        pose = upright_pose(left_knee=(1.2, 0, 0))
        run = Run()
        run(estimate(pose, unseen=LEGS))
        bends = [full_pose(run(standing(pose)).params)[KNEES[0], 0] for _ in range(45)]
        assert bends[0] < 0.05
        assert bends[-1] == pytest.approx(1.2, abs=0.05)
        assert np.abs(np.diff(bends)).max() < 0.15

    def test_the_mode_can_be_switched(self):
        pose = upright_pose(left_knee=(1.2, 0, 0))
        assert full_pose(Run(upper_body="off")(estimate(pose, unseen=LEGS)).params)[KNEES[0], 0] > 0
        run = Run(upper_body="on")
        for _ in range(35):
            result = run(standing(pose))
        assert full_pose(result.params)[KNEES[0], 0] == pytest.approx(0, abs=1e-5)


def test_each_person_has_feet_of_their_own_and_a_pause_forgets():
    ground = Ground(open_body())
    two = standing(), dataclasses.replace(standing(shift=(1, 0, 0)), track_id=2)
    for k in range(20):
        both, _ = ground.apply(two, WORLD, k * STEP_NS)
    assert all(e.left_foot_stands and e.right_foot_stands for e in both)
    (one,), _ = ground.apply(two[:1], WORLD, 20 * STEP_NS + 1_000_000_000)
    assert not one.left_foot_stands


def test_betas_change_the_soles():
    run = Run()
    tall = params_from_full_pose(upright_pose(**CROUCH), betas=np.array([3.0] + [0] * 9))
    high = lowest_m(dataclasses.replace(standing(), params=tall))
    placed = dataclasses.replace(tall, transl=read_only(tall.transl + np.array([0, high, 3])))
    given = dataclasses.replace(
        standing(), params=placed, joints=read_only(posed_joints(open_body(), placed))
    )
    for _ in range(20):
        result = run(given)
    assert -0.005 < lowest_m(result) < 0.005


def test_options_without_a_meaning_are_refused():
    with pytest.raises(ConfigError, match="blend_s"):
        GroundOptions(blend_s=-1)
