"""Grid and guides on the canvas: painted, pulled from the rulers, moved, and thrown back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.core.guides import Axis
from studio.ui import theme

if TYPE_CHECKING:
    from studio.ui.canvas.view import CanvasView

_GRAB = 4.0  # view px
_LEAST_CELL = 6.0  # view px: a finer grid would be a gray veil
_GUIDE = QColor(40, 190, 230)


@dataclass
class _Pull:
    """A guide that is dragged: which one (None: a new one), and where it is now."""

    axis: Axis
    index: int | None
    at: float | None  # document px; None: over the rulers, where it goes away


class GuideLines:
    """Belongs to one view; changes the document only through the aids."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._pull: _Pull | None = None

    def at(self, place: QPointF) -> tuple[Axis, int] | None:
        """The guide under a view position, if guides are shown."""
        if not self._view.aids.on.guides:
            return None
        document, within = self._view.transform.to_document(place), _GRAB / self._view.zoom
        for axis, line in (("x", document.x()), ("y", document.y())):
            for index, guide in enumerate(getattr(self._view.aids.guides, axis)):
                if abs(guide - line) <= within:
                    return axis, index  # type: ignore[return-value]  # mypy widens the literals
        return None

    def cursor(self, axis: Axis) -> Qt.CursorShape:
        return Qt.CursorShape.SplitHCursor if axis == "x" else Qt.CursorShape.SplitVCursor

    def begin(self, axis: Axis, index: int | None = None) -> None:
        """Drag a guide of the document, or a new one."""
        self._pull = _Pull(axis, index, None)
        self._view.aids.change(guides=True)
        self._view.snapper.begin()

    def pull(self, place: QPointF) -> None:
        """It is dragged to a view position."""
        pull = self._pull
        if pull is not None:
            pull.at = self._line(pull.axis, place)
            self._view.update()

    def drop(self) -> None:
        """It is let go: over a ruler it goes away."""
        pull, self._pull = self._pull, None
        if pull is None:
            return
        aids = self._view.aids
        if pull.at is None:
            if pull.index is not None:
                aids.remove_guide(pull.axis, pull.index)
        elif pull.index is None:
            aids.add_guide(pull.axis, pull.at)
        else:
            aids.move_guide(pull.axis, pull.index, pull.at)
        self._view.snapper.end()

    def _line(self, axis: Axis, place: QPointF) -> float | None:
        if not self._view.canvas_rect.contains(place):
            return None
        document = self._view.transform.to_document(place)
        if axis == "x":
            by = self._view.snapper.line(x=document.x())
            return document.x() + by if by else float(round(document.x()))
        by = self._view.snapper.line(y=document.y())
        return document.y() + by if by else float(round(document.y()))

    # --- Painting ---

    def paint(self, painter: QPainter) -> None:
        aids = self._view.aids.on
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if aids.grid:
            self._paint_grid(painter, aids.spacing)
        if aids.guides:
            painter.setPen(QPen(_GUIDE, 1.0))
            painter.drawLines(self._guides())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_grid(self, painter: QPainter, spacing: int) -> None:
        view = self._view
        page = view.transform.rect_to_view(view.session.document.rect)
        step = spacing * view.zoom
        if step < _LEAST_CELL:
            return
        area = page & view.canvas_rect
        across = _steps(page.left(), step, area.left(), area.right())
        down = _steps(page.top(), step, area.top(), area.bottom())
        lines = [QLineF(at, area.top(), at, area.bottom()) for at in across]
        lines += [QLineF(area.left(), at, area.right(), at) for at in down]
        painter.setPen(theme.fade(QColor(128, 140, 160), 0.45))
        painter.drawLines(lines)

    def _guides(self) -> list[QLineF]:
        guides, pull = self._view.aids.guides, self._pull
        places = [("x", index, at) for index, at in enumerate(guides.x)]
        places += [("y", index, at) for index, at in enumerate(guides.y)]
        if pull is not None:
            places = [p for p in places if p[:2] != (pull.axis, pull.index)]
            if pull.at is not None:
                places.append((pull.axis, -1, pull.at))
        return [self._shown(axis, at) for axis, _, at in places]

    def _shown(self, axis: str, at: float) -> QLineF:
        area, place = self._view.canvas_rect, self._view.transform.to_view(QPointF(at, at))
        if axis == "x":
            return QLineF(round(place.x()), area.top(), round(place.x()), area.bottom())
        return QLineF(area.left(), round(place.y()), area.right(), round(place.y()))


def _steps(origin: float, step: float, start: float, end: float) -> list[float]:
    """Multiples of `step` from `origin` on that lie between `start` and `end`, as whole px."""
    first, last = math.ceil((start - origin) / step), math.floor((end - origin) / step)
    return [round(origin + number * step) for number in range(first, last + 1)]
