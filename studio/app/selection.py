"""Selections: from a drawn shape to a raster, to an outline, and to the mask of an edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPolygonF

from studio.app.document_session import DocumentSession
from studio.app.lanes import Lane, LatestWins, once
from studio.core.change import DocumentChange
from studio.core.document import Document, Layer
from studio.core.image import Pixels8, Rect
from studio.core.raster import TILE, Raster, Tile, TileIndex

if TYPE_CHECKING:
    from studio.app.canvas_renderer import CanvasRenderer

Combine: TypeAlias = Literal["replace", "add", "subtract"]

OUTLINE_SIDE = 1024  # px: outlines are traced on the selection at no more than this


def selection_mask(document: Document, layer: Layer, renderer: CanvasRenderer) -> Raster | None:
    """The selection in the px of `layer` as it appears: the mask of its next edit step.

    None if nothing is selected.
    """
    rect = renderer.rendered_rect(layer.id)
    if document.selection is None or rect is None:
        return None
    return Raster.from_pixels8(document.selection.pixels8(rect))


def rasterized(shape: QPainterPath, document: Rect) -> Raster:
    """A shape in document px as a selection; tiles that lie inside it share one array."""
    tiles: dict[TileIndex, Tile] = {}
    bounds = _rect(shape.boundingRect().toAlignedRect())
    full = _frozen(np.full((TILE, TILE, 1), 255, np.uint8))
    for index, rect in _tile_rects(document, bounds):
        # A tile that shares an edge with the shape counts as inside: hence the hair's breadth.
        if shape.contains(QRectF(*rect).adjusted(0.01, 0.01, -0.01, -0.01)):
            tiles[index] = full[: rect.height, : rect.width]
        elif shape.intersects(QRectF(*rect)):
            tiles[index] = _frozen(_painted(shape, rect))
    return Raster(document.width, document.height, 1, tiles)


def combined(before: Raster | None, shape: Raster, how: Combine) -> Raster | None:
    """The selection after a further shape was drawn; None where nothing is left of it."""
    if how == "subtract":
        result = _merged(before, shape, np.minimum, invert=True) if before else None
    elif how == "add" and before is not None:
        result = _merged(before, shape, np.maximum)
    else:
        result = shape
    return result if result is not None and _has_any(result) else None


def outline(selection: Raster) -> QPainterPath:
    """The line around the half-selected px, in document px.

    Marching squares (skimage's `find_contours`) at a size of at most `OUTLINE_SIDE`.
    """
    from skimage.measure import find_contours

    level = 0
    while max(selection.width, selection.height) >> level > OUTLINE_SIDE:
        level += 1
    values = np.pad(selection.level(level).pixels8()[..., 0], 1)
    path = QPainterPath()
    for contour in find_contours(values.astype(np.float32), 127.5):
        points = (contour - 0.5) * 2**level  # the padding, and the middle of a px is at 0.5
        path.addPolygon(QPolygonF([QPointF(x, y) for y, x in points]))
    return path


class SelectionOutline(QObject):
    """Keeps the outline of the session's selection. GUI thread; traces in a lane.

    Emits `changed()`.
    """

    changed = Signal()

    def __init__(self, session: DocumentSession, lane: Lane, parent: QObject) -> None:
        super().__init__(parent)
        self.path = QPainterPath()
        self._latest: LatestWins[QPainterPath] = LatestWins(lane, priority=1)
        session.changed.connect(self._follow)

    def _follow(self, change: DocumentChange) -> None:
        if not change.selection:
            return
        selection = change.after.selection
        if selection is None:
            self._latest.cancel()
            self._take(QPainterPath())
        else:
            self._latest.request(once(lambda _control: outline(selection)), self._take)

    def _take(self, path: QPainterPath) -> None:
        self.path = path
        self.changed.emit()


def _rect(rect: QRect) -> Rect:
    return Rect(rect.x(), rect.y(), rect.width(), rect.height())


def _tile_rects(document: Rect, bounds: Rect) -> list[tuple[TileIndex, Rect]]:
    return list(Raster(document.width, document.height, 1).tile_rects(bounds))


def _painted(shape: QPainterPath, rect: Rect) -> Pixels8:
    """Coverage of each px by the shape, 0 to 255: ``uint8 [H, W, 1]``."""
    image = QImage(rect.width, rect.height, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-rect.x, -rect.y)
    painter.fillPath(shape, Qt.GlobalColor.white)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(rect.height, image.bytesPerLine())
    return rows[:, : rect.width, None].copy()


def _merged(before: Raster, shape: Raster, merge: np.ufunc, *, invert: bool = False) -> Raster:
    """Tile by tile, so that what the shape does not touch is shared."""
    tiles: dict[TileIndex, Tile] = {}
    for index, rect in before.tile_rects(before.rect):
        old, new = before.tile(index), shape.tile(index)
        if new is None:
            if old is not None:
                tiles[index] = old
            continue
        pixels = shape.pixels8(rect)
        tiles[index] = _frozen(merge(before.pixels8(rect), 255 - pixels if invert else pixels))
    return _without_empty(before, tiles)


def _without_empty(like: Raster, tiles: Mapping[TileIndex, Tile]) -> Raster:
    kept = {index: tile for index, tile in tiles.items() if tile.any()}
    return Raster(like.width, like.height, 1, kept)


def _has_any(selection: Raster) -> bool:
    tiles = (selection.tile(index) for index, _ in selection.tile_rects(selection.rect))
    return any(tile is not None and tile.any() for tile in tiles)


def _frozen(tile: Tile) -> Tile:
    tile.flags.writeable = False
    return tile
