"""Where the document lies in the view: zoom, pan and fit, with rulers and zoom control."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QNativeGestureEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from studio.app.document_session import DocumentSession
from studio.core.change import DocumentChange
from studio.core.image import Rect
from studio.ui.canvas.navigation import Navigator
from studio.ui.canvas.rulers import THICKNESS, Ruler
from studio.ui.canvas.view_transform import ViewTransform, next_stop, previous_stop
from studio.ui.canvas.zoom_bar import ZoomBar

FIT_MARGIN = 40  # view px
_IN_SIGHT = 48  # view px of the document that stay in view
_BAR_MARGIN = 14  # view px


class Viewport(QWidget):
    """Owns `transform`, and moves it by wheel, touchpad, zoom control and methods.

    Lives in the GUI thread. Emits `transformed()` whenever the document lies elsewhere, and
    `zoom_changed(float)`.
    """

    transformed = Signal()
    zoom_changed = Signal(float)

    def __init__(self, session: DocumentSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.transform = ViewTransform()
        self.navigator = Navigator(self)
        self._fitted = True  # follow the view's size until the person zooms or pans
        self.top_ruler = Ruler(Qt.Orientation.Horizontal, self)
        self.left_ruler = Ruler(Qt.Orientation.Vertical, self)
        self.zoom_bar = ZoomBar(self)
        self.zoom_bar.zoomed_in.connect(self.zoom_in)
        self.zoom_bar.zoomed_out.connect(self.zoom_out)
        self.zoom_bar.fitted.connect(self.fit)
        self.zoom_bar.zoom_wanted.connect(self.zoom_to)
        session.changed.connect(self._fit_new_size)

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
        self.set_transform(ViewTransform.fitted(document, self.canvas_rect, FIT_MARGIN))
        self._fitted = True

    def zoom_to(self, zoom: float, anchor: QPointF | None = None) -> None:
        """Zoom, 1.0 being 100 %, about a view position (default: the middle of the view)."""
        anchor = self.canvas_rect.center() if anchor is None else anchor
        self.set_transform(self.transform.zoomed(zoom, anchor))

    def zoom_in(self, anchor: QPointF | None = None) -> None:
        self.zoom_to(next_stop(self.zoom), anchor)

    def zoom_out(self, anchor: QPointF | None = None) -> None:
        self.zoom_to(previous_stop(self.zoom), anchor)

    def zoom_to_rect(self, rect: QRectF) -> None:
        """Fill the view with a rectangle of the document."""
        size = Rect(0, 0, max(1, round(rect.width())), max(1, round(rect.height())))
        fitted = ViewTransform.fitted(size, self.canvas_rect, 0)
        self.set_transform(fitted.panned(-rect.x() * fitted.zoom, -rect.y() * fitted.zoom))

    def pan(self, dx: float, dy: float) -> None:
        """Move the document by view px."""
        self.set_transform(self.transform.panned(dx, dy))

    def set_transform(self, transform: ViewTransform) -> None:
        """Let the document lie elsewhere, but never entirely out of sight."""
        old, self.transform = self.transform, self._kept_in_sight(transform)
        self._fitted = False
        for ruler in (self.top_ruler, self.left_ruler):
            ruler.show_transform(self.transform.panned(-ruler.x(), -ruler.y()))
        self.zoom_bar.show_zoom(self.zoom)
        self.update()
        self.transformed.emit()
        if old.zoom != self.zoom:
            self.zoom_changed.emit(self.zoom)

    def _kept_in_sight(self, transform: ViewTransform) -> ViewTransform:
        page = transform.rect_to_view(self.session.document.rect)
        area = self.canvas_rect.adjusted(_IN_SIGHT, _IN_SIGHT, -_IN_SIGHT, -_IN_SIGHT)
        dx = max(0.0, area.left() - page.right()) + min(0.0, area.right() - page.left())
        dy = max(0.0, area.top() - page.bottom()) + min(0.0, area.bottom() - page.top())
        return transform.panned(dx, dy)

    def mark_pointer(self, place: QPointF | None) -> None:
        """Show a view position on the rulers; None: the pointer is elsewhere."""
        self.top_ruler.show_pointer(place - QPointF(THICKNESS, 0) if place else None)
        self.left_ruler.show_pointer(place - QPointF(0, THICKNESS) if place else None)

    def _fit_new_size(self, change: DocumentChange) -> None:
        if change.resized:
            self.fit()

    # --- Events ---

    def resizeEvent(self, _event: QResizeEvent) -> None:
        width, height = self.width(), self.height()
        self.top_ruler.setGeometry(THICKNESS, 0, width - THICKNESS, THICKNESS)
        self.left_ruler.setGeometry(0, THICKNESS, THICKNESS, height - THICKNESS)
        bar = self.zoom_bar.sizeHint()
        x, y = width - bar.width() - _BAR_MARGIN, height - bar.height() - _BAR_MARGIN
        self.zoom_bar.setGeometry(x, y, bar.width(), bar.height())
        if self._fitted:
            self.fit()
        else:
            self.set_transform(self.transform)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.set_transform(self.navigator.wheel(event, self.transform))
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            pinched = self.navigator.pinch(event, self.transform)
            if pinched is not None:
                self.set_transform(pinched)
                return True
        return super().event(event)
