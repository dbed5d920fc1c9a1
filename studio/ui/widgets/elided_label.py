"""One line of text that gives way: what does not fit becomes an ellipsis and a tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QStyle, QStyleOption, QStylePainter, QWidget


class CutTip:
    """A tooltip that shows the whole of a widget's text while it is cut; those of others stay."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._is_shown = False

    def tell(self, whole: str, shown: str) -> None:
        """Call when the text or the room for it has changed."""
        cut = shown != whole
        if cut and not self._widget.toolTip():
            self._is_shown = True
        if self._is_shown:
            self._widget.setToolTip(whole if cut else "")
            self._is_shown = cut


class ElidedLabel(QLabel):
    """A plain-text `QLabel` whose minimum width is a few characters."""

    def __init__(
        self,
        text: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._mode = mode
        self._tip = CutTip(self)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def shown_text(self) -> str:
        """What is visible of the text at the present width."""
        return self.fontMetrics().elidedText(self.text(), self._mode, self.contentsRect().width())

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), self.fontMetrics().averageCharWidth() * 4), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_all()

    def setText(self, text: str) -> None:
        super().setText(text)
        self._tell_all()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(self.alignment()),
            self.palette(),
            self.isEnabled(),
            self.shown_text(),
            self.foregroundRole(),
        )

    def _tell_all(self) -> None:
        self._tip.tell(self.text(), self.shown_text())
