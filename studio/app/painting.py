"""Painting on the document: live strokes, and what takes longer than a frame, in a lane."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from PySide6.QtCore import QObject, QPointF

from studio.app.canvas_renderer import CanvasRenderer
from studio.app.document_session import DocumentSession
from studio.app.lanes import Job, Lane, once
from studio.app.live_paint import LivePaint, NeedsPixels
from studio.app.notifications import Notifications
from studio.app.paint_box import PaintBox
from studio.app.seen_pixels import SeenPixels
from studio.app.selection_by_color import Wand, wand_coverage
from studio.app.text_session import TextSession
from studio.core.control import RunControl
from studio.core.image import Rect
from studio.core.painting.dabs import Coverage
from studio.core.painting.gradients import Gradient, gradient_ink
from studio.core.painting.inks import color_ink
from studio.core.painting.stroke import Limit, painted_everywhere
from studio.core.param_values import Color
from studio.core.raster import Raster
from studio.errors import StudioError

Make: TypeAlias = Callable[[Raster, RunControl], Raster]
Wish: TypeAlias = tuple[LivePaint, str, Make]  # what is painted on, the undo step's text, and how


class Painting(QObject):
    """Turns what the painting tools ask for into undo steps. Lives in the GUI thread.

    `box` holds colors and brushes, `texts` writes. What runs in the lane comes one after the
    other, each on the pixels that the one before has left.
    """

    def __init__(
        self,
        documents: DocumentSession,
        canvas: CanvasRenderer,
        lane: Lane,
        notifications: Notifications,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.box = PaintBox(self)
        self.texts = TextSession(documents, self.box, self)
        self.notifications = notifications
        self._documents = documents
        self._canvas = canvas
        self._lane = lane
        self._waiting: deque[Wish] = deque()
        self._busy = False
        self._stroke: LivePaint | None = None
        self._held: tuple[Wish, Raster, Raster] | None = None  # came while a stroke went on
        self._seen = SeenPixels()

    @property
    def busy(self) -> bool:
        """Whether something is being computed, or waits for that."""
        return self._busy

    def begin(self, *, grows: bool = False) -> LivePaint:
        """Start a stroke on the active layer, which `grows` where paint goes beyond its edges.

        What comes from the lane waits until it is committed, cancelled or left for `later`.

        Raises:
            StudioError: nothing can be painted on.
        """
        self._stroke = LivePaint(
            self._documents, self._canvas, grows=grows, ended=self._stroke_ended
        )
        return self._stroke

    def tell(self, error: StudioError) -> None:
        """Say why something cannot be painted, with the way out."""
        action = "layer.rasterize" if isinstance(error, NeedsPixels) else ""
        self.notifications.post(error.message, error.hint, "attention", action)

    def fill(self, place: QPointF, wand: Wand) -> None:
        """Fill what looks like the place in document px with the foreground color.

        Raises:
            StudioError: nothing can be painted on.
        """
        live, document = self._live(), self._documents.document
        layer, limit = live.layer, _limit(live)
        x, y = math.floor(place.x()), math.floor(place.y())
        if not (0 <= x < document.width and 0 <= y < document.height):
            return
        self.box.remember(self.box.foreground)
        ink = live.allowed(color_ink(self.box.foreground))

        def make(raster: Raster, control: RunControl) -> Raster:
            pixels = self._seen.pixels(document, None if wand.all_layers else layer, control)
            found = Raster.from_pixels8(wand_coverage(pixels, x, y, wand)[..., None])

            def coverage(rect: Rect) -> Coverage:
                return found.read(rect.translated(layer.x, layer.y))[..., 0] * limit(rect)

            return painted_everywhere(_colored(raster, live), coverage, ink, control)

        self.later(live, "Fill", make)

    def gradient(self, start: QPointF, end: QPointF, gradient: Gradient) -> None:
        """Lay a gradient from the foreground color at `start` to `end` (document px).

        Raises:
            StudioError: nothing can be painted on.
        """
        live, box = self._live(), self.box
        layer, limit, opacity = live.layer, _limit(live), np.float32(gradient.opacity / 100)
        box.remember(box.foreground)
        ends = [(place.x() - layer.x, place.y() - layer.y) for place in (start, end)]
        colors = box.foreground, box.background
        ink = live.allowed(gradient_ink(gradient, colors, *ends))

        def make(raster: Raster, control: RunControl) -> Raster:
            return painted_everywhere(
                _colored(raster, live), lambda rect: limit(rect) * opacity, ink, control
            )

        self.later(live, "Gradient", make)

    def fill_all(self, color: Color) -> None:
        """Fill the selection, or the whole layer, with a color.

        Raises:
            StudioError: nothing can be painted on.
        """
        live = self._live()
        limit, ink = _limit(live), live.allowed(color_ink(color))
        self.box.remember(color)

        def make(raster: Raster, control: RunControl) -> Raster:
            return painted_everywhere(_colored(raster, live), limit, ink, control)

        self.later(live, "Fill", make)

    def later(self, live: LivePaint, text: str, make: Make) -> None:
        """Replace what is painted on by what `make` makes of it in the lane, as one undo step."""
        self._waiting.append((live, text, make))
        self._pump()
        if live is self._stroke:
            self._stroke_ended()

    def _live(self) -> LivePaint:
        return LivePaint(self._documents, self._canvas)

    def _stroke_ended(self) -> None:
        self._stroke = None
        held, self._held = self._held, None
        if held is not None:
            self._take(*held)

    def _pump(self) -> None:
        if self._busy or not self._waiting:
            return
        live, text, make = self._waiting.popleft()
        before = self._surface(live)
        if before is None:
            live.cancel()
            self._pump()
            return
        self._busy = True
        made: list[Raster] = []
        self._lane.submit(
            Job(
                once(lambda control: make(before, control)),
                on_event=made.append,
                on_done=lambda: self._take((live, text, make), before, *made),
                on_failed=self._failed,
                priority=1,
            )
        )

    def _surface(self, live: LivePaint) -> Raster | None:
        """What there is to paint on now; None if it is gone or lies elsewhere."""
        document, home = self._documents.document, live.layer
        if not document.has_layer(home.id):
            return None
        layer = document.layer(home.id)
        stays = (layer.x, layer.y, layer.raster.rect) == (home.x, home.y, home.raster.rect)
        return layer.surface(mask=live.mask) if stays else None

    def _take(self, wish: Wish, before: Raster, after: Raster) -> None:
        """Held while a stroke goes on, which would end with it; made anew if something was painted
        meanwhile, given up if an undo came in between.
        """
        if self._stroke is not None:
            self._held = wish, before, after
            return
        live, text, _make = wish
        document, layer_id, mask = self._documents.document, live.layer.id, live.mask
        if self._surface(live) is before:
            painted = document.layer(layer_id).with_surface(after, mask=mask)
            self._documents.commit(document.update_layer(layer_id, lambda _: painted), text)
        elif self._documents.undo_stack.canRedo():
            live.cancel()
        else:
            self._waiting.appendleft(wish)
        self._ended()

    def _failed(self, error: Exception) -> None:
        self.notifications.failed(error)
        self._ended()

    def _ended(self) -> None:
        self._busy = False
        self._pump()


def _limit(live: LivePaint) -> Limit:
    """How far the selection lets paint through; without one, everywhere."""
    return live.limit or _everywhere


def _everywhere(rect: Rect) -> Coverage:
    return np.ones((rect.height, rect.width), np.float32)


def _colored(raster: Raster, live: LivePaint) -> Raster:
    """Able to hold a color, unless it is a mask."""
    return raster.as_rgba() if raster.channels == 1 and not live.mask else raster
