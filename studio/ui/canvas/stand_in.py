"""A small picture in place of layers that are moved, until the canvas shows them themselves."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from studio.app.canvas_renderer import CanvasRenderer
from studio.app.document_session import DocumentSession
from studio.app.free_transform import Quad, quad_map, rect_quad
from studio.core.document import Document
from studio.ui.canvas.quad import mapped
from studio.ui.canvas.view_transform import ViewTransform


@dataclass(frozen=True, slots=True)
class _Shown:
    image: QImage
    opacity: float
    quad: Quad  # document px
    document: Document | None = None  # what it stands for; None: what is still being dragged


class StandIn:
    """Painted over the document, whatever the tool. Belongs to the view."""

    def __init__(self, session: DocumentSession, renderer: CanvasRenderer) -> None:
        self._session = session
        self._renderer = renderer
        self._shown: _Shown | None = None

    def drag(self, image: QImage, opacity: float, quad: Quad) -> None:
        """Show `image` between those corners; nothing while there is no image."""
        self._shown = None if image.isNull() else _Shown(image, opacity, quad)

    def settle(self, image: QImage, opacity: float, quad: Quad) -> None:
        """The same until the document, as it is now, is rendered or another one comes."""
        if not image.isNull():
            self._shown = _Shown(image, opacity, quad, self._session.document)

    def clear(self) -> None:
        self._shown = None

    def paint(self, painter: QPainter, transform: ViewTransform) -> None:
        shown = self._shown
        if shown is None:
            return
        waits = shown.document is self._session.document and not self._renderer.idle
        if shown.document is not None and not waits:
            self._shown = None
            return
        source = rect_quad(QRectF(shown.image.rect()))
        painter.save()
        painter.setOpacity(shown.opacity)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setTransform(quad_map(source, mapped(shown.quad, transform.matrix)), combine=True)
        painter.drawImage(0, 0, shown.image)
        painter.restore()
