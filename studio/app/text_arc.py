"""Text around a circle: each letter stands upright on it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QTextBoundaryFinder
from PySide6.QtGui import QFont, QFontMetricsF, QPainterPath, QTransform

from studio.core.text import TextStyle

SHARES = {"left": 0.0, "center": 0.5, "right": 1.0}  # of the room beside a line, on its left


class Arc(NamedTuple):
    """Outlines of letters. At `anchor_x` and `top` the same text would begin if it were straight.

    The middle of the circle is at the origin.
    """

    path: QPainterPath
    anchor_x: float
    top: float


def bent(lines: Sequence[str], font: QFont, style: TextStyle) -> Arc:
    """Lines around a circle whose size lets the longest of them go `style.arc` degrees."""
    metrics, share = QFontMetricsF(font), SHARES[style.align]
    widths = [metrics.horizontalAdvance(line) for line in lines]
    longest, over = max(widths), style.arc > 0.0
    radius = max(longest / math.radians(abs(style.arc)), style.size / 2.0)
    path = QPainterPath()
    for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
        below = number * style.size * style.leading
        at = max(radius - below, style.size / 4.0) if over else radius + below
        start = (longest - width) * share - longest / 2.0
        for letter, before, advance in _letters(line, metrics):
            turn = math.degrees((start + before + advance / 2.0) / at)
            onto = QTransform().rotate(turn if over else -turn)
            onto.translate(-advance / 2.0, -at if over else at)
            outline = QPainterPath()
            outline.addText(0.0, 0.0, font, letter)
            path.addPath(onto.map(outline))
    crown = -radius if over else radius
    return Arc(path, longest * (share - 0.5), crown - metrics.ascent())


def _letters(line: str, metrics: QFontMetricsF) -> Iterator[tuple[str, float, float]]:
    """Each letter with its accents, how far from the line's start it is, and how wide."""
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, line)
    begin = 0
    while (end := finder.toNextBoundary()) > 0:
        before = metrics.horizontalAdvance(line[:begin])
        yield line[begin:end], before, metrics.horizontalAdvance(line[:end]) - before
        begin = end
