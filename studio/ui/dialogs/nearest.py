"""A made picture beside the nearest of the person's own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.app.likeness import Comparison
from studio.ui.dialogs.sheet import Sheet, text_label
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.picture_view import PictureView

_SIDE = 220  # px
_NEW = "New: even the nearest of your images is clearly another picture."
_COPY = (
    "Looks like a copy of one of your images. Use it only where you may use that one; "
    "another seed, less training or more images give new ones."
)


class NearestSheet(Sheet):
    """Two pictures side by side, and what to think of it."""

    def __init__(self, comparison: Comparison, parent: QWidget | None = None) -> None:
        super().__init__("Nearest of your images", parent)
        self.sentence = text_label(
            _COPY if comparison.is_copy else _NEW, "attention" if comparison.is_copy else "good"
        )
        pictures = QHBoxLayout()
        pictures.setSpacing(16)
        pictures.addLayout(_titled(comparison.made, "Made by the model"))
        pictures.addLayout(_titled(comparison.yours, f"Yours: {comparison.title}"))
        self.body.addLayout(pictures)
        self.body.addWidget(self.sentence)
        self.add_close_button()


def _titled(image: QImage, title: str) -> QVBoxLayout:
    view = PictureView(title, side=_SIDE)
    view.set_image(image)
    label = ElidedLabel(title, Qt.TextElideMode.ElideMiddle)
    label.setProperty("role", "secondary")
    label.setFixedWidth(_SIDE)
    column = QVBoxLayout()
    column.setSpacing(6)
    column.addWidget(view)
    column.addWidget(label)
    return column
