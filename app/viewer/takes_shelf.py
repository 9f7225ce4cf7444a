"""The takes in the user's folder as they are, and what can be done to them; the window never waits for it."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from PyQt5.QtCore import QFileSystemWatcher, QObject, QTimer, pyqtSignal

from app.takes.library import TakeSummary, list_takes, rename_take
from app.takes.recover import recover_takes
from app.takes.refine import refine_take
from app.takes.trim import trim_take
from app.viewer.apply import takes_folder_of
from app.viewer.background import Background
from app.viewer.settings import WindowSettings
from app.viewer.studio import Studio
from app.viewer.trash import Trashed, delete_for_good, move_to_trash, restore
from engines.errors import MocapError, TakeError

_SETTLE_MS: Final = 300
"""Files come in crowds: look once they have come."""

_Result = TypeVar("_Result")


class TakesShelf(QObject):
    """Lists the takes, and again whenever the folder changes. All methods are for the window's thread."""

    listed = pyqtSignal(object)
    """A tuple of `TakeSummary`, the newest first."""
    trashed = pyqtSignal(object)
    """A tuple of `Trashed`."""
    not_trashed = pyqtSignal(object, str)
    """A folder that the trash does not take, and why."""
    made = pyqtSignal(object)
    """The folder of a take that was made: a part, a recovered one, one that came back from the trash."""
    busy_changed = pyqtSignal(bool)
    """Something takes its time."""
    failed = pyqtSignal(str)
    """One line: what did not work, and the way out."""

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._directory = takes_folder_of(studio.settings)
        self._pending = 0
        self._background = Background("takes-shelf", self)
        self._watcher = QFileSystemWatcher(self)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.refresh)
        self._watcher.directoryChanged.connect(lambda _path: self._settle.start())
        self.takes: tuple[TakeSummary, ...] = ()
        """As they were last."""
        studio.settings_changed.connect(self._follow_settings)
        studio.closing.connect(self.shut_down)

    @property
    def directory(self) -> Path:
        """The folder of takes."""
        return self._directory

    def refresh(self) -> None:
        """Look into the folder."""
        self._background.run(
            partial(list_takes, self._directory), self._take_list, self._not_listed
        )

    def rename(self, folder: Path, name: str) -> None:
        """Give a take another name."""
        self._do(partial(rename_take, folder, name), lambda _folder: None)

    def trash(self, folders: Sequence[Path]) -> None:
        """Move takes to the trash."""
        for folder in folders:
            self._do(
                partial(move_to_trash, folder),
                lambda trashed: self.trashed.emit((trashed,)),
                partial(self._not_trashed, folder),
            )

    def delete_for_good(self, folder: Path) -> None:
        """Delete a take that the trash does not take."""
        self._do(partial(delete_for_good, folder), lambda _result: None)

    def restore(self, trashed: Sequence[Trashed]) -> None:
        """Bring takes back from the trash."""
        for each in trashed:
            self._do(partial(restore, each), self.made.emit)

    def save_part(self, folder: Path, start_s: float, end_s: float) -> None:
        """Make a take of a part."""
        self._do(partial(trim_take, folder, start_s, end_s), self.made.emit)

    def refine(self, folder: Path) -> None:
        """Make the second pass of a take."""
        self._do(partial(refine_take, folder), lambda _refinement: self.made.emit(folder))

    def recover(self) -> None:
        """Make takes of the recordings that were cut off."""
        self._do(partial(_recover, self._directory), lambda _result: None)

    def shut_down(self) -> None:
        """Look no more."""
        self._settle.stop()
        self._background.shut_down()

    # ---- inside

    def _do(
        self,
        work: Callable[[], _Result],
        done: Callable[[_Result], None],
        failed: Callable[[MocapError], None] | None = None,
    ) -> None:
        self._pending += 1
        self.busy_changed.emit(True)

        def finish(result: _Result) -> None:
            self._finish()
            done(result)

        def fail(error: MocapError) -> None:
            self._finish()
            (failed or self._tell)(error)

        self._background.run(work, finish, fail)

    def _finish(self) -> None:
        self._pending -= 1
        if self._pending == 0:
            self.busy_changed.emit(False)
        self.refresh()

    def _tell(self, error: MocapError) -> None:
        self.failed.emit(str(error))

    def _not_trashed(self, folder: Path, error: MocapError) -> None:
        self.not_trashed.emit(folder, str(error))

    def _follow_settings(self, settings: WindowSettings) -> None:
        directory = takes_folder_of(settings)
        if directory != self._directory:
            self._directory = directory
            self.refresh()

    def _take_list(self, takes: tuple[TakeSummary, ...]) -> None:
        self._watch(takes)
        self.takes = takes
        self.listed.emit(takes)

    def _not_listed(self, error: MocapError) -> None:
        self._take_list(())
        self._tell(error)

    def _watch(self, takes: Sequence[TakeSummary]) -> None:
        """Watch the folder, or where it will be made, and each take that is not yet whole."""
        place = self._directory
        while not place.is_dir() and place != place.parent:
            place = place.parent
        wanted = {str(place), *(str(take.folder) for take in takes if take.state != "whole")}
        watched = set(self._watcher.directories())
        if gone := sorted(watched - wanted):
            self._watcher.removePaths(gone)
        if new := sorted(wanted - watched):
            self._watcher.addPaths(new)


def _recover(directory: Path) -> None:
    problems = [each.problem for each in recover_takes(directory) if each.problem is not None]
    if problems:
        raise TakeError(problems[0])
