"""Whether two documents are the same to a person: every value, and every pixel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from studio.core.document import Document, EditStep, Layer
from studio.core.raster import Raster

_NOTHING = Raster(0, 0)


def differences(first: Document, second: Document, tolerance: float = 0.0) -> list[str]:
    """A phrase for each difference; pixels may differ by `tolerance` (of 1.0)."""
    found = []
    if (first.width, first.height) != (second.width, second.height):
        found.append("the canvas has another size")
    if len(first.layers) != len(second.layers):
        return [*found, f"{len(second.layers)} layers instead of {len(first.layers)}"]
    for before, after in zip(first.layers, second.layers, strict=True):
        found += _layer_differences(before, after, tolerance)
    return found


def _layer_differences(before: Layer, after: Layer, tolerance: float) -> Iterator[str]:
    if _values(before) != _values(after):
        yield f"“{before.name}” has other values"
    if not _same_pixels(before.raster, after.raster, tolerance):
        yield f"“{before.name}” has other pixels"
    for old, new in zip(before.edits, after.edits, strict=False):
        if (old.mask is None) != (new.mask is None) or (
            old.mask is not None
            and new.mask is not None
            and not _same_pixels(old.mask, new.mask, tolerance)
        ):
            yield f"an edit of “{before.name}” has another mask"


def _values(layer: Layer) -> Layer:
    """The layer without its pixels, and with ids that compare equal."""
    return replace(layer, id="", raster=_NOTHING, edits=tuple(map(_edit_values, layer.edits)))


def _edit_values(step: EditStep) -> EditStep:
    return replace(step, id="", mask=None, params=dict(step.params))


def _same_pixels(before: Raster, after: Raster, tolerance: float) -> bool:
    sizes = [(raster.width, raster.height, raster.channels) for raster in (before, after)]
    return sizes[0] == sizes[1] and np.allclose(before.read(), after.read(), 0.0, tolerance)
