"""Edit: undo and redo, copy and paste."""

from __future__ import annotations

from studio.app import clipboard
from studio.app.action import Action, Context
from studio.app.menus import when
from studio.app.studio import Studio

MENU = "Edit"


def undo_text(studio: Studio) -> str:
    text = studio.documents.undo_stack.undoText()
    return f"Undo {_lower(text)}" if text else "Undo"


def redo_text(studio: Studio) -> str:
    text = studio.documents.undo_stack.redoText()
    return f"Redo {_lower(text)}" if text else "Redo"


def copy_text(studio: Studio) -> str:
    return "Copy Selection" if when.has_selection(studio) else "Copy Layer"


def delete_text(studio: Studio) -> str:
    return "Delete Selected Pixels" if when.has_selection(studio) else "Delete Layer"


def _delete(context: Context) -> None:
    """As in other editors: what is selected, or the layer where nothing is."""
    studio = context.studio
    if when.has_selection(studio):
        studio.selections.erase()
    else:
        studio.layers.remove()


def _can_cut(studio: Studio) -> bool:
    return when.has_selection(studio) and when.has_layer(studio)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _undo(context: Context) -> None:
    context.studio.documents.undo_stack.undo()


def _redo(context: Context) -> None:
    context.studio.documents.undo_stack.redo()


ACTIONS = (
    Action(
        "edit.undo", "Undo", MENU, _undo, ("Ctrl+Z",), "undo", enabled=when.can_undo, text=undo_text
    ),
    Action(
        "edit.redo",
        "Redo",
        MENU,
        _redo,
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        "redo",
        enabled=when.can_redo,
        text=redo_text,
    ),
    Action(
        "edit.copy",
        "Copy Layer",
        MENU,
        lambda context: clipboard.copy_layer(context.studio),
        ("Ctrl+C",),
        "duplicate",
        1,
        enabled=when.has_layer,
        text=copy_text,
    ),
    Action(
        "edit.copy_all",
        "Copy Picture",
        MENU,
        lambda context: clipboard.copy_document(context.studio),
        ("Ctrl+Shift+C",),
        section=1,
        enabled=when.has_layers,
    ),
    Action(
        "edit.cut",
        "Cut Selection",
        MENU,
        lambda context: clipboard.cut(context.studio),
        ("Ctrl+X",),
        section=1,
        enabled=_can_cut,
    ),
    Action(
        "edit.paste",
        "Paste as Layer",
        MENU,
        lambda context: clipboard.paste(context.studio),
        ("Ctrl+V",),
        "place",
        1,
        enabled=when.in_project,
    ),
    Action(
        "edit.delete",
        "Delete",
        MENU,
        _delete,
        ("Del", "Backspace"),
        "trash",
        1,
        enabled=when.has_layer,
        text=delete_text,
        canvas_only=True,
    ),
    Action(
        "edit.put_images_back",
        "Put Images Back",
        MENU,
        lambda context: context.studio.dataset.put_back(),
        icon="images",
        section=2,
        enabled=when.can_put_back,
        tip="Undo the last change to which images are left out or trimmed",
    ),
    Action(
        "edit.show_finding",
        "Show Finding Again",
        MENU,
        lambda context: context.studio.doctor.show_again(),
        icon="images",
        section=2,
        enabled=lambda studio: studio.doctor.can_show_again,
        tip="Undo the last “Fine as it is”",
    ),
    Action(
        "edit.settings",
        "Settings…",
        MENU,
        lambda context: context.shell.show_dialog("settings"),
        ("Ctrl+,",),
        "settings",
        3,
    ),
)
