"""Select: the selection as a whole; its shape is drawn with the tools."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath

from studio.app.action import Action, Context
from studio.app.menus import when
from studio.app.selection import combined, rasterized
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
)
