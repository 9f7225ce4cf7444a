"""The panel of takes: find one, look at it, and do something with it."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PyQt5.QtCore import QEvent, QModelIndex, QPoint, Qt, QUrl
from PyQt5.QtGui import QDesktopServices, QKeySequence
from PyQt5.QtWidgets import (
    QAbstractItemView,
    QAction,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.takes.folder import REFINED_ENDING, TAKE_NAME
from app.takes.library import TakeSummary
from app.viewer.dialogs.export import ExportDialog
from app.viewer.icon_button import IconButton
from app.viewer.panels.notice_bar import NoticeBar
from app.viewer.panels.player_bar import PlayerBar
from app.viewer.panels.take_details import TakeDetails
from app.viewer.panels.takes_delegate import TakeDelegate
from app.viewer.panels.takes_empty import NoTakes
from app.viewer.panels.takes_model import TAKE_ROLE, TakesFilter, TakesModel
from app.viewer.studio import Studio
from app.viewer.take_player import TakePlayer
from app.viewer.takes_shelf import TakesShelf
from app.viewer.theme import icon
from app.viewer.thumbnails import Thumbnails
from app.viewer.translation import without_mnemonic
from app.viewer.trash import Trashed

_LEAST_LIST_PX: Final = 190


class TakesPanel(QWidget):
    """The takes in the folder, the newest first."""

    def __init__(self, studio: Studio, player: TakePlayer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("takes_panel")
        self._studio = studio
        self._player = player
        self._export: ExportDialog | None = None
        self._awaited: Path | None = None
        self._emptied_row: int | None = None
        self.shelf = TakesShelf(studio, self)
        self._thumbnails = Thumbnails(self)
        self._model = TakesModel(self._thumbnails, self)
        self._filter = TakesFilter(self._model, self)
        self._make_actions()
        layout = QVBoxLayout(self)
        layout.addWidget(self._make_search())
        layout.addWidget(self._make_stack(), 1)
        layout.addLayout(self._make_buttons())
        self._details = TakeDetails()
        self._notice = NoticeBar()
        self._bar = PlayerBar(player)
        for widget in (self._details, self._notice, self._bar):
            layout.addWidget(widget)
        self._connect(studio)
        self._refresh_icons()
        self.shelf.refresh()

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802  # Qt's name
        """Follow the theme."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._refresh_icons()

    def _refresh_icons(self) -> None:
        self._lens.setIcon(icon("search", "quiet"))
        for action in self._actions:
            action.setIcon(icon(str(action.data())))

    # ---- making

    def _make_search(self) -> QLineEdit:
        self._search = QLineEdit()
        self._search.setObjectName("takes_search")
        self._search.setPlaceholderText(self.tr("Search takes"))
        self._search.setAccessibleName(self.tr("Search takes"))
        self._search.setToolTip(self.tr("Words of the name, the date, the engine or the source"))
        self._search.setClearButtonEnabled(True)
        self._lens = QAction(self)
        self._search.addAction(self._lens, QLineEdit.ActionPosition.LeadingPosition)
        return self._search

    def _make_stack(self) -> QStackedWidget:
        self._list = QListView()
        self._list.setObjectName("takes_list")
        self._list.setAccessibleName(self.tr("Takes"))
        self._list.setModel(self._filter)
        self._list.setItemDelegate(TakeDelegate(self._list))
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setMouseTracking(True)
        self._list.setMinimumHeight(_LEAST_LIST_PX)
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._list.customContextMenuRequested.connect(self._show_menu)
        self._list.doubleClicked.connect(lambda _index: self._play.trigger())
        for action in self._actions:
            self._list.addAction(action)
        self._empty = NoTakes(self._studio)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._list)
        self._stack.addWidget(self._empty)
        return self._stack

    def _make_actions(self) -> None:
        make = self._action
        self._play = make("play", self.tr("&Play"), "play", Qt.Key.Key_Return, self._play_chosen)
        self._play_refined = make(
            "play_refined", self.tr("Play the s&econd pass"), "play", None, self._play_second_pass
        )
        self._export_action = make(
            "export", self.tr("E&xport …"), "export", "Ctrl+E", self._export_chosen
        )
        self._refine = make(
            "refine", self.tr("Make a second &pass"), "recentre", None, self._refine_chosen
        )
        self._rename = make(
            "rename", self.tr("Re&name"), "rename", Qt.Key.Key_F2, self._rename_chosen
        )
        self._open = make("open", self.tr("Open the &folder"), "folder", None, self._open_folder)
        self._delete = make(
            "delete",
            self.tr("&Move to the trash"),
            "trash",
            Qt.Key.Key_Delete,
            self._delete_chosen,
        )
        self._actions = (
            self._play,
            self._play_refined,
            self._export_action,
            self._refine,
            self._rename,
            self._open,
            self._delete,
        )

    def _action(
        self,
        name: str,
        text: str,
        picture: str,
        key: Qt.Key | str | None,
        function: Callable[[], None],
    ) -> QAction:
        action = QAction(text, self)
        action.setObjectName(f"take_{name}")
        action.setData(picture)
        if key is not None:
            action.setShortcut(QKeySequence(key))
            # of the list alone: while a name is edited in it, Return and Delete belong to the editor
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda _checked: function())
        return action

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        for action in (self._play, self._export_action):
            row.addWidget(_button_of(action, with_text=True))
        row.addStretch(1)
        for action in (self._rename, self._open, self._delete):
            row.addWidget(_button_of(action, with_text=False))
        return row

    def _connect(self, studio: Studio) -> None:
        shelf = self.shelf
        shelf.listed.connect(self._show_takes)
        shelf.failed.connect(self._notice.show_error)
        shelf.trashed.connect(self._show_trashed)
        shelf.not_trashed.connect(self._ask_to_delete)
        shelf.made.connect(self._show_made)
        self._search.textChanged.connect(self._search_for)
        self._model.rename_wanted.connect(self._rename_take)
        self._details.recover_wanted.connect(shelf.recover)
        selection = self._list.selectionModel()
        if selection is not None:
            selection.selectionChanged.connect(lambda _on, _off: self._show_selection())
        self._player.failed.connect(self._notice.show_error)
        self._player.take_changed.connect(lambda _take: self._show_selection())
        self._bar.export_wanted.connect(self._export_part)
        self._bar.save_part_wanted.connect(self._save_part)
        self._empty.clear_wanted.connect(self._search.clear)
        studio.closing.connect(self._thumbnails.shut_down)
        self._show_selection()

    # ---- showing

    def _show_takes(self, takes: tuple[TakeSummary, ...]) -> None:
        chosen = {take.folder for take in self.chosen()}
        self._model.show_takes(takes)
        self._choose(chosen)
        self._choose_awaited()
        self._choose_next_of_deleted()
        self._show_stack()
        self._show_selection()

    def _show_stack(self) -> None:
        is_empty = self._filter.rowCount() == 0
        self._stack.setCurrentWidget(self._empty if is_empty else self._list)
        if is_empty:
            self._empty.explain(self.shelf.directory, self._search.text())

    def _search_for(self, text: str) -> None:
        self._filter.search(text)
        self._show_stack()

    def _show_selection(self) -> None:
        takes = self.chosen()
        whole = [take for take in takes if take.state == "whole"]
        one = takes[0] if len(takes) == 1 else None
        self._details.show_takes(takes)
        self._play.setEnabled(one is not None and one.state in ("whole", "cut off"))
        self._play_refined.setEnabled(one is not None and one.is_refined)
        self._export_action.setEnabled(bool(whole))
        self._refine.setEnabled(one is not None and one.state == "whole")
        self._rename.setEnabled(one is not None and one.state == "whole")
        self._open.setEnabled(True)
        self._delete.setEnabled(bool(takes) and all(take.state != "recording" for take in takes))

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions(self._actions)
        menu.insertSeparator(self._rename)
        menu.insertSeparator(self._delete)
        viewport = self._list.viewport()
        if viewport is not None:
            menu.exec_(viewport.mapToGlobal(place))

    # ---- the selection

    def chosen(self) -> list[TakeSummary]:
        """Return the takes that are selected, in the order of the list."""
        rows = sorted(self._list.selectedIndexes(), key=QModelIndex.row)
        return [index.data(TAKE_ROLE) for index in rows]

    def choose(self, folder: Path) -> None:
        """Select one take, and show where it is in the list; one that is not listed yet, as soon as it is."""
        self._awaited = folder
        self._choose_awaited()

    def _choose_awaited(self) -> None:
        awaited = self._awaited
        if awaited is not None and any(take.folder == awaited for take in self.shelf.takes):
            self._awaited = None
            self._list.clearSelection()
            self._choose({awaited})

    def _choose_next_of_deleted(self) -> None:
        """Select what moved up where takes were thrown away, so that the keyboard goes on from there."""
        row, rows = self._emptied_row, self._filter.rowCount()
        if row is not None and rows and not self.chosen():
            self._emptied_row = None
            self._list.setCurrentIndex(self._filter.index(min(row, rows - 1), 0))

    def _choose(self, folders: set[Path]) -> None:
        for row in range(self._filter.rowCount()):
            index = self._filter.index(row, 0)
            if index.data(TAKE_ROLE).folder in folders:
                selection = self._list.selectionModel()
                if selection is not None:
                    selection.select(index, selection.SelectionFlag.Select)
                self._list.scrollTo(index)

    # ---- doing

    def _play_chosen(self) -> None:
        for take in self.chosen()[:1]:
            self._player.open(take.folder)

    def _play_second_pass(self) -> None:
        for take in self.chosen()[:1]:
            self._player.open(take.folder / (Path(TAKE_NAME).stem + REFINED_ENDING))

    def _refine_chosen(self) -> None:
        for take in self.chosen()[:1]:
            self._notice.show_text(
                self.tr("Making a second pass of {name} …").format(name=_name(take))
            )
            self.shelf.refine(take.folder)

    def _rename_chosen(self) -> None:
        indexes = self._list.selectedIndexes()
        if len(indexes) == 1:
            self._list.edit(indexes[0])

    def _rename_take(self, folder: Path, name: str) -> None:
        self._let_go_of({folder})
        self.shelf.rename(folder, name)

    def _open_folder(self) -> None:
        folders = [take.folder for take in self.chosen()] or [self.shelf.directory]
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folders[0])))

    def _delete_chosen(self) -> None:
        folders = [take.folder for take in self.chosen()]
        rows = [index.row() for index in self._list.selectedIndexes()]
        self._emptied_row = min(rows, default=None)
        self._let_go_of(set(folders))
        self.shelf.trash(folders)

    def _let_go_of(self, folders: set[Path]) -> None:
        """Close the take that is played, where it is one of them."""
        path = self._player.path
        if path is not None and not folders.isdisjoint((path, path.parent)):
            self._player.close()

    def _show_trashed(self, trashed: Sequence[Trashed]) -> None:
        told = self.tr("{name} is in the trash.").format(name=trashed[0].folder.name)
        if trashed[0].place is None:
            self._notice.show_text(told)
        else:
            undo = partial(self.shelf.restore, trashed)
            self._notice.show_text(told, self.tr("&Undo"), undo)

    def _ask_to_delete(self, folder: Path, reason: str) -> None:
        question = self.tr("{reason}\n\nDelete this take for good? It cannot be brought back.")
        answer = QMessageBox.warning(
            self,
            self.tr("No trash here"),
            question.format(reason=reason),
            QMessageBox.StandardButtons(QMessageBox.Yes | QMessageBox.Cancel),
            QMessageBox.Cancel,
        )
        if answer == QMessageBox.Yes:
            self.shelf.delete_for_good(folder)

    def _show_made(self, folder: Path) -> None:
        self._notice.show_text(self.tr("Ready: {name}").format(name=folder.name))
        self.choose(folder)

    def _save_part(self) -> None:
        path = self._player.path
        if path is not None:
            folder = path if path.is_dir() else path.parent
            self.shelf.save_part(folder, *self._player.span_s)

    def _export_chosen(self) -> None:
        folders = [take.folder for take in self.chosen() if take.state == "whole"]
        self._show_export(folders, None)

    def _export_part(self) -> None:
        path = self._player.path
        if path is not None:
            self._show_export([path], self._player.span_s if self._player.has_part else None)

    def _show_export(self, takes: Sequence[Path], span_s: tuple[float, float] | None) -> None:
        if self._export is None:
            self._export = ExportDialog(self._studio, self)
        self._export.show_for(takes, span_s)


def _name(take: TakeSummary) -> str:
    return take.name or take.folder.name


def _button_of(action: QAction, *, with_text: bool) -> QPushButton:
    """Return a button that does what an action does, and is barred with it."""
    button = IconButton(str(action.data()), action.text() if with_text else "")
    button.setObjectName(f"{action.objectName()}_button")
    button.setProperty("role", "compact")
    plain = without_mnemonic(action.text())
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    button.setToolTip(f"{plain} ({keys})" if keys else plain)
    button.setAccessibleName(plain)
    button.clicked.connect(action.trigger)
    action.changed.connect(lambda: button.setEnabled(action.isEnabled()))
    return button
