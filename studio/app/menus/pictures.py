"""File: pictures as documents of their own, and with their layers."""

from __future__ import annotations

from studio.app import clipboard
from studio.app.action import Action, Context
from studio.app.incoming import import_pictures, open_picture
from studio.app.menus import when
from studio.app.menus.file import MENU


def _open_picture(context: Context) -> None:
    if file := context.shell.ask_picture():
        open_picture(context, file)


def _import_pictures(context: Context) -> None:
    import_pictures(context, context.shell.ask_pictures())


def _save_layered(context: Context) -> None:
    if file := context.shell.ask_layered_file(context.studio.project.name):
        context.studio.exchange.save_layered(file)


ACTIONS = (
    Action(
        "file.open_picture",
        "Open Picture…",
        MENU,
        _open_picture,
        ("Ctrl+Alt+O",),
        "image",
        tip="A new project whose canvas is the picture, with its layers where it has them",
    ),
    Action(
        "file.import_pictures",
        "Place Pictures as Layers…",
        MENU,
        _import_pictures,
        ("Ctrl+Shift+O",),
        "import",
        section=1,
        enabled=when.in_project,
    ),
    Action(
        "file.save_layered",
        "Save Layered Copy…",
        MENU,
        _save_layered,
        ("Ctrl+Alt+S",),
        "layers",
        section=2,
        enabled=when.has_layers,
        tip="OpenRaster: for Krita, GIMP and others",
    ),
    Action(
        "edit.copy_file",
        "Copy Picture as File",
        "Edit",
        lambda context: clipboard.copy_file(context.studio),
        ("Ctrl+Alt+C",),
        section=1,
        enabled=when.has_layers,
        tip="To paste into a file manager, a mail or a chat",
    ),
)
