"""What ten sinks need of one person is made once, whoever asks first."""

import threading

import numpy as np

from app.sinks.head import global_rotations
from app.sinks.shared import SharedResults
from app.sinks.world import world_values
from tests.app.packets import make_estimate, tilted_world


def one(seed=0):
    return make_estimate(np.random.default_rng(seed))


def test_a_result_is_made_once_for_an_estimate_and_a_key():
    shared, made = SharedResults(), []
    first, second = one(), one()
    for estimate, key in ((first, 1), (first, 1), (first, 2), (second, 1), (first, 2)):
        shared.get(estimate, key, lambda: made.append(1))
    assert len(made) == 3, "equal numbers in another estimate are another person, or another frame"


def test_threads_that_ask_at_once_get_one_object():
    shared, estimate, made = SharedResults(), one(), []
    entered, release = threading.Event(), threading.Event()
    results = []

    def make():
        entered.set()
        assert release.wait(10)
        made.append(1)
        return object()

    threads = [
        threading.Thread(target=lambda: results.append(shared.get(estimate, None, make)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    assert entered.wait(10)
    release.set()
    for thread in threads:
        thread.join(10)
    assert len(made) == 1
    assert len(results) == 8
    assert len({id(result) for result in results}) == 1


def test_a_maker_that_fails_leaves_nothing_behind():
    shared, estimate = SharedResults(), one()
    for _ in range(2):
        try:
            shared.get(estimate, None, lambda: 1 // 0)
        except ZeroDivisionError:
            continue
        raise AssertionError("the failure was lost")
    assert shared.get(estimate, None, lambda: 5) == 5


def test_old_results_are_given_up():
    shared = SharedResults()
    first = one()
    shared.get(first, 0, lambda: "old")
    for key in range(1, 100):
        shared.get(first, key, lambda: "new")
    assert shared.get(first, 0, lambda: "made again") == "made again"
    assert len(shared._results) <= 33


def test_what_is_shared_cannot_be_changed():
    estimate = one()
    for array in (global_rotations(estimate), world_values(estimate, tilted_world())):
        assert not array.flags.writeable
    assert world_values(estimate, tilted_world()) is world_values(estimate, tilted_world())
    assert world_values(estimate, tilted_world()) is not world_values(
        estimate, np.eye(4, dtype="f4")
    )
