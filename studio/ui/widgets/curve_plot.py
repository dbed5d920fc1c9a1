"""Curves in a dark well: how training goes, at a glance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui import theme

_PAD = 8.0
_LABEL_PX = 10
_LABEL_STEP = 12.0
_LABEL_GAP = 12.0
_TOKENS = ("link", "attention", "good", "bad", "secondary")


@dataclass
class Series:
    """One curve: `xs` rise, `ys` may hold NaN where nothing is known."""

    name: str
    token: str
    xs: list[float] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)

    def smoothed(self, weight: float) -> list[float]:
        """Exponential mean with bias correction; gaps are bridged."""
        mean, share, out = 0.0, 0.0, []
        for y in self.ys:
            if math.isfinite(y):
                mean = weight * mean + (1 - weight) * y
                share = weight * share + (1 - weight)
            out.append(mean / share if share else math.nan)
        return out


class CurvePlot(QWidget):
    """Named curves over a common x, each on its own vertical scale unless `shared_scale`.

    The smoothed curve is drawn over a faint trace of the raw values; the names stand above.
    """

    def __init__(
        self,
        empty: str = "Curves appear here once training starts.",
        smoothing: float = 0.9,
        shared_scale: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._empty = empty
        self._smoothing = smoothing
        self._shared_scale = shared_scale
        self._series: dict[str, Series] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Curves")

    @property
    def series(self) -> tuple[Series, ...]:
        return tuple(self._series.values())

    def clear(self) -> None:
        self._series.clear()
        self.update()

    def append(self, name: str, x: float, y: float) -> None:
        """One more point of a curve, which is made at its first point."""
        curve = self._curve(name)
        curve.xs.append(x)
        curve.ys.append(y)
        self.update()

    def set_series(self, name: str, xs: Sequence[float], ys: Sequence[float]) -> None:
        """Show a whole curve.

        Raises:
            ValueError: not as many y as x.
        """
        if len(xs) != len(ys):
            raise ValueError("a curve needs as many y as x")
        curve = self._curve(name)
        curve.xs, curve.ys = list(xs), list(ys)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 84)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("well"))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        drawn = [curve for curve in self._series.values() if len(curve.xs) > 1]
        if drawn:
            self._paint_curves(painter, drawn, look)
        else:
            painter.setFont(theme.ui_font(theme.SECONDARY_PX))
            painter.setPen(look.color("secondary"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._empty)

    def _paint_curves(self, painter: QPainter, curves: list[Series], look: theme.Theme) -> None:
        area = QRectF(self.rect()).adjusted(_PAD, _PAD, -_PAD, -_PAD)
        names = [(curve.name, look.color(curve.token)) for curve in curves]
        area.setTop(_paint_names(painter, names, area))
        span = min(c.xs[0] for c in curves), max(c.xs[-1] for c in curves)
        smooth = [curve.smoothed(self._smoothing) for curve in curves]
        scales = [_scale(ys) for ys in smooth]
        if self._shared_scale:
            scales = [_scale([y for ys in smooth for y in ys])] * len(curves)
        for curve, ys, scale in zip(curves, smooth, scales, strict=True):
            color = look.color(curve.token)
            raw = _polyline(curve.xs, curve.ys, span, scale, area)
            _stroke(painter, raw, theme.fade(color, 0.25), 1.0)
            line = _polyline(curve.xs, ys, span, scale, area)
            _stroke(painter, line, color, 1.5)

    def _curve(self, name: str) -> Series:
        if name not in self._series:
            token = _TOKENS[len(self._series) % len(_TOKENS)]
            self._series[name] = Series(name, token)
        return self._series[name]


def _scale(ys: Sequence[float]) -> tuple[float, float]:
    """Low and high of what is drawn; a flat line gets some room."""
    known = [y for y in ys if math.isfinite(y)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    return (low, high) if high - low > 1e-12 else (low - 0.5, high + 0.5)


def _polyline(
    xs: Sequence[float],
    ys: Sequence[float],
    span: tuple[float, float],
    scale: tuple[float, float],
    area: QRectF,
) -> list[QPointF]:
    """Points in `area`, thinned to two a pixel so that long runs stay quick."""
    width = max(span[1] - span[0], 1e-12)
    height = scale[1] - scale[0]
    stride = max(1, len(xs) // max(1, int(area.width()) * 2))
    places = [*range(0, len(xs) - 1, stride), len(xs) - 1]
    points = []
    for place in places:
        if math.isfinite(ys[place]):
            y = min(max((ys[place] - scale[0]) / height, 0.0), 1.0)
            x = (xs[place] - span[0]) / width
            points.append(
                QPointF(area.left() + x * area.width(), area.bottom() - y * area.height())
            )
    return points


def _stroke(painter: QPainter, points: list[QPointF], color: QColor, width: float) -> None:
    painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPolyline(QPolygonF(points))


def _paint_names(painter: QPainter, names: Sequence[tuple[str, QColor]], area: QRectF) -> float:
    """Names side by side from the top left, in lines as needed; returns where curves may begin."""
    painter.setFont(theme.ui_font(_LABEL_PX))
    x, y = area.left(), area.top() - 2
    for name, color in names:
        width = painter.fontMetrics().horizontalAdvance(name)
        if x > area.left() and x + width > area.right():
            x, y = area.left(), y + _LABEL_STEP
        painter.setPen(color)
        rect = QRectF(x, y, width + 1, _LABEL_STEP)
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        x += width + _LABEL_GAP
    return y + _LABEL_STEP + 4
