"""The sheet of keyboard shortcuts, made from the command table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.app.action import Action
from studio.app.actions import ActionTable
from studio.ui import theme
from studio.ui.dialogs.sheet import Sheet

COLUMNS = 3
_NATIVE = QKeySequence.SequenceFormat.NativeText


class ShortcutSheet(Sheet):
    """Every command that has a key, by menu; tools at the end."""

    def __init__(self, table: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__("Keyboard shortcuts", parent)
        groups: dict[str, list[Action]] = {}
        for row in table:
            if row.shortcuts:
                groups.setdefault(row.menu.partition("/")[0] or "Tools", []).append(row)
        columns: list[QVBoxLayout] = [QVBoxLayout() for _ in range(COLUMNS)]
        lengths = [0] * COLUMNS
        for name, rows in groups.items():
            shortest = lengths.index(min(lengths))
            columns[shortest].addWidget(_group(name, rows))
            lengths[shortest] += len(rows) + 2
        across = QHBoxLayout()
        across.setSpacing(40)
        for column in columns:
            column.addStretch(1)
            across.addLayout(column)
        self.body.addLayout(across)
        self.add_close_button()


def _group(name: str, rows: list[Action]) -> QWidget:
    group = QWidget()
    grid = QGridLayout(group)
    grid.setContentsMargins(0, 0, 0, 12)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(4)
    heading = QLabel(name)
    heading.setProperty("role", "heading")
    grid.addWidget(heading, 0, 0, 1, 2)
    for line, row in enumerate(rows, start=1):
        title = row.title.rstrip("…").removesuffix(" Tool")
        grid.addWidget(QLabel(title), line, 0)
        text = "  or  ".join(QKeySequence(key).toString(_NATIVE) for key in row.shortcuts)
        keys = QLabel(text, alignment=Qt.AlignmentFlag.AlignRight)
        keys.setProperty("role", "secondary")
        keys.setFont(theme.tabular_font(theme.SECONDARY_PX))
        grid.addWidget(keys, line, 1)
    return group
