import numpy as np

from app.capture.freeze import FreezeWatch

SECOND = 1_000_000_000


def picture(level: int = 0) -> np.ndarray:
    return np.full((48, 64, 3), level, np.uint8)


def test_a_picture_that_stays_the_same_is_frozen_after_the_limit() -> None:
    watch = FreezeWatch(2.0)
    answers = [watch.is_frozen(picture(), i * SECOND // 2) for i in range(6)]
    assert answers == [False, False, False, False, True, False]


def test_one_changed_pixel_is_a_change() -> None:
    watch = FreezeWatch(2.0)
    changed = picture()
    changed[17, 33, 1] = 1  # between the samples
    assert not watch.is_frozen(picture(), 0)
    assert not watch.is_frozen(changed, 1 * SECOND)
    assert not watch.is_frozen(changed, 2 * SECOND)
    assert watch.is_frozen(changed, 3 * SECOND)


def test_the_same_picture_after_opening_again_is_a_still_scene() -> None:
    watch = FreezeWatch(2.0)
    watch.is_frozen(picture(), 0)
    assert watch.is_frozen(picture(), 2 * SECOND)
    assert not any(watch.is_frozen(picture(), t * SECOND) for t in range(3, 20))


def test_the_watch_is_on_again_once_the_picture_has_moved() -> None:
    watch = FreezeWatch(2.0)
    watch.is_frozen(picture(), 0)
    assert watch.is_frozen(picture(), 2 * SECOND)
    assert not watch.is_frozen(picture(1), 3 * SECOND)
    assert watch.is_frozen(picture(1), 5 * SECOND)


def test_another_size_is_a_change() -> None:
    watch = FreezeWatch(2.0)
    watch.is_frozen(picture(), 0)
    assert not watch.is_frozen(np.zeros((24, 32, 3), np.uint8), 2 * SECOND)


def test_no_limit_means_never() -> None:
    watch = FreezeWatch(0.0)
    assert not any(watch.is_frozen(picture(), t * SECOND) for t in range(10))
