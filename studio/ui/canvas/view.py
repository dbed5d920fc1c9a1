"""The canvas: shows the document and hands the mouse to the active tool."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from studio.app.canvas_renderer import CanvasRenderer
from studio.app.document_session import DocumentSession
from studio.core.change import DocumentChange
from studio.core.image import Rect
from studio.core.latent import LatentPoint
from studio.ui.canvas.drops import dropped_files, dropped_latent
from studio.ui.canvas.layer_card import LayerCard
from studio.ui.canvas.navigation import Navigator
from studio.ui.canvas.overlays import paint_empty_hint, paint_selection
from studio.ui.canvas.painting import Backdrop, Frame
from studio.ui.canvas.rulers import THICKNESS, Ruler
from studio.ui.canvas.tool_list import TOOLS
from studio.ui.canvas.tools.tool import Pointer, Tool
from studio.ui.canvas.view_transform import ViewTransform, next_stop, previous_stop
from studio.ui.canvas.zoom_bar import ZoomBar

FIT_MARGIN = 40  # view px
_IN_SIGHT = 48  # view px of the document that stay in view


class CanvasView(QWidget):
    """The document on its surround, with rulers, zoom control and the active tool's overlay.

    Lives in the GUI thread. Owns where the document lies (`transform`) and which tool is active.
    Emits `zoom_changed(float)`, `pointer_moved(QPointF | None)` in document px,
    `tool_changed(str)`, `open_in_explorer(str)` with a layer's id, `files_dropped(list[Path],
    QPointF)` and `latent_dropped(LatentPoint, QPointF)` at document px.
    """

    zoom_changed = Signal(float)
    pointer_moved = Signal(object)
    tool_changed = Signal(str)
    open_in_explorer = Signal(str)
    files_dropped = Signal(list, QPointF)
    latent_dropped = Signal(LatentPoint, QPointF)

    def __init__(
        self, session: DocumentSession, renderer: CanvasRenderer, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.renderer = renderer
        self.transform = ViewTransform()
        self._fitted = True  # follow the view's size until the person zooms or pans
        self._backdrop = Backdrop(renderer)
        self._navigator = Navigator(self)
        self._tools: dict[str, Tool] = {info.id: info.make(self) for info in TOOLS}
        self._tool_id = TOOLS[0].id
        self._pressed = False
        self._top = Ruler(Qt.Orientation.Horizontal, self)
        self._left = Ruler(Qt.Orientation.Vertical, self)
        self._zoom_bar = ZoomBar(self)
        self._card = LayerCard(self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._connect()

    def _connect(self) -> None:
        self.session.changed.connect(self._follow)
        self.session.active_changed.connect(self._place_card)
        self.renderer.updated.connect(self._show_tiles)
        self.renderer.forms_changed.connect(self._place_card)
        self.renderer.outline_changed.connect(self.update)
        self._card.opened.connect(self.open_in_explorer)
        self._zoom_bar.zoomed_in.connect(self.zoom_in)
        self._zoom_bar.zoomed_out.connect(self.zoom_out)
        self._zoom_bar.fitted.connect(self.fit)
        self._zoom_bar.zoom_wanted.connect(self.zoom_to)

    # --- Where the document lies ---

    @property
    def canvas_rect(self) -> QRectF:
        """The part of the widget that shows the document: all but the rulers."""
        return QRectF(self.rect().adjusted(THICKNESS, THICKNESS, 0, 0))

    @property
    def zoom(self) -> float:
        return self.transform.zoom

    def fit(self) -> None:
        """Show the whole document, also when the view's size changes."""
        document = self.session.document.rect
        self._set_transform(ViewTransform.fitted(document, self.canvas_rect, FIT_MARGIN))
        self._fitted = True

    def zoom_to(self, zoom: float, anchor: QPointF | None = None) -> None:
        """Zoom, 1.0 being 100 %, about a view position (default: the middle of the view)."""
        anchor = self.canvas_rect.center() if anchor is None else anchor
        self._set_transform(self.transform.zoomed(zoom, anchor))

    def zoom_in(self, anchor: QPointF | None = None) -> None:
        self.zoom_to(next_stop(self.zoom), anchor)

    def zoom_out(self, anchor: QPointF | None = None) -> None:
        self.zoom_to(previous_stop(self.zoom), anchor)

    def zoom_to_rect(self, rect: QRectF) -> None:
        """Fill the view with a rectangle of the document."""
        size = Rect(0, 0, max(1, round(rect.width())), max(1, round(rect.height())))
        fitted = ViewTransform.fitted(size, self.canvas_rect, 0)
        self._set_transform(fitted.panned(-rect.x() * fitted.zoom, -rect.y() * fitted.zoom))

    def pan(self, dx: float, dy: float) -> None:
        """Move the document by view px."""
        self._set_transform(self.transform.panned(dx, dy))

    def _set_transform(self, transform: ViewTransform) -> None:
        old, self.transform = self.transform, self._kept_in_sight(transform)
        self._fitted = False
        for ruler in (self._top, self._left):
            ruler.show_transform(self.transform.panned(-ruler.x(), -ruler.y()))
        self._zoom_bar.show_zoom(self.zoom)
        self._place_card()
        self.update()
        if old.zoom != self.zoom:
            self.zoom_changed.emit(self.zoom)

    def _kept_in_sight(self, transform: ViewTransform) -> ViewTransform:
        """Never let the document leave the view entirely."""
        page = transform.rect_to_view(self.session.document.rect)
        area = self.canvas_rect.adjusted(_IN_SIGHT, _IN_SIGHT, -_IN_SIGHT, -_IN_SIGHT)
        dx = max(0.0, area.left() - page.right()) + min(0.0, area.right() - page.left())
        dy = max(0.0, area.top() - page.bottom()) + min(0.0, area.bottom() - page.top())
        return transform.panned(dx, dy)

    # --- Tools ---

    @property
    def tool(self) -> Tool:
        return self._tools[self._tool_id]

    @property
    def tool_id(self) -> str:
        return self._tool_id

    def set_tool(self, tool_id: str) -> None:
        """Pick a tool of `TOOLS`."""
        if tool_id == self._tool_id:
            return
        self.tool.deactivate()
        self._tool_id = tool_id
        self._pressed = False
        self.tool.activate()
        self.refresh_cursor()
        self.update()
        self.tool_changed.emit(tool_id)

    def refresh_cursor(self) -> None:
        panning = self._navigator.panning
        self.setCursor(self._navigator.cursor if panning else self.tool.cursor())

    # --- Following the session ---

    def _follow(self, change: DocumentChange) -> None:
        if change.resized or not change.before.layers:
            self.fit()
        self._place_card()
        self.update()

    def _show_tiles(self, rect: QRect) -> None:
        self._backdrop.invalidate(Rect(rect.x(), rect.y(), rect.width(), rect.height()))
        self.update()

    def _place_card(self) -> None:
        layer = self.session.active_layer
        rect = self.renderer.rendered_rect(layer.id) if layer is not None else None
        shown = self.transform.rect_to_view(rect) if rect is not None else QRectF()
        self._card.show_layer(layer, shown, self.canvas_rect)

    # --- Events ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        document = self.session.document
        ratio = self.devicePixelRatioF()
        frame = Frame.of(document.rect, self.transform, ratio)
        size = QRect(0, 0, round(self.width() * ratio), round(self.height() * ratio))
        self.renderer.show_region(frame.level, frame.to_document(size))
        image = self._backdrop.image(frame, size)
        painter.drawImage(QRectF(self.rect()), image, QRectF(size))
        if not document.layers:
            paint_empty_hint(painter, self.canvas_rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_selection(painter, self.renderer.selection_outline, self.transform)
        self.tool.paint(painter)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        width, height = self.width(), self.height()
        self._top.setGeometry(THICKNESS, 0, width - THICKNESS, THICKNESS)
        self._left.setGeometry(0, THICKNESS, THICKNESS, height - THICKNESS)
        bar = self._zoom_bar.sizeHint()
        self._zoom_bar.setGeometry(
            width - bar.width() - 14, height - bar.height() - 14, bar.width(), bar.height()
        )
        if self._fitted:
            self.fit()
        else:
            self._set_transform(self.transform)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._navigator.press(event) and event.button() is Qt.MouseButton.LeftButton:
            self._pressed = True
            self.tool.press(self._pointer(event))
        self.refresh_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pointer = self._pointer(event)
        moved = self._navigator.move(event, self.transform)
        if moved is not None:
            self._set_transform(moved)
        elif self._pressed:
            self.tool.move(pointer)
        else:
            self.tool.hover(pointer)
            self.refresh_cursor()
        self._point(pointer)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._navigator.release() and self._pressed:
            self._pressed = False
            self.tool.release(self._pointer(event))
        self.refresh_cursor()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._set_transform(self._navigator.wheel(event, self.transform))
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            pinched = self._navigator.pinch(event, self.transform)
            if pinched is not None:
                self._set_transform(pinched)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._navigator.key(event):
            self.refresh_cursor()
        elif not self.tool.key(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self._navigator.key(event):
            self.refresh_cursor()
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._navigator.focus_lost()
        self.refresh_cursor()
        super().focusOutEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.StyleChange:
            self._backdrop.discard()
        super().changeEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        super().leaveEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_files(event.mimeData()) or dropped_latent(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        place = self.transform.to_document(event.position())
        latent, files = dropped_latent(event.mimeData()), dropped_files(event.mimeData())
        if latent is not None:
            self.latent_dropped.emit(latent, place)
        elif files:
            self.files_dropped.emit(files, place)
        event.acceptProposedAction()

    def _pointer(self, event: QMouseEvent) -> Pointer:
        view = event.position()
        return Pointer(self.transform.to_document(view), view, event.modifiers())

    def _point(self, pointer: Pointer | None) -> None:
        view = pointer.view if pointer else None
        self._top.show_pointer(view - QPointF(THICKNESS, 0) if view else None)
        self._left.show_pointer(view - QPointF(0, THICKNESS) if view else None)
        self.pointer_moved.emit(pointer.document if pointer else None)
