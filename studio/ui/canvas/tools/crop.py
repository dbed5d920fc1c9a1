from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from studio.app.cropping import (
    FREE,
    ORIGINAL,
    Ratio,
    Target,
    crop_canvas,
    inside_turned,
    leveling,
    straighten,
    with_ratio,
)
from studio.app.edit_steps import add_step
from studio.core.image import NOWHERE, Rect
from studio.ui import theme
from studio.ui.canvas.frame import (
    CORNERS,
    EDGES,
    Grip,
    dragged,
    grip_at,
    grip_cursor,
    grip_position,
    paint_frame,
    proportional,
)
from studio.ui.canvas.tools.crop_options import CropOptions
from studio.ui.canvas.tools.tool import PendingTool, Pointer, ToolInfo

_GRIPS: tuple[Grip, ...] = (*CORNERS, *EDGES)
_SHADE = 0.55
_RIM = 1.0  # px: the edges of a turned picture are half transparent
_LEAST_LINE = 12.0  # view px: a shorter line says nothing about a horizon


class CropTool(PendingTool):
    """Frames what stays of the canvas or the active layer; Enter applies, Escape starts over."""

    target: Target = "canvas"
    ratio: Ratio = FREE
    swapped = False  # the sides of the ratio
    straightening = False  # the next drag draws a line that is to lie level

    _frame = QRectF()  # document px
    _grip: Grip | None = None  # None while a new frame or a line is drawn
    _hovered: Grip | None = None
    _start: Pointer | None = None
    _before = QRectF()
    _line: QLineF | None = None  # document px
    _options: CropOptions | None = None

    def activate(self) -> None:
        self._frame = QRectF()

    def deactivate(self) -> None:
        self._frame, self._start, self._line = QRectF(), None, None
        self.straightening = False

    # --- The mouse ---

    def press(self, pointer: Pointer) -> None:
        self._start, self._before = pointer, self.frame
        self._grip = None if self.straightening else self._grip_at(pointer)
        if self.straightening:
            self._line = QLineF(pointer.document, pointer.document)
        layer = self.session.active_layer
        moving = {layer.id} if layer is not None and self.target == "layer" else set()
        self.view.snapper.begin(moving)

    def move(self, pointer: Pointer) -> None:
        if self._start is None:
            return
        if self._line is not None:
            self._line.setP2(pointer.document)
        elif self._grip is None:
            self._frame = self._drawn(self._start.document, self._snapped(pointer))
        else:
            self._frame = self._adjusted(self._grip, pointer)
        self.refresh()

    def release(self, pointer: Pointer) -> None:
        line, self._line, self._start = self._line, None, None
        self.view.snapper.end()
        if line is not None:
            self._level(line)

    def hover(self, pointer: Pointer) -> None:
        self._hovered = self._grip_at(pointer)

    def double_click(self, pointer: Pointer) -> None:
        if self.frame.contains(pointer.document):
            self.apply()

    def cursor(self) -> Qt.CursorShape:
        hovered = self._grip if self._start else self._hovered
        plain = self.straightening or hovered is None
        return Qt.CursorShape.CrossCursor if plain else grip_cursor(hovered)

    def _drawn(self, start: QPointF, end: QPointF) -> QRectF:
        """A new frame from corner to corner, of the ratio that is chosen."""
        frame = QRectF(start, end)
        ratio = self._ratio()
        if ratio:
            height = max(abs(frame.height()), abs(frame.width()) / ratio)
            frame.setHeight(height if frame.height() >= 0 else -height)
            frame.setWidth(height * ratio if frame.width() >= 0 else -height * ratio)
        return frame.normalized()

    def _adjusted(self, grip: Grip, pointer: Pointer) -> QRectF:
        assert self._start is not None
        by = pointer.document - self._start.document
        if grip == "inside":
            by += self.view.snapper.rect(self._before.translated(by), on=_snaps(pointer))
            return dragged(self._before, grip, by)
        corner = grip_position(self._before, grip)
        across, down = "left" in grip or "right" in grip, "top" in grip or "bottom" in grip
        on = _snaps(pointer)
        by = self.view.snapper.point(corner + by, on=on, x=across, y=down) - corner
        ratio = self._ratio()
        if not ratio:
            return dragged(self._before, grip, by)
        if grip in CORNERS:
            return proportional(self._before, grip, by)
        frame = dragged(self._before, grip, by)
        width = frame.width() if across else frame.height() * ratio
        sized = QRectF(frame.left(), frame.top(), width, width / ratio)
        sized.moveCenter(frame.center())
        return sized

    def _snapped(self, pointer: Pointer) -> QPointF:
        return self.view.snapper.point(pointer.document, on=_snaps(pointer))

    # --- Intents ---

    def apply(self) -> None:
        """Crop, and go back to the move tool."""
        kept = self._pixels()
        if kept is not None and self.target == "canvas":
            crop_canvas(self.session, kept)
        elif kept is not None:
            self._crop_layer(kept)
        self.view.set_tool("move")

    def cancel(self) -> None:
        self._frame, self._start, self._line = QRectF(), None, None
        self.refresh()

    def choose(
        self,
        *,
        target: Target | None = None,
        ratio: Ratio | None = None,
        swapped: bool | None = None,
    ) -> None:
        """Crop something else, or in other proportions."""
        if target is not None and target != self.target:
            self.target, self._frame = target, QRectF()
        if ratio is not None:
            self.ratio = ratio
        if swapped is not None:
            self.swapped = swapped
        wanted = self._ratio()
        if wanted and not self.frame.isEmpty():
            self._frame = with_ratio(self.frame, wanted)
        self.refresh()

    def _crop_layer(self, kept: Rect) -> None:
        layer = self._whole()
        if kept != layer:
            place = kept.translated(-layer.x, -layer.y)
            add_step(self.session, "crop", place._asdict())

    def _level(self, line: QLineF) -> None:
        """Turn what is cropped so that the line lies level, and frame what is left of it."""
        self.straightening = False
        degrees = leveling(line.p1(), line.p2())
        whole = QRectF(*self._whole())
        if line.length() * self.view.zoom >= _LEAST_LINE and degrees and not whole.isEmpty():
            layer = self.session.active_layer
            one = (layer,) if layer is not None else ()
            layers = one if self.target == "layer" else self.session.document.layers
            straighten(self.session, degrees, whole.center(), layers, self.renderer.rendered_box)
            width, height = inside_turned(whole.width(), whole.height(), degrees)
            self._frame = QRectF(0, 0, width - 2 * _RIM, height - 2 * _RIM)
            self._frame.moveCenter(whole.center())
            self.choose()
        self.refresh()

    # --- What is framed ---

    @property
    def frame(self) -> QRectF:
        """What stays, in document px: all of it before a frame was drawn."""
        return self._frame if not self._frame.isEmpty() else QRectF(*self._whole())

    def _whole(self) -> Rect:
        """What is cropped, in document px; empty where there is nothing."""
        if self.target == "canvas":
            return self.session.document.rect
        layer = self.session.active_layer
        return NOWHERE if layer is None else self.renderer.rendered_rect(layer)

    def _ratio(self) -> float:
        """Width by height of the frame; 0 where it is free."""
        _, width, height = self.ratio
        if self.ratio == ORIGINAL:
            _, _, width, height = self._whole()
        if self.swapped:
            width, height = height, width
        return width / height if width and height else 0.0

    def _pixels(self) -> Rect | None:
        """The frame in whole px, of a layer only what it has; None if that is nothing."""
        frame = self.frame
        left, top = round(frame.left()), round(frame.top())
        kept = Rect.from_edges(left, top, round(frame.right()), round(frame.bottom()))
        if self.target == "layer":
            kept = kept.intersect(self._whole())
        return None if kept.is_empty else kept

    def _grip_at(self, pointer: Pointer) -> Grip | None:
        shown = self.view.transform.rect_to_view(self.frame)
        grip = grip_at(shown, pointer.view, _GRIPS)
        # Before a frame was drawn, pressing inside begins one.
        return None if grip == "inside" and self._frame.isEmpty() else grip

    # --- What is shown ---

    def paint(self, painter: QPainter) -> None:
        frame = self.frame
        if not frame.isEmpty():
            shown = self.view.transform.rect_to_view(frame)
            outside = QPainterPath()
            outside.addRect(self.view.canvas_rect)
            outside.addRect(shown)
            painter.fillPath(outside, theme.fade(QColor(Qt.GlobalColor.black), _SHADE))
            painter.setPen(theme.fade(QColor(Qt.GlobalColor.white), 0.35))
            painter.drawLines(_thirds(shown))
            paint_frame(painter, shown, _GRIPS)
        if self._line is not None:
            to_view = self.view.transform.to_view
            painter.setPen(QPen(theme.current().color("accent"), 2.0))
            painter.drawLine(to_view(self._line.p1()), to_view(self._line.p2()))

    def options(self, parent: QWidget) -> QWidget:
        self._options = CropOptions(self, parent)
        self._options.destroyed.connect(self._forget_options)
        return self._options

    def refresh(self) -> None:
        if self._options is not None:
            self._options.refresh()
        self.view.update()

    def size(self) -> tuple[int, int]:
        """What would be left, in px."""
        kept = self._pixels()
        return (kept.width, kept.height) if kept is not None else (0, 0)

    def _forget_options(self) -> None:
        self._options = None


def _snaps(pointer: Pointer) -> bool:
    return not pointer.holds(Qt.KeyboardModifier.ControlModifier)


def _thirds(rect: QRectF) -> list[QLineF]:
    lines = []
    for part in (1 / 3, 2 / 3):
        x, y = rect.left() + rect.width() * part, rect.top() + rect.height() * part
        lines.append(QLineF(QPointF(x, rect.top()), QPointF(x, rect.bottom())))
        lines.append(QLineF(QPointF(rect.left(), y), QPointF(rect.right(), y)))
    return lines


CROP = ToolInfo(
    "crop",
    "Crop",
    "crop",
    "C",
    "Drag a frame · Enter crops · Esc starts over · Straighten: draw a line along the horizon",
    CropTool,
    12,
)
