"""The sizes of an export: one row each, with what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from studio.app.export_plan import PRESETS, ExportSize
from studio.app.spoken import spoken_bytes
from studio.errors import StudioError
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.icon_button import IconButton
from studio.ui.widgets.link import link

MOST = 12  # rows; a preset has seven
_HELP = "50%, 2x, 512 (longest side), 512w or 512h"


class SizeRow(QWidget):
    """One size as text, and what is known of its file."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.field = QLineEdit(text)
        self.field.setFixedWidth(96)
        self.field.setToolTip(_HELP)
        self.field.setAccessibleName("Size")
        self.facts = ElidedLabel("")
        self.facts.setProperty("role", "secondary")
        self.remove = IconButton("close", "Remove this size")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.field)
        row.addWidget(self.facts, 1)
        row.addWidget(self.remove)

    def show_problem(self, problem: str) -> None:
        self.facts.setText(problem)
        self.facts.setProperty("role", "bad" if problem else "secondary")
        self.facts.style().polish(self.facts)


class ExportSizes(QWidget):
    """Emits `changed()` when there are other sizes."""

    changed = Signal()

    def __init__(self, sizes: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[SizeRow] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(4)
        self.add_link = link("Add size")
        self.add_link.setAutoDefault(False)
        self.add_link.clicked.connect(self._add_another)
        self.presets = QPushButton("Presets")
        self.presets.setAutoDefault(False)
        menu = QMenu(self.presets)
        for title, texts in PRESETS.items():
            menu.addAction(title).triggered.connect(partial(self._choose, texts))
        self.presets.setMenu(menu)
        below = QHBoxLayout()
        below.addWidget(self.add_link)
        below.addStretch(1)
        below.addWidget(self.presets)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(6)
        whole.addLayout(self._column)
        whole.addLayout(below)
        self.set_sizes(sizes)

    def sizes(self) -> tuple[str, ...]:
        return tuple(row.field.text().strip() for row in self.rows)

    def set_sizes(self, sizes: Sequence[str]) -> None:
        """Show other sizes; emits nothing."""
        for row in self.rows:
            self._column.removeWidget(row)
            row.deleteLater()
        self.rows = []
        for text in sizes[:MOST]:
            self._add(text)

    def problem(self) -> str:
        """What is wrong with the first size that is none; empty if all are sizes."""
        for row in self.rows:
            try:
                ExportSize.parse(row.field.text())
            except StudioError as error:
                row.show_problem(error.hint)
                return error.message
        return ""

    def clear_facts(self) -> None:
        for row in self.rows:
            row.show_problem("")

    def show_facts(self, place: int, width: int, height: int, nbytes: int) -> None:
        """Tell what the size at `place` (among those that differ) comes to."""
        distinct = {ExportSize.parse(row.field.text()): row for row in reversed(self.rows)}
        ordered = [row for row in self.rows if row in distinct.values()]
        if place < len(ordered):
            ordered[place].facts.setText(f"{width} × {height} px · {spoken_bytes(nbytes)}")

    def _choose(self, texts: Sequence[str]) -> None:
        self.set_sizes(texts)
        self.changed.emit()

    def _add_another(self) -> None:
        self._add("2x" if len(self.rows) == 1 else "")
        self.rows[-1].field.setFocus()
        self.rows[-1].field.selectAll()
        self.changed.emit()

    def _add(self, text: str) -> None:
        row = SizeRow(text)
        row.field.textChanged.connect(lambda _text: self.changed.emit())
        row.remove.clicked.connect(partial(self._remove, row))
        self.rows.append(row)
        self._column.addWidget(row)
        self._follow()

    def _remove(self, row: SizeRow) -> None:
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.deleteLater()
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        for row in self.rows:
            row.remove.setVisible(len(self.rows) > 1)
        self.add_link.setEnabled(len(self.rows) < MOST)
