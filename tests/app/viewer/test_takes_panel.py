import pytest

pytest.importorskip("PyQt5", reason="the window needs PyQt5")

from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtWidgets import QLabel, QLineEdit, QListView, QMessageBox, QPushButton

from app.takes.load import load_take
from app.viewer.panels.scrub_bar import ScrubBar, unseen_spans
from app.viewer.panels.takes import TakesPanel
from app.viewer.panels.takes_delegate import state_note, when_and_how_long
from app.viewer.take_player import TakePlayer
from app.viewer.takes_shelf import TakesShelf
from tests.app.packets import make_packet, moving_packets
from tests.app.recordings import record
from tests.app.viewer.takes_for_window import cut_off_take, make_take, settings_with

pytestmark = pytest.mark.qt


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "takes"


@pytest.fixture
def panel(studio, qtbot, directory):
    studio.change(settings_with(directory))
    made = TakesPanel(studio, TakePlayer(studio))
    qtbot.addWidget(made)
    made.resize(340, 700)
    made.show()
    return made


def _child(panel, kind, name):
    found = panel.findChild(kind, name)
    assert found is not None, name
    return found


def _wait_for(panel, qtbot, count):
    panel.shelf.refresh()
    qtbot.waitUntil(lambda: len(panel.shelf.takes) == count, timeout=20_000)


def _press(panel, qtbot, name):
    button = _child(panel, QPushButton, name)
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_an_empty_folder_says_what_to_do(panel, qtbot):
    _wait_for(panel, qtbot, 0)
    text = _child(panel, QLabel, "no_takes_text")
    qtbot.waitUntil(text.isVisible)
    assert "Press Record" in text.text()
    assert _child(panel, QPushButton, "other_folder_button").isVisible()
    assert not _child(panel, QPushButton, "take_play_button").isEnabled()


def test_takes_are_found_by_their_words(panel, qtbot, directory):
    make_take(directory, "morning walk")
    make_take(directory, "evening dance", day=1)
    _wait_for(panel, qtbot, 2)
    view = _child(panel, QListView, "takes_list")
    search = _child(panel, QLineEdit, "takes_search")
    assert view.model().rowCount() == 2
    search.setText("WALK morn")
    assert [view.model().index(0, 0).data()] == ["morning walk"]
    assert view.model().rowCount() == 1
    search.setText("zebra")
    assert "zebra" in _child(panel, QLabel, "no_takes_text").text()
    _press(panel, qtbot, "show_all_button")
    assert view.model().rowCount() == 2


def test_the_facts_of_the_chosen_take_are_told(panel, qtbot, directory):
    folder = make_take(directory, "walk", marks=(3, 5))
    other = make_take(directory, "other", day=1)
    _wait_for(panel, qtbot, 2)
    panel.choose(folder)
    facts = _child(panel, QLabel, "take_facts")
    assert "2 marked" in facts.text()
    assert "synthetic:walk" in facts.text()
    view = _child(panel, QListView, "takes_list")
    view.selectAll()
    assert "2 takes" in facts.text()
    assert [take.folder for take in panel.chosen()] == [other, folder]
    assert not _child(panel, QPushButton, "take_play_button").isEnabled()
    assert _child(panel, QPushButton, "take_export_button").isEnabled()


def test_the_list_keeps_its_selection_when_takes_come(panel, qtbot, directory):
    folder = make_take(directory, "walk")
    _wait_for(panel, qtbot, 1)
    panel.choose(folder)
    make_take(directory, "new", day=1)
    _wait_for(panel, qtbot, 2)
    assert [take.folder for take in panel.chosen()] == [folder]


def test_a_take_is_played_cut_and_closed(panel, qtbot, directory):
    folder = make_take(directory, "walk", frames=30)
    _wait_for(panel, qtbot, 1)
    panel.choose(folder)
    player = panel._player
    with qtbot.waitSignal(player.take_changed, timeout=20_000):
        _press(panel, qtbot, "take_play_button")
    qtbot.waitUntil(_child(panel, QPushButton, "player_play").isVisible)
    player.pause()
    player.seek(0.2)
    _press(panel, qtbot, "part_start")
    player.seek(0.5)
    _press(panel, qtbot, "part_end")
    assert player.span_s == pytest.approx((0.2, 0.5))
    _press(panel, qtbot, "part_save")
    qtbot.waitUntil(lambda: len(panel.shelf.takes) == 2, timeout=20_000)
    part = next(take for take in panel.shelf.takes if take.folder != folder)
    assert len(load_take(part.folder)) == 10
    _press(panel, qtbot, "part_whole")
    assert not player.has_part
    _press(panel, qtbot, "player_close")
    assert player.take is None


def test_a_take_is_renamed_in_the_list(panel, qtbot, directory):
    folder = make_take(directory, "old")
    _wait_for(panel, qtbot, 1)
    panel.choose(folder)
    _press(panel, qtbot, "take_rename_button")
    view = _child(panel, QListView, "takes_list")
    editor = view.viewport().findChild(QLineEdit)
    assert editor.text() == "old"
    editor.setText("new namex")
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    qtbot.keyClick(editor, Qt.Key.Key_Delete)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.shelf.takes[0].name == "new name", timeout=20_000)


def test_throwing_away_can_be_undone(panel, qtbot, directory):
    folder = make_take(directory, "walk")
    _wait_for(panel, qtbot, 1)
    panel.choose(folder)
    with qtbot.waitSignal(panel._player.take_changed, timeout=20_000):
        panel._player.open(folder, play=False)
    _press(panel, qtbot, "take_delete_button")
    assert panel._player.take is None
    qtbot.waitUntil(lambda: not panel.shelf.takes and not folder.exists(), timeout=20_000)
    qtbot.waitUntil(_child(panel, QPushButton, "notice_button").isVisible, timeout=20_000)
    _press(panel, qtbot, "notice_button")
    qtbot.waitUntil(lambda: len(panel.shelf.takes) == 1, timeout=20_000)


def test_the_next_take_is_chosen_after_one_is_thrown_away(panel, qtbot, directory, tmp_path):
    (tmp_path / "data").mkdir()  # the trash is in it
    folders = [make_take(directory, name, day=day) for day, name in enumerate("cba")]
    _wait_for(panel, qtbot, 3)
    panel.choose(folders[1])
    _press(panel, qtbot, "take_delete_button")
    qtbot.waitUntil(lambda: len(panel.shelf.takes) == 2, timeout=20_000)
    qtbot.waitUntil(lambda: [take.folder for take in panel.chosen()] == [folders[0]])


def test_only_who_agrees_deletes_for_good(panel, qtbot, directory, monkeypatch):
    folder = make_take(directory, "walk")
    _wait_for(panel, qtbot, 1)
    answers = [QMessageBox.Cancel, QMessageBox.Yes]
    asked = []

    def answer(_parent, _title, text, *_buttons):
        asked.append(text)
        return answers[len(asked) - 1]

    monkeypatch.setattr(QMessageBox, "warning", answer)
    panel.shelf.not_trashed.emit(folder, "no trash")
    assert folder.exists()
    panel.shelf.not_trashed.emit(folder, "no trash")
    qtbot.waitUntil(lambda: not folder.exists(), timeout=20_000)
    assert "no trash" in asked[0]


def test_a_cut_off_and_a_damaged_take_say_what_is_wrong(panel, qtbot, directory):
    cut_off = cut_off_take(directory)
    damaged = make_take(directory, "broken")
    (damaged / "take.npz").unlink()
    _wait_for(panel, qtbot, 2)
    note = _child(panel, QLabel, "take_note")
    panel.choose(damaged)
    assert "take.npz is missing" in note.text()
    assert not _child(panel, QPushButton, "take_play_button").isEnabled()
    assert _child(panel, QPushButton, "take_delete_button").isEnabled()
    panel.choose(cut_off)
    assert "What was written is kept" in note.text()
    _press(panel, qtbot, "recover_button")
    qtbot.waitUntil(lambda: any(take.is_recovered for take in panel.shelf.takes), timeout=20_000)
    panel.choose(cut_off)
    assert "what could be saved" in note.text()
    words = {take.state: state_note(take)[0] for take in panel.shelf.takes}
    assert words["damaged"] == "cannot be read"
    assert words["whole"].startswith("recovered")


def test_what_is_playing_is_let_go_before_it_is_renamed(panel, qtbot, directory):
    folder = make_take(directory, "old", with_video=True)
    _wait_for(panel, qtbot, 1)
    with qtbot.waitSignal(panel._player.take_changed, timeout=20_000):
        panel._player.open(folder, play=False)
    panel._rename_take(folder, "new")
    assert panel._player.take is None
    qtbot.waitUntil(lambda: panel.shelf.takes[0].name == "new", timeout=20_000)


def test_the_time_line_is_worked_by_mouse_and_keys(panel, qtbot, directory):
    packets = moving_packets(30)
    packets[10:15] = [make_packet(row) for row in range(10, 15)]
    take = load_take(record(directory, packets))
    bar = ScrubBar()
    qtbot.addWidget(bar)
    bar.resize(318, 44)
    bar.show_take(take)
    bar.show()
    (gap,) = unseen_spans(take)
    assert gap == pytest.approx((10 / 30, 14 / 30))
    seeks, spans, steps = [], [], []
    bar.seek_wanted.connect(seeks.append)
    bar.span_wanted.connect(lambda start_s, end_s: spans.append((start_s, end_s)))
    bar.step_wanted.connect(steps.append)
    length_s = take.timestamps_ns[-1] / 1e9
    middle = bar.rect().center()
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(middle.x(), 14))
    assert seeks[-1] == pytest.approx(length_s / 2, abs=0.01)
    corner = QPoint(8, 30)
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=corner)
    qtbot.mouseMove(bar, QPoint(9 + 75, 30))
    qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton)
    assert spans[-1][1] == pytest.approx(length_s)
    qtbot.keyClick(bar, Qt.Key.Key_Right)
    qtbot.keyClick(bar, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(bar, Qt.Key.Key_End)
    assert steps == [1, -10]
    assert seeks[-1] == length_s


def test_a_take_without_its_summary_is_told_by_its_folder(studio, qtbot, directory):
    folder = make_take(directory, "walk")
    (folder / "take.json").unlink()
    studio.change(settings_with(directory))
    shelf = TakesShelf(studio)
    shelf.refresh()
    qtbot.waitUntil(lambda: len(shelf.takes) == 1, timeout=20_000)
    assert folder.name in when_and_how_long(shelf.takes[0])


def test_a_take_that_is_chosen_before_it_is_listed_is_chosen_then(panel, qtbot, directory):
    old = make_take(directory, "old")
    _wait_for(panel, qtbot, 1)
    panel.choose(old)
    new = make_take(directory, "new", day=1)
    panel.choose(new)
    assert [take.folder for take in panel.chosen()] == [old]
    _wait_for(panel, qtbot, 2)
    assert [take.folder for take in panel.chosen()] == [new]
