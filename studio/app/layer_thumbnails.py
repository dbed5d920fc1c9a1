"""Small pictures of layers for the layers panel, made when nothing more urgent waits."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from studio.app.document_session import DocumentSession
from studio.app.lanes import Job, Lane, once
from studio.app.qimage import premultiplied_qimage
from studio.core.change import DocumentChange
from studio.core.control import RunControl
from studio.core.document import Document, Layer
from studio.edits.render import LayerKey, RenderCache, layer_key, render_layer

THUMBNAIL = 96  # px of the longer side: 48 px at twice the density


@dataclass(frozen=True)
class _Thumbnail:
    made_of: LayerKey
    image: QImage


class LayerThumbnails(QObject):
    """Makes a thumbnail for each layer that was asked for. Lives in the GUI thread.

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
        self._known: dict[str, _Thumbnail] = {}
        self._asked: set[str] = set()
        self._job: Job[QImage] | None = None
        session.changed.connect(self._follow)

    def get(self, layer_id: str) -> QImage | None:
        """The newest picture there is; None while the first one is being made."""
        self._asked.add(layer_id)
        self._pump()
        known = self._known.get(layer_id)
        return known.image if known else None

    def close(self) -> None:
        self._session.changed.disconnect(self._follow)
        self._asked.clear()
        if self._job is not None:
            self._job.cancel()

    def _follow(self, change: DocumentChange) -> None:
        if change.layers:
            layers = change.after.has_layer
            self._known = {key: item for key, item in self._known.items() if layers(key)}
            self._asked = {key for key in self._asked if layers(key)}
            self._pump()

    def _pump(self) -> None:
        """Start on the next outdated one; one at a time, so that edits come in between."""
        layer = self._next()
        if self._job is not None or layer is None:
            return
        document = self._session.document
        made_of = layer_key(layer, document)

        def take(image: QImage) -> None:
            self._known[layer.id] = _Thumbnail(made_of, image)
            self.changed.emit(layer.id)

        def give_up(_error: Exception) -> None:  # a bug, already logged by the lane
            take(QImage())
            self._ended()

        work = once(lambda control: _picture(layer, document, self._cache, control))
        job = Job(work, on_event=take, on_done=self._ended, on_failed=give_up, priority=-1)
        self._job = self._lane.submit(job)

    def _ended(self) -> None:
        self._job = None
        self._pump()

    def _next(self) -> Layer | None:
        document = self._session.document
        for layer in document.layers:
            known = self._known.get(layer.id)
            made_of = known and known.made_of
            if layer.id in self._asked and made_of != layer_key(layer, document):
                return layer
        return None


def _picture(layer: Layer, document: Document, cache: RenderCache, control: RunControl) -> QImage:
    level = 0
    while max(layer.raster.width, layer.raster.height) >> (level + 1) >= THUMBNAIL:
        level += 1
    rendered = render_layer(layer, level, control, cache, document)
    image = premultiplied_qimage(rendered.raster.read())
    return image.scaled(
        THUMBNAIL,
        THUMBNAIL,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
