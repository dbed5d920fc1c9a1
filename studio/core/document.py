"""The document is a value: frozen, so undo keeps the previous one and a worker needs no lock."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from studio.core.explorer import ExplorerState
from studio.core.guides import Guides
from studio.core.image import Rect
from studio.core.latent import LatentPoint
from studio.core.param_values import references
from studio.core.raster import Raster

BlendMode: TypeAlias = Literal[
    "normal",
    "multiply",
    "screen",
    "overlay",
    "darken",
    "lighten",
    "add",
    "difference",
    "soft light",
    "color",
]
ProvenanceKind: TypeAlias = Literal["imported", "painted", "generated"]


def new_id() -> str:
    """A fresh id for a layer or an edit step."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class EditStep:
    """One use of an edit operation: plain data.

    `params` is JSON data that the operation's parameter class reads. `mask` (one channel, the size
    of the picture that enters the step) restricts the effect; None means everywhere. `opacity`
    mixes the picture that enters the step (0) with the edited one (1).
    """

    operation: str
    params: Mapping[str, Any] = field(default_factory=dict)
    enabled: bool = True
    mask: Raster | None = None
    opacity: float = 1.0
    id: str = field(default_factory=new_id)

    @property
    def references(self) -> frozenset[str]:
        """Ids of other layers whose pixels the step works with."""
        return frozenset(references(self.params))


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a layer's pixels came from; a generated one can be made again and steered further."""

    kind: ProvenanceKind = "painted"
    source: str = ""  # a file's name (never its path), or the model's name
    model: str = ""  # sha256 of the model file
    point: LatentPoint | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """A picture in the document: pixels, place, looks and the edits on top of the pixels.

    `x`, `y` place the raster's top-left corner, in document px, before any edit.
    """

    raster: Raster
    name: str = "Layer"
    x: int = 0
    y: int = 0
    opacity: float = 1.0
    visible: bool = True
    blend: BlendMode = "normal"
    edits: tuple[EditStep, ...] = ()
    provenance: Provenance = Provenance()
    id: str = field(default_factory=new_id)

    def step(self, step_id: str) -> EditStep:
        return next(step for step in self.edits if step.id == step_id)

    def with_step(self, step_id: str, **changes: Any) -> Layer:
        """The layer with fields of one edit step replaced."""
        edits = tuple(replace(s, **changes) if s.id == step_id else s for s in self.edits)
        return replace(self, edits=edits)


@dataclass(frozen=True, slots=True)
class SavedSelection:
    """A selection that was kept under a name."""

    name: str
    raster: Raster


@dataclass(frozen=True, slots=True)
class Document:
    """Layers from bottom to top on a canvas of `width` by `height` px.

    `selection` is one channel of the document's size; None means nothing is selected. `explorer`
    is what the latent explorer shows: part of the value, so that one undo stack serves both.
    """

    width: int = 1024
    height: int = 1024
    layers: tuple[Layer, ...] = ()
    selection: Raster | None = None
    explorer: ExplorerState = ExplorerState()
    guides: Guides = Guides()
    saved_selections: tuple[SavedSelection, ...] = ()

    @property
    def rect(self) -> Rect:
        return Rect(0, 0, self.width, self.height)

    def layer(self, layer_id: str) -> Layer:
        """The layer of that id.

        Raises:
            KeyError: there is none.
        """
        for layer in self.layers:
            if layer.id == layer_id:
                return layer
        raise KeyError(layer_id)

    def has_layer(self, layer_id: str) -> bool:
        return any(layer.id == layer_id for layer in self.layers)

    def index_of(self, layer_id: str) -> int:
        return self.layers.index(self.layer(layer_id))

    def with_layer(self, layer: Layer, index: int | None = None) -> Document:
        """The document with `layer` inserted at `index` (default: on top)."""
        at = len(self.layers) if index is None else index
        return replace(self, layers=(*self.layers[:at], layer, *self.layers[at:]))

    def without_layer(self, layer_id: str) -> Document:
        return replace(self, layers=tuple(item for item in self.layers if item.id != layer_id))

    def update_layer(self, layer_id: str, change: Callable[[Layer], Layer]) -> Document:
        """The document with one layer replaced by what `change` makes of it."""
        layers = tuple(change(item) if item.id == layer_id else item for item in self.layers)
        return replace(self, layers=layers)

    def moved_layer(self, layer_id: str, index: int) -> Document:
        """The document with a layer moved to `index` in the order from bottom to top."""
        layer = self.layer(layer_id)
        return self.without_layer(layer_id).with_layer(layer, index)
