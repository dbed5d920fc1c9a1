"""The steps of the active layer, in the order in which they are applied."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.app.edit_steps import EditSteps
from studio.core.document import EditStep, Group, Layer
from studio.ui import theme
from studio.ui.edits.step_row import StepRow


class EditStack(QWidget):
    """Rows follow the steps one by one, so that the slider in hand survives its own change.

    Emits `unfolded(str)` with the id of the step whose form is open, or ``""``.
    """

    unfolded = Signal(str)

    def __init__(self, edits: EditSteps, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edits = edits
        self._documents = edits.documents
        self._rows: dict[str, StepRow] = {}
        self._order: list[str] = []
        self._open = ""
        self._layer_id = ""  # whose steps are shown
        self._mark = _DropMark(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)

    @property
    def open_step(self) -> str:
        return self._open

    def row(self, step_id: str) -> StepRow:
        return self._rows[step_id]

    def show_layer(self, layer: Layer | None) -> None:
        """Bring the rows in line with a layer's steps; one that was just added unfolds."""
        steps = layer.edits if layer else ()
        ids = [step.id for step in steps]
        for step_id in [known for known in self._rows if known not in ids]:
            self._drop(step_id)
        added = [step for step in steps if step.id not in self._rows]
        for step in added:
            self._add(step)
        layers = self._documents.document.layers
        others = [it for it in layers if it is not layer and not isinstance(it, Group)]
        for place, step in enumerate(steps):
            row = self._rows[step.id]
            row.offer_layers(others)
            if self._column.indexOf(row) != place:
                self._column.insertWidget(place, row)
                row.show()  # now, not when Qt comes to it: the panel scrolls to where it is
            if row.step is not step:
                row.show_step(step)
        self._order = ids
        layer_id = layer.id if layer else ""
        if len(added) == 1 and layer_id == self._layer_id:
            self.unfold(added[0].id)
        self._layer_id = layer_id

    def unfold(self, step_id: str) -> None:
        """Open one step's form and close the others; again: close it too."""
        self._open = "" if step_id == self._open else step_id
        for known, row in self._rows.items():
            if row.unfolded != (known == self._open):
                row.set_unfolded(known == self._open)
        self._column.activate()
        self.adjustSize()
        self.unfolded.emit(self._open)

    def _add(self, step: EditStep) -> None:
        row = StepRow(self._edits, step)
        row.unfold_wanted.connect(self.unfold)
        row.line.dragged.connect(lambda position: self._drag(step.id, position))
        row.line.dropped.connect(lambda position: self._drop_at(step.id, position))
        self._rows[step.id] = row

    def _drop(self, step_id: str) -> None:
        row = self._rows.pop(step_id)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        if step_id == self._open:
            self._open = ""

    # --- Dragging a row ---

    def _gap_at(self, position: QPoint) -> int:
        """Before which step a global position is; the number of steps below the last one."""
        y = self.mapFromGlobal(position).y()
        middles = [self._rows[step_id].geometry().center().y() for step_id in self._order]
        return sum(middle < y for middle in middles)

    def _drag(self, step_id: str, position: QPoint) -> None:
        gap = self._gap_at(position)
        if gap < len(self._order):
            y = self._rows[self._order[gap]].y()
        else:
            y = self._rows[self._order[-1]].geometry().bottom()
        self._mark.show_at(max(0, y - 1))
        self._rows[step_id].line.update()

    def _drop_at(self, step_id: str, position: QPoint) -> None:
        self._mark.hide()
        gap = self._gap_at(position)
        gap -= self._order.index(step_id) < gap  # counted without the dragged one
        self._edits.reorder(step_id, gap)


class _DropMark(QWidget):
    """The line where a dragged row will be."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._stack = parent
        self.hide()

    def show_at(self, y: int) -> None:
        self.setGeometry(QRect(0, y, self._stack.width(), 2))
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.current().color("accent"))
