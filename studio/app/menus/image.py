"""Image: what is done to the whole picture."""

from __future__ import annotations

from studio.app.action import Action, Context
from studio.app.menus import when

MENU = "Image"


def _canvas_size(context: Context) -> None:
    documents = context.studio.documents
    size = context.shell.ask_canvas_size()
    if size is not None:
        documents.set_canvas_size(size)


ACTIONS = (
    Action(
        "image.canvas_size",
        "Canvas Size…",
        MENU,
        _canvas_size,
        ("Ctrl+Alt+K",),
        enabled=when.in_project,
        tip="Size in px, mm or inches, resolution, and what stays in place",
    ),
    Action(
        "image.merge_visible",
        "Merge Visible",
        MENU,
        lambda context: context.studio.layers.merge_visible(),
        section=1,
        enabled=when.has_layers,
    ),
    Action(
        "image.flatten",
        "Flatten Image",
        MENU,
        lambda context: context.studio.layers.flatten(),
        section=1,
        enabled=when.has_layers,
        tip="Make the whole picture one layer; what is hidden is dropped",
    ),
)
