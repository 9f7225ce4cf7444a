"""What of the performer is followed, and how steadily; all of it works while the camera runs."""

from dataclasses import replace
from functools import partial
from typing import Final, get_args

from PyQt5.QtCore import QEvent, QSignalBlocker
from PyQt5.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.pipeline.controls import UpperBodyMode
from app.viewer.panels.smoothing_row import USUAL, SmoothingRow
from app.viewer.settings import TrackingSettings, WindowSettings
from app.viewer.studio import Studio
from app.viewer.theme import icon
from engines.body.parts import Part
from engines.types import SmoothedPart

_SMOOTHED: Final[tuple[SmoothedPart, ...]] = get_args(SmoothedPart)


class TrackingPanel(QWidget):
    """Parts, mirror, smoothing, freeze and recentre."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._parts: dict[Part, QCheckBox] = {}
        self._rows: dict[SmoothedPart, SmoothingRow] = {}
        self._legs = QComboBox()
        self._mirror = QCheckBox(self.tr("Mirror my &motion"))
        self._freeze = QPushButton(icon("freeze"), self.tr("&Freeze"))
        self._recentre = QPushButton(icon("recentre"), self.tr("&Recentre"))
        layout = QVBoxLayout(self)
        layout.addWidget(self._hold_group())
        layout.addWidget(self._parts_group())
        layout.addWidget(self._smoothing_group())
        layout.addStretch(1)
        studio.settings_changed.connect(self._show_settings)
        studio.frozen_changed.connect(self._show_frozen)
        studio.state_changed.connect(self._show_state)
        self._show_settings(studio.settings)
        self._show_frozen(studio.is_frozen)
        self._show_state(studio.state)

    def _hold_group(self) -> QWidget:
        group = QGroupBox(self.tr("Pose"))
        self._freeze.setObjectName("freeze_button")
        self._freeze.setCheckable(True)
        self._freeze.setToolTip(
            self.tr("Hold the present pose, in the view and for all receivers, until pressed again")
        )
        self._freeze.clicked.connect(self._studio.freeze)
        self._recentre.setObjectName("recentre_button")
        self._recentre.setToolTip(self.tr("Take the place where you stand now as the middle"))
        self._recentre.clicked.connect(lambda: self._studio.recentre())
        layout = QHBoxLayout(group)
        layout.addWidget(self._freeze)
        layout.addWidget(self._recentre)
        return group

    def _parts_group(self) -> QWidget:
        group = QGroupBox(self.tr("Follow"))
        layout = QVBoxLayout(group)
        layout.setSpacing(10)
        grid = QGridLayout()
        for place, (part, label, tip) in enumerate(self._part_texts()):
            box = QCheckBox(label)
            box.setObjectName(f"{part}_box")
            box.setToolTip(tip)
            box.clicked.connect(partial(self._choose_part, part))
            self._parts[part] = box
            grid.addWidget(box, place // 2, place % 2)
        layout.addLayout(grid)
        self._legs.setObjectName("upper_body_choice")
        for mode, label in self._leg_texts():
            self._legs.addItem(label, mode)
        self._legs.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._legs.setToolTip(
            self.tr("At a desk the legs are out of view: at rest they do not jump about")
        )
        self._legs.activated.connect(self._choose_legs)
        form = QFormLayout()
        form.addRow(self.tr("&Legs"), self._legs)
        layout.addLayout(form)
        self._mirror.setObjectName("mirror_motion_box")
        self._mirror.setToolTip(
            self.tr("The avatar lifts its left hand when you lift your right, as in a mirror")
        )
        self._mirror.clicked.connect(self._choose_mirror)
        layout.addWidget(self._mirror)
        return group

    def _smoothing_group(self) -> QWidget:
        group = QGroupBox(self.tr("Smoothing"))
        layout = QVBoxLayout(group)
        layout.setSpacing(10)
        hint = QLabel(self.tr("More is steadier, and later. Double-click a name to reset it."))
        hint.setProperty("role", "hint")
        hint.setWordWrap(True)
        layout.addWidget(hint)
        for part, label, tip in self._smoothing_texts():
            row = SmoothingRow(part, label, tip, partial(self._studio.added_delay_ms, part))
            row.changed.connect(partial(self._choose_strength, part))
            self._rows[part] = row
            layout.addWidget(row)
        reset = QPushButton(self.tr("R&eset all"))
        reset.setObjectName("reset_smoothing_button")
        reset.setProperty("role", "quiet")
        reset.setToolTip(self.tr("Put the smoothing of every part back to 1"))
        reset.clicked.connect(self._reset_smoothing)
        layout.addWidget(reset)
        return group

    def _part_texts(self) -> tuple[tuple[Part, str, str], ...]:
        return (
            ("body", self.tr("&Body"), self.tr("Posture, head, arms and legs")),
            ("hands", self.tr("&Hands"), self.tr("Wrists and fingers")),
            ("face", self.tr("F&ace"), self.tr("Expression: brows, cheeks and mouth")),
            ("eyes", self.tr("E&yes"), self.tr("Where you look, and your eyelids")),
            ("jaw", self.tr("&Jaw"), self.tr("Opening of the mouth")),
            (
                "root",
                self.tr("&Place"),
                self.tr("Where you stand; off, the body stays in the middle"),
            ),
        )

    def _leg_texts(self) -> tuple[tuple[UpperBodyMode, str], ...]:
        return (
            ("auto", self.tr("Rest while out of view")),
            ("on", self.tr("Always rest (upper body only)")),
            ("off", self.tr("Always follow")),
        )

    def _smoothing_texts(self) -> tuple[tuple[SmoothedPart, str, str], ...]:
        return (
            ("body", self.tr("Body"), self.tr("Smoothing of posture, head, arms and legs")),
            ("hands", self.tr("Hands"), self.tr("Smoothing of wrists and fingers")),
            ("face", self.tr("Face and eyes"), self.tr("Smoothing of expression, jaw and gaze")),
            ("root", self.tr("Place"), self.tr("Smoothing of where you stand")),
        )

    # ---- what the person does

    def _choose_part(self, part: Part, is_on: bool) -> None:
        self._change(**{part: is_on})

    def _choose_legs(self, index: int) -> None:
        self._change(upper_body=self._legs.itemData(index))

    def _choose_mirror(self, is_on: bool) -> None:
        self._change(mirror_motion=is_on)

    def _choose_strength(self, part: SmoothedPart, strength: float) -> None:
        self._change(**{f"{part}_smoothing": strength})

    def _reset_smoothing(self) -> None:
        self._change(**{f"{part}_smoothing": USUAL for part in _SMOOTHED})

    def _change(self, **values: object) -> None:
        settings = self._studio.settings
        tracking: TrackingSettings = replace(settings.tracking, **values)  # type: ignore[arg-type]
        self._studio.change(replace(settings, tracking=tracking))

    # ---- what is shown

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802
        """Make the icons anew in the colours of another theme."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._freeze.setIcon(icon("freeze"))
            self._recentre.setIcon(icon("recentre"))

    def _show_settings(self, settings: WindowSettings) -> None:
        tracking = settings.tracking
        for part, box in self._parts.items():
            box.setChecked(getattr(tracking, part))  # `clicked` is for the person only: no loop
        self._mirror.setChecked(tracking.mirror_motion)
        blocker = QSignalBlocker(self._legs)
        self._legs.setCurrentIndex(self._legs.findData(tracking.upper_body))
        del blocker
        for part, row in self._rows.items():
            row.show_strength(getattr(tracking, f"{part}_smoothing"))

    def _show_frozen(self, is_frozen: bool) -> None:
        self._freeze.setChecked(is_frozen)
        self._freeze.setText(self.tr("Un&freeze") if is_frozen else self.tr("&Freeze"))

    def _show_state(self, state: str) -> None:
        self._recentre.setEnabled(state == "running")
