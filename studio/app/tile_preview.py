"""The active layer as one tile of a pattern, and how well its edges fit."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app.document_session import DocumentSession
from studio.app.lanes import Lane, LatestWins, once
from studio.app.layer_rendering import placed_layer
from studio.app.qimage import premultiplied_qimage
from studio.core.change import DocumentChange
from studio.core.control import RunControl
from studio.core.document import Document, Layer
from studio.core.image import Image, to_rgba
from studio.core.raster import Raster
from studio.core.seams import seam_score
from studio.edits.pixels import premultiplied, resized

_SIDE = 512  # px of what is shown


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture to lay side by side; `score` tells of its seam (1: none), `before` without edits.

    `width` and `height` are those of the layer, in px.
    """

    picture: QImage
    width: int
    height: int
    score: float
    before: float


class TilePreview(QObject):
    """Follows the active layer while it is `watched`. GUI thread; emits `changed(Tile | None)`."""

    changed = Signal(object)

    def __init__(self, documents: DocumentSession, lane: Lane) -> None:
        super().__init__(documents)
        self._documents = documents
        self._watched = False
        self._latest: LatestWins[Tile] = LatestWins(lane)
        documents.changed.connect(self._follow)
        documents.active_changed.connect(lambda _id: self._request())

    def watch(self, wanted: bool) -> None:
        """Whether anybody looks."""
        self._watched = wanted
        self._request()

    def _follow(self, change: DocumentChange) -> None:
        if change.layers:
            self._request()

    def _request(self) -> None:
        layer, document = self._documents.active_layer, self._documents.document
        if not self._watched or layer is None:
            self._latest.cancel()
            self.changed.emit(None)
            return
        self._latest.request(once(lambda control: tile_of(layer, document, control)), self._take)

    def _take(self, tile: Tile) -> None:
        self.changed.emit(tile)


def tile_of(layer: Layer, document: Document, control: RunControl) -> Tile:
    """The tile that a layer with its edits is.

    Raises:
        Cancelled: `control` asked for it.
    """
    raster = placed_layer(layer, document, control).raster
    plain, edited = (premultiplied(to_rgba(it.read())) for it in (layer.raster, raster))
    picture = premultiplied_qimage(_small(raster))
    scores = seam_score(edited), seam_score(plain)
    return Tile(picture, raster.width, raster.height, *scores)


def _small(raster: Raster) -> Image:
    """RGBA, of no more than `_SIDE` px a side."""
    longest, level = max(raster.width, raster.height), 0
    while longest >> (level + 1) >= _SIDE:
        level += 1
    share = min(1.0, _SIDE / longest)
    sides = (max(1, round(side * share)) for side in (raster.height, raster.width))
    return resized(to_rgba(raster.level(level).read()), *sides)
