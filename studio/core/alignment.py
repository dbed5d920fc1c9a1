"""Layers put in line with one another, and at even distances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from studio.core.document import Document
from studio.core.image import Rect
from studio.core.layer_tree import shifted

Edge: TypeAlias = Literal["left", "center", "right", "top", "middle", "bottom"]
Axis: TypeAlias = Literal["across", "down"]

_SHARES: Mapping[Edge, float] = {
    "left": 0.0,
    "center": 0.5,
    "right": 1.0,
    "top": 0.0,
    "middle": 0.5,
    "bottom": 1.0,
}
_ACROSS: frozenset[Edge] = frozenset({"left", "center", "right"})


def aligned(document: Document, rects: Mapping[str, Rect], edge: Edge) -> Document:
    """Layers moved until their edges meet: several in the box around them, one on the canvas.

    `rects` is where each of them appears, in document px. What is locked in its place stays.
    """
    around = Rect.around(rects.values()) if len(rects) > 1 else document.rect
    axis: Axis = "across" if edge in _ACROSS else "down"
    start, length = _span(around, axis)
    for layer_id, rect in rects.items():
        at, size = _span(rect, axis)
        by = round(start + (length - size) * _SHARES[edge]) - at
        document = _pushed(document, layer_id, axis, by)
    return document


def distributed(document: Document, rects: Mapping[str, Rect], axis: Axis) -> Document:
    """Layers moved until the gaps between neighbors are alike; the first and the last one stay."""
    ordered = sorted(rects.items(), key=lambda item: _middle(item[1], axis))
    if len(ordered) < 3:
        return document
    start, length = _span(Rect.around(rects.values()), axis)
    gap = (length - sum(_span(rect, axis)[1] for rect in rects.values())) / (len(ordered) - 1)
    place = float(start)
    for layer_id, rect in ordered:
        at, size = _span(rect, axis)
        document = _pushed(document, layer_id, axis, round(place) - at)
        place += size + gap
    return document


def _span(rect: Rect, axis: Axis) -> tuple[int, int]:
    """Where it starts and how long it is."""
    return (rect.x, rect.width) if axis == "across" else (rect.y, rect.height)


def _middle(rect: Rect, axis: Axis) -> float:
    start, length = _span(rect, axis)
    return start + length / 2


def _pushed(document: Document, layer_id: str, axis: Axis, by: int) -> Document:
    dx, dy = (by, 0) if axis == "across" else (0, by)
    return shifted(document, [layer_id], dx, dy)
