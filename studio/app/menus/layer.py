"""Layer: what is done to the selected layers as a whole."""

from __future__ import annotations

from studio.app.action import Action, Context
from studio.app.menus import when
from studio.app.studio import Studio

MENU = "Layer"


def _rename(context: Context) -> None:
    layer = context.studio.documents.active_layer
    if layer is not None and (name := context.shell.ask_text("Rename layer", layer.name)):
        context.studio.layers.rename(layer.id, name)


def _toggle_visible(context: Context) -> None:
    layer = context.studio.documents.active_layer
    if layer is not None:
        context.studio.layers.set_visible(layer.id, not layer.visible)


def _is_visible(context: Context) -> bool:
    layer = context.studio.documents.active_layer
    return layer is not None and layer.visible


def _is_clipped(context: Context) -> bool:
    layer = context.studio.documents.active_layer
    return layer is not None and layer.clipped


def _merge_title(studio: Studio) -> str:
    if when.has_group(studio) and len(studio.layers.selected) == 1:
        return "Merge Group"
    return "Merge Layers" if len(studio.layers.selected) > 1 else "Merge Down"


ACTIONS = (
    Action(
        "layer.add",
        "New Layer",
        MENU,
        lambda context: context.studio.documents.add_empty_layer(),
        ("Ctrl+Shift+N",),
        "add",
        enabled=when.in_project,
    ),
    Action(
        "layer.duplicate",
        "Duplicate Layer",
        MENU,
        lambda context: context.studio.layers.duplicate(),
        ("Ctrl+J",),
        "duplicate",
        enabled=when.has_layer,
    ),
    Action(
        "layer.remove",
        "Delete Layer",
        MENU,
        lambda context: context.studio.layers.remove(),
        icon="trash",
        enabled=when.has_layer,
    ),
    Action(
        "layer.group",
        "Group Layers",
        MENU,
        lambda context: context.studio.layers.group(),
        ("Ctrl+G",),
        "folder",
        1,
        enabled=when.in_project,
        tip="Put the selected layers into a group",
    ),
    Action(
        "layer.ungroup",
        "Ungroup Layers",
        MENU,
        lambda context: context.studio.layers.ungroup(),
        ("Ctrl+Shift+G",),
        section=1,
        enabled=when.has_group,
    ),
    Action(
        "layer.clip",
        "Clip to Layer Below",
        MENU,
        lambda context: context.studio.layers.toggle_clipped(),
        ("Ctrl+Alt+G",),
        "clip-down",
        1,
        enabled=when.has_layer,
        checked=_is_clipped,
        tip="Show the layer only where the one below it shows",
    ),
    Action(
        "layer.up",
        "Bring Forward",
        MENU,
        lambda context: context.studio.layers.shift(1),
        ("Ctrl+]",),
        "up",
        2,
        enabled=when.can_raise,
    ),
    Action(
        "layer.down",
        "Send Backward",
        MENU,
        lambda context: context.studio.layers.shift(-1),
        ("Ctrl+[",),
        "down",
        2,
        enabled=when.can_lower,
    ),
    Action(
        "layer.merge",
        "Merge Down",
        MENU,
        lambda context: context.studio.layers.merge(),
        ("Ctrl+E",),
        section=4,
        enabled=lambda studio: studio.layers.can_merge(),
        text=_merge_title,
    ),
    Action(
        "layer.rasterize",
        "Rasterize Layer",
        MENU,
        lambda context: context.studio.layers.rasterize(),
        section=4,
        enabled=when.has_layer,
        tip="Make the layer, with its edits, plain pixels",
    ),
    Action(
        "layer.rename", "Rename Layer…", MENU, _rename, ("F2",), section=5, enabled=when.has_layer
    ),
    Action(
        "layer.visible",
        "Layer Is Visible",
        MENU,
        _toggle_visible,
        ("Ctrl+H",),
        "eye",
        5,
        enabled=when.has_layer,
        checked=_is_visible,
    ),
)
