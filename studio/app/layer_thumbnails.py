"""Small pictures of layers for the layers panel, made when nothing more urgent waits."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from studio.app.document_session import DocumentSession
from studio.app.lanes import Job, Lane, once
from studio.app.layer_parts import PartMaker
from studio.app.qimage import premultiplied_qimage
from studio.core.change import DocumentChange
from studio.core.control import RunControl
from studio.core.document import Document
from studio.core.raster import Raster
from studio.edits.render import DRAFT, layer_key
from studio.edits.render_cache import RenderCache

THUMBNAIL = 96  # px of the longer side: 48 px at twice the density


class _Key(NamedTuple):
    layer_id: str
    mask: bool


@dataclass(frozen=True)
class _Thumbnail:
    made_of: Hashable
    image: QImage


class LayerThumbnails(QObject):
    """Makes a thumbnail of each layer and mask that was asked for. Lives in the GUI thread.

    Emits `changed(str)` with the layer's id when a new one is there.
    """

    changed = Signal(str)

    def __init__(
        self, session: DocumentSession, lane: Lane, cache: RenderCache, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._lane = lane
        self._cache = cache
        self._known: dict[_Key, _Thumbnail] = {}
        self._asked: set[_Key] = set()
        self._job: Job[QImage] | None = None
        session.changed.connect(self._follow)

    def get(self, layer_id: str, *, mask: bool = False) -> QImage | None:
        """The newest picture there is, of pixels or mask; None while the first is being made."""
        key = _Key(layer_id, mask)
        self._asked.add(key)
        self._pump()
        known = self._known.get(key)
        return known.image if known else None

    def close(self) -> None:
        self._session.changed.disconnect(self._follow)
        self._asked.clear()
        if self._job is not None:
            self._job.cancel()

    def _follow(self, change: DocumentChange) -> None:
        if change.layers:
            has = change.after.has_layer
            self._known = {key: item for key, item in self._known.items() if has(key.layer_id)}
            self._asked = {key for key in self._asked if has(key.layer_id)}
            self._pump()

    def _pump(self) -> None:
        """Start on the next outdated one; one at a time, so that edits come in between."""
        key = self._next()
        if self._job is not None or key is None:
            return
        document = self._session.document
        layer = document.layer(key.layer_id)
        made_of = _made_of(key, document)

        def take(image: QImage) -> None:
            self._known[key] = _Thumbnail(made_of, image)
            self.changed.emit(key.layer_id)

        def give_up(_error: Exception) -> None:  # a bug, already logged by the lane
            take(QImage())
            self._ended()

        def work(control: RunControl) -> QImage:
            if key.mask:
                mask = layer.mask or Raster(1, 1, 1)
                return _reduced(mask.level(_level(mask)))
            level = _level(layer.raster)
            cache = self._cache
            maker = PartMaker(document, level, control, cache, fine_pixels=DRAFT)
            return _reduced(maker.rendered(layer).raster)

        job = Job(once(work), on_event=take, on_done=self._ended, on_failed=give_up, priority=-1)
        self._job = self._lane.submit(job)

    def _ended(self) -> None:
        self._job = None
        self._pump()

    def _next(self) -> _Key | None:
        document = self._session.document
        for layer in document.layers:
            for key in (_Key(layer.id, False), _Key(layer.id, True)):
                known = self._known.get(key)
                if key in self._asked and not (known and known.made_of == _made_of(key, document)):
                    return key
        return None


def _made_of(key: _Key, document: Document) -> Hashable:
    layer = document.layer(key.layer_id)
    return layer.mask if key.mask else layer_key(layer, document)


def _level(raster: Raster) -> int:
    level = 0
    while max(raster.width, raster.height) >> (level + 1) >= THUMBNAIL:
        level += 1
    return level


def _reduced(raster: Raster) -> QImage:
    image = premultiplied_qimage(raster.read())
    return image.scaled(
        THUMBNAIL,
        THUMBNAIL,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
