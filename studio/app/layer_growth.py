"""Layers that are smaller than the page grow under the brush, by whole tiles that are shared."""

from __future__ import annotations

from dataclasses import replace

from studio.core.document import Layer
from studio.core.image import Rect
from studio.core.raster import TILE


def can_grow(layer: Layer, page: Rect) -> bool:
    """Whether the layer may be larger afterwards: nothing else depends on its size."""
    rect = layer.rect
    free = not layer.edits and layer.mask is None and "alpha" not in layer.locks
    return free and rect.union(page) != rect


def grown(layer: Layer, page: Rect) -> Layer:
    """The layer, transparent where it had no pixels, so large that it covers the page."""
    rect = layer.rect
    return _resized(layer, rect.union(page).translated(-layer.x, -layer.y))


def trimmed(layer: Layer, kept: Rect) -> Layer:
    """The layer no larger than needed for `kept`, in its px."""
    return _resized(layer, kept.intersect(layer.raster.rect))


def _resized(layer: Layer, area: Rect) -> Layer:
    """With `area` (px of the layer) inside; its left and top edges stay on the grid of tiles."""
    columns, rows = area.x // TILE, area.y // TILE
    x, y = columns * TILE, rows * TILE
    raster = layer.raster.as_rgba().reframed(-columns, -rows, area.right - x, area.bottom - y)
    return replace(layer, raster=raster, x=layer.x + x, y=layer.y + y)
