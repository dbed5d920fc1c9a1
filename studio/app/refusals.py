"""What to tell where a layer cannot be worked on, and the way out."""

from __future__ import annotations

from studio.core.document import Document, Group, Layer
from studio.errors import StudioError


def locked_error(layer: Layer) -> StudioError:
    return StudioError(f"“{layer.name}” is locked.", "Unlock it in the layers panel.")


def check_pixels(document: Document, layer: Layer) -> None:
    """See that the layer has pixels that may change.

    Raises:
        StudioError: it is a group, or locked.
    """
    if isinstance(layer, Group):
        raise StudioError(f"“{layer.name}” is a group.", "Pick a layer in it.")
    if document.is_locked(layer, "all"):
        raise locked_error(layer)
