"""Painting on the active layer: seen at once, one undo step at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from studio.app.canvas_renderer import CanvasRenderer
from studio.app.document_session import DocumentSession
from studio.app.layer_growth import can_grow, grown, trimmed
from studio.app.refusals import locked_error
from studio.core.document import Group, Layer
from studio.core.image import NOWHERE, Rect
from studio.core.painting.dabs import Coverage
from studio.core.painting.inks import Ink, keeping_alpha
from studio.core.painting.stroke import Limit
from studio.core.raster import Raster
from studio.edits.render import moves_pixels
from studio.errors import StudioError


class NeedsPixels(StudioError):  # noqa: N818  (what is to be done, not what went wrong)
    """The layer must be rasterized before it can be painted on."""


class LivePaint:
    """The pixels of one layer, or its mask, while a tool is at work on them. GUI thread only.

    Paint goes under the layer's edits; `mask` says that it goes onto the mask, in grey. Use it for
    one gesture: `show` as often as needed, then `commit` or `cancel`, which call `ended`. A layer
    that `grows` covers the whole page meanwhile, and afterwards what was painted as well.

    Raises:
        StudioError: nothing can be painted on; the hint tells the way out.
    """

    def __init__(
        self,
        session: DocumentSession,
        renderer: CanvasRenderer,
        *,
        grows: bool = False,
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        self._ended = ended
        self._session = session
        self._renderer = renderer
        self.layer = self._home = paintable_layer(session)
        self.mask = session.mask_active
        page = session.document.rect
        if grows and not self.mask and can_grow(self.layer, page):
            self.layer = grown(self.layer, page)
        self.raster = self.surface
        self._touched = NOWHERE

    @property
    def surface(self) -> Raster:
        """What was painted on, as it was."""
        return self.layer.surface(mask=self.mask)

    @property
    def limit(self) -> Limit | None:
        """How far the selection lets paint through, in px of the layer; None: everywhere."""
        selection = self._session.document.selection
        if selection is None:
            return None
        layer = self.layer

        def read(rect: Rect) -> Coverage:
            return selection.read(rect.translated(layer.x, layer.y))[..., 0]

        return read

    def allowed(self, ink: Ink) -> Ink:
        """The ink as the layer's locks let it be."""
        return keeping_alpha(ink) if "alpha" in self.layer.locks and not self.mask else ink

    def show(self, raster: Raster, changed: Rect) -> None:
        """Show the layer with other pixels, which differ inside `changed` from those before."""
        if changed.is_empty or not self._is_current:
            return
        self.raster = raster
        self._touched = self._touched.union(changed)
        self._renderer.show_live(self._painted(raster), self._placed(changed))

    def commit(self, text: str) -> None:
        """Keep what is shown as one undo step; none if nothing was painted."""
        if self.raster is not self.surface and self._is_current:
            document, painted = self._session.document, self._painted(self.raster)
            if self.layer is not self._home:
                home = self._home.raster.rect.translated(self._home.x, self._home.y)
                kept = home.translated(-painted.x, -painted.y).union(self._touched)
                painted = trimmed(painted, kept)
            self._session.commit(document.update_layer(painted.id, lambda _: painted), text)
        self._ended()

    def cancel(self) -> None:
        """Show the layer as it is without what was painted."""
        document = self._session.document
        if document.has_layer(self.layer.id):
            layer = document.layer(self.layer.id)
            self._renderer.show_live(layer, self._placed(self._touched))
        self._ended()

    @property
    def _is_current(self) -> bool:
        """Whether the pixels are what they were at the beginning: an undo may come in between."""
        document, home = self._session.document, self._home
        if not document.has_layer(home.id):
            return False
        now = document.layer(home.id).surface(mask=self.mask)
        return now is home.surface(mask=self.mask)

    def _painted(self, raster: Raster) -> Layer:
        layer = self._session.document.layer(self.layer.id).with_surface(raster, mask=self.mask)
        return replace(layer, x=self.layer.x, y=self.layer.y)

    def _placed(self, rect: Rect) -> Rect:
        return rect.translated(self.layer.x, self.layer.y)


def paintable_layer(session: DocumentSession) -> Layer:
    """The active layer, if paint can be put where a person sees it.

    Raises:
        StudioError: there is none, it is hidden, locked, text or without pixels, or they are moved.
    """
    layer, document = session.active_layer, session.document
    if layer is None:
        raise StudioError("There is no layer to paint on.", "Add one: Layer › New Layer.")
    if not document.is_shown(layer):
        raise StudioError(f"“{layer.name}” is hidden.", "Show it, or pick another layer.")
    if document.is_locked(layer, "all"):
        raise locked_error(layer)
    if not session.mask_active and (isinstance(layer, Group) or layer.fill is not None):
        raise NeedsPixels(
            f"“{layer.name}” has no pixels of its own.",
            "Rasterize it, or paint on a layer above it, or on its mask.",
        )
    if not session.mask_active and layer.text is not None:
        raise NeedsPixels(f"“{layer.name}” is text.", "Rasterize it, or paint above it.")
    if any(step.enabled and moves_pixels(step) for step in layer.edits):
        raise NeedsPixels(
            f"“{layer.name}” cannot be painted on: its edits scale, turn or crop it.",
            "Rasterize it, or paint on a layer above it.",
        )
    return layer
