"""The selected pixels of a layer: lifted off, or left out. Pure: callable from any lane."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.app.layer_rendering import placed_layer
from studio.app.refusals import check_pixels
from studio.app.selection import bounds
from studio.core.compositor import Piece
from studio.core.control import RunControl
from studio.core.document import Document, EditStep, Layer
from studio.core.image import from_pixels8, to_pixels8, to_rgba
from studio.core.raster import Raster
from studio.errors import StudioError


def lifted(layer: Layer, document: Document, control: RunControl) -> Layer:
    """What is selected of `layer` as it looks, as a layer of its own at the same place.

    Raises:
        StudioError: it has no pixels there.
        Cancelled: `control` asked for it.
    """
    selection = _selection(document)
    piece = placed_layer(layer, document, control)
    area = bounds(selection).intersect(piece.rect)
    image = to_rgba(piece.raster.read(area.translated(-piece.x, -piece.y))).copy()
    image[..., 3:] *= from_pixels8(selection.pixels8(area))
    if piece.mask is not None:
        image[..., 3] *= piece.mask.read(area)
    if not image[..., 3:].any():
        raise StudioError(
            f"Nothing of “{layer.name}” is selected.",
            "Select where it has pixels, or another layer.",
        )
    eight = piece.raster.is_8bit
    raster = Raster.from_pixels8(to_pixels8(image)) if eight else Raster.from_image(image)
    origin = replace(layer.provenance, point=None)  # these pixels cannot be made again from it
    return Layer(
        raster,
        layer.name,
        area.x,
        area.y,
        layer.opacity,
        blend=layer.blend,
        provenance=origin,
        clipped=layer.clipped,
        group=layer.group,
    )


def without_selected(layer: Layer, document: Document, control: RunControl) -> Layer:
    """`layer` with what is selected made transparent.

    The pixels themselves, where the layer shows them as they are; else a further edit step: what
    the edits or the model make of them stays as it is.

    Raises:
        StudioError: it is a group, or locked.
        Cancelled: `control` asked for it.
    """
    selection = _selection(document)
    check_pixels(document, layer)
    if not layer.is_plain:
        piece = placed_layer(layer, document, control)
        mask = Raster.from_pixels8(selection.pixels8(piece.rect))
        return replace(layer, edits=(*layer.edits, EditStep("erase", mask=mask)))
    piece = Piece(layer.raster, layer.x, layer.y)
    return replace(layer, raster=_erased(piece, selection))


def _selection(document: Document) -> Raster:
    assert document.selection is not None
    return document.selection


def _erased(piece: Piece, selection: Raster) -> Raster:
    raster = piece.raster.as_rgba()
    area = bounds(selection).intersect(piece.rect).translated(-piece.x, -piece.y)
    touched = {index for index, _ in raster.tile_rects(area)}
    tiles = {}
    for index, rect in raster.tile_rects(raster.rect):
        tile = raster.tile(index)
        if tile is not None and index in touched:
            rgba = raster.read(rect)
            covered = selection.pixels8(rect.translated(piece.x, piece.y))
            rgba[..., 3:] *= 1.0 - from_pixels8(covered)
            tile = to_pixels8(rgba) if tile.dtype == np.uint8 else rgba
            tile.flags.writeable = False
        if tile is not None:
            tiles[index] = tile
    return Raster(raster.width, raster.height, 4, tiles)
