"""One row of the layers panel: what it shows, and where in it that lies."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF

from studio.core.document import Document, Group, Layer

ROW = 38
MARGIN = 14
EYE = 18
THUMB = 30
MASK = 24
INDENT = 14
CLIP = 14
LOCK = 14
NUMBER = 48
_GAP = 10
_TREE_X = MARGIN + EYE + _GAP  # where the outermost pictures begin


class ListedLayer(NamedTuple):
    """A layer, in how many groups it lies, and whether it is clipped to one that is there."""

    layer: Layer
    depth: int
    clipped: bool

    def is_like(self, other: ListedLayer) -> bool:
        """Whether nothing has to be painted anew."""
        return self.layer is other.layer and self[1:] == other[1:]


def rows_of(document: Document) -> list[ListedLayer]:
    """The layers as the panel lists them: topmost first, without what collapsed groups hold."""
    rows = []
    for layer in reversed(document.layers):
        groups = document.groups_of(layer)
        if not any(group.collapsed for group in groups):
            rows.append(ListedLayer(layer, len(groups), document.clip_base(layer) is not None))
    return rows


class RowPlaces:
    """Where the parts of a row are, in the view's px; `row` is the rectangle of all of it."""

    def __init__(self, row: QRect, content: ListedLayer) -> None:
        self._row = row
        self._content = content
        self._start = row.x() + _TREE_X + INDENT * content.depth + CLIP * content.clipped

    @property
    def eye(self) -> QRect:
        return QRect(self._row.x() + MARGIN, self._row.center().y() - EYE // 2, EYE, EYE)

    @property
    def clip(self) -> QRect:
        """The arrow to the layer below that it is clipped to."""
        return QRect(self._start - CLIP - 2, self._row.center().y() - 7, CLIP, CLIP)

    @property
    def thumbnail(self) -> QRectF:
        return self._square(self._start, THUMB)

    @property
    def mask(self) -> QRectF | None:
        if self._content.layer.mask is None:
            return None
        return self._square(self._start + THUMB + 6, MASK)

    @property
    def text(self) -> QRect:
        mask = self.mask
        left = round(self.thumbnail.right() if mask is None else mask.right()) + _GAP
        right = self.number.left() - (LOCK + 4 if self._content.layer.locks else 0)
        return QRect(left, self._row.y(), max(0, right - left), ROW)

    @property
    def lock(self) -> QRect:
        return QRect(self.number.left() - LOCK, self._row.center().y() - LOCK // 2, LOCK, LOCK)

    @property
    def number(self) -> QRect:
        return QRect(self._row.right() - MARGIN - NUMBER + 1, self._row.y(), NUMBER, ROW)

    def _square(self, x: int, side: int) -> QRectF:
        return QRectF(x, self._row.center().y() - side / 2 + 0.5, side, side)


def depth_at(x: float) -> int:
    """How deep in the tree a row that begins at `x` lies."""
    return max(0, round((x - _TREE_X) / INDENT))


def second_line(layer: Layer) -> str:
    """What the layer is made of and how it is laid over the others: ``latent · Normal``."""
    parts = [_kind(layer), _mixing(layer)]
    if layer.edits:
        parts.append(f"{len(layer.edits)} edit{'s' if len(layer.edits) > 1 else ''}")
    return " · ".join(part for part in parts if part)


def _kind(layer: Layer) -> str:
    if isinstance(layer, Group):
        return "group"
    if layer.fill is not None:
        return "fill"
    if layer.text is not None:
        return "text"
    return {"generated": "latent", "imported": "picture", "painted": ""}[layer.provenance.kind]


def _mixing(layer: Layer) -> str:
    passing = isinstance(layer, Group) and layer.pass_through and not layer.is_edited
    return "Pass through" if passing else layer.blend.capitalize()
