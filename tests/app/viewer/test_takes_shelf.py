import shutil
import sys
from pathlib import Path

import pytest

pytest.importorskip("PyQt5", reason="the window needs PyQt5")

from PyQt5.QtCore import QFile

from app.takes.library import list_takes
from app.takes.load import load_take
from app.viewer import thumbnails
from app.viewer.takes_shelf import TakesShelf
from app.viewer.thumbnails import HEIGHT_PX, WIDTH_PX, Thumbnails
from app.viewer.trash import Trashed, move_to_trash, restore
from engines.errors import TakeError
from tests.app.viewer.takes_for_window import cut_off_take, make_take, settings_with

pytestmark = pytest.mark.qt

LONG_MS = 180_000  # the very first pass compiles, and test machines are shared


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "takes"


@pytest.fixture
def shelf(studio, directory):
    studio.change(settings_with(directory))
    return TakesShelf(studio)


def _list(shelf, qtbot, count):
    shelf.refresh()
    qtbot.waitUntil(lambda: len(shelf.takes) == count, timeout=10_000)
    return shelf.takes


def test_takes_are_listed_again_as_they_come_and_go(shelf, qtbot, directory):
    with qtbot.waitSignal(shelf.listed):
        shelf.refresh()
    assert shelf.takes == ()
    first = make_take(directory, "first")
    qtbot.waitUntil(lambda: [take.name for take in shelf.takes] == ["first"], timeout=10_000)
    make_take(directory, "second", day=1)
    qtbot.waitUntil(
        lambda: [take.name for take in shelf.takes] == ["second", "first"], timeout=10_000
    )
    shutil.rmtree(first)
    qtbot.waitUntil(lambda: [take.name for take in shelf.takes] == ["second"], timeout=10_000)


def test_another_folder_is_listed_once_it_is_chosen(shelf, qtbot, studio, tmp_path):
    make_take(tmp_path / "others", "elsewhere")
    with qtbot.waitSignal(shelf.listed):
        studio.change(settings_with(tmp_path / "others"))
    assert [take.name for take in shelf.takes] == ["elsewhere"]


def test_a_take_is_renamed_and_a_wrong_one_is_told(shelf, qtbot, directory):
    folder = make_take(directory, "old")
    _list(shelf, qtbot, 1)
    shelf.rename(folder, "new")
    qtbot.waitUntil(lambda: [take.name for take in shelf.takes] == ["new"], timeout=10_000)
    with qtbot.waitSignal(shelf.failed) as told:
        shelf.rename(folder, "again")
    assert str(folder) in told.args[0]


def test_a_recording_that_was_cut_off_is_recovered(shelf, qtbot, directory):
    cut_off_take(directory)
    (take,) = _list(shelf, qtbot, 1)
    assert take.state == "cut off"
    shelf.recover()
    qtbot.waitUntil(lambda: shelf.takes[0].state == "whole", timeout=10_000)
    assert shelf.takes[0].is_recovered
    assert shelf.takes[0].frames == 5


def test_a_part_becomes_a_take_of_its_own(shelf, qtbot, directory):
    folder = make_take(directory, frames=12)
    with qtbot.waitSignal(shelf.made, timeout=10_000) as made:
        shelf.save_part(folder, 0.1, 0.2)
    assert len(load_take(made.args[0])) == 4
    assert len(load_take(folder)) == 12


def test_a_second_pass_is_made(shelf, qtbot, directory):
    folder = make_take(directory, frames=12)
    busy = []
    shelf.busy_changed.connect(busy.append)
    with qtbot.waitSignal(shelf.made, timeout=LONG_MS):
        shelf.refine(folder)
    qtbot.waitUntil(lambda: bool(shelf.takes) and shelf.takes[0].is_refined, timeout=10_000)
    assert busy == [True, False]


def test_what_is_thrown_away_comes_back(shelf, qtbot, directory):
    folder = make_take(directory)
    _list(shelf, qtbot, 1)
    with qtbot.waitSignal(shelf.trashed, timeout=10_000) as thrown:
        shelf.trash([folder])
    (trashed,) = thrown.args[0]
    assert not folder.exists()
    assert trashed.place.is_dir()
    note = trashed.place.parent.parent / "info" / f"{trashed.place.name}.trashinfo"
    with qtbot.waitSignal(shelf.made, timeout=10_000):
        shelf.restore([trashed])
    assert len(load_take(folder)) == 12
    assert not note.exists()


def test_a_file_stays_where_it_is_when_qt_would_move_it_to_the_working_folder(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    profile = tmp_path / "desk.toml"
    profile.write_text("version = 1")
    stray = Path("files") / profile.name

    def move_astray(_path):
        stray.parent.mkdir()
        profile.rename(stray)
        return True, str(stray)

    monkeypatch.setattr(QFile, "moveToTrash", move_astray)
    with pytest.raises(TakeError, match="trash"):
        move_to_trash(profile)
    assert profile.is_file()
    assert not stray.parent.exists()


def test_without_a_trash_the_person_is_asked(shelf, qtbot, directory, monkeypatch):
    folder = make_take(directory)
    monkeypatch.setattr(QFile, "moveToTrash", lambda _name: (False, None))
    with qtbot.waitSignal(shelf.not_trashed, timeout=10_000) as told:
        shelf.trash([folder])
    assert told.args[0] == folder
    assert folder.exists()
    shelf.delete_for_good(folder)
    qtbot.waitUntil(lambda: not folder.exists(), timeout=10_000)


def test_a_place_that_is_taken_is_not_overwritten(directory, settings_folder):
    folder = make_take(directory)
    trashed = move_to_trash(folder)
    make_take(directory)
    assert folder.exists()
    with pytest.raises(TakeError, match="is there again"):
        restore(trashed)
    with pytest.raises(TakeError, match="not to be found"):
        restore(Trashed(folder, None))


@pytest.mark.skipif(sys.platform != "linux", reason="Qt's way with a trash that cannot be made")
@pytest.mark.qt_log_ignore("Unable to establish trash directory")
def test_a_trash_that_cannot_be_made_loses_nothing(directory, monkeypatch, tmp_path):
    folder = make_take(directory)
    start = tmp_path / "start"
    start.mkdir()
    monkeypatch.chdir(start)
    monkeypatch.setenv("XDG_DATA_HOME", "/proc/nowhere")
    with pytest.raises(TakeError, match="cannot be moved to the trash"):
        move_to_trash(folder)
    assert len(load_take(folder)) == 12
    assert list(start.iterdir()) == []


def test_a_picture_is_drawn_once_and_then_kept(qtbot, directory, settings_folder, monkeypatch):
    make_take(directory)
    drawn = []
    draw = thumbnails.thumbnail
    monkeypatch.setattr(
        thumbnails, "thumbnail", lambda take, body: drawn.append(take) or draw(take, body)
    )
    for _ in range(2):
        store = Thumbnails()
        (take,) = list_takes(directory)
        assert store.picture(take) is None
        qtbot.waitUntil(
            lambda store=store, take=take: store.picture(take) is not None, timeout=60_000
        )
        picture = store.picture(take).toImage()
        store.shut_down()
    assert len(drawn) == 1
    assert (picture.width(), picture.height()) == (WIDTH_PX, HEIGHT_PX)
    colours = {picture.pixel(x, y) for x in range(0, WIDTH_PX, 9) for y in range(0, HEIGHT_PX, 9)}
    assert len(colours) > 8


def test_what_cannot_be_read_has_no_picture(qtbot, directory, settings_folder):
    folder = make_take(directory)
    (folder / "take.npz").write_bytes(b"torn")
    (take,) = list_takes(directory)
    store = Thumbnails()
    assert store.picture(take) is None
    store.shut_down()
