"""The card under a generated layer: what it is, and the way back to the explorer."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from studio.core.document import Layer
from studio.ui.widgets.link import link

_GAP = 10  # view px below the layer


class LayerCard(QWidget):
    """Shown while the active layer is a generated one. Emits `opened(str)` with its id."""

    opened = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._layer_id = ""
        self.setProperty("surface", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        title, self._text = QLabel("latent layer"), QLabel()
        title.setProperty("role", "heading")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._open = link("Open in explorer ⏎")
        self._open.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._open.clicked.connect(self._emit_opened)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 2, 6, 2)
        layout.setSpacing(10)
        for widget in (title, self._text, self._open):
            layout.addWidget(widget)
        self.hide()

    def show_layer(self, layer: Layer | None, rect: QRectF, area: QRectF, taken: QRectF) -> None:
        """Lie under `rect` (view px), inside `area` and beside `taken`, where something else lies.

        Hide if the layer was not generated.
        """
        point = layer.provenance.point if layer is not None else None
        if layer is None or point is None or not layer.visible or not rect.intersects(area):
            self.hide()
            return
        self._layer_id = layer.id
        self._text.setText(f"{point.describe()} · truncation {point.truncation:.2f}")
        self.adjustSize()
        x = min(max(rect.left(), area.left() + _GAP), area.right() - self.width() - _GAP)
        y = min(max(rect.bottom() + _GAP, area.top()), area.bottom() - self.height() - _GAP)
        if taken.intersects(QRectF(x, y, self.width(), self.height())):
            beside = taken.left() - self.width() - _GAP
            if beside >= area.left() + _GAP:
                x = beside
            else:
                y = taken.top() - self.height() - _GAP
        self.move(round(x), round(y))
        self.show()

    def _emit_opened(self) -> None:
        self.opened.emit(self._layer_id)
