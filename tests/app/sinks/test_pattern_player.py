"""The player and the monitor, one against the other over the network of this computer."""

import threading

from app.sinks.catalog import create_sink
from app.sinks.pattern_player import PatternPlayer
from app.sinks.port_monitor import PortMonitor
from app.sinks.test_pattern import PARTS, PatternPerformer
from tests.app.packets import body


def test_what_is_played_is_monitored_until_it_is_stopped():
    monitor = PortMonitor(0)
    monitor.open()
    sink = create_sink(f"vmc://127.0.0.1:{monitor.port}")
    sink.open()
    stop, parts, seen = threading.Event(), [], []
    player = PatternPlayer(PatternPerformer(body()), [sink], fps=60)
    thread = threading.Thread(target=lambda: player.play(stop, on_part=parts.append))
    thread.start()
    try:
        for _ in range(200):
            seen += monitor.poll(0.1)
            times = [m.arguments[0] for a in seen for m in a.messages if m.address == "/VMC/Ext/T"]
            if len(times) >= 5:
                break
    finally:
        stop.set()
        thread.join(10)
        sink.close()
        monitor.close()
    assert not thread.is_alive()
    assert times == sorted(times)
    assert parts == [PARTS[0]]
    assert {arrival.problem for arrival in seen} == {None}
    assert len(monitor.arrivals.streams["/VMC/Ext/Bone/Pos"].names) == 55


def test_a_play_ends_by_itself_when_its_time_is_up():
    class Counting:
        name, delivery = "counting", "newest"
        indexes = []

        def consume(self, packet):
            self.indexes.append(packet.frame.index)

    sink = Counting()
    PatternPlayer(PatternPerformer(body()), [sink], fps=100).play(
        threading.Event(), duration_s=0.05
    )
    assert sink.indexes == list(range(len(sink.indexes)))
    assert len(sink.indexes) >= 2
