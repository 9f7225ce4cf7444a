"""The list of takes as Qt's views want it, and the search in it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PyQt5.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QSortFilterProxyModel,
    Qt,
    pyqtSignal,
)

from app.takes.library import TakeSummary
from app.viewer.thumbnails import Thumbnails

TAKE_ROLE: Final = Qt.ItemDataRole.UserRole
"""Gives the `TakeSummary`."""


class TakesModel(QAbstractListModel):
    """One row for each take. Editing a row's text asks for another name."""

    rename_wanted = pyqtSignal(object, str)
    """The folder, and its new name."""

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._takes: tuple[TakeSummary, ...] = ()
        thumbnails.ready.connect(self._picture_is_ready)

    def show_takes(self, takes: tuple[TakeSummary, ...]) -> None:
        """Show these; rows that stay keep their selection."""
        if [each.folder for each in takes] == [each.folder for each in self._takes]:
            self._takes = takes
            if takes:
                self.dataChanged.emit(self.index(0), self.index(len(takes) - 1))
            return
        self.beginResetModel()
        self._takes = takes
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008  # Qt's
        """Return the number of takes."""
        return 0 if parent.isValid() else len(self._takes)

    def flags(self, index: QModelIndex) -> Qt.ItemFlags:
        """Whole takes can be renamed."""
        flags = super().flags(index)
        if index.isValid() and self._takes[index.row()].state == "whole":
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the name, the picture or the summary of a take."""
        if not index.isValid():
            return None
        take = self._takes[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return take.name or take.folder.name
        if role == Qt.ItemDataRole.EditRole:
            return take.name
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.picture(take)
        if role == Qt.ItemDataRole.ToolTipRole:
            return take.problem or str(take.folder)
        return take if role == TAKE_ROLE else None

    def setData(  # noqa: N802  # Qt's name
        self, index: QModelIndex, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Ask for another name."""
        take = self._takes[index.row()]
        name = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or name == take.name:
            return False
        self.rename_wanted.emit(take.folder, name)
        return True

    def _picture_is_ready(self, folder: Path) -> None:
        for row, take in enumerate(self._takes):
            if take.folder == folder:
                self.dataChanged.emit(self.index(row), self.index(row))


class TakesFilter(QSortFilterProxyModel):
    """Leaves the takes in which every word of the search occurs."""

    def __init__(self, model: TakesModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self.setSourceModel(model)

    def search(self, text: str) -> None:
        """Search for these words; all takes where there are none."""
        self._words = tuple(text.casefold().split())
        self.invalidateFilter()

    def filterAcceptsRow(self, row: int, parent: QModelIndex) -> bool:  # noqa: N802  # Qt's name
        """Look into the name, the folder's name, the engine and the source."""
        model = self.sourceModel()
        if model is None:
            return False
        take = model.index(row, 0, parent).data(TAKE_ROLE)
        return matches(take, self._words)


def matches(take: TakeSummary, words: Iterable[str]) -> bool:
    """Return whether every word, in lower case, occurs somewhere in what is known of a take."""
    known = " ".join((take.name, take.folder.name, take.started, take.engine, take.source))
    known = known.casefold()
    return all(word in known for word in words)
