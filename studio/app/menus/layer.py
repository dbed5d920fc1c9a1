"""Layer: what is done to the active layer as a whole."""

from __future__ import annotations

from studio.app.action import Action, Context
from studio.app.menus import when

MENU = "Layer"


def _add(context: Context) -> None:
    context.studio.documents.add_empty_layer()


def _duplicate(context: Context) -> None:
    documents = context.studio.documents
    documents.duplicate_layer(documents.active_id)


def _remove(context: Context) -> None:
    documents = context.studio.documents
    documents.remove_layer(documents.active_id)


def _shift(context: Context, by: int) -> None:
    documents = context.studio.documents
    index = documents.document.index_of(documents.active_id)
    documents.reorder_layer(documents.active_id, index + by)


def _rename(context: Context) -> None:
    documents = context.studio.documents
    layer = documents.active_layer
    if layer is not None and (name := context.shell.ask_text("Rename layer", layer.name)):
        documents.rename_layer(layer.id, name)


def _toggle_visible(context: Context) -> None:
    documents = context.studio.documents
    layer = documents.active_layer
    if layer is not None:
        documents.set_visible(layer.id, not layer.visible)


def _is_visible(context: Context) -> bool:
    layer = context.studio.documents.active_layer
    return layer is not None and layer.visible


ACTIONS = (
    Action(
        "layer.add",
        "New Layer",
        MENU,
        _add,
        ("Ctrl+Shift+N",),
        "add",
        enabled=when.in_project,
    ),
    Action(
        "layer.duplicate",
        "Duplicate Layer",
        MENU,
        _duplicate,
        ("Ctrl+J",),
        "duplicate",
        enabled=when.has_layer,
    ),
    Action(
        "layer.remove",
        "Delete Layer",
        MENU,
        _remove,
        icon="trash",
        enabled=when.has_layer,
    ),
    Action(
        "layer.up",
        "Bring Forward",
        MENU,
        lambda context: _shift(context, 1),
        ("Ctrl+]",),
        "up",
        1,
        enabled=when.can_raise,
    ),
    Action(
        "layer.down",
        "Send Backward",
        MENU,
        lambda context: _shift(context, -1),
        ("Ctrl+[",),
        "down",
        1,
        enabled=when.can_lower,
    ),
    Action(
        "layer.rename", "Rename Layer…", MENU, _rename, ("F2",), section=2, enabled=when.has_layer
    ),
    Action(
        "layer.visible",
        "Layer Is Visible",
        MENU,
        _toggle_visible,
        ("Ctrl+H",),
        "eye",
        2,
        enabled=when.has_layer,
        checked=_is_visible,
    ),
)
