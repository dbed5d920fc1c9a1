"""Edit steps as a person works with them: how a new one starts."""

from __future__ import annotations

from typing import Any

from studio.core.document import Document, Layer
from studio.core.image import Rect
from studio.edits.operation import EditOperation


def starting_params(
    operation: EditOperation, document: Document, layer: Layer, seen: Rect
) -> dict[str, Any]:
    """JSON params for a new step on `layer`, which appears at `seen`.

    Where the step works with another layer, that is the nearest one below, else above.
    """
    at = document.index_of(layer.id)
    others = [*reversed(document.layers[:at]), *document.layers[at + 1 :]]
    return operation.starting_params(seen.width, seen.height, others[0].id if others else "")
