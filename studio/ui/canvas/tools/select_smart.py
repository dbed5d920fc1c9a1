from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from studio.app.selection import Combine
from studio.app.smart_selection import Stroke
from studio.app.trial import Trial
from studio.ui import theme
from studio.ui.canvas.overlays import to_view
from studio.ui.canvas.tools.select import SelectTool
from studio.ui.canvas.tools.tool import Pointer, ToolInfo
from studio.ui.widgets.number_field import NumberField
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.segmented_control import SegmentedControl

_SIZES = NumberRange(1, 200, 1, "px")  # view px: one sees as well at any zoom what one means
_INK = {True: QColor(60, 200, 110), False: QColor(230, 70, 70)}
_KINDS = {"object": "Object", "other": "Background"}
_ALT = Qt.KeyboardModifier.AltModifier


class SmartTool(SelectTool):
    """Selects the object that is scribbled on; with Alt one scribbles on what is not meant.

    The strokes stay until Enter or another tool: each makes the selection better, all of them are
    one undo step.
    """

    _size = 12.0  # view px
    _kind = "object"
    _trial: Trial | None = None
    _how: Combine = "replace"
    _points: tuple[QPointF, ...] = ()  # document px, of the stroke that is drawn
    _wanted = True
    _connected = False

    def activate(self) -> None:
        self._strokes: list[Stroke] = []
        self.view.selections.prepare_object()
        if not self._connected:
            self._connected = True
            self.session.changed.connect(self._follow)

    def deactivate(self) -> None:
        self._finish()

    def press(self, pointer: Pointer) -> None:
        if self._trial is None:
            self._how = self._mode
            self._trial = self.view.selections.begin_trial("Smart selection")
        self._wanted = (self._kind == "object") != pointer.holds(_ALT)
        self._points = (pointer.document,)
        self.view.update()

    def move(self, pointer: Pointer) -> None:
        if self._points:
            self._points = (*self._points, pointer.document)
            self.view.update()

    def release(self, pointer: Pointer) -> None:
        points, self._points = self._points, ()
        if points:
            places = np.array([(point.x(), point.y()) for point in points])
            radius = self._size / 2 / self.view.zoom
            self._strokes.append(Stroke(places, radius, self._wanted))
            self._ask()

    def key(self, event: QKeyEvent) -> bool:
        """Enter keeps the selection, Backspace takes a stroke back, Escape all of them."""
        if self._trial is None:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish()
        elif event.key() == Qt.Key.Key_Escape:
            self._trial.cancel()
            self._finish()
        elif event.key() == Qt.Key.Key_Backspace and self._strokes:
            self._strokes.pop()
            self._ask()
        else:
            return False
        return True

    def claims(self, event: QKeyEvent) -> bool:
        return bool(self._strokes) and event.key() == Qt.Key.Key_Backspace

    def paint(self, painter: QPainter) -> None:
        if self._trial is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stroke in self._strokes:
            points = tuple(QPointF(x, y) for x, y in stroke.points)
            self._paint(painter, points, stroke.radius, wanted=stroke.wanted)
        self._paint(painter, self._points, self._size / 2 / self.view.zoom, wanted=self._wanted)

    def further_options(self, parent: QWidget) -> QWidget:
        bar = QWidget(parent)
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        kinds = SegmentedControl(_KINDS, self._kind, bar)
        kinds.setFixedWidth(180)
        kinds.setToolTip("What the next stroke lies on; Alt means the other")
        kinds.changed.connect(lambda kind: setattr(self, "_kind", kind))
        caption, size = QLabel("Size", bar), NumberField(_SIZES, self._size, bar)
        caption.setProperty("role", "secondary")
        size.attach(caption)
        size.changed.connect(lambda value: setattr(self, "_size", value))
        for widget in (kinds, caption, size):
            row.addWidget(widget)
        return bar

    def _ask(self) -> None:
        if self._trial is not None:
            self.view.selections.try_object(self._trial, self._strokes, self._how)
        self.view.update()

    def _follow(self) -> None:
        """Undo, or anything else that changes the document, ends what the strokes began."""
        if self._trial is not None and not self._trial.in_view:
            self._finish()

    def _finish(self) -> None:
        self._trial, self._points = None, ()
        self._strokes = []
        self.view.update()

    def _paint(
        self, painter: QPainter, points: tuple[QPointF, ...], radius: float, *, wanted: bool
    ) -> None:
        if not points:
            return
        path = QPainterPath(points[0])
        for point in (*points, points[-1] + QPointF(0.01, 0)):
            path.lineTo(point)
        pen = QPen(theme.fade(_INK[wanted], 0.75), 2 * radius * self.view.zoom)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(to_view(path, self.view.transform))


SMART = ToolInfo(
    "smart-select",
    "Smart Selection",
    "smart_select",
    "Shift+W",
    "Scribble on an object · Alt on its background · Enter keeps · Backspace takes a stroke back",
    SmartTool,
    25,
)
