"""Files with layers: a document out as OpenRaster, and any file in as the layers that it holds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from studio.app import svg
from studio.app.layer_rendering import render_document
from studio.codec import openraster
from studio.codec.openraster import OraGroup, OraLayer, OraNode, OraPicture
from studio.codec.read import PICTURE_SUFFIXES, read_raster
from studio.core.control import RunControl
from studio.core.document import Document, Layer, Provenance
from studio.core.image import to_pixels8
from studio.core.raster import Raster
from studio.edits.render import render_layer

TRAINABLE = tuple(sorted(PICTURE_SUFFIXES))
LAYERED = (openraster.SUFFIX,)
OPENABLE = tuple(sorted({*PICTURE_SUFFIXES, *LAYERED, svg.SUFFIX}))


def read_picture(file: Path, longest: int | None = None) -> Document:
    """A file as a document of its size: one layer, or all that an OpenRaster file has.

    A drawing (SVG) gets `longest` px on its longest side; others keep their size.

    Raises:
        StudioError: the file is not a readable picture.
    """
    suffix = file.suffix.lower()
    if suffix in LAYERED:
        picture = openraster.read_openraster(file)
        layers = tuple(_layers(picture.children, file.name))
        return Document(picture.width, picture.height, layers)
    raster = (
        Raster.from_image(svg.read_svg(file, longest))
        if suffix == svg.SUFFIX
        else read_raster(file)
    )
    layer = Layer(raster, file.stem, provenance=Provenance("imported", file.name))
    return Document(raster.width, raster.height, (layer,))


def write_layered(document: Document, file: Path, control: RunControl) -> None:
    """Write all layers as they look, edits applied, with the flattened picture beside them.

    Raises:
        StudioError: the disk refused.
        Cancelled: `control` was cancelled; nothing was written.
    """
    children = tuple(_written(layer, document, control) for layer in document.layers)
    picture = OraPicture(document.width, document.height, children)
    merged = to_pixels8(render_document(document, control))
    openraster.write_openraster(file, picture, merged, control)


def _written(layer: Layer, document: Document, control: RunControl) -> OraLayer:
    rendered = render_layer(layer, 0, control, None, document)
    return OraLayer(
        rendered.raster.pixels8(),
        layer.name,
        math.floor(rendered.x + 0.5),
        math.floor(rendered.y + 0.5),
        layer.opacity,
        layer.visible,
        layer.blend,
    )


def _layers(nodes: tuple[OraNode, ...], source: str) -> Iterator[Layer]:
    for node in nodes:
        if isinstance(node, OraGroup):
            yield from _layers(node.children, source)
        else:
            yield _layer(node, source)


def _layer(node: OraLayer, source: str) -> Layer:
    return Layer(
        Raster.from_pixels8(node.pixels),
        node.name,
        node.x,
        node.y,
        node.opacity,
        node.visible,
        node.blend,
        provenance=Provenance("imported", source),
    )
