"""The canvas: shows the document and hands the mouse to the active tool."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTabletEvent,
)

from studio.app.canvas_aids import CanvasAids
from studio.app.canvas_renderer import CanvasRenderer
from studio.app.document_session import DocumentSession
from studio.app.painting import Painting
from studio.app.selection_session import SelectionSession
from studio.core.change import DocumentChange
from studio.core.image import Rect
from studio.core.latent import LatentPoint
from studio.ui.canvas.ants import MarchingAnts
from studio.ui.canvas.drops import dropped_files
from studio.ui.canvas.guide_lines import GuideLines
from studio.ui.canvas.layer_card import LayerCard
from studio.ui.canvas.overlays import paint_empty_hint, paint_tint
from studio.ui.canvas.painting import Backdrop, Frame
from studio.ui.canvas.snapper import Snapper
from studio.ui.canvas.stand_in import StandIn
from studio.ui.canvas.tools.move import MOVE
from studio.ui.canvas.tools.tool import Pointer, Tool, ToolInfo
from studio.ui.canvas.viewport import Viewport
from studio.ui.latent_mime import dropped_latent


class CanvasView(Viewport):
    """The document on its surround, with the selection and the active tool's overlay.

    Lives in the GUI thread. Owns the tools and which of them is active. Emits
    `pointer_moved(QPointF | None)` in document px, `tool_changed(str)`, `open_in_explorer(str)`
    with a layer's id, `files_dropped(list[Path], QPointF)` and `latent_dropped(LatentPoint,
    QPointF)` at document px.
    """

    pointer_moved = Signal(object)
    tool_changed = Signal(str)
    open_in_explorer = Signal(str)
    files_dropped = Signal(list, QPointF)
    latent_dropped = Signal(LatentPoint, QPointF)

    def __init__(
        self,
        session: DocumentSession,
        renderer: CanvasRenderer,
        selections: SelectionSession,
        painting: Painting,
        aids: CanvasAids,
    ) -> None:
        super().__init__(session)
        self.renderer = renderer
        self.selections = selections
        self.painting = painting
        self.aids = aids
        self.snapper = Snapper(self)
        self.guides = GuideLines(self)
        self.stand_in = StandIn(session, renderer)
        self._pressure = 1.0
        self._backdrop = Backdrop(renderer)
        self.tool_info: ToolInfo = MOVE  # the others are looked for once one of them is picked
        self._tools: dict[str, Tool] = {MOVE.id: MOVE.make(self)}
        self._pressed = False
        self._card = LayerCard(self)
        self._ants = MarchingAnts(self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Canvas")
        self._connect()

    def _connect(self) -> None:
        self.session.changed.connect(self._follow)
        self.session.active_changed.connect(self._follow)
        self.renderer.updated.connect(self._show_tiles)
        self.renderer.forms_changed.connect(self._place_card)
        self.renderer.outline_changed.connect(self._show_selection)
        self.selections.tint_changed.connect(self.update)
        self.aids.changed.connect(self.update)
        self.top_ruler.grabbed.connect(lambda: self.guides.begin("y"))
        self.left_ruler.grabbed.connect(lambda: self.guides.begin("x"))
        for ruler in (self.top_ruler, self.left_ruler):
            ruler.pulled.connect(self.guides.pull)
            ruler.let_go.connect(self.guides.drop)
        self._card.opened.connect(self.open_in_explorer)
        self.transformed.connect(self._place_card)

    # --- Tools ---

    @property
    def tool(self) -> Tool:
        return self._tools[self.tool_id]

    @property
    def tool_id(self) -> str:
        return self.tool_info.id

    def set_tool(self, tool_id: str) -> None:
        """Pick a tool.

        Raises:
            StudioError: there is none of that id.
        """
        from studio.ui.canvas.tool_list import FOUND

        if tool_id == self.tool_id:
            return
        info = FOUND[tool_id]
        self.tool.deactivate()
        self.tool_info = info
        if tool_id not in self._tools:
            self._tools[tool_id] = info.make(self)
        self._pressed = False
        self.tool.activate()
        self.refresh_cursor()
        self.update()
        self.tool_changed.emit(tool_id)

    def refresh_cursor(self) -> None:
        panning = self.navigator.panning
        self.setCursor(self.navigator.cursor if panning else self.tool.cursor())

    # --- Following the session ---

    def _follow(self, _change: DocumentChange | str) -> None:
        self._place_card()
        self.update()

    def _show_selection(self) -> None:
        self._ants.show_path(self.renderer.selection_look.path)
        self.update()

    def _show_tiles(self, rect: QRect) -> None:
        self._backdrop.invalidate(Rect(rect.x(), rect.y(), rect.width(), rect.height()))
        self.update()

    def _place_card(self) -> None:
        layer = self.session.active_layer
        shown = QRectF()
        if layer is not None:
            shown = self.transform.rect_to_view(self.renderer.rendered_rect(layer))
        taken = QRectF(self.zoom_bar.geometry())
        self._card.show_layer(layer, shown, self.canvas_rect, taken)

    # --- Events ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        document = self.session.document
        ratio = self.devicePixelRatioF()
        frame = Frame.of(document.rect, self.transform, ratio)
        size = QRect(0, 0, round(self.width() * ratio), round(self.height() * ratio))
        self.renderer.show_region(frame.level, frame.to_document(size))
        image = self._backdrop.image(frame, size)
        if self._backdrop.rough:
            self.update()
        painter.drawImage(QRectF(self.rect()), image, QRectF(size))
        self.stand_in.paint(painter, self.transform)
        if not document.layers:
            paint_empty_hint(painter, self.canvas_rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.selections.tinted:
            paint_tint(
                painter, self.renderer.selection_look, self.transform.rect_to_view(document.rect)
            )
        self.guides.paint(painter)
        self._ants.paint(painter, self.transform)
        self.tool.paint(painter)
        self.snapper.paint(painter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.navigator.press(event) and event.button() is Qt.MouseButton.LeftButton:
            self._pressed = True
            self.tool.press(self._pointer(event))
        self.refresh_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pointer = self._pointer(event)
        moved = self.navigator.move(event, self.transform)
        if moved is not None:
            self.set_transform(moved)
        elif self._pressed:
            self.tool.move(pointer)
        else:
            self.tool.hover(pointer)
            self.refresh_cursor()
        self._point(pointer)

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Note the pressure; ignored, the event comes again as one of the mouse."""
        if event.type() is not QEvent.Type.TabletRelease:
            self._pressure = event.pressure() if event.buttons() else 1.0
        event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and not self.navigator.panning:
            self.tool.double_click(self._pointer(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self.navigator.release() and self._pressed:
            self._pressed = False
            self.tool.release(self._pointer(event))
            self._pressure = 1.0
        self.refresh_cursor()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            if self.tool.claims(event):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.navigator.key(event):
            self.refresh_cursor()
        elif not self.tool.key(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self.navigator.key(event):
            self.refresh_cursor()
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.navigator.focus_lost()
        self.refresh_cursor()
        super().focusOutEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.StyleChange:
            self._backdrop.discard()
        super().changeEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        self.tool.leave()
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
        place = self.transform.to_document(view)
        return Pointer(place, view, event.modifiers(), self._pressure)

    def _point(self, pointer: Pointer | None) -> None:
        self.mark_pointer(pointer.view if pointer else None)
        self.pointer_moved.emit(pointer.document if pointer else None)
