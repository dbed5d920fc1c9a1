"""Select: the selection as a whole; its shape is drawn with the tools."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath

from studio.app.action import Action, Context
from studio.app.menus import when
from studio.app.selection import combined, rasterized
from studio.app.selection_by_color import ColorRange
from studio.app.selection_changes import CHANGES, SelectionChange
from studio.app.studio import Studio
from studio.core.document import Document
from studio.core.raster import Raster

MENU = "Select"


def _all(context: Context) -> None:
    documents = context.studio.documents
    documents.set_selection(_everything(documents.document))


def _none(context: Context) -> None:
    context.studio.documents.set_selection(None)


def _invert(context: Context) -> None:
    documents = context.studio.documents
    selection = documents.document.selection
    if selection is not None:
        everything = _everything(documents.document)
        documents.set_selection(combined(everything, selection, "subtract"))


def _everything(document: Document) -> Raster:
    path = QPainterPath()
    path.addRect(QRectF(*document.rect))
    return rasterized(path, document.rect)


def _alpha(context: Context) -> None:
    layer = context.studio.documents.active_layer
    if layer is not None:
        context.studio.selections.find_alpha(layer)


def _color_range(context: Context) -> None:
    selections = context.studio.selections
    trial = selections.begin_trial("Select color range")
    tinted = selections.tinted
    selections.set_tinted(True)
    if not context.shell.ask_params(
        "Select by color range",
        ColorRange(context.studio.painting.box.foreground),
        lambda params: selections.try_range(trial, params),
    ):
        trial.cancel()
    selections.set_tinted(tinted)


def _change_action(change: SelectionChange) -> Action:
    def run(context: Context) -> None:
        selections = context.studio.selections
        trial = selections.begin_trial(f"{change.title} selection")
        if not context.shell.ask_params(
            f"{change.title} selection",
            change.params_type(),
            lambda params: selections.try_change(trial, change, params),
        ):
            trial.cancel()

    return Action(
        f"select.{change.id}",
        f"{change.title}…",
        MENU,
        run,
        section=2,
        enabled=when.has_selection,
    )


def _save(context: Context) -> None:
    number = len(context.studio.documents.document.saved_selections) + 1
    name = context.shell.ask_text("Save selection", f"Selection {number}")
    if name:
        context.studio.selections.save(name)


def _load(context: Context) -> None:
    name = _ask_saved(context, "Load selection")
    if name:
        context.studio.selections.load(name)


def _forget(context: Context) -> None:
    name = _ask_saved(context, "Delete a saved selection")
    if name:
        context.studio.selections.forget(name)


def _ask_saved(context: Context, title: str) -> str | None:
    saved = context.studio.documents.document.saved_selections
    return context.shell.ask_choice(title, [kept.name for kept in saved])


def _has_saved(studio: Studio) -> bool:
    return bool(studio.documents.document.saved_selections)


def _selected_layer(studio: Studio) -> bool:
    return when.has_selection(studio) and when.has_layer(studio)


def _toggle_tint(context: Context) -> None:
    selections = context.studio.selections
    selections.set_tinted(not selections.tinted)


ACTIONS = (
    Action("select.all", "Select All", MENU, _all, ("Ctrl+A",), enabled=when.has_layers),
    Action("select.none", "Deselect", MENU, _none, ("Ctrl+D",), enabled=when.has_selection),
    Action(
        "select.invert",
        "Invert Selection",
        MENU,
        _invert,
        ("Ctrl+Shift+I",),
        enabled=when.has_selection,
    ),
    Action(
        "select.color_range",
        "By Color Range…",
        MENU,
        _color_range,
        section=1,
        enabled=when.has_layers,
    ),
    Action(
        "select.alpha",
        "From Layer’s Pixels",
        MENU,
        _alpha,
        section=1,
        enabled=when.has_layer,
        tip="Select where the active layer is not transparent",
    ),
    *map(_change_action, CHANGES),
    Action(
        "select.copy_to_layer",
        "Copy to New Layer",
        MENU,
        lambda context: context.studio.selections.copy_to_layer(),
        ("Ctrl+Alt+J",),
        section=3,
        enabled=_selected_layer,
    ),
    Action(
        "select.cut_to_layer",
        "Cut to New Layer",
        MENU,
        lambda context: context.studio.selections.cut_to_layer(),
        ("Ctrl+Shift+J",),
        section=3,
        enabled=_selected_layer,
    ),
    Action(
        "select.save",
        "Save Selection…",
        MENU,
        _save,
        section=4,
        enabled=when.has_selection,
        tip="Keep the selection in the project under a name",
    ),
    Action("select.load", "Load Selection…", MENU, _load, section=4, enabled=_has_saved),
    Action(
        "select.forget", "Delete Saved Selection…", MENU, _forget, section=4, enabled=_has_saved
    ),
    Action(
        "select.tint",
        "Tint What Is Not Selected",
        MENU,
        _toggle_tint,
        ("Q",),
        section=5,
        enabled=when.in_project,
        checked=lambda context: context.studio.selections.tinted,
    ),
)
