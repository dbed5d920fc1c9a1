"""What an exported picture says of how it was made, and the document that comes back from it.

A recipe holds layers, edits with their masks, and latent points, but no picture, no path and no
name of a file.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from studio import __version__
from studio.codec.metadata import SourceType
from studio.codec.read import MAX_PIXELS
from studio.core.document import Document, Group, Layer, Provenance
from studio.core.raster import Raster
from studio.errors import StudioError
from studio.project.manifest import MALFORMED, Json, document_from_json, document_to_json, side

SCHEMA = 1
MAX_LAYERS = 1000
MAX_MASK = 32 << 10  # characters; a selection has a few hundred, a photograph as a mask too many


def document_recipe(document: Document) -> Json:
    """The recipe of a flattened picture of `document`: `recipe_document` reads it."""
    visible = tuple(
        _without_private_names(item) for item in document.layers if document.is_shown(item)
    )
    shown = replace(document, layers=visible, selection=None, saved_selections=())
    return {
        "schema": SCHEMA,
        "app": f"Latent Studio {__version__}",
        "source": digital_source(document),
        "document": document_to_json(shown, _described),
    }


def digital_source(document: Document) -> SourceType:
    """IPTC's word for where the visible pixels came from; empty where no model made any."""
    shown = (layer for layer in document.layers if document.is_shown(layer))
    kinds = {layer.provenance.kind for layer in shown if not isinstance(layer, Group)}
    if "generated" not in kinds:
        return ""
    only = kinds == {"generated"}
    return "trainedAlgorithmicMedia" if only else "compositeWithTrainedAlgorithmicMedia"


def recipe_document(recipe: Mapping[str, Any]) -> Document:
    """The document that a recipe describes, its layers with transparent rasters of their size.

    A generated layer gets its pixels back from its model and latent point; the others cannot.

    Raises:
        StudioError: the recipe is malformed or of a newer version.
    """
    try:
        if int(recipe["schema"]) > SCHEMA:
            raise StudioError("The picture's recipe is of a newer version.", "Update the studio.")
        if len(recipe["document"]["layers"]) > MAX_LAYERS:
            raise ValueError("too many layers")
        document, _left_out = document_from_json(recipe["document"], _restored)
    except MALFORMED as error:
        raise StudioError("The picture's recipe is damaged.", "Open it as a picture.") from error
    return document


def _without_private_names(layer: Layer) -> Layer:
    """A layer made from a file bears the file's name; that stays at home."""
    provenance = layer.provenance
    if provenance.kind == "painted" or provenance.model:
        return layer
    return replace(layer, name="Picture", provenance=Provenance(provenance.kind))


def _described(raster: Raster) -> Json:
    """A raster's size; a mask (one channel) comes along where it is simple enough."""
    data: Json = {"width": raster.width, "height": raster.height, "channels": raster.channels}
    if raster.channels == 1:
        packed = base64.b64encode(zlib.compress(raster.pixels8().tobytes())).decode()
        if len(packed) <= MAX_MASK:
            data["mask"] = packed
    return data


def _restored(data: Mapping[str, Any]) -> Raster:
    width, height, channels = side(data["width"]), side(data["height"]), int(data["channels"])
    if channels not in (1, 3, 4) or width * height > MAX_PIXELS:
        raise ValueError("not a picture")
    if "mask" not in data:
        return Raster(width, height, channels)
    try:
        inflate = zlib.decompressobj()
        values = inflate.decompress(base64.b64decode(data["mask"]), width * height)
    except zlib.error as error:
        raise ValueError("not a mask") from error
    return Raster.from_pixels8(np.frombuffer(values, np.uint8).reshape(height, width, 1))
