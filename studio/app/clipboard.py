"""Pictures to and from the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication, QImage

from studio.app import exchange
from studio.app.lanes import Job, once
from studio.app.layer_rendering import render_document, render_single_layer
from studio.app.qimage import from_qimage, to_qimage
from studio.app.selected_pixels import lifted
from studio.app.studio import Studio
from studio.core.control import RunControl
from studio.core.document import Layer, Provenance
from studio.core.image import Image
from studio.core.raster import Raster


def copy_layer(studio: Studio) -> None:
    """The active layer as it looks, with its edits; only what is selected if anything is."""
    layer, document = studio.documents.active_layer, studio.documents.document
    if layer is None:
        return
    if document.selection is None:
        _copy(studio, lambda control: render_single_layer(layer, document, control))
    else:
        _copy(studio, lambda control: lifted(layer, document, control).raster.read())


def cut(studio: Studio) -> None:
    """Copy what is selected of the active layer, and make it transparent."""
    copy_layer(studio)
    studio.selections.erase()


def copy_document(studio: Studio) -> None:
    """All visible layers, as an export would show them."""
    document = studio.documents.document
    _copy(studio, lambda control: render_document(document, control))


def _copy(studio: Studio, render: Callable[[RunControl], Image]) -> None:
    def show(image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        studio.notifications.post("Copied.", tone="good")

    studio.lanes["edits"].submit(
        Job(
            once(lambda control: to_qimage(render(control))),
            on_event=show,
            on_failed=studio.notifications.failed,
        )
    )


def paste(studio: Studio) -> None:
    """The clipboard's picture as a layer, or its files as layers."""
    data = QGuiApplication.clipboard().mimeData()
    files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if files:
        studio.import_pictures(files)
    elif data.hasImage():
        image = from_qimage(QGuiApplication.clipboard().image())
        layer = Layer(Raster.from_image(image), "Pasted", provenance=Provenance("imported"))
        studio.documents.add_layer(exchange.centered(layer, studio.documents.document), "Paste")
    else:
        studio.notifications.post(
            "There is no picture on the clipboard.", "Copy one in any program, then paste here."
        )
