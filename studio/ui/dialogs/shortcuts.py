"""The keys of all commands: found by name, changed by pressing others."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListView, QPushButton, QWidget

from studio.app.shortcuts import spoken_keys
from studio.ui.action_set import ActionSet
from studio.ui.command_rows import ID, KEYS, ROW, CommandDelegate, command_item, searched_text
from studio.ui.dialogs.sheet import Sheet, text_label
from studio.ui.fuzzy import score
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.key_recorder import KeyRecorder
from studio.ui.widgets.segmented_control import SegmentedControl

_SHOWN = {"all": "All", "keys": "With keys", "changed": "Changed"}
_ROWS = 11
_HELP = "Choose a command, then Change. Keys that another command has are taken from it."


class ShortcutSheet(Sheet):
    """Every command with its keys; what is changed takes effect at once and is kept."""

    def __init__(self, commands: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__("Keyboard shortcuts", parent)
        self.setMinimumWidth(680)
        self._commands = commands
        self._shortcuts = commands.shortcuts
        self._wanted = ""  # keys that were pressed and are somebody else's
        self._adding = False
        self._make_parts()
        self._lay_out()
        self._connect()
        self._show()

    # --- Parts ---

    def _make_parts(self) -> None:
        self.search = QLineEdit(placeholderText="Find a command or keys")
        self.search.setProperty("kind", "search")
        self.shown = SegmentedControl(_SHOWN, "keys")
        self._model = QStandardItemModel(self)
        self.list = QListView()
        self.list.setAccessibleName("Commands")
        self.list.setModel(self._model)
        self.list.setItemDelegate(CommandDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setMinimumHeight(_ROWS * ROW)
        self.name = ElidedLabel()
        self.name.setProperty("role", "heading")
        self.recorder = KeyRecorder()
        self.recorder.setFixedWidth(200)
        self.recorder.setAccessibleName("Keys")
        self.told = text_label(_HELP, "secondary")
        self.take_button = _button("Take them")
        self.change_button = _button("Change")
        self.add_another_button = _button("Add")
        self.add_another_button.setToolTip("Further keys for the same command")
        self.clear_button = _button("Clear")
        self.reset_button = _button("Reset")
        self.reset_all_button = self.add_button("Reset all")

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.search, 1)
        top.addWidget(self.shown)
        keys = QHBoxLayout()
        keys.setSpacing(8)
        keys.addWidget(self.name, 1)
        keys.addWidget(self.recorder)
        for button in (
            self.change_button,
            self.add_another_button,
            self.clear_button,
            self.reset_button,
        ):
            keys.addWidget(button)
        said = QHBoxLayout()
        said.addWidget(self.told, 1)
        said.addWidget(self.take_button)
        self.body.addLayout(top)
        self.body.addWidget(self.list, 1)
        self.body.addLayout(keys)
        self.body.addLayout(said)
        self.add_close_button().setAutoDefault(False)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._show)
        self.shown.changed.connect(self._show)
        self.list.selectionModel().currentChanged.connect(self._follow)
        self.list.doubleClicked.connect(self._record)
        self.change_button.clicked.connect(self._record)
        self.add_another_button.clicked.connect(lambda: self._record(adding=True))
        self.clear_button.clicked.connect(lambda: self._shortcuts.set_keys(self.action_id, ()))
        self.reset_button.clicked.connect(lambda: self._shortcuts.reset(self.action_id))
        self.reset_all_button.clicked.connect(self._shortcuts.reset_all)
        self.take_button.clicked.connect(lambda: self._give(self._wanted))
        self.recorder.recorded.connect(self._take)
        self.recorder.canceled.connect(self._follow)
        self._shortcuts.changed.connect(self._refresh)

    # --- What is shown ---

    @property
    def action_id(self) -> str:
        """The command that is chosen; empty if there is none."""
        return str(self.list.currentIndex().data(ID) or "")

    def choose(self, action_id: str) -> None:
        """Go to a command of the list."""
        found = self._model.match(self._model.index(0, 0), ID, action_id, 1)
        self.list.setCurrentIndex(found[0] if found else self._model.index(0, 0))

    def _show(self) -> None:
        chosen = self.action_id
        self._model.clear()
        for row, action in self._commands:
            if self._is_shown(row.id) and self._is_found(row.id, searched_text(row, action)):
                item = command_item(row, action)
                item.setEnabled(True)  # keys can be changed of what cannot be used now
                self._model.appendRow(item)
        self.choose(chosen)
        self._follow()

    def _refresh(self) -> None:
        """Show new keys; the list stays, whatever it was asked for."""
        for place in range(self._model.rowCount()):
            item = self._model.item(place)
            item.setData(spoken_keys(self._shortcuts.keys(item.data(ID))[:1]), KEYS)
        self._follow()

    def _is_shown(self, action_id: str) -> bool:
        if self.shown.value() == "changed":
            return self._shortcuts.is_changed(action_id)
        return self.shown.value() == "all" or bool(self._shortcuts.keys(action_id))

    def _is_found(self, action_id: str, text: str) -> bool:
        wanted = self.search.text().strip()
        keys = spoken_keys(self._shortcuts.keys(action_id)).lower()
        return score(wanted, text) is not None or wanted.lower() in keys.split(" or ")

    def _follow(self, _current: QModelIndex | None = None) -> None:
        action_id, self._wanted = self.action_id, ""
        keys = self._shortcuts.keys(action_id) if action_id else ()
        self.name.setText(self._commands[action_id].text().rstrip("…") if action_id else "")
        self.recorder.setText(spoken_keys(keys) if keys else "No keys")
        self._tell(_HELP, "secondary")
        for button in (self.change_button, self.add_another_button):
            button.setEnabled(bool(action_id))
        self.clear_button.setEnabled(bool(keys))
        self.reset_button.setEnabled(bool(action_id) and self._shortcuts.is_changed(action_id))

    def _tell(self, text: str, role: str) -> None:
        self.told.setText(text)
        self.told.setProperty("role", role)
        self.told.style().polish(self.told)
        self.take_button.setVisible(bool(self._wanted))

    # --- What is changed ---

    def _record(self, *_index: object, adding: bool = False) -> None:
        if self.action_id:
            self._adding = adding
            self._tell("Esc keeps them as they are.", "secondary")
            self.recorder.record()

    def _take(self, keys: str) -> None:
        owner = self._shortcuts.owner(keys, but=self.action_id)
        if owner is None:
            self._give(keys)
            return
        self._wanted = keys
        self.recorder.setText(spoken_keys((keys,)))
        title = self._commands[owner.id].text().rstrip("…")
        self._tell(f"{spoken_keys((keys,))} belongs to “{title}”.", "attention")
        self.take_button.setFocus()

    def _give(self, keys: str) -> None:
        before = self._shortcuts.keys(self.action_id) if self._adding else ()
        self._shortcuts.set_keys(self.action_id, (*before, keys))


def _button(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    return button
