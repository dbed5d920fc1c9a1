"""What a picture shows, as tools that look at colors need it. Kept until it looks different."""

from __future__ import annotations

from typing import NamedTuple

from studio.app.layer_rendering import placed_layer, render_document
from studio.app.selection_by_color import Distances, color_distance
from studio.app.smart_selection import Superpixels, superpixels
from studio.core.compositor import flatten
from studio.core.control import RunControl
from studio.core.document import Document, Layer
from studio.core.image import Pixels8, to_pixels8
from studio.core.param_values import Color


class _Source(NamedTuple):
    """What determines the pixels."""

    layers: tuple[Layer, ...]
    alone: Layer | None
    width: int
    height: int


class SeenPixels:
    """Holds the pixels that were asked for last. For one lane only."""

    def __init__(self) -> None:
        self._source: _Source | None = None
        self._pixels: Pixels8 | None = None
        self._color: Color | None = None
        self._distance: Distances | None = None
        self._cut: Superpixels | None = None

    def pixels(self, document: Document, layer: Layer | None, control: RunControl) -> Pixels8:
        """``uint8 [H, W, 4]`` of the document's size: one layer alone, or all that is visible.

        Raises:
            Cancelled: `control` asked for it.
        """
        source = _Source(document.layers, layer, document.width, document.height)
        if self._pixels is None or source != self._source:
            self._distance = self._cut = None
            self._pixels = _render(document, layer, control)
            self._source = source
        return self._pixels

    def distance(self, document: Document, color: Color, control: RunControl) -> Distances:
        """How far each px of the visible document is from a color: see `color_distance`.

        Raises:
            Cancelled: `control` asked for it.
        """
        pixels = self.pixels(document, None, control)
        if self._distance is None or color != self._color:
            self._distance, self._color = color_distance(pixels, color), color
        return self._distance

    def superpixels(self, document: Document, control: RunControl) -> Superpixels:
        """The visible document in pieces of like color.

        Raises:
            Cancelled: `control` asked for it.
        """
        pixels = self.pixels(document, None, control)
        if self._cut is None:
            self._cut = superpixels(pixels)
        return self._cut


def _render(document: Document, layer: Layer | None, control: RunControl) -> Pixels8:
    if layer is None:
        return to_pixels8(render_document(document, control))
    piece = placed_layer(layer, document, control)._replace(opacity=1.0, blend="normal")
    return to_pixels8(flatten([piece], document.rect, control))
