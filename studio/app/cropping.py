"""Cropping: of one layer as an edit step, or of the canvas; and straightening before it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

from studio.app.document_session import DocumentSession
from studio.app.layer_transform import LayerBox, turned
from studio.core.document import Document, Group, Layer
from studio.core.image import Rect
from studio.core.layer_tree import resized, shifted

Target: TypeAlias = Literal["canvas", "layer"]


class Ratio(NamedTuple):
    """Proportions that a frame keeps; width 0: any."""

    title: str
    width: int = 0
    height: int = 0


FREE, ORIGINAL = Ratio("Free"), Ratio("Original", -1)
RATIOS = (
    FREE,
    ORIGINAL,
    *(
        Ratio(f"{width} : {height}", width, height)
        for width, height in ((1, 1), (5, 4), (4, 3), (3, 2), (16, 9), (21, 9))
    ),
)


def with_ratio(rect: QRectF, ratio: float) -> QRectF:
    """The largest rectangle of that width by height in the middle of `rect`."""
    width = min(rect.width(), rect.height() * ratio)
    inner = QRectF(0, 0, width, width / ratio)
    inner.moveCenter(rect.center())
    return inner


def inside_turned(width: float, height: float, degrees: float) -> tuple[float, float]:
    """Sides of the largest upright rectangle in one of `width` by `height` that is turned.

    Either two of its corners touch the same long side, or all four touch a side each.
    """
    angle = math.radians(abs(degrees) % 180.0)
    sin, cos = abs(math.sin(angle)), abs(math.cos(angle))
    long, short = max(width, height), min(width, height)
    if short <= 2.0 * sin * cos * long or abs(sin - cos) < 1e-9:
        half = short / 2.0
        return (half / sin, half / cos) if width >= height else (half / cos, half / sin)
    double = cos * cos - sin * sin
    return (width * cos - height * sin) / double, (height * cos - width * sin) / double


def leveling(start: QPointF, end: QPointF) -> float:
    """Degrees to turn by so that a line from `start` to `end` lies level, or upright if nearer."""
    line = end - start
    angle = math.degrees(math.atan2(line.y(), line.x()))
    return -((angle + 45.0) % 90.0 - 45.0)


def crop_canvas(session: DocumentSession, rect: Rect) -> None:
    """Let the canvas be `rect` of what it was; layers keep what lies beyond it."""
    if rect != session.document.rect and not rect.is_empty:
        document = resized(session.document, rect.width, rect.height, -rect.x, -rect.y)
        session.commit(document, "Crop canvas")


def straighten(
    session: DocumentSession,
    degrees: float,
    about: QPointF,
    layers: tuple[Layer, ...],
    box_of: Callable[[Layer], LayerBox],
) -> None:
    """Turn `layers` together about a place of the document, each by its own edit step."""
    document = session.document
    turn = QTransform().translate(about.x(), about.y()).rotate(degrees)
    turn = turn.translate(-about.x(), -about.y())
    for layer in layers:
        if not isinstance(layer, Group):
            document = _turned_about(document, layer, degrees, turn, box_of(layer))
    session.commit(document, "Straighten")


def _turned_about(
    document: Document, layer: Layer, degrees: float, turn: QTransform, box: LayerBox
) -> Document:
    middle = QRectF(*box.rect).center()
    step = turn.map(middle) - middle
    document = document.update_layer(layer.id, lambda item: turned(item, box.angle + degrees))
    return shifted(document, (layer.id,), round(step.x()), round(step.y()))
