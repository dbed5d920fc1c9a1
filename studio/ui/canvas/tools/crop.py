from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from studio.core.image import Rect
from studio.ui import theme
from studio.ui.canvas.frame import CORNERS, EDGES, Grip, dragged, grip_at, grip_cursor, paint_frame
from studio.ui.canvas.tools.tool import Pointer, Tool, ToolInfo

_GRIPS: tuple[Grip, ...] = (*CORNERS, *EDGES)
_SHADE = 0.55


class CropTool(Tool):
    """Frames the part of the active layer that stays; Enter applies, Escape starts over."""

    _frame = QRectF()  # document px
    _grip: Grip | None = None  # None while a new frame is drawn
    _hovered: Grip | None = None
    _start: Pointer | None = None
    _before = QRectF()

    def activate(self) -> None:
        self._frame = QRectF()

    def deactivate(self) -> None:
        self._frame, self._start = QRectF(), None

    def press(self, pointer: Pointer) -> None:
        self._grip = self._grip_at(pointer)
        self._start, self._before = pointer, self._shown_frame()

    def move(self, pointer: Pointer) -> None:
        if self._start is None:
            return
        if self._grip is None:
            self._frame = QRectF(self._start.document, pointer.document).normalized()
        else:
            by = pointer.document - self._start.document
            self._frame = dragged(self._before, self._grip, by)
        self.view.update()

    def release(self, pointer: Pointer) -> None:
        self._start = None

    def hover(self, pointer: Pointer) -> None:
        self._hovered = self._grip_at(pointer)

    def cursor(self) -> Qt.CursorShape:
        hovered = self._grip if self._start else self._hovered
        return grip_cursor(hovered) if hovered else Qt.CursorShape.CrossCursor

    def key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.apply()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancel()
        else:
            return False
        return True

    def apply(self) -> None:
        """Add the crop to the active layer's edits and go back to the move tool."""
        layer = self._layer_rect()
        kept = self._pixels()
        if layer is not None and kept not in (layer, None):
            place = kept.translated(-layer.x, -layer.y)
            self.session.add_edit("crop", place._asdict())
        self.view.set_tool("move")

    def cancel(self) -> None:
        self._frame, self._start = QRectF(), None
        self.view.update()

    def paint(self, painter: QPainter) -> None:
        frame = self._shown_frame()
        if frame.isEmpty():
            return
        shown = self.view.transform.rect_to_view(frame)
        outside = QPainterPath()
        outside.addRect(self.view.canvas_rect)
        outside.addRect(shown)
        painter.fillPath(outside, theme.fade(QColor(Qt.GlobalColor.black), _SHADE))
        painter.setPen(theme.fade(QColor(Qt.GlobalColor.white), 0.35))
        painter.drawLines(_thirds(shown))
        paint_frame(painter, shown, _GRIPS)

    def options(self, parent: QWidget) -> QWidget:
        bar = QWidget(parent)
        layout = QHBoxLayout(bar)
        layout.setContentsMargins(0, 0, 0, 0)
        for text, kind, slot in (("Apply", "primary", self.apply), ("Reset", "", self.cancel)):
            button = QPushButton(text, bar)
            button.setProperty("kind", kind)
            button.clicked.connect(slot)
            layout.addWidget(button)
        return bar

    def _layer_rect(self) -> Rect | None:
        layer = self.session.active_layer
        return None if layer is None else self.renderer.rendered_rect(layer.id)

    def _shown_frame(self) -> QRectF:
        """The frame, or the whole layer before one was drawn."""
        if not self._frame.isEmpty():
            return self._frame
        rect = self._layer_rect()
        return QRectF() if rect is None else QRectF(*rect)

    def _pixels(self) -> Rect | None:
        """The frame in whole document px inside the layer; None if they do not meet."""
        layer, frame = self._layer_rect(), self._shown_frame()
        if layer is None:
            return None
        left, top = round(frame.left()), round(frame.top())
        kept = Rect.from_edges(left, top, round(frame.right()), round(frame.bottom()))
        kept = kept.intersect(layer)
        return None if kept.is_empty else kept

    def _grip_at(self, pointer: Pointer) -> Grip | None:
        shown = self.view.transform.rect_to_view(self._shown_frame())
        grip = grip_at(shown, pointer.view, _GRIPS)
        # Before a frame was drawn, pressing inside the layer begins one.
        return None if grip == "inside" and self._frame.isEmpty() else grip


def _thirds(rect: QRectF) -> list[QLineF]:
    lines = []
    for part in (1 / 3, 2 / 3):
        x, y = rect.left() + rect.width() * part, rect.top() + rect.height() * part
        lines.append(QLineF(QPointF(x, rect.top()), QPointF(x, rect.bottom())))
        lines.append(QLineF(QPointF(rect.left(), y), QPointF(rect.right(), y)))
    return lines


CROP = ToolInfo(
    "crop",
    "Crop",
    "crop",
    "C",
    "Drag a frame · Enter crops the layer · Esc starts over",
    CropTool,
    12,
)
