"""Layers with their edits, as pieces for the compositor. Pure: callable from any lane."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from PySide6.QtGui import QImage

from studio.app.canvas_tiles import TileKey, enlarged, reduced
from studio.app.layer_transform import turn_step
from studio.app.qimage import qimage_of_premultiplied
from studio.core.compositor import Piece, composite_premultiplied, flatten
from studio.core.control import RunControl
from studio.core.document import Document, EditStep, Layer
from studio.core.image import Image, Rect
from studio.core.raster import Raster
from studio.edits.render import LayerKey, RenderCache, Rendered, layer_key, render_layer


@dataclass(frozen=True, slots=True)
class LayerForm:
    """Where a layer with its edits was seen, and what went wrong on the way.

    `rect` is in document px relative to the layer's place, so that it stays true when the layer
    moves; it is exact to one px of `level`. `upright` is the same before the layer's last turn.
    `raster`, `edits` and `key` (which knows of other layers too) tell what it was made of.
    """

    raster: Raster
    edits: tuple[EditStep, ...]
    level: int
    rect: Rect
    upright: Rect
    problems: tuple[str, ...]
    key: LayerKey = None

    def is_of(self, layer: Layer) -> bool:
        return self.raster is layer.raster and self.edits is layer.edits

    def is_like(self, other: LayerForm) -> bool:
        """Whether both were made of the same, at whatever level."""
        same = self.raster is other.raster and self.edits is other.edits
        return same and self.key == other.key


def plain_form(layer: Layer) -> LayerForm:
    """The form of a layer whose edits move nothing: exact without rendering."""
    return LayerForm(layer.raster, layer.edits, 0, layer.raster.rect, layer.raster.rect, ())


class Composer:
    """The visible layers of one document, rendered once per level. Belongs to one job."""

    def __init__(self, document: Document, cache: RenderCache, control: RunControl) -> None:
        self._document = document
        self._cache = cache
        self._control = control
        self._pieces: dict[int, tuple[Piece, ...]] = {}
        self._forms: dict[str, LayerForm] = {}

    @property
    def page(self) -> Rect:
        return self._document.rect

    def pieces(self, level: int) -> tuple[Piece, ...]:
        """Raises: Cancelled."""
        if level not in self._pieces:
            layers = [layer for layer in self._document.layers if layer.visible]
            self._pieces[level] = tuple(self._piece(layer, level) for layer in layers)
        return self._pieces[level]

    def paint(self, key: TileKey) -> QImage:
        """The display tile; a null image where nothing is to be seen."""
        return self.paint_rect(key.level, key.level_rect)

    def paint_rect(self, level: int, rect: Rect) -> QImage:
        """The same for any rectangle of a level, cut at the document's edge."""
        rect = rect.intersect(reduced(self._document.rect, level))
        pieces = [p for p in self.pieces(level) if not p.rect.intersect(rect).is_empty]
        if not pieces:
            return QImage()
        return qimage_of_premultiplied(composite_premultiplied(pieces, rect))

    def take_forms(self) -> dict[str, LayerForm]:
        """What was learned about layers since the last call."""
        forms, self._forms = self._forms, {}
        return forms

    def _piece(self, layer: Layer, level: int) -> Piece:
        rendered = self._rendered(layer, level)
        self._forms[layer.id] = self._form(layer, level, rendered)
        return _placed(layer, rendered)

    def _form(self, layer: Layer, level: int, rendered: Rendered) -> LayerForm:
        rect = upright = _rect(layer, level, rendered)
        turn = turn_step(layer)
        if turn is not None:
            before = replace(layer, edits=layer.edits[: layer.edits.index(turn)])
            # The cache has it: it is on the way to what was just rendered.
            upright = _rect(layer, level, self._rendered(before, level))
        key = layer_key(layer, self._document)
        return LayerForm(layer.raster, layer.edits, level, rect, upright, rendered.problems, key)

    def _rendered(self, layer: Layer, level: int) -> Rendered:
        return render_layer(layer, level, self._control, self._cache, self._document)


def render_document(document: Document, control: RunControl | None = None, level: int = 0) -> Image:
    """The whole document: straight RGBA, as it is exported, or at ``1 / 2**level`` of its size.

    Raises:
        Cancelled: `control` asked for it.
    """
    shown = (layer for layer in document.layers if layer.visible)
    pieces = [
        _placed(layer, render_layer(layer, level, control, None, document)) for layer in shown
    ]
    return flatten(pieces, reduced(document.rect, level), control)


def render_single_layer(
    layer: Layer, document: Document, control: RunControl | None = None
) -> Image:
    """One layer of `document` with its edits at full scale, alone and at full opacity.

    Raises:
        Cancelled: `control` asked for it.
    """
    return render_layer(layer, 0, control, None, document).raster.read()


def placed_layer(layer: Layer, document: Document, control: RunControl | None = None) -> Piece:
    """One layer of `document` with its edits at full scale, where it lies.

    Raises:
        Cancelled: `control` asked for it.
    """
    return _placed(layer, render_layer(layer, 0, control, None, document))


def _placed(layer: Layer, rendered: Rendered) -> Piece:
    x, y = _nearest(rendered.x), _nearest(rendered.y)
    return Piece(rendered.raster, x, y, layer.opacity, layer.blend)


def _nearest(value: float) -> int:
    """Halves always go up, so that a layer keeps its shape wherever it is moved."""
    return math.floor(value + 0.5)


def _rect(layer: Layer, level: int, rendered: Rendered) -> Rect:
    """Relative to the layer's place, in document px."""
    plain = layer.raster.rect
    dx, dy = rendered.x - layer.x * 0.5**level, rendered.y - layer.y * 0.5**level
    size = rendered.raster.rect
    if not (dx or dy) and size == reduced(plain, level):
        return plain  # exact, whatever the level
    return enlarged(size, level).translated(_nearest(dx * 2**level), _nearest(dy * 2**level))
