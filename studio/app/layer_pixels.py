"""Layers made into pixels: merged, rasterized, masked. Pure: callable from any lane."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from studio.app.layer_parts import PartMaker
from studio.app.layer_rendering import placed_layer
from studio.core.compositor import flatten
from studio.core.control import RunControl
from studio.core.document import Document, EditStep, Group, Layer, Provenance
from studio.core.image import Image, Rect, to_pixels8, to_rgba
from studio.core.raster import Raster
from studio.edits.render import apply_steps, moves_pixels
from studio.errors import StudioError

if TYPE_CHECKING:
    from skimage.transform import AffineTransform

_SAMPLES = 64  # places along each side, to learn where edits take pixels
_FEWEST = 3
_MOST, _BENT = 0.95, 1.0  # of the places farther than that many px from any affine map: bent


def merged(document: Document, layer_ids: Collection[str], control: RunControl) -> Layer:
    """One layer that looks like those together, alone, with name and blend mode of the lowest.

    Raises:
        StudioError: nothing of them is seen.
        Cancelled: `control` asked for it.
    """
    roots = document.roots(layer_ids)
    lowest = replace(roots[0], blend="normal")
    alone = [replace(root, group="") for root in (lowest, *roots[1:])]
    inner = [item for root in roots for item in document.branch(root.id)[:-1]]
    parts = PartMaker(replace(document, layers=(*inner, *alone)), 0, control).parts()
    rect = Rect.around(part.rect for part in parts)
    if rect.is_empty:
        raise StudioError("There is nothing to merge.", "Show the layers first.")
    involved = [*inner, *alone]
    raster = _raster(flatten(parts, rect, control), involved)
    return Layer(
        raster,
        roots[0].name,
        rect.x,
        rect.y,
        blend=roots[0].blend,
        provenance=_origin(involved),
        clipped=roots[0].clipped,
        group=roots[-1].group,
    )


def flattened(document: Document, control: RunControl) -> Layer:
    """All that is seen of the document as one layer of its size.

    Raises:
        Cancelled: `control` asked for it.
    """
    parts = PartMaker(document, 0, control).parts()
    shown = [layer for layer in document.layers if document.is_shown(layer)]
    raster = _raster(flatten(parts, document.rect, control), shown)
    return Layer(raster, "Background", provenance=_origin(shown))


def rasterized(document: Document, layer: Layer, control: RunControl) -> Layer:
    """The layer with its edits as plain pixels; its mask stays a mask, if none surrounds it.

    Raises:
        Cancelled: `control` asked for it.
    """
    piece = placed_layer(layer, document, control)
    place = piece.raster.rect.translated(piece.x, piece.y)
    eight = layer.fill is not None or layer.raster.is_8bit
    pixels = piece.raster
    raster = Raster.from_pixels8(pixels.pixels8()) if eight else Raster.from_image(pixels.read())
    mask = None if piece.mask is None else Raster.from_image(piece.mask.read(place)[..., None])
    origin = replace(layer.provenance, point=None)
    plain = replace(layer, raster=raster, edits=(), provenance=origin, mask=mask)
    return replace(plain, x=piece.x, y=piece.y)


def with_mask_applied(document: Document, layer: Layer, control: RunControl) -> Layer:
    """The layer transparent where its mask hid it, without mask; plain pixels if it has edits.

    Raises:
        Cancelled: `control` asked for it.
    """
    if layer.edits or layer.fill is not None:
        layer = rasterized(document, layer, control)
    if layer.shown_mask is None:
        return replace(layer, mask=None)
    image = to_rgba(layer.raster.read())
    image[..., 3:] *= layer.shown_mask.read()
    return replace(layer, raster=_raster(image, [layer]), mask=None)


def mask_of_selection(document: Document, layer: Layer) -> Raster:
    """The selection as a mask of the layer: one channel of its raster's size.

    Raises:
        StudioError: nothing is selected, or edits bend the layer's pixels out of shape.
    """
    selection = document.selection
    if selection is None:
        raise StudioError("Nothing is selected.", "Select what the mask should show.")
    place = layer.rect
    moves = [step for step in layer.edits if step.enabled and moves_pixels(step)]
    if not moves:
        return Raster.from_pixels8(selection.pixels8(place))
    from skimage.transform import warp

    way = _way_of_pixels(layer, moves)
    size = (layer.raster.height, layer.raster.width)
    found = warp(selection.read()[..., 0], way, output_shape=size, order=1)
    return Raster.from_pixels8(to_pixels8(found[..., None]))


def _way_of_pixels(layer: Layer, moves: Sequence[EditStep]) -> AffineTransform:
    """From px of the layer's raster to where its edits take them in the document.

    Learned by sending a picture of coordinates through the edits that move pixels.
    """
    from skimage.transform import AffineTransform

    width, height = layer.raster.width, layer.raster.height
    ramp = np.zeros((height, width, 4), np.float32)
    ramp[..., 0] = (np.arange(width) + 0.5) / width
    ramp[..., 1] = ((np.arange(height) + 0.5) / height)[:, None]
    ramp[..., 3] = 1.0
    image, dx, dy = apply_steps(ramp, moves)
    rows, columns = np.nonzero(to_rgba(image)[..., 3] > 0.999)
    picked = np.linspace(0, len(rows) - 1, min(len(rows), _SAMPLES**2)).astype(int)
    rows, columns = rows[picked], columns[picked]
    before = image[rows, columns, :2] * (width, height) - 0.5
    after = np.stack([columns + dx + layer.x, rows + dy + layer.y], axis=1)
    known = np.concatenate([before, np.ones((len(before), 1))], axis=1)
    matrix = np.linalg.lstsq(known, after, rcond=None)[0]  # [3, 2]
    if len(picked) < _FEWEST or np.quantile(np.abs(known @ matrix - after), _MOST) > _BENT:
        raise StudioError(
            f"Edits bend “{layer.name}” out of shape.",
            "Rasterize the layer, then make the mask.",
        )
    return AffineTransform(matrix=np.vstack([matrix.T, (0.0, 0.0, 1.0)]))


def _raster(image: Image, of: Collection[Layer]) -> Raster:
    """In 8 bits, if all that it was made of was."""
    eight = all(
        isinstance(layer, Group) or layer.fill is not None or layer.raster.is_8bit for layer in of
    )
    return Raster.from_pixels8(to_pixels8(image)) if eight else Raster.from_image(image)


def _origin(layers: Collection[Layer]) -> Provenance:
    """Where merged pixels come from: generated, as soon as a model had a part in them."""
    kinds = {layer.provenance.kind for layer in layers if not isinstance(layer, Group)}
    for kind in ("generated", "imported"):
        if kind in kinds:
            return Provenance(kind)
    return Provenance("painted")
