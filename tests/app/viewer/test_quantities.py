import pytest

from app.viewer.quantities import clock_text, local_time, size_text
from app.viewer.stopwatch import Stopwatch


@pytest.mark.parametrize(
    ("seconds", "text", "with_tenths"),
    [
        (0.0, "0:00", "0:00.0"),
        (9.94, "0:10", "0:09.9"),
        (59.97, "1:00", "1:00.0"),
        (3723.4, "1:02:03", "1:02:03.4"),
        (-1.0, "0:00", "0:00.0"),
    ],
)
def test_times_read_like_a_clock(seconds, text, with_tenths):
    assert clock_text(seconds) == text
    assert clock_text(seconds, tenths=True) == with_tenths


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (3_400_000, "3.4 MB"),
        (76_200_000_000, "76 GB"),
    ],
)
def test_sizes_have_a_unit_that_suits_them(size, text):
    assert size_text(size) == text


def test_a_text_that_is_no_date_is_none():
    assert local_time("2026-11-22T10:46:10+0000").hour == 10
    assert local_time("") is None
    assert local_time("yesterday") is None


def test_a_stopwatch_stands_still_while_paused():
    now = [10.0]
    watch = Stopwatch(lambda: now[0])
    assert watch.elapsed_s == 0
    watch.start()
    now[0] = 12.0
    watch.pause()
    now[0] = 20.0
    assert watch.elapsed_s == 2
    watch.resume()
    watch.resume()
    now[0] = 21.5
    assert watch.elapsed_s == 3.5
    watch.start()
    assert watch.elapsed_s == 0
