"""Where layers with their edits appear, as far as it was seen."""

from __future__ import annotations

from studio.app.layer_rendering import LayerForm, plain_form
from studio.app.layer_transform import LayerBox, angle_of, quad_step
from studio.core.document import Document, Group, Layer
from studio.core.image import Rect


class LayerForms:
    """What renders told about layers; a layer without edits needs none. GUI thread only."""

    def __init__(self) -> None:
        self._forms: dict[str, LayerForm] = {}

    def learn(self, layer: Layer, form: LayerForm) -> bool:
        """Note how a layer was seen; True if it is made of something else than before."""
        known = self._forms.get(layer.id)
        if known is None or not known.is_like(form):
            self._forms[layer.id] = form
            return True
        if form.level < known.level:  # more exact
            self._forms[layer.id] = form
        return False

    def forget(self, document: Document) -> None:
        """Drop what is known of layers that `document` does not have."""
        self._forms = {key: f for key, f in self._forms.items() if document.has_layer(key)}

    def rect(self, layer: Layer) -> Rect:
        """Where the layer appears, in document px."""
        return self._form(layer).rect.translated(layer.x, layer.y)

    def rect_in(self, document: Document, layer: Layer) -> Rect:
        """The same for a group as well: where its edits take it, or around all that is in it."""
        if not isinstance(layer, Group) or (layer.is_edited and self._knows(layer)):
            return self.rect(layer)
        return Rect.around(self.rect_in(document, item) for item in document.members(layer.id))

    def seen_rect(self, document: Document, layer: Layer) -> Rect:
        """Where a change of the layer shows: all over the groups around it that are edited."""
        return Rect.around(self.rect(item) for item in (layer, *document.edited_groups(layer)))

    def box(self, document: Document, layer: Layer) -> LayerBox:
        """The same as an upright rectangle and how far it is turned."""
        if isinstance(layer, Group):
            return LayerBox(self.rect_in(document, layer), 0.0)
        rect = self.rect(layer) if quad_step(layer) else self.base(layer)
        return LayerBox(rect, angle_of(layer))

    def base(self, layer: Layer) -> Rect:
        """Where the layer appeared before it was turned or its corners were moved."""
        return self._form(layer).upright.translated(layer.x, layer.y)

    def at(self, document: Document, x: int, y: int) -> tuple[str, ...]:
        """Ids of the visible layers that show at a document px, from top to bottom.

        Where a layer has edits, or is in a group that has, its whole rectangle counts.
        """
        place = Rect(x, y, 1, 1)
        return tuple(
            layer.id
            for layer in reversed(document.layers)
            if not isinstance(layer, Group)
            and document.is_shown(layer)
            and not self._outermost(document, layer).intersect(place).is_empty
            and (layer.edits or document.edited_groups(layer) or _has_paint(layer, place))
        )

    def any_unseen(self, document: Document) -> bool:
        """Whether a layer's edits may have taken it to places that nobody knows yet."""
        return any(
            layer.edits and document.is_shown(layer) and not self._knows(layer)
            for layer in document.layers
            if layer.is_edited or not isinstance(layer, Group)
        )

    @property
    def problems(self) -> dict[str, tuple[str, ...]]:
        """By layer id: a sentence for each edit that failed and was left out."""
        return {key: form.problems for key, form in self._forms.items() if form.problems}

    def _outermost(self, document: Document, layer: Layer) -> Rect:
        return self.rect((layer, *document.edited_groups(layer))[-1])

    def _knows(self, layer: Layer) -> bool:
        form = self._forms.get(layer.id)
        return form is not None and form.is_of(layer)

    def _form(self, layer: Layer) -> LayerForm:
        form = self._forms.get(layer.id) if layer.edits else None
        return form or plain_form(layer)


def _has_paint(layer: Layer, place: Rect) -> bool:
    pixels = layer.raster.pixels8(place.translated(-layer.x, -layer.y))
    return pixels.shape[2] != 4 or bool(pixels[..., 3].any())
