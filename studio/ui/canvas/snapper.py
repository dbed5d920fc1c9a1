"""Snapping while something is dragged, and the lines that it lies on."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from studio.app.snapping import SnapLines, lines_of
from studio.core.document import Group
from studio.core.guides import Guides

if TYPE_CHECKING:
    from studio.ui.canvas.view import CanvasView

_REACH = 6.0  # view px
_COLOR = QColor(255, 64, 160)


class Snapper:
    """Collects the lines when a drag begins; shows those that were snapped to until it ends."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._lines = SnapLines()
        self._x: float | None = None  # document px
        self._y: float | None = None

    def begin(self, moving: Collection[str] = ()) -> None:
        """What is dragged, layers of these ids and what is in them, is nothing to snap to."""
        view = self._view
        aids, document = view.aids.on, view.session.document
        moved = {item.id for layer_id in moving for item in document.branch(layer_id)}
        others = [
            view.renderer.rendered_rect(layer)
            for layer in document.layers
            if layer.id not in moved and document.is_shown(layer) and not isinstance(layer, Group)
        ]
        guides = document.guides if aids.guides else Guides()
        grid = aids.spacing if aids.grid else 0
        self._lines = lines_of(document.rect, guides, others, grid)

    def end(self) -> None:
        self._lines = SnapLines()
        self._x = self._y = None
        self._view.update()

    def rect(self, rect: QRectF, *, on: bool = True, x: bool = True, y: bool = True) -> QPointF:
        """By how much to move `rect` so that an edge or the middle lies on a line.

        `on` is false while a key suspends snapping; `x` and `y` say which way it may move.
        """
        center = rect.center()
        across = (rect.left(), center.x(), rect.right()) if x else ()
        down = (rect.top(), center.y(), rect.bottom()) if y else ()
        return self._snap(across, down, on=on)

    def point(self, place: QPointF, *, on: bool = True, x: bool = True, y: bool = True) -> QPointF:
        """`place`, or that on a line near it."""
        return place + self._snap((place.x(),) if x else (), (place.y(),) if y else (), on=on)

    def line(self, *, x: float | None = None, y: float | None = None) -> float:
        """By how much to move a single line."""
        by = self._snap(() if x is None else (x,), () if y is None else (y,), on=True)
        return by.x() + by.y()

    def _snap(self, across: tuple[float, ...], down: tuple[float, ...], *, on: bool) -> QPointF:
        self._x = self._y = None
        if not (on and self._view.aids.on.snapping):
            return QPointF()
        within = _REACH / self._view.zoom
        by_x, self._x = self._lines.snap_x(across, within)
        by_y, self._y = self._lines.snap_y(down, within)
        return QPointF(by_x, by_y)

    def paint(self, painter: QPainter) -> None:
        """The lines that are snapped to, across the whole view."""
        area, transform = self._view.canvas_rect, self._view.transform
        painter.setPen(QPen(_COLOR, 1.0))
        if self._x is not None:
            at = round(transform.to_view(QPointF(self._x, 0)).x()) + 0.5
            painter.drawLine(QLineF(at, area.top(), at, area.bottom()))
        if self._y is not None:
            at = round(transform.to_view(QPointF(0, self._y)).y()) + 0.5
            painter.drawLine(QLineF(area.left(), at, area.right(), at))
