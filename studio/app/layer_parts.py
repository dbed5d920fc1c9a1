"""From the tree of layers to the tree of pieces that the compositor lays over one another."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from studio.core.compositor import Bundle, Mask, Part, Piece, flatten
from studio.core.control import RunControl
from studio.core.document import Document, Group, Layer
from studio.core.image import Rect
from studio.core.raster import Raster
from studio.edits.render import FINE, Composed, render_layer, render_mask, surrounds
from studio.edits.render_cache import RenderCache, Rendered, kept

Seen: TypeAlias = Callable[[Layer, Rendered], None]


@dataclass(frozen=True)
class PartMaker:
    """Makes the visible layers of a document into parts, at ``1 / 2**level`` of its size.

    Tells `seen` how each layer was rendered; with fewer `fine_pixels` (see `render_layer`) these
    are drafts.
    """

    document: Document
    level: int
    control: RunControl | None = None
    cache: RenderCache | None = None
    seen: Seen = lambda _layer, _rendered: None
    fine_pixels: int = FINE

    def parts(self, group: str = "") -> tuple[Part, ...]:
        """What is in a group ("": outside of any), from bottom to top.

        Raises:
            Cancelled: `control` asked for it.
        """
        stacks = _stacks(self.document.members(group))
        return tuple(part for base, upon in stacks for part in self._stack(base, upon))

    def _stack(self, base: Layer, upon: Sequence[Layer]) -> tuple[Part, ...]:
        """A layer with those that are clipped to it: hidden with it, and laid over as one."""
        if not base.visible:
            return ()
        clipped = tuple(part for layer in upon for part in self._stack(layer, ()))
        if isinstance(base, Group):
            return self._bundle(base, clipped)
        return (self.piece(base)._replace(clipped=clipped),)

    def piece(self, layer: Layer) -> Piece:
        """A layer alone, a group flattened.

        Raises:
            Cancelled: `control` asked for it.
        """
        return self._piece(layer, self._composed(layer))

    def rendered(self, layer: Layer) -> Rendered:
        """A layer with its edits, a group flattened before them.

        Raises:
            Cancelled: `control` asked for it.
        """
        return self._rendered(layer, self._composed(layer))

    def mask(self, layer: Layer, composed: Composed | None = None) -> Mask | None:
        """Raises: Cancelled."""
        mask = render_mask(layer, self.level, self.control, self.cache, self.fine_pixels, composed)
        return None if mask is None else Mask(mask.raster, nearest(mask.x), nearest(mask.y))

    def _bundle(self, group: Group, clipped: tuple[Part, ...]) -> tuple[Part, ...]:
        members = Composition(self, group.id)
        parts = members.parts(self.level)
        if group.is_edited:  # also told of if it is empty: else it would be waited for
            piece = self._piece(group, members)
            return (piece._replace(clipped=clipped),) if parts else ()
        if self.document.is_plain(group) or not parts:
            return parts
        passes, mask = self.document.passes_through(group), self.mask(group)
        return (Bundle(parts, group.opacity, group.blend, mask, clipped, passes),)

    def _piece(self, layer: Layer, composed: Composed | None) -> Piece:
        rendered = self._rendered(layer, composed)
        self.seen(layer, rendered)
        x, y = nearest(rendered.x), nearest(rendered.y)
        mask = None if _surrounded(layer) is not None else self.mask(layer, composed)
        return Piece(rendered.raster, x, y, layer.opacity, layer.blend, mask)

    def _rendered(self, layer: Layer, composed: Composed | None) -> Rendered:
        if (first := _surrounded(layer)) is not None:
            inner = replace(layer, edits=layer.edits[:first])
            layer, composed = (
                replace(layer, edits=layer.edits[first:]),
                self._masked(inner, composed),
            )
        how = self.control, self.cache, self.document, self.fine_pixels, composed
        return render_layer(layer, self.level, *how)

    def _masked(self, layer: Layer, composed: Composed | None) -> Composed:
        return lambda level: self.at(level).masked(layer, composed)

    def masked(self, layer: Layer, composed: Composed | None) -> Rendered:
        """What its mask shows of a layer, which is what may be surrounded.

        Raises:
            Cancelled: `control` asked for it.
        """
        rendered, mask = self._rendered(layer, composed), self.mask(layer, composed)
        assert mask is not None
        x, y = nearest(rendered.x), nearest(rendered.y)
        piece = Piece(rendered.raster, x, y, mask=mask)

        def shown() -> Rendered:
            rect = rendered.raster.rect.translated(x, y)
            return Rendered(Raster.from_image(flatten((piece,), rect, self.control)), 0.0, 0.0)

        key = rendered.raster, mask.raster, mask.x - x, mask.y - y
        return replace(rendered, raster=kept(self.cache, key, shown).raster)

    def at(self, level: int) -> PartMaker:
        """The same for another level; what is made there tells nobody."""
        return replace(self, level=level, seen=PartMaker.seen)

    def _composed(self, layer: Layer) -> Composed | None:
        return Composition(self, layer.id) if isinstance(layer, Group) else None


class Composition:
    """What the members of a group make, by level; made once."""

    def __init__(self, maker: PartMaker, group_id: str) -> None:
        self._maker = maker
        self._group_id = group_id
        self._parts: dict[int, tuple[Part, ...]] = {}
        self._made: dict[int, Rendered] = {}

    def parts(self, level: int) -> tuple[Part, ...]:
        """Raises: Cancelled."""
        if level not in self._parts:
            maker = self._maker
            if level != maker.level:
                maker = maker.at(level)
            self._parts[level] = maker.parts(self._group_id)
        return self._parts[level]

    def __call__(self, level: int) -> Rendered:
        """All of it, flattened.

        Raises:
            Cancelled: the maker's control asked for it.
        """
        if level not in self._made:
            parts = self.parts(level)
            flattened = partial(_flattened, parts, self._maker.control)
            self._made[level] = kept(self._maker.cache, parts, flattened)
        return self._made[level]


def _flattened(parts: tuple[Part, ...], control: RunControl | None) -> Rendered:
    rect = Rect.around(part.rect for part in parts)
    return Rendered(Raster.from_image(flatten(parts, rect, control)), rect.x, rect.y)


def _surrounded(layer: Layer) -> int | None:
    """At which edit something is laid around what the mask shows; None where nothing is."""
    places = (at for at, step in enumerate(layer.edits) if step.enabled and surrounds(step))
    return None if layer.shown_mask is None else next(places, None)


def _stacks(layers: Sequence[Layer]) -> Iterator[tuple[Layer, list[Layer]]]:
    """Each layer that is not clipped, with those that are clipped to it, from bottom to top."""
    stacks: list[tuple[Layer, list[Layer]]] = []
    for layer in layers:
        if layer.clipped and stacks:
            stacks[-1][1].append(layer)
        else:
            stacks.append((layer, []))
    return iter(stacks)


def nearest(value: float) -> int:
    """Halves always go up, so that a layer keeps its shape wherever it is moved."""
    return math.floor(value + 0.5)
