"""How takes are exported: rate, axes, parts, names, which stretch of time, and where to."""

from typing import Final

from PyQt5.QtCore import QSignalBlocker, pyqtSignal
from PyQt5.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from app.viewer.dialogs.file_field import FileField
from app.viewer.export_plan import ExportChoices
from engines.body.bone_names import NAME_PRESETS
from engines.body.parts import ALL_PARTS

_RATES: Final = (24, 25, 30, 50, 60, 120)
_LONGEST_S: Final = 24 * 3600.0


class ExportOptionFields(QWidget):
    """Everything of `ExportChoices` but the formats."""

    changed = pyqtSignal()
    """Another choice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._make_motion())
        layout.addWidget(self._make_parts())
        layout.addWidget(self._make_bodies())
        layout.addWidget(self._make_place())
        layout.addStretch(1)

    def choices(self, formats: tuple[str, ...]) -> ExportChoices:
        """Return what is chosen."""
        end_s = self._end.value()
        return ExportChoices(
            formats=formats,
            fps=self._fps.currentData(),
            up=self._up.currentData(),
            parts=frozenset(part for part, box in self._parts.items() if box.isChecked()),
            names=self._names.currentData(),
            view=self._view.currentData(),
            skeleton_only=self._skeleton.isChecked(),
            avatar=self._avatar.path,
            body_file=self._body.path,
            start_s=self._start.value() if self._times.isEnabled() else 0.0,
            end_s=end_s if self._times.isEnabled() and end_s > 0 else None,
            folder=self._folder.path,
            refines=self._refine.isChecked(),
        )

    def show_span(self, span_s: tuple[float, float] | None, *, is_one_take: bool) -> None:
        """Show which stretch of time is exported; several takes are exported whole."""
        start_s, end_s = span_s or (0.0, 0.0)
        blockers = [QSignalBlocker(each) for each in (self._start, self._end)]
        self._start.setValue(start_s)
        self._end.setValue(end_s)
        del blockers
        self._times.setEnabled(is_one_take)
        hint = (
            self.tr("Only this part of the take")
            if is_one_take
            else self.tr("Several takes are exported whole")
        )
        self._times.setToolTip(hint)
        self.changed.emit()

    # ---- making

    def _make_motion(self) -> QGroupBox:
        box = QGroupBox(self.tr("Motion"))
        form = QFormLayout(box)
        self._fps = self._combo("export_fps")
        self._fps.addItem(self.tr("as recorded"), None)
        for rate in _RATES:
            self._fps.addItem(self.tr("{rate} frames a second").format(rate=rate), rate)
        self._fps.setToolTip(self.tr("Even frames; motion in between is interpolated."))
        form.addRow(self.tr("&Rate"), self._fps)
        self._up = self._combo("export_up")
        self._up.addItem(self.tr("as its readers expect"), None)
        self._up.addItem(self.tr("Y"), "y")
        self._up.addItem(self.tr("Z"), "z")
        self._up.setToolTip(
            self.tr("Only in formats that leave the choice: NPZ, TRC, C3D, CSV, Parquet.")
        )
        form.addRow(self.tr("&Up axis"), self._up)
        self._names = self._combo("export_names")
        for name in NAME_PRESETS:
            self._names.addItem({"smplx": "SMPL-X", "cmu": "CMU"}.get(name, name.title()), name)
        self._names.setToolTip(self.tr("Names of the bones in BVH"))
        form.addRow(self.tr("&Bone names"), self._names)
        form.addRow(self.tr("&From … to"), self._make_times())
        self._refine = QCheckBox(self.tr("Export the second &pass"))
        self._refine.setObjectName("export_refine")
        self._refine.setToolTip(
            self.tr(
                "Smoother, gaps bridged, standing feet in place; made first, where it is not there yet."
            )
        )
        self._refine.toggled.connect(lambda _is_on: self.changed.emit())
        form.addRow(self._refine)
        return box

    def _make_times(self) -> QWidget:
        self._start, self._end = QDoubleSpinBox(), QDoubleSpinBox()
        self._times = QWidget()
        row = QHBoxLayout(self._times)
        row.setContentsMargins(0, 0, 0, 0)
        for spin, name, word in (
            (self._start, "export_start", self.tr("the start")),
            (self._end, "export_end", self.tr("the end")),
        ):
            spin.setObjectName(name)
            spin.setRange(0.0, _LONGEST_S)
            spin.setDecimals(2)
            spin.setSingleStep(0.1)
            spin.setSuffix(self.tr(" s"))
            spin.setSpecialValueText(word)
            spin.setAccessibleName(word)
            spin.setMinimumWidth(70)
            spin.valueChanged.connect(lambda _value: self.changed.emit())
            row.addWidget(spin)
        return self._times

    def _make_parts(self) -> QGroupBox:
        box = QGroupBox(self.tr("What moves"))
        words = {
            "body": self.tr("Body"),
            "hands": self.tr("Hands"),
            "face": self.tr("Face"),
            "eyes": self.tr("Eyes"),
            "jaw": self.tr("Jaw"),
            "root": self.tr("Place"),
        }
        grid = QGridLayout(box)
        self._parts = {part: QCheckBox(text) for part, text in words.items() if part in ALL_PARTS}
        for number, (part, check) in enumerate(self._parts.items()):
            check.setObjectName(f"export_part_{part}")
            check.setChecked(True)
            check.setToolTip(self.tr("Unchecked, it is at rest."))
            check.toggled.connect(lambda _is_on: self.changed.emit())
            grid.addWidget(check, number // 3, number % 3)
        return box

    def _make_bodies(self) -> QGroupBox:
        box = QGroupBox(self.tr("Bodies and video"))
        form = QFormLayout(box)
        self._view = self._combo("export_view")
        self._view.addItem(self.tr("what suits the take"), None)
        self._view.addItem(self.tr("body over the camera's video"), "overlay")
        self._view.addItem(self.tr("body turning on a floor"), "turntable")
        self._view.addItem(self.tr("camera's video alone"), "camera")
        self._view.setToolTip(self.tr("What an MP4 shows; two of these need the camera's video."))
        form.addRow(self.tr("&Video"), self._view)
        self._avatar = FileField(
            "export_avatar",
            self.tr("the take's own body"),
            self.tr("Avatars (*.vrm *.glb)"),
            self.tr("A VRM or glTF humanoid of yours, in GLB and VRMA"),
        )
        form.addRow(self.tr("&Avatar"), self._avatar)
        self._body = FileField(
            "export_body",
            self.tr("the open body"),
            self.tr("SMPL-X models (*.npz)"),
            self.tr("Your own SMPL-X model file, for its mesh; ExPose's files need it"),
        )
        form.addRow(self.tr("SMPL-&X model"), self._body)
        self._skeleton = QCheckBox(self.tr("Bones without a &mesh"))
        self._skeleton.setObjectName("export_skeleton")
        self._skeleton.setToolTip(self.tr("In GLB and USD"))
        form.addRow(self._skeleton)
        for field in (self._avatar, self._body):
            field.changed.connect(self.changed)
        return box

    def _make_place(self) -> QGroupBox:
        box = QGroupBox(self.tr("Where to"))
        self._folder = FileField(
            "export_folder",
            self.tr("beside each take"),
            "",
            self.tr("One folder for all files; their names tell the takes."),
        )
        self._folder.changed.connect(self.changed)
        layout = QVBoxLayout(box)
        layout.addWidget(self._folder)
        return box

    def _combo(self, name: str) -> QComboBox:
        combo = QComboBox()
        combo.setObjectName(name)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(8)
        combo.currentIndexChanged.connect(lambda _row: self.changed.emit())
        return combo
