import threading
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("PyQt5", reason="the window needs PyQt5")

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QLineEdit, QPushButton

from app.export.batch import ExportOutcome
from app.export.catalog import EXPORTERS
from app.takes.watch import Cancelled
from app.viewer.dialogs.export import ExportDialog
from app.viewer.export_formats import what_opens, why_not
from app.viewer.export_plan import (
    ExportChoices,
    jobs_for,
    needs_refining,
    refined_path,
    replaced_files,
    takes_without_pictures,
    what_is_missing,
)
from engines.errors import MocapError
from tests.app.viewer.takes_for_window import make_take

pytestmark = pytest.mark.qt


def _inline(jobs, _workers, watch):
    """Run jobs on the export's thread: a process for each test would cost seconds."""
    for number, job in enumerate(jobs):
        mine = watch.between(number / len(jobs), (number + 1) / len(jobs))
        try:
            yield ExportOutcome(job, path=job.run(mine))
        except Cancelled:
            yield ExportOutcome(job, cancelled=True)
        except MocapError as error:
            yield ExportOutcome(job, error=str(error))


@pytest.fixture
def dialog(studio, qtbot):
    made = ExportDialog(studio)
    made.run._run_jobs = _inline
    qtbot.addWidget(made)
    return made


def _child(dialog, kind, name):
    found = dialog.findChild(kind, name)
    assert found is not None, name
    return found


def _choose(dialog, *formats):
    dialog._formats.choose(formats)


def _export(dialog, qtbot):
    with qtbot.waitSignal(dialog.run.ended, timeout=60_000):
        qtbot.mouseClick(_child(dialog, QPushButton, "export_go"), Qt.MouseButton.LeftButton)


# ---- the plan


def test_each_take_and_format_gets_a_file_of_its_own(tmp_path):
    takes = [make_take(tmp_path / "a", "walk"), make_take(tmp_path / "b", "walk")]
    choices = ExportChoices(formats=("bvh", "csv"), folder=tmp_path / "out")
    jobs = jobs_for(takes, choices)
    outputs = [job.output for job in jobs]
    assert len(set(outputs)) == 4
    assert {path.parent for path in outputs} == {tmp_path / "out"}
    assert outputs[0].name == f"{takes[0].name}.bvh"
    beside = jobs_for(takes, replace(choices, folder=None))
    assert beside[0].output == takes[0] / "take.bvh"


def test_a_part_and_a_second_pass_do_not_replace_the_whole(tmp_path):
    folder = make_take(tmp_path, "walk")
    whole = ExportChoices(formats=("bvh",))
    part = replace(whole, start_s=0.1, end_s=0.25)
    refined = replace(whole, refines=True)
    names = {jobs_for([folder], each)[0].output.name for each in (whole, part, refined)}
    assert names == {"take.bvh", "take_0.10-0.25s.bvh", "take_refined.bvh"}
    in_folder = replace(refined, folder=tmp_path)
    assert jobs_for([folder], in_folder)[0].output.name == f"{folder.name}_refined.bvh"


def test_an_axis_goes_only_to_formats_that_leave_the_choice(tmp_path):
    choices = ExportChoices(formats=("bvh", "npz"), up="z", avatar=Path("me.vrm"))
    bvh, npz = jobs_for([tmp_path], choices)
    assert (bvh.options.up, npz.options.up) == (None, "z")
    assert bvh.options.avatar is None
    (glb,) = jobs_for([tmp_path], replace(choices, formats=("glb",)))
    assert glb.options.avatar == Path("me.vrm")


def test_a_second_pass_is_made_where_there_is_none_or_an_old_one(tmp_path):
    folder = make_take(tmp_path)
    refined = refined_path(folder)
    assert needs_refining(folder)
    refined.write_bytes(b"newer")
    assert not needs_refining(folder)
    assert not needs_refining(refined)
    assert refined_path(folder / "take.npz") == refined


def test_what_is_missing_is_named():
    assert what_is_missing(ExportChoices()) == "formats"
    chosen = ExportChoices(formats=("bvh",))
    assert what_is_missing(chosen) is None
    assert what_is_missing(replace(chosen, parts=frozenset())) == "parts"
    assert what_is_missing(replace(chosen, formats=("expose",))) == "body_file"
    assert what_is_missing(replace(chosen, start_s=2.0, end_s=1.0)) == "times"


def test_videos_that_cannot_be_had_and_files_in_the_way_are_found(tmp_path):
    bare, filmed = make_take(tmp_path), make_take(tmp_path, with_video=True, day=1)
    overlay = ExportChoices(formats=("mp4",), view="overlay")
    assert takes_without_pictures([bare, filmed], overlay) == (bare,)
    assert takes_without_pictures([bare], replace(overlay, view="turntable")) == ()
    jobs = jobs_for([bare], ExportChoices(formats=("bvh", "csv")))
    assert replaced_files(jobs) == ()
    jobs[1].output.touch()
    assert replaced_files(jobs) == (jobs[1].output,)


def test_every_format_is_described(monkeypatch):
    for name in EXPORTERS:
        assert what_opens(name)
    monkeypatch.setattr("app.viewer.export_formats.shutil.which", lambda _name: None)
    assert "Blender" in why_not("fbx")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert "pyarrow" in why_not("parquet")
    assert why_not("bvh") == ""


# ---- the dialog


def test_nothing_is_exported_before_a_format_is_chosen(dialog, tmp_path):
    dialog.show_for([make_take(tmp_path)], None)
    go, hint = _child(dialog, QPushButton, "export_go"), _child(dialog, QLabel, "export_hint")
    assert go.isEnabled()
    _choose(dialog)
    assert not go.isEnabled()
    assert "at least one format" in hint.text()
    _choose(dialog, "bvh")
    assert go.isEnabled()
    for part in ("body", "hands", "face", "eyes", "jaw", "root"):
        _child(dialog, QCheckBox, f"export_part_{part}").setChecked(False)
    assert "part" in hint.text()


def test_takes_are_exported_and_each_file_is_listed(dialog, qtbot, tmp_path):
    takes = [make_take(tmp_path, "one"), make_take(tmp_path, "two", day=1)]
    dialog.show_for(takes, None)
    _choose(dialog, "bvh", "csv")
    shares = []
    dialog.run.progressed.connect(shares.append)
    _export(dialog, qtbot)
    for take in takes:
        assert (take / "take.bvh").stat().st_size > 0
        assert (take / "take.csv").stat().st_size > 0
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    told = _child(dialog, QLabel, "export_state")
    assert told.text() == "4 of 4 files written"
    shown = [each for each in dialog.findChildren(QPushButton, "export_show") if each.isVisible()]
    assert len(shown) == 4
    qtbot.mouseClick(_child(dialog, QPushButton, "export_back"), Qt.MouseButton.LeftButton)
    assert "4 files are there" in _child(dialog, QLabel, "export_hint").text()


def test_one_take_that_fails_stops_no_other(dialog, qtbot, tmp_path):
    good, torn = make_take(tmp_path, "good"), make_take(tmp_path, "torn", day=1)
    (torn / "take.npz").write_bytes(b"torn")
    dialog.show_for([torn, good], None)
    _choose(dialog, "bvh")
    _export(dialog, qtbot)
    texts = [each.text() for each in dialog.findChildren(QLabel, "export_outcome")]
    assert "not a usable take" in texts[0]
    assert texts[1] == "take.bvh"
    assert "1 failed" in _child(dialog, QLabel, "export_state").text()


def test_a_part_of_a_take_is_exported(dialog, qtbot, tmp_path):
    folder = make_take(tmp_path, frames=30)
    dialog.show_for([folder], (0.2, 0.5))
    _choose(dialog, "csv")
    assert _child(dialog, QDoubleSpinBox, "export_start").value() == pytest.approx(0.2)
    _export(dialog, qtbot)
    rows = (folder / "take_0.20-0.50s.csv").read_text().splitlines()
    assert len(rows) == 1 + 10
    dialog.show_for([folder, folder], None)
    assert not _child(dialog, QDoubleSpinBox, "export_start").isEnabled()


def test_options_reach_the_files(dialog, qtbot, tmp_path):
    folder = make_take(tmp_path, frames=30)
    dialog.show_for([folder], None)
    _choose(dialog, "csv")
    rates = _child(dialog, QComboBox, "export_fps")
    rates.setCurrentIndex(rates.findData(60))
    _child(dialog, QLineEdit, "export_folder").setText(str(tmp_path / "new" / "out"))
    _export(dialog, qtbot)
    rows = (tmp_path / "new" / "out" / f"{folder.name}.csv").read_text().splitlines()
    assert len(rows) == 1 + 59


def test_a_folder_that_cannot_be_made_is_told(dialog, qtbot, tmp_path):
    dialog.show_for([make_take(tmp_path)], None)
    (tmp_path / "file").touch()
    _child(dialog, QLineEdit, "export_folder").setText(str(tmp_path / "file" / "out"))
    qtbot.mouseClick(_child(dialog, QPushButton, "export_go"), Qt.MouseButton.LeftButton)
    assert not dialog.run.is_running
    assert "choose another folder" in _child(dialog, QLabel, "export_hint").text()


def test_the_second_pass_is_made_first(dialog, qtbot, tmp_path):
    folder, torn = make_take(tmp_path), make_take(tmp_path, "torn", day=1)
    (torn / "take.npz").write_bytes(b"torn")
    dialog.show_for([torn, folder], None)
    _choose(dialog, "bvh")
    _child(dialog, QCheckBox, "export_refine").setChecked(True)
    _export(dialog, qtbot)
    assert (folder / "take_refined.npz").is_file()
    assert (folder / "take_refined.bvh").is_file()
    texts = [each.text() for each in dialog.findChildren(QLabel, "export_outcome")]
    assert "not a usable take" in texts[0]


def test_an_export_is_cancelled(dialog, qtbot, tmp_path):
    begun, cancelled = threading.Event(), threading.Event()

    def wait_then_cancel(jobs, _workers, watch):
        yield ExportOutcome(jobs[0], path=jobs[0].run(watch))
        begun.set()
        while not watch.is_cancelled() and not cancelled.wait(0.01):
            pass
        for job in jobs[1:]:
            yield ExportOutcome(job, cancelled=True)

    dialog.run._run_jobs = wait_then_cancel
    folder = make_take(tmp_path)
    dialog.show_for([folder], None)
    _choose(dialog, "bvh", "csv")
    with qtbot.waitSignal(dialog.run.ended, timeout=60_000):
        qtbot.mouseClick(_child(dialog, QPushButton, "export_go"), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(begun.is_set, timeout=60_000)
        dialog.show_for([make_take(tmp_path, "other", day=1)], None)  # the running one stays
        button = _child(dialog, QPushButton, "export_cancel")
        assert button.isVisible()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    cancelled.set()
    texts = [each.text() for each in dialog.findChildren(QLabel, "export_outcome")]
    assert texts == ["take.bvh", "cancelled"]
    assert (folder / "take.bvh").is_file()
    assert not (folder / "take.csv").exists()


def test_closing_the_window_ends_an_export(dialog, studio, qtbot, tmp_path):
    begun, never = threading.Event(), threading.Event()

    def never_done(jobs, _workers, watch):
        begun.set()
        while not watch.is_cancelled():
            never.wait(0.01)
        yield ExportOutcome(jobs[0], cancelled=True)

    dialog.run._run_jobs = never_done
    dialog.show_for([make_take(tmp_path)], None)
    _choose(dialog, "bvh")
    qtbot.mouseClick(_child(dialog, QPushButton, "export_go"), Qt.MouseButton.LeftButton)
    assert begun.wait(30)
    studio.close()
    assert not any("export" in thread.name for thread in threading.enumerate())


@pytest.mark.slow
def test_files_are_written_by_processes_of_their_own(studio, qtbot, tmp_path):
    dialog = ExportDialog(studio)
    qtbot.addWidget(dialog)
    folder = make_take(tmp_path)
    dialog.show_for([folder], None)
    _choose(dialog, "bvh", "glb")
    _export(dialog, qtbot)
    assert (folder / "take.bvh").is_file()
    assert (folder / "take.glb").is_file()
