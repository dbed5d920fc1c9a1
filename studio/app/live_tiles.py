"""Display tiles while a stroke goes on: what changed is composited at once, in the GUI thread."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from studio.app.canvas_tiles import TileKey, TileStore, keys_in, reduced
from studio.app.layer_rendering import Composer, SteadyLevels
from studio.core.control import Cancelled, RunControl
from studio.core.document import Document
from studio.core.image import Rect
from studio.core.param_values import Color
from studio.core.steady_parts import SteadyParts
from studio.edits.render_cache import RenderCache

MOST_PIXELS = 1_500_000  # px, times parts: about what fits into a frame


class LiveTiles:
    """Makes display tiles of one picture after another that differ in few px. GUI thread only.

    Edits are taken from `cache` and never computed here.
    """

    def __init__(self, store: TileStore, cache: RenderCache) -> None:
        self._store = store
        self._cache = cache
        self._steady = SteadyLevels(SteadyParts)

    def repainted(self, document: Document, level: int, rect: Rect) -> dict[TileKey, QImage]:
        """The tiles of a level with `rect` (document px) made new, those that fit into a frame.

        Rounding places layers up to one px of a coarse level away, so that much more is made; what
        was stale or missing before is made whole.
        """
        composer = Composer(document, self._cache, _nothing_new(), self._steady)
        area = reduced(rect, level).outset(1)
        keys = list(keys_in(level, rect.outset(1 << level).intersect(document.rect)))
        try:
            parts = len(composer.parts(level))
        except Cancelled:
            return {}
        left, made = MOST_PIXELS, {}
        for key in sorted(keys, key=self._store.is_fresh, reverse=True):
            fresh, whole = self._store.is_fresh(key), key.level_rect
            part = area.intersect(whole) if fresh else whole
            left -= part.width * part.height * parts
            if left >= 0:
                made[key] = _repainted(self._store, composer, key, part)
        return made

    def forget(self) -> None:
        """Nothing goes on: free the memory."""
        self._steady.clear()


def seen_color(document: Document, cache: RenderCache, level: int, x: int, y: int) -> Color | None:
    """The color of a document px, at least as fine as `level`; None where nothing is seen there."""
    composer = Composer(document, cache, _nothing_new())
    for fine in (0, level):
        with suppress(Cancelled):
            pixel = composer.paint_rect(fine, Rect(x >> fine, y >> fine, 1, 1))
            return _rgb(pixel.pixelColor(0, 0)) if not pixel.isNull() else None
    return None


def _nothing_new() -> RunControl:
    """Ends a rendering as soon as it would compute what the cache does not have."""
    control = RunControl()
    control.cancel()
    return control


def _rgb(color: QColor) -> Color | None:
    return (color.redF(), color.greenF(), color.blueF()) if color.alpha() else None


def _repainted(store: TileStore, composer: Composer, key: TileKey, area: Rect) -> QImage:
    whole = key.level_rect.intersect(reduced(composer.page, key.level))
    part = area.intersect(whole)
    patch = composer.paint_rect(key.level, part)
    old = store.get(key)
    if part == whole or old is None:
        return patch
    image = _canvas(old, whole, patch)
    place = QRect(part.x - whole.x, part.y - whole.y, part.width, part.height)
    painter = QPainter(image)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    if patch.isNull():
        painter.fillRect(place, Qt.GlobalColor.transparent)
    else:
        painter.drawImage(place, patch)
    painter.end()
    return image


def _canvas(old: QImage, rect: Rect, patch: QImage) -> QImage:
    """The old tile, able to hold the patch."""
    if old.isNull():
        image = QImage(rect.width, rect.height, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        return image
    if old.format() == patch.format() or patch.format() == QImage.Format.Format_RGB32:
        return old
    return old.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
