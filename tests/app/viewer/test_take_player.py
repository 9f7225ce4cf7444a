from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("PyQt5", reason="the window needs PyQt5")

from app.sinks.udp_listener import UdpListener
from app.takes.load import load_take
from app.viewer.settings import TargetSettings
from app.viewer.take_player import TakePlayer
from tests.app.viewer.takes_for_window import make_take, settings_with

pytestmark = pytest.mark.qt


class _Clock:
    def __init__(self):
        self.now = 50.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return _Clock()


@pytest.fixture
def player(studio, clock, tmp_path):
    studio.change(settings_with(tmp_path))
    return TakePlayer(studio, clock=clock)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_take(tmp_path_factory.mktemp("takes"), frames=30, marks=(10,))


def _open(player, qtbot, folder, *, play=False):
    with qtbot.waitSignal(player.take_changed, timeout=10_000):
        player.open(folder, play=play)


def _shown_row(player, studio):
    """Return which frame of the take the studio shows."""
    packet = studio.take_packet() or studio.newest
    return int(np.flatnonzero(player.take.frame_index == packet.frame.index)[0])


def test_a_take_is_shown_in_place_of_the_session(player, studio, qtbot, folder):
    told = []
    studio.playback_changed.connect(told.append)
    _open(player, qtbot, folder)
    assert studio.is_playing_back
    assert studio.body.name == "open_body"
    packet = studio.take_packet()
    assert packet.frame.index == player.take.frame_index[0]
    assert packet.frame.image.size == 0
    assert np.array_equal(packet.estimates[0].joints, load_take(folder).joints[0])
    player.close()
    assert not studio.is_playing_back
    assert player.take is None
    assert told == [True, False]


def test_it_plays_at_its_own_speed_or_another_and_stops_at_the_end(
    player, studio, clock, qtbot, folder
):
    _open(player, qtbot, folder, play=True)
    assert player.is_playing
    clock.now += 10 / 30 + 0.001
    player._tick()
    assert _shown_row(player, studio) == 10
    player.set_speed(0.5)
    clock.now += 10 / 30 + 0.001
    player._tick()
    assert _shown_row(player, studio) == 15
    clock.now += 5.0
    player._tick()
    assert _shown_row(player, studio) == 29
    assert not player.is_playing
    player.play()
    assert player.position_s == 0.0


def test_time_stamps_never_run_backwards(player, studio, qtbot, folder):
    _open(player, qtbot, folder)
    stamps = []
    for position_s in (0.9, 0.1, 0.5):
        player.seek(position_s)
        stamps.append(studio.take_packet().frame.timestamp_ns)
    assert stamps == sorted(stamps)


def test_steps_and_seeks_stay_inside_the_take(player, studio, qtbot, folder):
    _open(player, qtbot, folder, play=True)
    player.step(3)
    assert not player.is_playing
    assert _shown_row(player, studio) == 3
    player.step(-5)
    assert _shown_row(player, studio) == 0
    player.seek(99.0)
    assert player.position_s == player.duration_s
    assert _shown_row(player, studio) == 29


def test_a_part_is_played_over_and_over(player, studio, clock, qtbot, folder):
    _open(player, qtbot, folder)
    assert not player.has_part
    player.set_span(0.2, 0.5)
    assert player.has_part
    player.loops = True
    player.play()
    assert player.position_s == pytest.approx(0.2)
    clock.now += 0.4
    player._tick()
    assert player.position_s == pytest.approx(0.3)
    assert player.is_playing
    player.set_span(-4.0, 99.0)
    assert player.span_s == (0.0, player.duration_s)


def test_the_recorded_video_is_shown_with_the_take(player, studio, qtbot, tmp_path):
    folder = make_take(tmp_path, frames=20, with_video=True)
    _open(player, qtbot, folder)

    def shows(row):
        packet = studio.take_packet() or studio.newest
        if packet is None or packet.frame.index != player.take.frame_index[row]:
            return False
        return abs(float(packet.frame.image.mean()) - (10 + 8 * row)) < 6

    for row in (0, 15, 4):
        player.seek(row / 30 + 0.001)
        qtbot.waitUntil(lambda row=row: shows(row))
    player.close()


def test_a_damaged_video_is_told_and_done_without(player, studio, qtbot, tmp_path):
    folder = make_take(tmp_path, frames=5)
    (folder / "video.mkv").write_bytes(b"torn")
    failed = []
    player.failed.connect(failed.append)
    _open(player, qtbot, folder)
    assert "video.mkv" in failed[0]
    assert studio.take_packet().frame.image.size == 0


def test_what_is_no_take_is_told_in_one_line(player, studio, qtbot, tmp_path):
    with qtbot.waitSignal(player.failed, timeout=10_000) as told:
        player.open(tmp_path / "nothing")
    assert "no take there" in told.args[0]
    assert not studio.is_playing_back


def test_the_take_asked_for_last_is_played(player, qtbot, folder, tmp_path):
    other = make_take(tmp_path, "other", frames=4)
    taken = []
    player.take_changed.connect(taken.append)
    player.open(folder)
    player.open(other)
    qtbot.waitUntil(lambda: len(taken) > 0, timeout=10_000)
    assert [len(take) for take in taken] == [4]


def test_a_camera_that_starts_takes_the_view_back(player, studio, qtbot, folder):
    _open(player, qtbot, folder)
    studio.state_changed.emit("starting")
    assert player.take is None
    assert not studio.is_playing_back


def test_a_take_is_sent_to_the_receivers_that_are_on(player, studio, qtbot, folder):
    _open(player, qtbot, folder)
    failed = []
    player.failed.connect(failed.append)
    player.set_sending(True)
    assert "No receiver is on" in failed[0]
    assert not player.is_sending
    listener = UdpListener("127.0.0.1", 0)
    listener.open()
    target = TargetSettings(f"vmc://127.0.0.1:{listener.port}", is_on=True)
    studio.change(replace(studio.settings, targets=(target,)))
    player.set_sending(True)
    assert player.is_sending
    qtbot.waitUntil(lambda: any(True for _ in listener.receive()), timeout=10_000)
    player.close()
    listener.close()
    assert not player.is_sending


def test_a_receiver_that_cannot_be_opened_ends_the_sending(player, studio, qtbot, folder):
    _open(player, qtbot, folder)
    owner = UdpListener("127.0.0.1", 0)
    owner.open()
    target = TargetSettings(f"vmc://127.0.0.1?receive={owner.port}", is_on=True)
    studio.change(replace(studio.settings, targets=(target,)))
    with qtbot.waitSignal(player.failed, timeout=20_000):
        player.set_sending(True)
    owner.close()
    assert not player.is_sending
