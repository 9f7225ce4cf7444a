import socket
import threading

import pytest

from app.sinks.arrivals import read_any
from app.viewer.pattern_players import PatternPlayers

pytestmark = pytest.mark.qt

LONG_MS = 30_000


@pytest.fixture
def players(qtbot):
    made = PatternPlayers()
    yield made
    made.stop_all()


@pytest.fixture
def receiver():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(10)
        yield made


def test_it_plays_until_it_is_told_to_stop(qtbot, players, receiver):
    text = f"vmc://127.0.0.1:{receiver.getsockname()[1]}"
    with qtbot.waitSignal(players.part_changed, timeout=LONG_MS) as told:
        players.play(text)
        players.play(text)  # no second one
    assert told.args == [text, "T-pose"]
    assert any(message.address == "/VMC/Ext/Bone/Pos" for message in read_any(receiver.recv(9999)))
    assert players.is_playing(text)
    qtbot.waitUntil(lambda: players.status(text).sent > 0, timeout=LONG_MS)
    with qtbot.waitSignal(players.ended, timeout=LONG_MS) as ended:
        players.stop(text)
    assert ended.args == [text, ""]
    assert not players.is_playing(text)
    assert players.status(text).sent == 0


def test_a_receiver_that_cannot_be_opened_is_told(qtbot, players):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        text = f"ws://127.0.0.1:{taken.getsockname()[1]}"
        with qtbot.waitSignal(players.ended, timeout=LONG_MS) as ended:
            players.play(text)
    assert ended.args[0] == text
    assert "cannot listen" in ended.args[1]


def test_ending_all_leaves_no_thread(qtbot, players, receiver):
    before = {t for t in threading.enumerate() if not t.name.startswith("pattern")}
    with qtbot.waitSignal(players.part_changed, timeout=LONG_MS):
        players.play(f"vmc://127.0.0.1:{receiver.getsockname()[1]}")
    players.stop_all()
    assert {t for t in threading.enumerate() if t.name.startswith("pattern")} - before == set()
