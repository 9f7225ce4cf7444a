import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engines.body.rotations import (
    multiply_quaternions,
    quaternion_from_axis_angle,
    relative_angle,
)
from engines.smoothing.one_euro import OneEuroBank
from engines.smoothing.options import OneEuroSettings
from engines.smoothing.rotations import OneEuroRotations

BANK = OneEuroBank.of([OneEuroSettings(1.5, 4.0)] * 4)
intervals = st.floats(0.004, 0.2)
rotations = arrays(np.float64, (4, 3), elements=st.floats(-2, 2)).map(quaternion_from_axis_angle)


def run(bank, targets, dt_s):
    filters = OneEuroRotations(bank, targets[0])
    result = [filters.value]
    for target in targets[1:]:
        filters.step(target, dt_s)
        result.append(filters.value)
    return np.array(result)


@given(rotations, st.lists(intervals, min_size=1, max_size=8))
def test_at_rest_stays_at_rest(start, steps):
    filters = OneEuroRotations(BANK, start)
    for dt_s in steps:
        filters.step(start, dt_s)
    assert relative_angle(filters.value, start).max() < 1e-7


@given(
    st.lists(rotations, min_size=2, max_size=6),
    intervals,
    st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_sign_of_the_quaternions_does_not_matter(targets, dt_s, flips):
    flipped = [-q if flip else q for q, flip in zip(targets, flips, strict=False)]
    assert relative_angle(run(BANK, targets, dt_s), run(BANK, flipped, dt_s)).max() < 1e-6


@given(st.lists(rotations, min_size=2, max_size=6), rotations, rotations, intervals)
def test_equivariant_to_a_change_of_frame(targets, left, right, dt_s):
    def turned(q):
        return multiply_quaternions(multiply_quaternions(left[:1], q), right[:1])

    direct = turned(run(BANK, targets, dt_s))
    assert relative_angle(run(BANK, [turned(q) for q in targets], dt_s), direct).max() < 1e-5


@given(rotations, rotations, intervals, st.floats(0, 4))
def test_step_stays_on_the_short_way(start, target, dt_s, strength):
    filters = OneEuroRotations(BANK, start)
    filters.step(target, dt_s, strength=strength)
    np.testing.assert_allclose(np.linalg.norm(filters.value, axis=-1), 1, atol=1e-12)
    whole = relative_angle(start, target)
    done, left = relative_angle(start, filters.value), relative_angle(filters.value, target)
    np.testing.assert_allclose(done + left, whole, atol=1e-6)


@given(rotations, rotations, intervals)
def test_approach_is_monotone(start, target, dt_s):
    filters = OneEuroRotations(BANK, start)
    distance = relative_angle(start, target)
    for _ in range(30):
        filters.step(target, dt_s)
        nearer = relative_angle(filters.value, target)
        assert (nearer <= distance + 1e-9).all()
        distance = nearer
    assert (distance < 0.6 * relative_angle(start, target) + 1e-9).all()


@given(rotations, rotations, intervals)
def test_no_strength_is_no_smoothing(start, target, dt_s):
    filters = OneEuroRotations(BANK, start)
    filters.step(target, dt_s, strength=0.0)
    assert relative_angle(filters.value, target).max() < 1e-6


def test_a_full_turn_never_jumps_back():
    angles = np.linspace(0, 4 * np.pi, 240)
    targets = [quaternion_from_axis_angle(np.tile([0, 0, a], (4, 1))) for a in angles]
    result = run(BANK, targets, 1 / 60)
    steps = relative_angle(result[1:], result[:-1])
    assert steps.max() < 2 * (angles[1] - angles[0])
    assert relative_angle(result[60:], np.array(targets)[60:]).max() < 0.2


@given(rotations, rotations, arrays(np.float64, 4, elements=st.floats(0, 1)))
def test_ease_goes_the_given_share(start, rest, fraction):
    filters = OneEuroRotations(BANK, start)
    filters.ease(rest, fraction)
    np.testing.assert_allclose(
        relative_angle(start, filters.value), fraction * relative_angle(start, rest), atol=1e-5
    )


def test_channels_not_observed_stay():
    start = quaternion_from_axis_angle(np.zeros((4, 3)))
    target = quaternion_from_axis_angle(np.ones((4, 3)))
    filters = OneEuroRotations(BANK, start)
    filters.step(target, 1 / 60, observed=np.array([True, False, True, False]))
    moved = relative_angle(start, filters.value)
    assert (moved[[0, 2]] > 0).all()
    assert (moved[[1, 3]] == 0).all()
