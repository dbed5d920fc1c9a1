"""Layers with their edits, as pieces for the compositor. Pure: callable from any lane."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TypeAlias

from PySide6.QtGui import QImage

from studio.app.canvas_tiles import TileKey, enlarged, reduced
from studio.app.layer_parts import PartMaker, Seen, nearest
from studio.app.layer_transform import quad_step, turn_step, without_surrounds
from studio.app.qimage import qimage_of_planes
from studio.core.compositor import Part, Piece, composite_premultiplied, flatten
from studio.core.control import RunControl
from studio.core.document import Document, EditStep, Layer
from studio.core.image import Image, Rect
from studio.core.raster import Raster
from studio.core.steady_parts import SteadyParts
from studio.edits.render import FINE, LayerKey, layer_key
from studio.edits.render_cache import RenderCache, Rendered


@dataclass(frozen=True, slots=True)
class LayerForm:
    """Where a layer with its edits was seen, and what went wrong on the way.

    `rect` is in document px relative to the layer's place, so that it stays true when the layer
    moves; it is exact to one px of `level`. `upright` is the same before the layer was turned, or
    its corners moved, by the last step that moves pixels, and without what surrounds it.
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


SteadyLevels: TypeAlias = defaultdict[int, SteadyParts]


class Composer:
    """The visible layers of one document, rendered once per level. Belongs to one job.

    `steady` remembers what stays the same from one document to the next, by level. With fewer
    `fine_pixels` (see `render_layer`) layers are drafts.
    """

    def __init__(
        self,
        document: Document,
        cache: RenderCache,
        control: RunControl,
        steady: SteadyLevels | None = None,
        fine_pixels: int = FINE,
    ) -> None:
        self._document = document
        self._cache = cache
        self._control = control
        self._steady = steady
        self._fine_pixels = fine_pixels
        self._parts: dict[int, tuple[Part, ...]] = {}
        self._forms: dict[str, LayerForm] = {}

    @property
    def page(self) -> Rect:
        return self._document.rect

    def parts(self, level: int) -> tuple[Part, ...]:
        """Raises: Cancelled."""
        if level not in self._parts:
            seen = self._learner(level)
            parts, page = self._maker(level, seen).parts(), reduced(self.page, level)
            steady = self._steady
            self._parts[level] = parts if steady is None else steady[level].simplified(parts, page)
        return self._parts[level]

    def paint(self, key: TileKey) -> QImage:
        """The display tile; a null image where nothing is to be seen."""
        return self.paint_rect(key.level, key.level_rect)

    def paint_rect(self, level: int, rect: Rect) -> QImage:
        """The same for any rectangle of a level, cut at the document's edge."""
        rect = rect.intersect(reduced(self._document.rect, level))
        parts = [p for p in self.parts(level) if not p.rect.intersect(rect).is_empty]
        if not parts:
            return QImage()
        return qimage_of_planes(composite_premultiplied(parts, rect))

    def take_forms(self) -> dict[str, LayerForm]:
        """What was learned about layers since the last call."""
        forms, self._forms = self._forms, {}
        return forms

    def _learner(self, level: int) -> Seen:
        def learn(layer: Layer, rendered: Rendered) -> None:
            self._forms[layer.id] = self._form(layer, level, rendered)

        return learn

    def _form(self, layer: Layer, level: int, rendered: Rendered) -> LayerForm:
        rect = upright = _rect(layer, level, rendered)
        last = turn_step(layer) or quad_step(layer)
        before = without_surrounds(layer)
        if last is not None:
            before = replace(layer, edits=layer.edits[: layer.edits.index(last)])
        if len(before.edits) < len(layer.edits):
            # The cache has it: it is on the way to what was just rendered.
            upright = _rect(layer, level, self._rendered(before, level))
        key = layer_key(layer, self._document)
        return LayerForm(layer.raster, layer.edits, level, rect, upright, rendered.problems, key)

    def _rendered(self, layer: Layer, level: int) -> Rendered:
        return self._maker(level).rendered(layer)

    def _maker(self, level: int, seen: Seen = PartMaker.seen) -> PartMaker:
        return PartMaker(self._document, level, self._control, self._cache, seen, self._fine_pixels)


def render_document(document: Document, control: RunControl | None = None, level: int = 0) -> Image:
    """The whole document: straight RGBA, as it is exported, or at ``1 / 2**level`` of its size.

    Raises:
        Cancelled: `control` asked for it.
    """
    parts = PartMaker(document, level, control).parts()
    return flatten(parts, reduced(document.rect, level), control)


def render_single_layer(
    layer: Layer, document: Document, control: RunControl | None = None
) -> Image:
    """One layer of `document` with its edits at full scale, alone and at full opacity.

    Raises:
        Cancelled: `control` asked for it.
    """
    return placed_layer(layer, document, control).raster.read()


def placed_layer(layer: Layer, document: Document, control: RunControl | None = None) -> Piece:
    """One layer of `document` with its edits at full scale, where it lies; a group flattened.

    Raises:
        Cancelled: `control` asked for it.
    """
    return PartMaker(document, 0, control).piece(layer)


def _rect(layer: Layer, level: int, rendered: Rendered) -> Rect:
    """Relative to the layer's place, in document px."""
    plain = layer.raster.rect
    dx, dy = rendered.x - layer.x * 0.5**level, rendered.y - layer.y * 0.5**level
    size = rendered.raster.rect
    if not (dx or dy) and size == reduced(plain, level):
        return plain  # exact, whatever the level
    return enlarged(size, level).translated(nearest(dx * 2**level), nearest(dy * 2**level))
