"""The document is a value: frozen, so undo keeps the previous one and a worker needs no lock."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from studio.core.explorer import ExplorerState
from studio.core.fill import Fill, FilledRaster
from studio.core.guides import Guides
from studio.core.image import Rect
from studio.core.latent import LatentPoint
from studio.core.param_values import references
from studio.core.raster import Raster
from studio.core.text import Text, TextRaster

BlendMode: TypeAlias = Literal[
    "normal",
    "multiply",
    "darken",
    "color burn",
    "screen",
    "lighten",
    "color dodge",
    "add",
    "overlay",
    "soft light",
    "hard light",
    "difference",
    "exclusion",
    "hue",
    "saturation",
    "color",
    "luminosity",
]
Lock: TypeAlias = Literal["position", "alpha", "all"]
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

    `x`, `y` place the raster's top-left corner, in document px, before any edit. `mask` is one
    channel of the raster's size: how much shows. Edits that move pixels move the mask as well;
    others do not touch it, and what edits lay around a layer, as shadows, lies around what it
    shows. A `clipped` layer shows only where the one below it does. `group` is the id of the group
    that the layer is in, "" for none.
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
    mask: Raster | None = None
    mask_enabled: bool = True
    clipped: bool = False
    locks: frozenset[Lock] = frozenset()
    group: str = ""
    id: str = field(default_factory=new_id)

    @property
    def rect(self) -> Rect:
        """Where its raster lies, in document px, before any edit."""
        return self.raster.rect.translated(self.x, self.y)

    @property
    def fill(self) -> Fill | None:
        """What a fill layer is made of; None for one of pixels."""
        return self.raster.fill if isinstance(self.raster, FilledRaster) else None

    @property
    def text(self) -> Text | None:
        """What is written in a text layer; None for any other."""
        return self.raster.text if isinstance(self.raster, TextRaster) else None

    @property
    def is_plain(self) -> bool:
        """Whether it is nothing but pixels, which nothing else makes."""
        made = (self.provenance.point, self.fill, self.text)
        return not self.edits and all(source is None for source in made)

    @property
    def is_edited(self) -> bool:
        """Whether any of its edits is switched on."""
        return any(step.enabled for step in self.edits)

    @property
    def shown_mask(self) -> Raster | None:
        """The mask, unless it is switched off."""
        return self.mask if self.mask_enabled else None

    def surface(self, *, mask: bool) -> Raster:
        """What is painted on: the pixels, or the mask where there is one."""
        return self.mask if mask and self.mask is not None else self.raster

    def with_surface(self, raster: Raster, *, mask: bool) -> Layer:
        return replace(self, mask=raster) if mask else replace(self, raster=raster)

    def step(self, step_id: str) -> EditStep:
        return next(step for step in self.edits if step.id == step_id)

    def with_step(self, step_id: str, **changes: Any) -> Layer:
        """The layer with fields of one edit step replaced."""
        edits = tuple(replace(s, **changes) if s.id == step_id else s for s in self.edits)
        return replace(self, edits=edits)


@dataclass(frozen=True, slots=True)
class Group(Layer):
    """A layer whose picture is what its members make; its raster is empty and gives masks a size.

    Members see what is below the group only if it is `pass_through`; the group's blend mode plays
    no part then. Edits work on what the members make, wherever that lies; the masks of its steps
    lie where its own does. `collapsed` is how the list shows it.
    """

    pass_through: bool = True
    collapsed: bool = False


@dataclass(frozen=True, slots=True)
class SavedSelection:
    """A selection that was kept under a name."""

    name: str
    raster: Raster


@dataclass(frozen=True, slots=True)
class Document:
    """Layers from bottom to top on a canvas of `width` by `height` px.

    Groups are layers too: the members of a group lie directly below it, so that the order is that
    of a tree whose branches come before their fork; `arranged` makes it so. `selection` is
    one channel of the document's size; None means nothing is selected. `explorer` is what the
    latent explorer shows: part of the value, so that one undo stack serves both. `dpi` is the
    resolution that it is printed with.
    """

    width: int = 1024
    height: int = 1024
    layers: tuple[Layer, ...] = ()
    selection: Raster | None = None
    explorer: ExplorerState = ExplorerState()
    guides: Guides = Guides()
    saved_selections: tuple[SavedSelection, ...] = ()
    dpi: float = 300.0

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

    def update_layer(self, layer_id: str, change: Callable[[Layer], Layer]) -> Document:
        """The document with one layer replaced by what `change` makes of it."""
        layers = tuple(change(item) if item.id == layer_id else item for item in self.layers)
        return replace(self, layers=layers)

    # --- The tree of groups ---

    def members(self, group: str = "") -> tuple[Layer, ...]:
        """What lies directly in a group, or outside of any, from bottom to top."""
        return tuple(layer for layer in self.layers if layer.group == group)

    def branch(self, layer_id: str) -> tuple[Layer, ...]:
        """The layer and, if it is a group, all that is in it, in the order of `layers`."""
        inside = {layer_id}
        for layer in reversed(self.layers):
            if layer.group in inside:
                inside.add(layer.id)
        return tuple(layer for layer in self.layers if layer.id in inside)

    def groups_of(self, layer: Layer) -> tuple[Group, ...]:
        """The groups that the layer is in, the innermost first."""
        groups = []
        while layer.group:
            layer = self.layer(layer.group)
            assert isinstance(layer, Group)
            groups.append(layer)
        return tuple(groups)

    def is_shown(self, layer: Layer) -> bool:
        """Whether the layer is visible, and so is all that it depends on."""
        chain = (layer, *self.groups_of(layer))
        bases = (self.clip_base(item) for item in chain if item.clipped)
        return all(item.visible for item in (*chain, *bases) if item is not None)

    def is_locked(self, layer: Layer, lock: Lock) -> bool:
        """Whether the layer or a group that it is in has this lock, or the one of everything."""
        return any(
            lock in item.locks or "all" in item.locks for item in (layer, *self.groups_of(layer))
        )

    def edited_groups(self, layer: Layer) -> tuple[Group, ...]:
        """Those that the layer is in, or is, whose edits decide what is seen of it."""
        own = (layer,) if isinstance(layer, Group) else ()
        return tuple(item for item in (*own, *self.groups_of(layer)) if item.is_edited)

    def roots(self, layer_ids: Collection[str]) -> tuple[Layer, ...]:
        """The layers of those ids, from bottom to top, without what lies in another of them."""
        return tuple(
            layer
            for layer in self.layers
            if layer.id in layer_ids
            and not any(group.id in layer_ids for group in self.groups_of(layer))
        )

    def clip_base(self, layer: Layer) -> Layer | None:
        """What a clipped layer shows on: the next one below in its group that is not clipped.

        The lowest one of a group is clipped to nothing.
        """
        siblings = self.members(layer.group)
        below = siblings[: siblings.index(layer)]
        if not (layer.clipped and below):
            return None
        return next((item for item in reversed(below) if not item.clipped), below[0])

    def passes_through(self, group: Group) -> bool:
        """Whether its members see what is below; not where something is clipped to them.

        Edits work on the group alone, so neither do members of one that is edited.
        """
        siblings = self.members(group.group)
        above = siblings[siblings.index(group) + 1 :]
        return group.pass_through and not (group.is_edited or (above and above[0].clipped))

    def mixes_below(self, group: Group) -> bool:
        """Whether it would look different as a picture of its own: one that nothing shines into."""
        return self.passes_through(group) and any(
            self.mixes_below(layer)
            if isinstance(layer, Group) and self.passes_through(layer)
            else layer.blend != "normal"
            for layer in self.members(group.id)
            if layer.visible and self.clip_base(layer) is None
        )

    def is_plain(self, group: Group) -> bool:
        """Whether the picture would be the same without the group around its members."""
        full = group.opacity >= 1.0 and group.visible and group.shown_mask is None
        return full and not group.clipped and self.passes_through(group)

    def with_layer(self, layer: Layer, index: int | None = None) -> Document:
        """The document with `layer` inserted at `index` (default: on top).

        It comes into the group of the layer that it is put upon; at the bottom, into none.
        """
        at = len(self.layers) if index is None else index
        group = self.layers[at - 1].group if at else ""
        added = replace(layer, group=group)
        return replace(self, layers=(*self.layers[:at], added, *self.layers[at:]))

    def without_layer(self, layer_id: str) -> Document:
        """The document without a layer; a group goes with all that is in it."""
        gone = {layer.id for layer in self.branch(layer_id)}
        return replace(self, layers=tuple(item for item in self.layers if item.id not in gone))

    def moved_layers(self, layer_ids: Collection[str], group: str, index: int) -> Document:
        """The document with layers and what is in them put into `group` ("": outside of any).

        `index` counts the members that the group has without them, from the bottom. What would
        come to lie in itself stays where it is.
        """
        into = {group, *(item.id for item in self.groups_of(self.layer(group)))} if group else ()
        moved = [item for item in self.roots(layer_ids) if item.id not in into]
        ids = {item.id for item in moved}
        rest = [item for item in self.layers if item.id not in ids]
        siblings = [item for item in rest if item.group == group]
        at = rest.index(siblings[index]) if index < len(siblings) else len(rest)
        placed = (replace(item, group=group) for item in moved)
        return replace(self, layers=arranged((*rest[:at], *placed, *rest[at:])))


def arranged(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Layers in the order of the tree: each group above its members, those in the order given.

    A layer whose group is not there, or lies in itself, comes out of it.
    """
    known = {layer.id for layer in layers if isinstance(layer, Group)}
    inside: dict[str, list[Layer]] = {}
    for layer in layers:
        inside.setdefault(layer.group if layer.group in known else "", []).append(layer)

    def branches(group: str) -> Iterator[Layer]:
        for layer in inside.get(group, ()):
            if layer.id in known:
                yield from branches(layer.id)
            yield layer if layer.group == group else replace(layer, group="")

    ordered = tuple(branches(""))
    reached = {layer.id for layer in ordered}
    lost = [replace(layer, group="") for layer in layers if layer.id not in reached]
    return arranged((*ordered, *lost)) if lost else ordered
