"""What there is to say about each kind of source but cameras: which file, which address, which motion."""

from pathlib import Path

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.capture.motions import SCENES
from app.viewer.panels.choice_box import ChoiceBox
from app.viewer.panels.path_label import PathLabel
from app.viewer.source_choices import SYNTHETIC_PREFIX
from app.viewer.theme import icon


class FilePage(QWidget):
    """A video file, or a folder of pictures."""

    chosen = pyqtSignal(str)
    """The path."""

    def __init__(self, *, is_folder: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_folder = is_folder
        self._path = PathLabel()
        self._problem = QLabel()
        self._problem.setProperty("role", "error")
        self._problem.setWordWrap(True)
        browse = QPushButton(icon("folder"), self.tr("&Browse …"))
        browse.setObjectName("browse_folder_button" if is_folder else "browse_video_button")
        browse.setToolTip(
            self.tr("Choose a folder of pictures")
            if is_folder
            else self.tr("Choose a video; it can also be dropped on the window")
        )
        browse.clicked.connect(lambda: self.browse())
        line = QHBoxLayout()
        line.addWidget(self._path, 1)
        line.addWidget(browse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(line)
        layout.addWidget(self._problem)
        self.show_path("")

    def show_path(self, path: str) -> None:
        """Show which is chosen."""
        self._path.show_path(path)
        is_lost = bool(path) and not Path(path).exists()
        self._problem.setText(self.tr("This is not there any more.") if is_lost else "")
        self._problem.setVisible(is_lost)

    def browse(self) -> bool:
        """Let the person choose; return whether that was done."""
        if self._is_folder:
            path = QFileDialog.getExistingDirectory(self, self.tr("Folder of pictures"))
        else:
            path, _ = QFileDialog.getOpenFileName(
                self,
                self.tr("Open a video"),
                "",
                self.tr("Videos (*.mp4 *.mkv *.mov *.avi *.webm *.m4v);;All files (*)"),
            )
        if path:
            self.chosen.emit(path)
        return bool(path)


class AddressPage(QWidget):
    """The address of a stream."""

    chosen = pyqtSignal(str)
    """The address."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = QLineEdit()
        self._line.setObjectName("address_line")
        self._line.setPlaceholderText("rtsp://192.168.1.20/stream")
        self._line.setAccessibleName(self.tr("Address of the stream"))
        self._line.setToolTip(self.tr("An http, rtsp, rtmp, tcp or udp address"))
        self._use = QPushButton(self.tr("&Use"))
        self._use.setObjectName("use_address_button")
        self._use.setToolTip(self.tr("Take this address as the source"))
        self._hint = QLabel(self.tr("Network cameras and phones: http, rtsp, rtmp, tcp or udp."))
        self._hint.setProperty("role", "hint")
        self._hint.setWordWrap(True)
        self._use.clicked.connect(self._choose)
        self._line.returnPressed.connect(self._choose)
        self._line.textChanged.connect(lambda text: self._use.setEnabled(bool(text.strip())))
        self._use.setEnabled(False)
        line = QHBoxLayout()
        line.addWidget(self._line, 1)
        line.addWidget(self._use)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(line)
        layout.addWidget(self._hint)

    def show_address(self, address: str) -> None:
        """Show which is chosen."""
        self._line.setText(address)
        self._line.setCursorPosition(0)

    def _choose(self) -> None:
        if self._line.text().strip():
            self.chosen.emit(self._line.text().strip())


class SyntheticPage(QWidget):
    """The motion of the synthetic person."""

    chosen = pyqtSignal(str)
    """The source."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._motions = ChoiceBox("motion_choice")
        self._motions.setToolTip(self.tr("What the drawn person does"))
        words = self._words()
        for name in SCENES:
            self._motions.addItem(words.get(name, name), SYNTHETIC_PREFIX + name)
        self._motions.activated.connect(
            lambda index: self.chosen.emit(self._motions.itemData(index))
        )
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(self.tr("&Motion"), self._motions)

    def show_spec(self, spec: str) -> None:
        """Show which is chosen."""
        self._motions.show_choice(spec)

    def _words(self) -> dict[str, str]:
        return {
            "walk": self.tr("Walking"),
            "wave": self.tr("Waving"),
            "turn": self.tr("Turning round"),
            "sit": self.tr("Sitting down and standing up"),
            "face": self.tr("Face, close"),
            "hands": self.tr("Hands, close"),
        }
