"""Writing text on the canvas: a layer that stays editable, one undo step for each visit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QPointF, Signal

from studio.app.document_session import DocumentSession
from studio.app.paint_box import PaintBox
from studio.app.text_pixels import Written, written
from studio.core.document import Layer, new_id
from studio.core.raster import Raster
from studio.core.text import Text, TextStyle
from studio.errors import StudioError

_NAME_LENGTH = 24  # characters of the text that name its layer


class TextSession(QObject):
    """Owns which text is being edited, and how the next one will look. GUI thread only.

    Emits `changed()` when another text is being edited, or none, or it looks different.
    """

    changed = Signal()

    def __init__(self, documents: DocumentSession, box: PaintBox, parent: QObject) -> None:
        super().__init__(parent)
        self._documents = documents
        self._box = box
        self._next = Text("")
        self._place: QPointF | None = None  # document px: where a new text begins
        self._edited = ""  # layer id
        box.colors_changed.connect(self._follow_color)
        documents.changed.connect(self._follow_document)

    @property
    def writing(self) -> bool:
        """Whether a text is being edited, if it has letters yet or not."""
        return self._place is not None or self.layer is not None

    @property
    def layer(self) -> Layer | None:
        """The layer whose text is being edited; None: there is none (yet)."""
        document = self._documents.document
        return document.layer(self._edited) if document.has_layer(self._edited) else None

    @property
    def text(self) -> Text:
        """What is being edited, or else what a new text would look like."""
        layer = self.layer
        return (layer.text if layer is not None else None) or self._next

    # --- Editing ---

    def begin(self, place: QPointF) -> None:
        """Start a new text whose first line's top is at a place in document px."""
        self.finish()
        self._next = replace(self.text, text="", color=self._box.foreground)
        self._place = place
        self.changed.emit()

    def edit(self, layer_id: str) -> None:
        """Edit the text of a layer again.

        Raises:
            StudioError: the layer is locked.
        """
        self.finish()
        layer = self._documents.document.layer(layer_id)
        if layer.text is None:
            return
        if "all" in layer.locks:
            raise StudioError(f"“{layer.name}” is locked.", "Unlock it, or pick another layer.")
        self._documents.set_active(layer_id)
        self._edited = layer_id
        self._box.set_foreground(layer.text.color)
        self.changed.emit()

    def write(self, text: str) -> None:
        """What is written now; the layer comes with the first letters."""
        self._show(replace(self.text, text=text))

    def set_family(self, family: str) -> None:
        self._show(replace(self.text, family=family))

    def set_style(self, style: TextStyle) -> None:
        self._show(replace(self.text, style=style))

    def finish(self) -> None:
        """Keep what is written. A text without letters is removed."""
        if not self.writing:
            return
        layer = self.layer
        self._next = self.text
        self._place, self._edited = None, ""
        if layer is not None and layer.text is not None and not layer.text.text.strip():
            self._documents.remove_layer(layer.id)
        self._documents.end_gesture()
        self.changed.emit()

    def _follow_color(self) -> None:
        if self.writing and self.text.color != self._box.foreground:
            self._show(replace(self.text, color=self._box.foreground))

    def _follow_document(self) -> None:
        """An undo may take the layer away."""
        if self._edited and self.layer is None:
            self._edited = ""
            self.changed.emit()

    def _show(self, text: Text) -> None:
        layer, place = self.layer, self._place
        if layer is not None and layer.text is not None:
            self._rewrite(layer, text)
        elif place is not None and text.text:
            new = written(text)
            x, y = round(place.x() - new.anchor_x), round(place.y() - new.top)
            self._edited = new_id()
            self._place = None
            added = Layer(new.raster, _name(text), x, y, id=self._edited)
            self._documents.add_layer(added, "Text", self._key)
        else:
            self._next = text
        self.changed.emit()

    def _rewrite(self, layer: Layer, text: Text) -> None:
        """The lines stay where they begin, are centered or end."""
        assert layer.text is not None
        old, new = written(layer.text), written(text)
        dx = round(old.anchor_x - new.anchor_x)
        dy = round(old.top - new.top)
        named = layer.name == _name(layer.text)
        changed = replace(
            layer,
            raster=new.raster,
            name=_name(text) if named else layer.name,
            x=layer.x + dx,
            y=layer.y + dy,
            mask=None if layer.mask is None else _moved_mask(layer.mask, new, -dx, -dy),
        )
        document = self._documents.document.update_layer(layer.id, lambda _: changed)
        self._documents.commit(document, "Text", self._key)

    @property
    def _key(self) -> str:
        return f"text {self._edited}"


def _name(text: Text) -> str:
    """The beginning of the first line."""
    line = text.text.strip().split("\n")[0]
    return line if len(line) <= _NAME_LENGTH else f"{line[:_NAME_LENGTH].rstrip()}…"


def _moved_mask(mask: Raster, new: Written, x: int, y: int) -> Raster:
    """The mask for pixels of another size; what is new of them shows."""
    size = new.raster
    shown = Raster.from_pixels8(np.full((size.height, size.width, 1), 255, np.uint8))
    return shown.with_patch(x, y, mask.pixels8())
