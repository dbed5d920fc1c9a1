"""Layer, Align: the selected layers in line with one another, or one with the canvas."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from studio.app.action import Action, Context
from studio.app.menus import when
from studio.app.studio import Studio
from studio.core.alignment import Axis, Edge, aligned, distributed
from studio.core.image import Rect

_MENU, _SECTION = "Layer/Align", 2
_LEAST = 3  # layers that can be at even distances


def _rects(studio: Studio) -> Mapping[str, Rect]:
    """Where the selected layers appear; an empty group appears nowhere."""
    seen = {layer.id: studio.canvas.rendered_rect(layer) for layer in studio.layers.selected}
    return {key: rect for key, rect in seen.items() if not rect.is_empty}


def _align(edge: Edge, context: Context) -> None:
    documents, rects = context.studio.documents, _rects(context.studio)
    if rects:
        documents.commit(aligned(documents.document, rects, edge), "Align layers")


def _distribute(axis: Axis, context: Context) -> None:
    documents, rects = context.studio.documents, _rects(context.studio)
    if rects:
        documents.commit(distributed(documents.document, rects, axis), "Distribute layers")


def _can_distribute(studio: Studio) -> bool:
    return len(studio.layers.selected) >= _LEAST


_EDGES: tuple[tuple[Edge, str], ...] = (
    ("left", "Left Edges"),
    ("center", "Centers Across"),
    ("right", "Right Edges"),
    ("top", "Top Edges"),
    ("middle", "Centers Down"),
    ("bottom", "Bottom Edges"),
)
_AXES: tuple[tuple[Axis, str], ...] = (
    ("across", "Distribute Across"),
    ("down", "Distribute Down"),
)

ACTIONS = (
    *(
        Action(
            f"layer.align_{edge}",
            title,
            _MENU,
            partial(_align, edge),
            section=_SECTION,
            enabled=when.has_layer,
            tip="Several layers with one another, a single one with the canvas",
        )
        for edge, title in _EDGES
    ),
    *(
        Action(
            f"layer.distribute_{axis}",
            title,
            _MENU,
            partial(_distribute, axis),
            section=_SECTION,
            enabled=_can_distribute,
            tip="Equal gaps between three layers or more",
        )
        for axis, title in _AXES
    ),
)
