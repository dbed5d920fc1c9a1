"""What the tools with a brush share: strokes, the ring that shows the size, keys and options."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from studio.app.live_paint import LivePaint
from studio.app.paint_box import PaintBox
from studio.core.painting.brush import Brush
from studio.core.painting.dabs import BrushPath, Dab, Sample
from studio.core.painting.inks import Ink
from studio.core.painting.stroke import Stroke
from studio.core.raster import Raster
from studio.errors import StudioError
from studio.ui import theme
from studio.ui.canvas.tools.brush_options import BrushOptions
from studio.ui.canvas.tools.tool import Pointer, Tool

HINT = "Drag to paint · Shift-click draws a line · [ and ] change the size"
_LEAST_RING = 5.0  # view px of diameter: below, a cross is easier to see
_HARDER = 0.1  # per keystroke


class StrokeTool(Tool):
    """Paints dabs along the drag with the tool's brush. Say with what in `ink`.

    A click with Shift draws a straight line from where the last stroke ended.
    """

    id: str
    text: str  # of the undo step
    grows = False  # whether paint may go beyond the layer's edges
    _live: LivePaint | None = None
    _stroke: Stroke | None = None
    _path: BrushPath | None = None
    _last: QPointF | None = None  # document px, where the last stroke ended
    mouse: QPointF | None = None  # view px

    def ink(self, live: LivePaint, base: Raster) -> Ink:
        """What the stroke lays onto `base`."""
        raise NotImplementedError

    def base(self, raster: Raster) -> Raster:
        """The layer's pixels in as many channels as the ink needs."""
        return raster

    @property
    def paint_box(self) -> PaintBox:
        return self.view.painting.box

    @property
    def brush(self) -> Brush:
        return self.paint_box.brush(self.id)

    @property
    def painting(self) -> bool:
        """Whether a stroke goes on."""
        return self._stroke is not None

    # --- The stroke ---

    def press(self, pointer: Pointer) -> None:
        self.mouse = pointer.view
        try:
            self.begin(pointer)
        except StudioError as error:
            self.cancel()
            self.view.painting.tell(error)

    def begin(self, pointer: Pointer) -> None:
        """Start a stroke.

        Raises:
            StudioError: it cannot be painted here.
        """
        self._live = live = self.view.painting.begin(grows=self.grows)
        base = live.raster if live.mask else self.base(live.raster)
        brush = self.brush
        ink = live.allowed(self.ink(live, base))
        stroke = Stroke(base, ink, brush.hardness, brush.opacity, live.limit)
        self._stroke = stroke
        here = self._sample(live, pointer.document, pointer.pressure)
        if pointer.holds(Qt.KeyboardModifier.ShiftModifier) and self._last is not None:
            self._path = BrushPath(brush, self._sample(live, self._last, pointer.pressure))
            self._add([*self._path.start(), *self._path.to(here), *self._path.finish()])
        else:
            self._path = BrushPath(brush, here, brush.smoothing / self.view.zoom)
            self._add(self._path.start())

    def move(self, pointer: Pointer) -> None:
        self.mouse = pointer.view
        if self._live is not None and self._path is not None:
            sample = self._sample(self._live, pointer.document, pointer.pressure)
            self._add(self._path.to(sample))
        self.view.update()

    def release(self, pointer: Pointer) -> None:
        if self._live is None or self._path is None:
            return
        self._add(self._path.finish())
        live, stroke = self._live, self._stroke
        self._last = pointer.document
        self._live = self._stroke = self._path = None
        if stroke is not None and not stroke.touched.is_empty:
            self.end(live, stroke)
        else:
            live.cancel()
        self.view.update()

    def end(self, live: LivePaint, _stroke: Stroke) -> None:
        """The stroke is complete: keep it."""
        live.commit(self.text)

    def cancel(self) -> None:
        """Give the stroke up."""
        live, self._live, self._stroke, self._path = self._live, None, None, None
        if live is not None:
            live.cancel()

    def deactivate(self) -> None:
        self.cancel()
        self.mouse = None

    def double_click(self, pointer: Pointer) -> None:
        self.press(pointer)
        self.release(pointer)

    def _add(self, dabs: list[Dab]) -> None:
        if self._live is not None and self._stroke is not None:
            changed = self._stroke.add(dabs)
            self._live.show(self._stroke.raster, changed)

    def _sample(self, live: LivePaint, place: QPointF, pressure: float) -> Sample:
        return Sample(place.x() - live.layer.x, place.y() - live.layer.y, pressure)

    # --- Pointer and keys ---

    def hover(self, pointer: Pointer) -> None:
        self.mouse = pointer.view
        self.view.update()

    def leave(self) -> None:
        self.mouse = None
        self.view.update()

    def key(self, event: QKeyEvent) -> bool:
        steps = {Qt.Key.Key_BracketLeft: -1, Qt.Key.Key_BracketRight: 1}.get(Qt.Key(event.key()))
        harder = {Qt.Key.Key_BraceLeft: -_HARDER, Qt.Key.Key_BraceRight: _HARDER}
        if steps is not None:
            self.paint_box.set_brush(self.id, self.brush.resized(steps))
        elif Qt.Key(event.key()) in harder:
            hardness = self.brush.hardness + harder[Qt.Key(event.key())]
            hardness = round(min(1.0, max(0.0, hardness)), 2)
            self.paint_box.set_brush(self.id, replace(self.brush, hardness=hardness))
        elif event.key() == Qt.Key.Key_Escape and self.painting:
            self.cancel()
        else:
            return False
        self.view.update()
        return True

    def cursor(self) -> Qt.CursorShape:
        large = self.brush.size * self.view.zoom >= _LEAST_RING
        return Qt.CursorShape.BlankCursor if large else Qt.CursorShape.CrossCursor

    def paint(self, painter: QPainter) -> None:
        if self.mouse is None:
            return
        self._paint_string(painter, self.mouse)
        radius = self.brush.size * self.view.zoom / 2
        if 2 * radius >= _LEAST_RING:
            paint_ring(painter, self.mouse, radius)

    def _paint_string(self, painter: QPainter, mouse: QPointF) -> None:
        if self._path is None or self._live is None or not self.brush.smoothing:
            return
        tip = QPointF(self._path.tip.x + self._live.layer.x, self._path.tip.y + self._live.layer.y)
        painter.setPen(QPen(theme.current().color("accent"), 1.0))
        painter.drawLine(mouse, self.view.transform.to_view(tip))

    def options(self, parent: QWidget) -> QWidget:
        return BrushOptions(self.paint_box, self.id, parent)


def paint_ring(painter: QPainter, middle: QPointF, radius: float) -> None:
    """A circle in black and white: it shows on any picture."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ring = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
    painter.setPen(QPen(theme.fade(QColor(Qt.GlobalColor.black), 0.6), 1.0))
    painter.drawEllipse(ring.adjusted(-1, -1, 1, 1))
    painter.setPen(QPen(theme.fade(QColor(Qt.GlobalColor.white), 0.9), 1.0))
    painter.drawEllipse(ring)
