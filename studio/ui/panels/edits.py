"""Edits: what is done to the active layer, step by step, without touching its pixels."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from studio.app.studio import Studio
from studio.core.change import DocumentChange
from studio.ui.edits.add_popup import AddEditPopup
from studio.ui.edits.edit_stack import EditStack
from studio.ui.edits.offer import EditOffer
from studio.ui.panel import PanelInfo
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.hold_back import hold_back
from studio.ui.widgets.link import link
from studio.ui.widgets.plain_scroll import PlainScroll


class EditsPanel(QWidget):
    """The stack of the active layer, what went wrong in it, and the way to add to it.

    Brings the title of its dock: it names the layer and holds the button that adds an edit. Emits
    `room_wanted(int)` with the height that a form takes which was unfolded.
    """

    room_wanted = Signal(int)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._documents = studio.documents
        self._popup: AddEditPopup | None = None
        self.dock_title = QWidget()
        self.title = ElidedLabel()
        self.title.setProperty("role", "heading")
        self.add = link("Add edit…")
        self.problems = QLabel()
        self.problems.setProperty("role", "bad")
        self.problems.setWordWrap(True)
        self.stack = EditStack(studio.edits)
        self.empty = EmptyState("edit", "", "")
        self.empty.setMinimumHeight(76)
        self._lay_out()
        self._connect()
        self._show_layer()

    def _lay_out(self) -> None:
        heading = QHBoxLayout(self.dock_title)
        heading.setContentsMargins(14, 4, 14, 4)
        heading.addWidget(self.title, 1)
        heading.addWidget(self.add)
        self._scroll = PlainScroll(self.stack)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.problems.setContentsMargins(14, 0, 14, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.dock_title)  # until a dock takes it
        column.addWidget(self.problems)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.empty, 1)

    def _connect(self) -> None:
        self.add.clicked.connect(self.choose_edit)
        self._documents.changed.connect(self._follow)
        self._documents.active_changed.connect(lambda _id: self._show_layer())
        self._studio.canvas.forms_changed.connect(self._show_problems)
        self.stack.unfolded.connect(self._show_form)

    def choose_edit(self) -> None:
        """Open the list of all edits."""
        if self._popup is None:
            offers = [
                EditOffer(item.id, item.title, item.group, item.icon, item.tooltip, item.words)
                for item in self._studio.edits.operations
            ]
            self._popup = AddEditPopup(offers, self)
            self._popup.chosen.connect(self._studio.edits.add)
        self._popup.open_below(self.add, self._studio.edits.shelf.recent)

    def _show_form(self, step_id: str) -> None:
        """Scroll to the whole of an unfolded step, as far as it fits, title first."""
        if step_id:
            row = self.stack.row(step_id)
            self.room_wanted.emit(row.sizeHint().height())
            self._scroll.ensureVisible(0, row.y() + row.sizeHint().height(), 0, 0)
            self._scroll.ensureVisible(0, row.y(), 0, 0)

    def _follow(self, change: DocumentChange) -> None:
        if change.layers:
            self._show_layer()

    def _show_layer(self) -> None:
        layer = self._documents.active_layer
        steps = layer.edits if layer else ()
        self.title.setText(f"Edits of “{layer.name}”" if layer else "Edits")
        hold_back(self.add, "" if layer else "Choose a layer first.")
        self.stack.show_layer(layer)
        self._scroll.setVisible(bool(steps))
        self.empty.setVisible(not steps)
        if layer is None:
            self.empty.set_texts("No layer chosen", "Choose a layer to edit it.")
        else:
            self.empty.set_texts("No edits yet", "Edits never touch the pixels: add one and play.")
        self._show_problems()

    def _show_problems(self) -> None:
        problems = self._studio.canvas.render_problems.get(self._documents.active_id, ())
        self.problems.setText("\n".join(problems))
        self.problems.setVisible(bool(problems))


PANEL = PanelInfo("edits", "Edits", "edit", "right bottom", 0, EditsPanel)
