"""Pictures to and from the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication, QImage

from studio.app import exchange
from studio.app.lanes import Job, once
from studio.app.layer_rendering import render_document, render_single_layer
from studio.app.qimage import pixels8_of_qimage, to_qimage
from studio.app.selected_pixels import lifted
from studio.app.studio import Studio
from studio.core.control import RunControl
from studio.core.document import Layer, Provenance
from studio.core.image import Image
from studio.core.raster import Raster
from studio.paths import data_dir


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


def copy_file(studio: Studio) -> None:
    """The flattened picture as a PNG file, for programs that take files."""
    document = studio.documents.document
    file = data_dir() / "clipboard" / f"{_file_name(studio.project.name)}.png"

    def write(control: RunControl) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        exchange.export_document(document, file, control)

    def show(_none: None) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file))])
        QGuiApplication.clipboard().setMimeData(data)
        studio.notifications.post("Copied as a file.", tone="good")

    studio.lanes["edits"].submit(
        Job(once(write), on_event=show, on_failed=studio.notifications.failed)
    )


def _file_name(name: str) -> str:
    return "".join(c if c.isalnum() or c in " -_." else "_" for c in name).strip(" .") or "Picture"


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
        document = studio.documents.document
        studio.exchange.import_pictures(files, max(document.width, document.height))
    elif data.hasImage():
        raster = Raster.from_pixels8(pixels8_of_qimage(QGuiApplication.clipboard().image()))
        layer = Layer(raster, "Pasted", provenance=Provenance("imported"))
        studio.documents.add_layer(exchange.centered(layer, studio.documents.document), "Paste")
    else:
        studio.notifications.post(
            "There is no picture on the clipboard.", "Copy one in any program, then paste here."
        )
