"""How the document lies in the view: a value, so that navigation is arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QTransform

from studio.core.image import Rect

MIN_ZOOM, MAX_ZOOM = 0.01, 64.0
# What the zoom buttons step through, in percent.
_PERCENT = "1 2 3 5 7 10 15 20 25 33 50 67 75 100 150 200 300 400 600 800 1200 1600 2400 3200 6400"
STOPS = tuple(int(percent) / 100 for percent in _PERCENT.split())


@dataclass(frozen=True, slots=True)
class ViewTransform:
    """`zoom` is view px per document px; (`x`, `y`) is the view position of the document's corner.

    View px are logical ones: what Qt's events count in.
    """

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0

    @property
    def matrix(self) -> QTransform:
        """From document px to view px."""
        return QTransform(self.zoom, 0, 0, self.zoom, self.x, self.y)

    def to_view(self, point: QPointF) -> QPointF:
        return QPointF(point.x() * self.zoom + self.x, point.y() * self.zoom + self.y)

    def to_document(self, point: QPointF) -> QPointF:
        return QPointF((point.x() - self.x) / self.zoom, (point.y() - self.y) / self.zoom)

    def rect_to_view(self, rect: Rect | QRectF) -> QRectF:
        area = QRectF(*rect) if isinstance(rect, Rect) else rect
        size = QSizeF(area.width() * self.zoom, area.height() * self.zoom)
        return QRectF(self.to_view(area.topLeft()), size)

    def rect_to_document(self, rect: QRectF) -> QRectF:
        return QRectF(self.to_document(rect.topLeft()), self.to_document(rect.bottomRight()))

    def panned(self, dx: float, dy: float) -> ViewTransform:
        return replace(self, x=self.x + dx, y=self.y + dy)

    def zoomed(self, zoom: float, anchor: QPointF) -> ViewTransform:
        """At another zoom, with the document point under the view position `anchor` kept there."""
        zoom = min(MAX_ZOOM, max(MIN_ZOOM, zoom))
        fixed = self.to_document(anchor)
        return ViewTransform(zoom, anchor.x() - fixed.x() * zoom, anchor.y() - fixed.y() * zoom)

    def centered(self, document: Rect, area: QRectF) -> ViewTransform:
        """With the document's middle in the middle of the view's `area`."""
        middle = area.center()
        x = middle.x() - document.width * self.zoom / 2
        return replace(self, x=x, y=middle.y() - document.height * self.zoom / 2)

    @classmethod
    def fitted(cls, document: Rect, area: QRectF, margin: float) -> ViewTransform:
        """The whole document in the middle of `area`, with `margin` view px around it."""
        wide = max(1.0, area.width() - 2 * margin) / max(1, document.width)
        high = max(1.0, area.height() - 2 * margin) / max(1, document.height)
        zoom = min(MAX_ZOOM, max(MIN_ZOOM, min(wide, high)))
        return cls(zoom).centered(document, area)


def next_stop(zoom: float) -> float:
    """The next larger of the usual zoom steps."""
    return next((stop for stop in STOPS if stop > zoom * 1.001), MAX_ZOOM)


def previous_stop(zoom: float) -> float:
    return next((stop for stop in reversed(STOPS) if stop < zoom * 0.999), MIN_ZOOM)
