"""The free transform of a layer: four corners, one edit step, one undo step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPolygonF, QTransform

from studio.app.document_session import DocumentSession
from studio.app.lanes import Lane, LatestWins, once
from studio.app.layer_rendering import placed_layer
from studio.app.layer_transform import quad_step
from studio.app.qimage import premultiplied_qimage
from studio.app.refusals import locked_error
from studio.app.trial import Trial
from studio.core.control import RunControl
from studio.core.document import Document, EditStep, Group, Layer, new_id
from studio.core.image import Rect
from studio.errors import StudioError

Quad: TypeAlias = tuple[QPointF, QPointF, QPointF, QPointF]  # clockwise from the top left

PROXY_SIDE = 1024  # px
_NAMES = ("x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4")


def rect_quad(rect: Rect | QRectF) -> Quad:
    area = QRectF(*rect) if isinstance(rect, Rect) else rect
    return area.topLeft(), area.topRight(), area.bottomRight(), area.bottomLeft()


def quad_map(source: Quad, target: Quad) -> QTransform:
    """The projective map from one quadrilateral to the other; identity where there is none."""
    found = QTransform()
    exists = QTransform.quadToQuad(QPolygonF(source), QPolygonF(target), found)
    return found if exists else QTransform()


def is_proper(quad: Quad) -> bool:
    """Whether the corners turn one way all around, with some room between them."""
    turns = []
    for index in range(4):
        first, second = quad[index] - quad[index - 1], quad[(index + 1) % 4] - quad[index]
        turns.append(first.x() * second.y() - first.y() * second.x())
    return min(turns) > 1.0 or max(turns) < -1.0


class FreeTransform:
    """Moves the corners of one layer from where they are. GUI thread.

    `base` is where the layer appears without the step, in document px; `quad` where its corners
    are now. All that is shown is one undo step, until `cancel`.
    """

    def __init__(self, session: DocumentSession, layer: Layer, base: Rect) -> None:
        self.layer = layer
        self.base = base
        step = quad_step(layer)
        self._id = step.id if step is not None else new_id()
        self._kept = dict(step.params) if step is not None else {}
        self.quad = self._quad_of(step)
        self._trial = Trial(session, "Free transform")

    @property
    def in_view(self) -> bool:
        """Whether nothing else has changed the document since."""
        return self._trial.in_view

    def show(self, quad: Quad) -> None:
        """Let the corners be there. What would have no area stays as it was."""
        if is_proper(quad):
            self.quad = quad
            document = self._trial.before.update_layer(self.layer.id, self._moved)
            self._trial.show(document)

    def cancel(self) -> None:
        self._trial.cancel()

    def without(self, document: Document) -> Layer:
        """The layer of `document` without the step."""
        layer = document.layer(self.layer.id)
        return replace(layer, edits=tuple(s for s in layer.edits if s.id != self._id))

    def _quad_of(self, step: EditStep | None) -> Quad:
        corners = rect_quad(self.base)
        if step is None:
            return corners
        offsets = [float(step.params.get(name, 0.0)) for name in _NAMES]
        shifts = [QPointF(*offsets[at : at + 2]) for at in range(0, 8, 2)]
        return tuple(c + shift for c, shift in zip(corners, shifts, strict=True))  # type: ignore[return-value]

    def _moved(self, layer: Layer) -> Layer:
        shifts = [to - at for at, to in zip(rect_quad(self.base), self.quad, strict=True)]
        offsets = [round(value, 2) for shift in shifts for value in (shift.x(), shift.y())]
        params = {**self._kept, **dict(zip(_NAMES, offsets, strict=True))}
        if quad_step(layer) is not None:
            return layer.with_step(self._id, params=params)
        added = EditStep("free_transform", params, id=self._id)
        return replace(layer, edits=(*layer.edits, added)) if any(offsets) else layer


def check_place(document: Document, layer: Layer) -> None:
    """See that the layer's corners may be moved.

    Raises:
        StudioError: it is a group, which has none of its own, or its place is locked.
    """
    if isinstance(layer, Group):
        raise StudioError(f"“{layer.name}” is a group.", "Pick a layer in it.")
    if document.is_locked(layer, "position"):
        raise locked_error(layer)


class LayerProxy:
    """A picture of a layer to drag around until it is rendered where it lies. GUI thread."""

    def __init__(self, lane: Lane) -> None:
        self.image = QImage()
        self._latest: LatestWins[QImage] = LatestWins(lane, priority=1)

    def request(self, document: Document, layer: Layer, show: Callable[[], None]) -> None:
        """Make it of `layer`, of no more than `PROXY_SIDE` px a side; calls `show` then."""
        self.image = QImage()

        def work(control: RunControl) -> QImage:
            raster = placed_layer(layer, document, control).raster
            level = 0
            while max(raster.width, raster.height) >> level > PROXY_SIDE:
                level += 1
            return premultiplied_qimage(raster.level(level).read())

        def take(image: QImage) -> None:
            self.image = image
            show()

        self._latest.request(once(work), take)
