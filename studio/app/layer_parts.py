"""From the tree of layers to the tree of pieces that the compositor lays over one another."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from studio.core.compositor import Bundle, Mask, Part, Piece
from studio.core.control import RunControl
from studio.core.document import Document, Group, Layer
from studio.edits.render import FINE, RenderCache, Rendered, render_layer, render_mask


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
    seen: Callable[[Layer, Rendered], None] = lambda _layer, _rendered: None
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
        """A layer that is no group, alone.

        Raises:
            Cancelled: `control` asked for it.
        """
        rendered = render_layer(
            layer, self.level, self.control, self.cache, self.document, self.fine_pixels
        )
        self.seen(layer, rendered)
        x, y = nearest(rendered.x), nearest(rendered.y)
        return Piece(rendered.raster, x, y, layer.opacity, layer.blend, self.mask(layer))

    def _bundle(self, group: Group, clipped: tuple[Part, ...]) -> tuple[Part, ...]:
        members = self.parts(group.id)
        if self.document.is_plain(group) or not members:
            return members
        passes, mask = self.document.passes_through(group), self.mask(group)
        return (Bundle(members, group.opacity, group.blend, mask, clipped, passes),)

    def mask(self, layer: Layer) -> Mask | None:
        """Raises: Cancelled."""
        mask = render_mask(layer, self.level, self.control, self.cache, self.fine_pixels)
        return None if mask is None else Mask(mask.raster, nearest(mask.x), nearest(mask.y))


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
