"""Pictures made of pictures, in the background: paintings of a layer, more of its texture."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app.canvas_renderer import CanvasRenderer
from studio.app.document_session import DocumentSession
from studio.app.engine_host import EngineHost
from studio.app.lanes import Job, Lane, LatestWins, once
from studio.app.layer_rendering import render_single_layer
from studio.app.notifications import Notifications
from studio.app.qimage import to_qimage
from studio.codec.read import read_image
from studio.codec.svg import write_svg
from studio.core.control import RunControl
from studio.core.document import Document, Layer, Provenance, ProvenanceKind
from studio.core.image import Image, from_pixels8
from studio.core.params import ParamSpec, from_json, specs
from studio.core.raster import Raster
from studio.core.shapes import Drawing
from studio.edits.pixels import resized
from studio.edits.tracing import Tracing, trace
from studio.engine.api import (
    Engine,
    Painted,
    StyleSettings,
    TextureSettings,
    UpscaleSettings,
    open_dataset,
)

Source: TypeAlias = str | Path  # a layer's id, or a picture file
Make: TypeAlias = Callable[[Engine, Image, RunControl], Iterator[Painted]]

PREVIEW_SIDE = 256  # px
_EXAMPLES = 100  # pictures of a project that enlarging learns from
_SHOWN = 768  # px of what is shown on the way
_KINDS: tuple[ProvenanceKind, ...] = ("generated", "imported", "painted")  # what counts most first


@dataclass(frozen=True, slots=True)
class Outcome:
    """What there is to see of the work, how much of it is done, and the whole at the end."""

    picture: QImage
    share: float
    raster: Raster | None = None


class ArtSession(QObject):
    """Makes new layers out of the active one. Lives in the GUI thread.

    Emits `shown(QImage)` with each preview, `progressed(QImage, float)` on the way to a layer, and
    `changed()` when work begins or ends.
    """

    shown = Signal(QImage)
    progressed = Signal(QImage, float)
    changed = Signal()

    def __init__(
        self,
        host: EngineHost,
        lane: Lane,
        documents: DocumentSession,
        canvas: CanvasRenderer,
        notifications: Notifications,
    ) -> None:
        super().__init__(documents)
        self._host = host
        self._lane = lane
        self._documents = documents
        self._canvas = canvas
        self._notifications = notifications
        self._previews: LatestWins[QImage] = LatestWins(lane)
        self._job: Job[Outcome] | None = None
        self._began = 0.0
        self._subjects: dict[str, str] = {}  # of each painting the layer that was painted

    @property
    def style_params(self) -> tuple[ParamSpec, ...]:
        """What can be chosen of a painting."""
        return specs(StyleSettings)

    @property
    def busy(self) -> bool:
        return self._job is not None

    @property
    def subject(self) -> Layer | None:
        """What will be painted: the active layer, or what that is a painting of."""
        document = self._documents.document
        painted = self._subjects.get(self._documents.active_id, "")
        if document.has_layer(painted):
            return document.layer(painted)
        return self._documents.active_layer

    def seconds_left(self, share: float) -> float:
        """How long the work will still take, if it goes on as fast."""
        return (time.monotonic() - self._began) * (1.0 - share) / max(share, 1e-3)

    def preview(self, style: Source, params: Mapping[str, Any]) -> None:
        """Show the subject painted, small and soon. A newer wish takes the place of this."""
        layer, document = self.subject, self._documents.document
        if layer is None or self.busy:
            return
        settings = from_json(StyleSettings, params)

        def work(control: RunControl) -> Iterator[QImage]:
            content = _reduced(render_single_layer(layer, document, control))
            example = _reduced(_read(style, document, control), 2 * PREVIEW_SIDE)
            for painted in self._host.get().stylize(content, example, settings, control):
                yield to_qimage(painted.image)

        self._previews.request(work, self.shown.emit, on_failed=self._notifications.failed)

    def paint(self, style: Source, params: Mapping[str, Any]) -> None:
        """A new layer: the subject in the manner of `style`."""
        layer, document = self.subject, self._documents.document
        if layer is None or self.busy:
            return
        settings = from_json(StyleSettings, params)

        def make(engine: Engine, content: Image, control: RunControl) -> Iterator[Painted]:
            return engine.stylize(content, _read(style, document, control), settings, control)

        told = f"strength {settings.strength:g}, stroke size {settings.scale:g}"
        self._start(make, layer, _named((layer, _style_layer(style, document)), "painted", told))

    def grow(self, settings: TextureSettings) -> None:
        """A new layer: more of the active one's texture."""
        layer = self._documents.active_layer
        if layer is None or self.busy:
            return

        def make(engine: Engine, content: Image, control: RunControl) -> Iterator[Painted]:
            return engine.grow_texture(content, settings, control)

        told = f"{settings.width} × {settings.height} px"
        self._start(make, layer, _named((layer,), "texture", told))

    def upscale(self, settings: UpscaleSettings, dataset: Path | None) -> None:
        """A new layer: the active one larger; learned from it and the pictures of `dataset`."""
        layer = self._documents.active_layer
        if layer is None or self.busy:
            return

        def make(engine: Engine, content: Image, control: RunControl) -> Iterator[Painted]:
            return engine.upscale(content, _some_of(dataset), settings, control)

        self._start(make, layer, _named((layer,), f"{settings.factor}×", settings.method))

    def vectorize(self, file: Path, settings: Tracing) -> None:
        """Write the active layer as a drawing of few colors (SVG), and tell when it is there."""
        layer, document = self._documents.active_layer, self._documents.document
        if layer is None:
            return

        def work(control: RunControl) -> Drawing:
            drawing = trace(render_single_layer(layer, document, control), settings, control)
            write_svg(file, drawing)
            return drawing

        def tell(drawing: Drawing) -> None:
            told = f"{len(drawing.shapes)} colors, {drawing.curves} curves."
            self._notifications.post(f"Wrote {file.name}.", told, "good")

        self._lane.submit(Job(once(work), on_event=tell, on_failed=self._notifications.failed))

    def cancel(self) -> None:
        """Stop what is under way; nothing comes of it."""
        if self._job is not None:
            self._job.cancel()
            self._end()

    def _start(self, make: Make, layer: Layer, made: Layer) -> None:
        """Make `made`, which has no pixels yet, out of `layer`."""
        self._previews.cancel()
        document = self._documents.document
        place = self._canvas.rendered_rect(layer)

        def work(control: RunControl) -> Iterator[Outcome]:
            content = render_single_layer(layer, document, control)
            for painted in make(self._host.get(), content, control):
                done = Raster.from_image(painted.image) if painted.share == 1.0 else None
                yield Outcome(to_qimage(_reduced(painted.image, _SHOWN)), painted.share, done)

        def hear(outcome: Outcome) -> None:
            self.progressed.emit(outcome.picture, outcome.share)
            if outcome.raster is not None:
                self._subjects[made.id] = layer.id
                # In the middle of where the layer is, whatever the size.
                x = place.x + (place.width - outcome.raster.width) // 2
                y = place.y + (place.height - outcome.raster.height) // 2
                finished = replace(made, raster=outcome.raster, x=x, y=y)
                self._documents.add_layer(finished)

        self._began = time.monotonic()
        self._job = self._lane.submit(
            Job(work, on_event=hear, on_done=self._end, on_failed=self._fail)
        )
        self.changed.emit()

    def _fail(self, error: Exception) -> None:
        self._end()
        self._notifications.failed(error)

    def _end(self) -> None:
        self._job = None
        self.changed.emit()


def _style_layer(style: Source, document: Document) -> Layer:
    if isinstance(style, Path):
        return Layer(Raster(1, 1), style.stem, provenance=Provenance("imported", style.name))
    return document.layer(style)


def _named(parents: tuple[Layer, ...], noun: str, told: str) -> Layer:
    """The new layer without its pixels. What a model had a part in stays known as such.

    Only what was imported may bear a file's name: the recipe of an export leaves it out there.
    """
    kind = min((item.provenance.kind for item in parents), key=_KINDS.index)
    if kind != "imported":
        return Layer(Raster(1, 1), noun.capitalize(), provenance=Provenance(kind, told))
    names = " after ".join(item.name for item in parents)
    provenance = Provenance(kind, f"{names}: {told}")
    return Layer(Raster(1, 1), f"{parents[0].name} {noun}", provenance=provenance)


def _some_of(dataset: Path | None) -> list[Image]:
    """Pictures of a dataset from all over it; none without one."""
    if dataset is None:
        return []
    _, pixels = open_dataset(dataset)
    return [from_pixels8(np.asarray(item)) for item in pixels[:: max(1, len(pixels) // _EXAMPLES)]]


def _read(source: Source, document: Document, control: RunControl) -> Image:
    if isinstance(source, Path):
        return read_image(source)
    return render_single_layer(document.layer(source), document, control)


def _reduced(image: Image, side: int = PREVIEW_SIDE) -> Image:
    height, width = image.shape[:2]
    share = side / max(height, width)
    if share >= 1.0:
        return image
    return resized(image, max(1, round(height * share)), max(1, round(width * share)))
