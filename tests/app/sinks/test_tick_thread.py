import threading

from app.sinks.tick_thread import TickThread

FAR_NS = 10**12
"""After the test."""


class Member:
    """Is called at once, again whenever it says so, and notes on which thread."""

    def __init__(self, *waits_ns):
        self.waits_ns = list(waits_ns)
        self.calls_ns = []
        self.threads = set()
        self.is_done = threading.Event()

    def __call__(self, now_ns):
        self.calls_ns.append(now_ns)
        self.threads.add(threading.get_ident())
        if not self.waits_ns:
            self.is_done.set()
            return None
        wait_ns = self.waits_ns.pop(0)
        if wait_ns >= FAR_NS:
            self.is_done.set()
        return now_ns + wait_ns


def is_running(name):
    return any(thread.name == name for thread in threading.enumerate())


def test_each_is_called_when_it_is_due_and_all_on_one_thread_that_ends_with_the_last():
    ticks = TickThread("test ticks")
    members = [Member(3_000_000, 3_000_000, FAR_NS), Member(1_000_000, FAR_NS), Member()]
    for member in members:
        ticks.add(member)
    for member in members:
        assert member.is_done.wait(10)
    assert len(set.union(*(member.threads for member in members))) == 1
    for before, after in zip(members[0].calls_ns, members[0].calls_ns[1:], strict=False):
        assert after - before >= 2_500_000
    assert len(members[2].calls_ns) == 1, "one that wants no more is called no more"
    ticks.remove(members[0])
    ticks.remove(members[2])
    assert is_running("test ticks")
    ticks.remove(members[1])
    ticks.remove(members[1])
    assert not is_running("test ticks")
    again = Member()
    ticks.add(again)
    assert again.is_done.wait(10)
    ticks.remove(again)
    assert not is_running("test ticks")


def test_one_that_is_removed_is_not_under_way():
    entered, release, over = threading.Event(), threading.Event(), []

    def busy(now_ns):
        entered.set()
        assert release.wait(10)
        over.append(True)
        return now_ns

    ticks = TickThread("test ticks")
    ticks.add(busy)
    assert entered.wait(10)
    remover = threading.Thread(target=lambda: (ticks.remove(busy), over.append("removed")))
    remover.start()
    release.set()
    remover.join(10)
    assert over[-1] == "removed"
    assert over[0] is True
    assert not is_running("test ticks")
