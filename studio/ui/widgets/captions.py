"""What begins with its name: a row in a form, with the names in a column, or a column."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.ui.widgets.elided_label import ElidedLabel

CAPTION_WIDTH = 96  # px


def caption(text: str) -> ElidedLabel:
    """As wide as all others, so that what they name begins at one line."""
    label = ElidedLabel(text)
    label.setFixedWidth(CAPTION_WIDTH)
    return label


def captioned_row(label: QLabel, parent: QWidget | None = None) -> QHBoxLayout:
    """The layout of a row, to which what `label` names is added."""
    row = QHBoxLayout() if parent is None else QHBoxLayout(parent)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(label)
    return row


def captioned_column(text: str, parent: QWidget) -> QVBoxLayout:
    """For what is too wide to stand beside its name."""
    column = QVBoxLayout(parent)
    column.setContentsMargins(0, 2, 0, 4)
    column.setSpacing(4)
    column.addWidget(QLabel(text))
    return column
