"""What there is to say of the chosen take, below the list."""

from collections.abc import Sequence
from pathlib import Path

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app.takes.library import TakeSummary
from app.viewer.quantities import clock_text, size_text
from app.viewer.theme import set_role


class TakeDetails(QWidget):
    """Facts of one take, or the sum of several; what is wrong with it, and the way out."""

    recover_wanted = pyqtSignal()
    """Make takes of the recordings that were cut off."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = QLabel()
        self._facts.setObjectName("take_facts")
        self._facts.setProperty("role", "hint")
        self._facts.setWordWrap(True)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._note = QLabel()
        self._note.setObjectName("take_note")
        self._note.setWordWrap(True)
        self._note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._recover = QPushButton(self.tr("Reco&ver"))
        self._recover.setObjectName("recover_button")
        self._recover.setToolTip(self.tr("Make a take of what was written before the end."))
        self._recover.clicked.connect(self.recover_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._facts, self._note, self._recover):
            layout.addWidget(widget)
        self.show_takes(())

    def show_takes(self, takes: Sequence[TakeSummary]) -> None:
        """Show the chosen takes."""
        self.setVisible(bool(takes))
        one = takes[0] if len(takes) == 1 else None
        facts = self._sum_of(takes) if one is None else self._facts_of(one)
        self._facts.setText(facts)
        self._facts.setVisible(bool(facts))
        self._facts.setToolTip("" if one is None else one.source)
        note, role = ("", "hint") if one is None else self._note_of(one)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        set_role(self._note, role)
        self._recover.setVisible(one is not None and one.state == "cut off")

    def _sum_of(self, takes: Sequence[TakeSummary]) -> str:
        if not takes:
            return ""
        told = self.tr("{takes} takes, {length}, {size}")
        length = clock_text(sum(take.duration_s for take in takes))
        size = size_text(sum(take.size_bytes for take in takes))
        return told.format(takes=len(takes), length=length, size=size)

    def _facts_of(self, take: TakeSummary) -> str:
        facts = []
        if take.source:
            facts.append(self.tr("of {source}").format(source=_last_name(take.source)))
        if take.state == "whole":
            facts.append(self.tr("{drops} dropped").format(drops=take.dropped))
            facts.append(self.tr("{marks} marked").format(marks=take.markers))
            if take.persons > 1:
                facts.append(self.tr("{persons} persons").format(persons=take.persons))
        if take.profile:
            facts.append(self.tr("profile {name}").format(name=_last_name(take.profile)))
        if take.has_video:
            facts.append(self.tr("with video"))
        if take.is_refined:
            facts.append(self.tr("with a second pass"))
        facts.append(size_text(take.size_bytes))
        return self.tr(", ").join(facts)

    def _note_of(self, take: TakeSummary) -> tuple[str, str]:
        if take.state == "damaged":
            return take.problem, "error"
        if take.state == "cut off":
            told = self.tr("The program ended while this was recorded. What was written is kept.")
            return told, "warn"
        if take.state == "recording":
            return self.tr("Stop the recording, and it can be played."), "hint"
        if take.is_recovered:
            told = self.tr("The recording was cut off; this is what could be saved of it.")
            return told, "warn"
        return "", "hint"


def _last_name(text: str) -> str:
    """Return a file's name without its folder; anything else as it is."""
    path = Path(text)
    return path.name if path.is_absolute() else text
