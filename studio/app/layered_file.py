"""Files with layers: a document out as OpenRaster, and any file in as the layers that it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.app import svg
from studio.app.layer_parts import PartMaker
from studio.app.layer_rendering import render_document
from studio.codec import openraster
from studio.codec.openraster import OraGroup, OraLayer, OraNode, OraPicture
from studio.codec.read import PICTURE_SUFFIXES, read_raster
from studio.codec.recipe import source_type
from studio.core.compositor import Bundle, Part, composite
from studio.core.control import RunControl
from studio.core.document import Document, Group, Layer, Provenance, ProvenanceKind
from studio.core.image import Pixels8, Rect, to_pixels8
from studio.core.raster import Raster
from studio.project.recipe import digital_source

TRAINABLE = tuple(sorted(PICTURE_SUFFIXES))
LAYERED = (openraster.SUFFIX,)
OPENABLE = tuple(sorted({*PICTURE_SUFFIXES, *LAYERED, svg.SUFFIX}))


def read_picture(file: Path, longest: int | None = None) -> Document:
    """A file as a document of its size: one layer, or all that an OpenRaster file has.

    A drawing (SVG) gets `longest` px on its longest side; others keep their size. What says that a
    model made it stays marked as generated.

    Raises:
        StudioError: the file is not a readable picture.
    """
    suffix = file.suffix.lower()
    if suffix in LAYERED:
        picture = openraster.read_openraster(file)
        layers = tuple(_layers(picture, file.name))
        return Document(picture.width, picture.height, layers, dpi=picture.dpi)
    kind: ProvenanceKind = "imported"
    if suffix == svg.SUFFIX:
        raster = Raster.from_pixels8(svg.read_svg(file, longest))
    else:
        raster = read_raster(file)
        if source_type(file):
            kind = "generated"
    layer = Layer(raster, file.stem, provenance=Provenance(kind, file.name))
    return Document(raster.width, raster.height, (layer,))


def write_layered(document: Document, file: Path, control: RunControl) -> None:
    """Write the tree of layers as they look, with the flattened picture beside it.

    Edits and masks are in the pixels. A group that is edited, masked or clipped becomes one layer.

    Raises:
        StudioError: the disk refused.
        Cancelled: `control` was cancelled; nothing was written.
    """
    children = _Tree(document, control).nodes()
    picture = OraPicture(document.width, document.height, children, document.dpi)
    merged = to_pixels8(render_document(document, control))
    openraster.write_openraster(file, picture, merged, control, digital_source(document))


class _Tree:
    """The layers of a document as another program gets them."""

    def __init__(self, document: Document, control: RunControl) -> None:
        self._document = document
        self._control = control
        self._parts = PartMaker(document, 0, control)

    def nodes(self, group: str = "") -> tuple[OraNode, ...]:
        return tuple(self._node(layer) for layer in self._document.members(group))

    def _node(self, layer: Layer) -> OraNode:
        self._control.check()
        looks = _looks(layer)
        if isinstance(layer, Group):
            if layer.shown_mask is None and not (layer.clipped or layer.is_edited):
                isolated = not self._document.passes_through(layer)
                return OraGroup(self.nodes(layer.id), isolated=isolated, **looks)
            return OraLayer(self._shown(layer, self._document.rect), **looks)
        piece = self._parts.piece(layer)
        if piece.mask is None and not layer.clipped:
            return OraLayer(piece.raster.pixels8(), x=piece.x, y=piece.y, **looks)
        return OraLayer(self._shown(layer, piece.rect), x=piece.x, y=piece.y, **looks)

    def _shown(self, layer: Layer, rect: Rect) -> Pixels8:
        """What the layer's mask, and the one that it is clipped to, leave of it inside `rect`."""
        image = composite(self._alone(layer), rect)
        base = self._document.clip_base(layer)
        if base is not None:
            image[..., 3:] *= composite(self._alone(base), rect)[..., 3:]
        return to_pixels8(image)

    def _alone(self, layer: Layer) -> tuple[Part, ...]:
        if isinstance(layer, Group) and not layer.is_edited:
            return (Bundle(self._parts.parts(layer.id), mask=self._parts.mask(layer)),)
        return (self._parts.piece(layer)._replace(opacity=1.0, blend="normal"),)


def _looks(layer: Layer | OraNode) -> dict[str, Any]:
    return {
        "name": layer.name,
        "opacity": layer.opacity,
        "visible": layer.visible,
        "blend": layer.blend,
    }


def _layers(picture: OraPicture, source: str) -> Iterator[Layer]:
    """The tree as the document has it: the members of a group right below it."""

    def branch(nodes: tuple[OraNode, ...], group: str) -> Iterator[Layer]:
        for node in nodes:
            layer = _layer(node, picture, source)
            if isinstance(node, OraGroup):
                yield from branch(node.children, layer.id)
            yield replace(layer, group=group)

    return branch(picture.children, "")


def _layer(node: OraNode, picture: OraPicture, source: str) -> Layer:
    looks = _looks(node)
    if isinstance(node, OraGroup):
        return Group(Raster(picture.width, picture.height), pass_through=not node.isolated, **looks)
    raster = Raster.from_pixels8(node.pixels)
    return Layer(raster, x=node.x, y=node.y, provenance=Provenance("imported", source), **looks)
