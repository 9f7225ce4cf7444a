import contextlib
import socket
from dataclasses import replace

import pytest
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPushButton,
)

from app.sinks.udp import SendStatus
from app.viewer.panels.streaming import StreamingPanel
from app.viewer.panels.target_editor import TargetEditor
from app.viewer.panels.target_light import Light, RateOfCount, light_of, light_of_pattern
from app.viewer.receivers import ReceiverStatus
from app.viewer.settings import TargetSettings
from tests.app.viewer.reachable import assert_reachable

pytestmark = pytest.mark.qt

LONG_MS = 30_000
START_MS = 180_000  # where the solver's loops have to be compiled first, on a busy machine
WARUDO = "vmc://127.0.0.1:39539?profile=warudo"
FAR = "osc://192.168.1.20:9101"


@pytest.fixture
def panel(qtbot, studio):
    made = StreamingPanel(studio)
    qtbot.addWidget(made)
    made.resize(340, 720)
    made.show()
    return made


def set_targets(studio, *targets):
    studio.change(replace(studio.settings, targets=targets))


def texts(studio):
    return [target.text for target in studio.settings.targets]


def row(panel, text):
    return panel._rows[text]


def child(parent, kind, name):
    found = parent.findChild(kind, name)
    assert found is not None, name
    return found


def drain(receiver):
    with contextlib.suppress(BlockingIOError):
        while receiver.recv(9999):
            pass


def click(qtbot, button):
    # at the left: a tick box does not hear of clicks to the right of its words
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(8, button.height() // 2))


def test_rows_follow_the_settings_and_the_switch_changes_them(qtbot, panel, studio):
    set_targets(studio, TargetSettings(WARUDO), TargetSettings(FAR, is_on=True))
    assert list(panel._rows) == [WARUDO, FAR]
    assert child(row(panel, WARUDO), QLabel, "target_name").text() == "VMC · Warudo"
    switch = child(row(panel, WARUDO), QCheckBox, "target_switch")
    first = row(panel, WARUDO)
    qtbot.keyClick(switch, Qt.Key.Key_Space)
    assert studio.settings.targets[0].is_on
    assert row(panel, WARUDO) is first  # the keyboard's focus stays where it is
    assert child(row(panel, FAR), QCheckBox, "target_switch").isChecked()
    set_targets(studio)
    assert panel._rows == {}
    assert child(panel, QLabel, "no_receivers").isVisible()


def test_what_leaves_this_computer_is_said(panel, studio):
    set_targets(studio, TargetSettings(WARUDO, True), TargetSettings(FAR))
    notice = child(row(panel, FAR), QLabel, "target_notice")
    assert not notice.isHidden()
    assert "leaves this computer" in notice.text()
    assert child(row(panel, WARUDO), QLabel, "target_notice").isHidden()


def test_two_rows_to_one_address_are_told(panel, studio):
    twice = "vmc://127.0.0.1:39539?profile=vnyan"
    set_targets(studio, TargetSettings(WARUDO, True), TargetSettings(twice, True))
    assert "Another row" in child(row(panel, twice), QLabel, "target_notice").text()


def test_a_text_from_a_damaged_file_is_shown_with_its_problem(panel, studio):
    set_targets(studio, TargetSettings("bogus"))
    assert "no way to send" in child(row(panel, "bogus"), QLabel, "target_address").text()
    assert not child(row(panel, "bogus"), QPushButton, "target_test").isEnabled()


def test_receivers_are_added_duplicated_copied_removed_and_put_back(qtbot, panel, studio):
    set_targets(studio)
    menu = child(panel, QPushButton, "add_receiver").menu()
    by_name = {action.text(): action for action in menu.actions()}
    by_name["Warudo"].trigger()
    by_name["Warudo"].trigger()
    assert texts(studio) == [WARUDO, WARUDO.replace("39539", "39540")]
    assert studio.settings.targets[0].is_on
    row(panel, WARUDO).duplicate_wanted.emit()
    assert texts(studio)[2] == WARUDO.replace("39539", "39541")
    assert not studio.settings.targets[2].is_on
    row(panel, WARUDO).copy_wanted.emit()
    assert QApplication.clipboard().text() == WARUDO
    before = studio.settings.targets
    row(panel, texts(studio)[1]).remove_wanted.emit()
    assert len(studio.settings.targets) == 2
    click(qtbot, child(panel, QPushButton, "undo_button"))
    assert studio.settings.targets == before


def test_a_test_pattern_goes_out_without_a_camera_and_ends_with_the_studio(qtbot, panel, studio):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(10)
        text = f"vmc://127.0.0.1:{receiver.getsockname()[1]}"
        set_targets(studio, TargetSettings(text))
        button = child(row(panel, text), QPushButton, "target_test")
        click(qtbot, button)
        qtbot.waitUntil(lambda: "T-pose" in row(panel, text).light.text, timeout=LONG_MS)
        assert row(panel, text).light.role == "good"
        assert receiver.recv(9999)
        click(qtbot, button)
        qtbot.waitUntil(lambda: row(panel, text).light == Light("hint", "off"), timeout=LONG_MS)
        assert not button.isChecked()
        click(qtbot, button)
        qtbot.waitUntil(lambda: panel._players.is_playing(text), timeout=LONG_MS)
        panel.shut_down()
        receiver.setblocking(False)
        drain(receiver)
        with pytest.raises(BlockingIOError):
            receiver.recv(9999)


def test_a_receiver_that_is_removed_gets_no_more_of_a_pattern(qtbot, panel, studio):
    set_targets(studio, TargetSettings(WARUDO))
    click(qtbot, child(row(panel, WARUDO), QPushButton, "target_test"))
    row(panel, WARUDO).remove_wanted.emit()
    held = []
    studio.hold_receiver(FAR, lambda: held.append(True))  # done after what was asked before it
    qtbot.waitUntil(lambda: bool(held), timeout=LONG_MS)
    qtbot.waitUntil(lambda: not panel._players.is_playing(WARUDO), timeout=LONG_MS)


@pytest.mark.qt_log_ignore("does not support raise")
def test_the_monitor_listens_where_the_first_receiver_of_this_computer_is(qtbot, panel, studio):
    here = "osc://127.0.0.1:39655"
    set_targets(studio, TargetSettings(FAR), TargetSettings("ws://"), TargetSettings(here))
    click(qtbot, child(panel, QPushButton, "open_monitor"))
    assert panel._monitor.port == 39655
    assert panel._monitor._watch.is_listening
    panel.shut_down()
    assert not panel._monitor._watch.is_listening


@pytest.mark.slow
def test_a_running_session_leaves_the_receiver_to_the_pattern(qtbot, panel, studio):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        text = f"vmc://127.0.0.1:{receiver.getsockname()[1]}"
        source = replace(studio.settings.source, spec="synthetic:walk", width_px=320, height_px=240)
        studio.change(replace(studio.settings, source=source))
        set_targets(studio, TargetSettings(text, is_on=True))
        studio.start()
        qtbot.waitUntil(lambda: studio.receiver_status(text).sent > 0, timeout=START_MS)
        button = child(row(panel, text), QPushButton, "target_test")
        click(qtbot, button)
        qtbot.waitUntil(lambda: panel._players.status(text).sent > 0, timeout=LONG_MS)
        assert studio.receiver_status(text).state == "off"
        click(qtbot, button)
        qtbot.waitUntil(lambda: studio.receiver_status(text).sent > 0, timeout=LONG_MS)
        assert not panel._players.is_playing(text)


def test_every_control_is_reachable(panel, studio):
    set_targets(studio, TargetSettings(WARUDO))
    assert_reachable(panel)


def test_nothing_is_looked_at_while_hidden(panel):
    assert panel._timer.isActive()
    panel.hide()
    assert not panel._timer.isActive()


# ---- the lights


ON = TargetSettings(WARUDO, is_on=True)


@pytest.mark.parametrize(
    ("target", "status", "rate_hz", "is_running", "role", "words"),
    [
        (TargetSettings(WARUDO), ReceiverStatus("off"), 0, True, "hint", "off"),
        (ON, ReceiverStatus("off"), 0, False, "hint", "starts with the camera"),
        (ON, ReceiverStatus("off"), 0, True, "hint", "opening"),
        (ON, ReceiverStatus("sending", 90), 60.2, True, "good", "sending 60 packets/s"),
        (ON, ReceiverStatus("sending", 90), 0, True, "hint", "nothing to send"),
        (ON, ReceiverStatus("sending", 9, "nobody listens there"), 9, True, "warn", "nobody"),
        (ON, ReceiverStatus("sending", 9, "Network is down"), 9, True, "warn", "Network is down"),
        (ON, ReceiverStatus("failed", problem=f"{WARUDO}: bad"), 0, True, "error", "bad"),
    ],
)
def test_each_state_has_its_light(qtbot, target, status, rate_hz, is_running, role, words):
    light = light_of(target, status, rate_hz, is_running=is_running)
    assert light.role == role
    assert light.text.startswith(words) or words in light.text


def test_the_light_of_the_pattern(qtbot):
    assert light_of_pattern("blink", SendStatus(5, 0, None), 30).text == "test pattern: blink"
    assert light_of_pattern("blink", SendStatus(5, 2, "nobody listens there"), 30).role == "warn"


def test_a_rate_is_what_was_counted_in_the_time_between():
    rate = RateOfCount()
    assert rate.per_second(100, 10.0) == 0
    assert rate.per_second(130, 10.5) == pytest.approx(60)
    assert rate.per_second(5, 11.0) == 0  # it was opened anew


# ---- the editor


@pytest.fixture
def edit(qtbot):
    made = []

    def make(text, taken=()):
        editor = TargetEditor(text, taken)
        qtbot.addWidget(editor)
        editor.show()
        made.append(editor)
        return editor

    yield make
    for editor in made:
        editor.reject()


def ok(editor):
    return editor.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)


def until_ok(qtbot, editor):
    qtbot.waitUntil(lambda: ok(editor).isEnabled(), timeout=LONG_MS)


def option(editor, name, kind):
    field = next(field for field in editor._fields if field.form.name == name)
    return field.findChild(kind)


def test_the_form_writes_only_what_is_not_usual(qtbot, edit):
    editor = edit("vmc://127.0.0.1:39539")
    until_ok(qtbot, editor)
    profile = option(editor, "profile", QComboBox)
    profile.setCurrentIndex(profile.findData("warudo"))
    profile.activated.emit(profile.currentIndex())
    assert editor.text == WARUDO
    names = next(field for field in editor._fields if field.form.name == "blendshapes")
    assert names.value == "both"  # what Warudo likes is shown, and not written
    click(qtbot, names._boxes["arkit"])
    assert editor.text == WARUDO + "&blendshapes=both,arkit"
    click(qtbot, names._boxes["arkit"])
    assert editor.text == WARUDO
    until_ok(qtbot, editor)


def test_a_wrong_value_is_told_beside_it_and_cannot_be_used(qtbot, edit):
    editor = edit(WARUDO)
    until_ok(qtbot, editor)
    line = option(editor, "rate", QLineEdit)
    qtbot.keyClicks(line, "600")
    assert not ok(editor).isEnabled()
    qtbot.waitUntil(lambda: "is no rate" in editor.problem, timeout=LONG_MS)
    assert not ok(editor).isEnabled()
    line.selectAll()
    qtbot.keyClicks(line, "60")
    until_ok(qtbot, editor)
    assert editor.text == WARUDO + "&rate=60"
    assert editor.problem == ""


def test_a_missing_avatar_is_told(qtbot, edit):
    editor = edit("vmc://127.0.0.1:39539?vrm=/absent/me.vrm")
    qtbot.waitUntil(lambda: "me.vrm" in editor.problem, timeout=LONG_MS)


def test_the_form_follows_the_text(qtbot, edit):
    editor = edit(WARUDO)
    line = child(editor, QLineEdit, "editor_text")
    line.selectAll()
    qtbot.keyClicks(line, "vrchat://192.168.1.9?trackers=hip")
    line.editingFinished.emit()  # as Tab does in a window that has the focus
    until_ok(qtbot, editor)
    assert child(editor, QComboBox, "editor_scheme").currentData() == "vrchat"
    trackers = next(field for field in editor._fields if field.form.name == "trackers")
    assert trackers.value == "hip"
    assert "leaves this one" in child(editor, QLabel, "editor_note").text()


def test_a_receiver_that_is_there_already_is_refused(qtbot, edit):
    editor = edit(WARUDO, taken=[WARUDO])
    qtbot.waitUntil(lambda: "already" in editor.problem, timeout=LONG_MS)
    assert not ok(editor).isEnabled()
