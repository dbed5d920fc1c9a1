"""One calm line: is the picture in view new, and which of the person's images is nearest?"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.app.likeness import Likeness
from studio.app.originality import Originality
from studio.ui import theme
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.picture_view import PictureView

_SIDE = 24  # px


class OriginalityRow(QWidget):
    """Empty where there is nothing to compare with. A click holds both side by side."""

    def __init__(self, originality: Originality, likeness: Likeness) -> None:
        super().__init__()
        self._originality = originality
        self._likeness = likeness
        self.picture = PictureView("The nearest of your images", _SIDE)
        self.picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.text = ElidedLabel("", Qt.TextElideMode.ElideMiddle)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.picture)
        row.addWidget(self.text, 1)
        self.setFixedHeight(_SIDE)
        originality.changed.connect(self._show)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._originality.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._originality.watch(False)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if self._originality.found is not None:
            self._likeness.compared.emit(self._originality.found)

    def _show(self) -> None:
        found = self._originality.found
        self.picture.setVisible(found is not None)
        self.text.setVisible(found is not None)
        self.setToolTip("Hold it beside the nearest of your images" if found else "")
        hand, arrow = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor
        self.setCursor(hand if found else arrow)
        if found is None:
            return
        self.picture.set_image(found.yours)
        said = "Looks like a copy of" if found.is_copy else "New; nearest is"
        self.text.setText(f"{said} {found.title}")
        theme.restyle(self.text, role="attention" if found.is_copy else "secondary")
