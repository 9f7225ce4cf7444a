import threading
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.channel import Channel, ChannelClosed
from tests.app.pipeline.fakes import TIMEOUT_S


def in_thread(work):
    """Start a thread; returns it and the list its result goes to."""
    results = []

    def run():
        try:
            results.append(work())
        except ChannelClosed:
            results.append(ChannelClosed)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, results


def joined(thread):
    thread.join(TIMEOUT_S)
    return not thread.is_alive()


@given(st.integers(1, 5), st.lists(st.integers(), max_size=20))
def test_drop_oldest_keeps_the_newest_in_order(capacity, items):
    channel = Channel(capacity, "drop_oldest")
    for item in items:
        channel.put(item)
    channel.close()
    assert list(channel) == items[-capacity:]
    assert channel.dropped == max(0, len(items) - capacity)


def test_what_is_inside_comes_out_after_the_end():
    channel = Channel(3, "wait")
    channel.put(1)
    channel.put(2)
    channel.close()
    assert channel.get() == 1
    assert list(channel) == [2]
    with pytest.raises(ChannelClosed):
        channel.get()


def test_nothing_goes_in_after_the_end():
    channel = Channel(1, "drop_oldest")
    channel.close()
    channel.close()
    with pytest.raises(ChannelClosed):
        channel.put(1)


def test_discard_empties():
    channel = Channel(2, "wait")
    channel.put(1)
    channel.close(discard=True)
    assert list(channel) == []
    assert channel.dropped == 0


def test_get_wakes_for_an_item_and_for_the_end():
    for wake, expected in ((lambda c: c.put(7), 7), (lambda c: c.close(), ChannelClosed)):
        channel = Channel(1, "wait")
        thread, results = in_thread(channel.get)
        wake(channel)
        assert joined(thread)
        assert results == [expected]


def test_waiting_put_wakes_for_room_and_for_the_end():
    for wake, expected in ((lambda c: c.get(), None), (lambda c: c.close(), ChannelClosed)):
        channel = Channel(1, "wait")
        channel.put(0)
        thread, results = in_thread(partial(channel.put, 1))
        wake(channel)
        assert joined(thread)
        assert results == [expected]


@pytest.mark.parametrize("when_full", ["wait", "drop_oldest"])
@pytest.mark.parametrize("capacity", [1, 3])
def test_many_threads_lose_nothing_unseen(when_full, capacity):
    channel = Channel(capacity, when_full)
    producers = [
        threading.Thread(target=lambda k=k: [channel.put((k, n)) for n in range(200)])
        for k in range(3)
    ]
    consumers, results = zip(*[in_thread(lambda: list(channel)) for _ in range(2)], strict=True)
    for thread in producers:
        thread.start()
    assert all(joined(thread) for thread in producers)
    channel.close()
    assert all(joined(thread) for thread in consumers)
    got = [item for result in results for item in result[0]]
    assert len(got) + channel.dropped == 600
    assert len(set(got)) == len(got)
    if when_full == "wait":
        assert channel.dropped == 0
    for (items,) in results:
        for k in range(3):
            numbers = [n for producer, n in items if producer == k]
            assert numbers == sorted(numbers)


def test_capacity_must_be_positive():
    with pytest.raises(ValueError, match="capacity"):
        Channel(0, "wait")
