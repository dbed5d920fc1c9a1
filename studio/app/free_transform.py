"""The free transform: four corners, an edit step for each layer, one undo step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, TypeAlias, cast

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPolygonF, QTransform

from studio.app.document_session import DocumentSession
from studio.app.lanes import Lane, LatestWins, once
from studio.app.layer_parts import PartMaker
from studio.app.layer_rendering import placed_layer
from studio.app.layer_transform import quad_step
from studio.app.qimage import premultiplied_qimage
from studio.app.refusals import locked_error
from studio.app.trial import Trial
from studio.core.compositor import flatten
from studio.core.control import RunControl
from studio.core.document import Document, EditStep, Group, Layer, new_id
from studio.core.image import Rect
from studio.core.raster import Raster
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


@dataclass(frozen=True)
class _Corners:
    """Those of one layer: where they are without the step, and with it."""

    base: Rect
    quad: Quad
    step_id: str
    params: Mapping[str, Any]

    @classmethod
    def of(cls, layer: Layer, base: Rect) -> _Corners:
        step = quad_step(layer)
        if step is None:
            return cls(base, rect_quad(base), new_id(), {})
        offsets = [float(step.params.get(name, 0.0)) for name in _NAMES]
        shifts = [QPointF(*offsets[at : at + 2]) for at in range(0, 8, 2)]
        quad = tuple(c + shift for c, shift in zip(rect_quad(base), shifts, strict=True))
        return cls(base, cast("Quad", quad), step.id, step.params)

    def moved(self, layer: Layer, by: QTransform) -> Layer:
        shifts = [by.map(to) - at for at, to in zip(rect_quad(self.base), self.quad, strict=True)]
        offsets = [round(value, 2) for shift in shifts for value in (shift.x(), shift.y())]
        params = {**self.params, **dict(zip(_NAMES, offsets, strict=True))}
        if quad_step(layer) is not None:
            return layer.with_step(self.step_id, params=params)
        added = EditStep("free_transform", params, id=self.step_id)
        return replace(layer, edits=(*layer.edits, added)) if any(offsets) else layer


class FreeTransform:
    """Moves the corners of one layer, or of the box around several, from where they are.

    `bases` is where each layer appears without the step, in document px; `base` is that of the
    only one, or around all; `quad` is where its corners are now. All that is shown is one undo
    step, until `cancel`. GUI thread.
    """

    def __init__(self, session: DocumentSession, bases: Mapping[str, Rect]) -> None:
        self.bases = dict(bases)
        layer = session.document.layer
        self._corners = {key: _Corners.of(layer(key), base) for key, base in bases.items()}
        if len(bases) == 1:
            (alone,) = self._corners.values()
            self.base, self.quad = alone.base, alone.quad
        else:
            self.base = _around(corners.quad for corners in self._corners.values())
            self.quad = rect_quad(self.base)
        self._began = self.quad
        self.opacity = 1.0 if len(bases) > 1 else layer(next(iter(bases))).opacity  # of `picture`
        self._trial = Trial(session, "Free transform")

    @property
    def in_view(self) -> bool:
        """Whether nothing else has changed the document since."""
        return self._trial.in_view

    @property
    def untouched(self) -> bool:
        """Whether the corners are where they would be without any transform."""
        return self.quad == rect_quad(self.base)

    def show(self, quad: Quad) -> None:
        """Let the corners be there. What would have no area stays as it was, and is shown again."""
        if is_proper(quad):
            self.quad = quad
        by, before = quad_map(self._began, self.quad), self._trial.before
        moved = {key: c.moved(before.layer(key), by) for key, c in self._corners.items()}
        layers = tuple(moved.get(item.id, item) for item in before.layers)
        self._trial.show(replace(before, layers=layers))

    def cancel(self) -> None:
        self._trial.cancel()

    def picture(self, document: Document, control: RunControl) -> Raster:
        """What is inside `base` of `document`, before it is moved. Callable from any lane.

        Raises:
            Cancelled: `control` asked for it.
        """
        if len(self._corners) > 1:
            alone = _alone(document, self._corners)
            return Raster.from_image(flatten(PartMaker(alone, 0, control).parts(), self.base))
        ((key, corners),) = self._corners.items()
        layer = document.layer(key)
        edits = tuple(step for step in layer.edits if step.id != corners.step_id)
        piece = placed_layer(replace(layer, edits=edits), document, control)
        if piece.mask is None:
            return piece.raster
        shown = piece._replace(opacity=1.0, blend="normal")
        return Raster.from_image(flatten((shown,), self.base, control))


def _alone(document: Document, layer_ids: Collection[str]) -> Document:
    """The document with nothing but those layers, and what is in them."""
    inside = {item.id for layer_id in layer_ids for item in document.branch(layer_id)}
    kept = (item for item in document.layers if item.id in inside)
    layers = (replace(it, group="") if it.id in layer_ids else it for it in kept)
    return replace(document, layers=tuple(layers))


def _around(quads: Iterable[Quad]) -> Rect:
    box = reduce(QRectF.united, (QPolygonF(quad).boundingRect() for quad in quads)).toAlignedRect()
    return Rect(box.x(), box.y(), box.width(), box.height())


def transformable(document: Document, layer_ids: Collection[str]) -> tuple[Layer, ...]:
    """The layers whose corners are moved with those: what is in groups, not the groups.

    A group with a mask or with edits is moved as one, so that these go with what is in it.

    Raises:
        StudioError: one is locked in its place, or a group is empty.
    """
    roots = document.roots(layer_ids)
    for layer in (item for root in roots for item in document.branch(root.id)):
        if document.is_locked(layer, "position"):
            raise locked_error(layer)
    found = tuple(item for root in roots for item in _movable(document, root))
    if roots and not found:
        raise StudioError(f"“{roots[0].name}” is an empty group.", "Pick a layer.")
    return found


def _movable(document: Document, layer: Layer) -> Iterator[Layer]:
    if not isinstance(layer, Group):
        yield layer
        return
    inside = [it for member in document.members(layer.id) for it in _movable(document, member)]
    yield from (layer,) if inside and (layer.mask is not None or layer.is_edited) else inside


class TransformProxy:
    """A picture of what is transformed, to drag around until it is rendered. GUI thread."""

    def __init__(self, lane: Lane) -> None:
        self.image = QImage()
        self._latest: LatestWins[QImage] = LatestWins(lane, priority=1)

    def request(self, job: FreeTransform, document: Document, show: Callable[[], None]) -> None:
        """Make it of `document`, of no more than `PROXY_SIDE` px a side; calls `show` then."""
        self.image = QImage()

        def work(control: RunControl) -> QImage:
            raster = job.picture(document, control)
            level = 0
            while max(raster.width, raster.height) >> level > PROXY_SIDE:
                level += 1
            return premultiplied_qimage(raster.level(level).read())

        def take(image: QImage) -> None:
            self.image = image
            show()

        self._latest.request(once(work), take)
