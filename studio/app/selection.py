"""Selections as values: from a drawn shape to a raster, and to the mask of an edit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath

from studio.core.document import Document, Group, Layer
from studio.core.image import NOWHERE, Pixels8, Rect
from studio.core.raster import TILE, Raster, Tile, TileIndex

if TYPE_CHECKING:
    from studio.app.canvas_renderer import CanvasRenderer

Combine: TypeAlias = Literal["replace", "add", "subtract", "intersect"]


def selection_mask(document: Document, layer: Layer, renderer: CanvasRenderer) -> Raster | None:
    """The selection in the px of `layer` as it appears: the mask of its next edit step.

    None if nothing is selected.
    """
    if document.selection is None:
        return None
    return Raster.from_pixels8(document.selection.pixels8(step_place(layer, renderer)))


def step_place(layer: Layer, renderer: CanvasRenderer) -> Rect:
    """What the mask of the next edit step covers, in document px: the layer as it appears.

    Of a group that is what its own mask covers, whatever its members are.
    """
    return layer.rect if isinstance(layer, Group) else renderer.rendered_rect(layer)


def rasterized(shape: QPainterPath, document: Rect) -> Raster:
    """A shape in document px as a selection; tiles that lie inside it share one array."""
    tiles: dict[TileIndex, Tile] = {}
    area = _rect(shape.boundingRect().toAlignedRect())
    full = _frozen(np.full((TILE, TILE, 1), 255, np.uint8))
    for index, rect in _tile_rects(document, area):
        # A tile that shares an edge with the shape counts as inside: hence the hair's breadth.
        if shape.contains(QRectF(*rect).adjusted(0.01, 0.01, -0.01, -0.01)):
            tiles[index] = full[: rect.height, : rect.width]
        elif shape.intersects(QRectF(*rect)):
            tiles[index] = _frozen(_painted(shape, rect))
    return Raster(document.width, document.height, 1, tiles)


def from_coverage(coverage: Pixels8) -> Raster | None:
    """A selection from how much of each px is selected, ``uint8 [H, W]``; None if nothing is.

    Tiles that are selected throughout share one array.
    """
    height, width = coverage.shape
    full = _frozen(np.full((TILE, TILE, 1), 255, np.uint8))
    tiles: dict[TileIndex, Tile] = {}
    for index, rect in _tile_rects(Rect(0, 0, width, height)):
        part = coverage[rect.slices]
        if part.min() == 255:
            tiles[index] = full[: rect.height, : rect.width]
        elif part.any():
            tiles[index] = _frozen(part[..., None].copy())
    return Raster(width, height, 1, tiles) if tiles else None


def combined(before: Raster | None, shape: Raster | None, how: Combine) -> Raster | None:
    """The selection after a further shape was drawn; None where nothing is left of it."""
    if how == "replace" or shape is None or before is None:
        kept = shape if how in ("replace", "add") else None
        left = before if how in ("add", "subtract") else None
        return _unless_empty(kept or left)
    tiles: dict[TileIndex, Tile] = {}
    for index, rect in _tile_rects(shape.rect):
        tile = _combined_tile(before, shape, index, rect, how)
        if tile is not None and tile.any():
            tiles[index] = tile
    return _unless_empty(Raster(shape.width, shape.height, 1, tiles))


def moved(selection: Raster, dx: int, dy: int) -> Raster | None:
    """The selection moved by (dx, dy) px; what leaves the document is no longer selected."""
    return from_coverage(selection.pixels8(selection.rect.translated(-dx, -dy))[..., 0])


def bounds(selection: Raster) -> Rect:
    """The smallest rectangle that holds all that is selected, however faintly."""
    found = NOWHERE
    for index, rect in _tile_rects(selection.rect):
        tile = selection.tile(index)
        if tile is None or not tile.any():
            continue
        rows, columns = (np.flatnonzero(tile[..., 0].any(axis=axis)) for axis in (1, 0))
        part = Rect.from_edges(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
        found = found.union(Rect(*map(int, part)).translated(rect.x, rect.y))
    return found


def _rect(rect: QRect) -> Rect:
    return Rect(rect.x(), rect.y(), rect.width(), rect.height())


def _tile_rects(document: Rect, area: Rect | None = None) -> Iterator[tuple[TileIndex, Rect]]:
    """Tiles of a raster of the document's size that touch `area` (default: all)."""
    return Raster(document.width, document.height, 1).tile_rects(area or document)


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


def _combined_tile(
    before: Raster, shape: Raster, index: TileIndex, rect: Rect, how: Combine
) -> Tile | None:
    """What one of the two alone decides is shared with it."""
    old, new = before.tile(index), shape.tile(index)
    if new is None:
        return None if how == "intersect" else old
    if old is None:
        return new if how == "add" else None
    first, second = before.pixels8(rect), shape.pixels8(rect)
    if how == "add":
        return _frozen(np.maximum(first, second))
    return _frozen(np.minimum(first, 255 - second if how == "subtract" else second))


def _unless_empty(selection: Raster | None) -> Raster | None:
    return None if selection is None or bounds(selection).is_empty else selection


def _frozen(tile: Tile) -> Tile:
    tile.flags.writeable = False
    return tile
