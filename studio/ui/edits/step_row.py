"""One step of the edit stack: a line, and below it the form of the step that is unfolded."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.app.edit_steps import EditSteps
from studio.core.document import EditStep, Layer
from studio.core.params import specs
from studio.ui import theme
from studio.ui.edits.step_menu import StepMenu
from studio.ui.edits.summary import summary
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.icon_button import IconButton
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.link import link
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.param_form import ParamForm

LINE = 30


class StepLine(QWidget):
    """Eye, title, what it is set to, menu, remove. The whole line can be clicked and dragged.

    Emits `clicked()`, `menu_wanted(QPoint)` with a global position, `remove_wanted()` on the Delete
    key, `dragged(QPoint)` with a global position while it is dragged and `dropped(QPoint)` at the
    end.
    """

    clicked = Signal()
    menu_wanted = Signal(QPoint)
    remove_wanted = Signal()
    dragged = Signal(QPoint)
    dropped = Signal(QPoint)

    def __init__(self, title: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.eye = IconButton("eye", "Turn the edit off")
        self.title = QLabel(title)
        self.badge = QLabel("mask")
        self.badge.setToolTip("Works inside the selection that it was added with")
        self.summary = ElidedLabel()
        self.remove = IconButton("close", "Remove the edit")
        self.menu = IconButton("more", "Presets, mask and more")
        for button in (self.menu, self.remove):
            keep = button.sizePolicy()
            keep.setRetainSizeWhenHidden(True)  # nothing moves when it comes and goes
            button.setSizePolicy(keep)
            button.hide()
        self.menu.clicked.connect(
            lambda: self.menu_wanted.emit(self.menu.mapToGlobal(self.menu.rect().bottomLeft()))
        )
        self._pressed: QPoint | None = None
        self._dragging = False
        self._unfolded = False
        self.setToolTip(tip)
        self.setFixedHeight(LINE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lay_out()

    def show_step(self, enabled: bool, text: str, masked: bool, unfolded: bool) -> None:
        self.eye.show_as(
            "eye" if enabled else "eye-off", "Turn the edit off" if enabled else "Turn the edit on"
        )
        self.summary.setText(text if enabled else "off")
        self.badge.setVisible(masked)
        self._unfolded = unfolded
        self._show_buttons()
        theme.restyle(self.title, role="heading" if enabled else "secondary")
        self.update()

    def _lay_out(self) -> None:
        self.badge.setProperty("role", "badge")
        self.summary.setProperty("role", "secondary")
        self.summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 0, 6, 0)
        row.setSpacing(4)
        row.addWidget(self.eye)
        row.addWidget(self.title)
        row.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.summary, 1)
        row.addWidget(self.menu)
        row.addWidget(self.remove)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        distance = (event.position().toPoint() - self._pressed).manhattanLength()
        if self._dragging or distance >= QApplication.startDragDistance():
            self._dragging = True
            self.dragged.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        self._pressed = None
        if self._dragging:
            self._dragging = False
            self.dropped.emit(event.globalPosition().toPoint())
        else:
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        if self._unfolded:
            painter.fillRect(self.rect(), look.color("selection"))
        elif self.underMouse():
            painter.fillRect(self.rect(), look.color("field"))
        if self.hasFocus():
            painter.setPen(look.color("accent"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._show_buttons()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._show_buttons()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_buttons()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_buttons()

    def _show_buttons(self) -> None:
        """Menu and cross are there when one is at this line."""
        buttons = (self.menu, self.remove)
        near = self.underMouse() or any(part.hasFocus() for part in (self, *buttons))
        for button in buttons:
            button.setVisible(self._unfolded or near)
        self.update()


class StepRow(QWidget):
    """A step of the active layer. Its form is made when it is first unfolded.

    Sends intents to the sessions; emits `unfold_wanted(str)` with the step's id.
    """

    unfold_wanted = Signal(str)

    def __init__(self, edits: EditSteps, step: EditStep, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edits = edits
        self._documents = edits.documents
        self._operation = edits.operation(step.operation)
        self._specs = specs(self._operation.params_type)
        self._body: QWidget | None = None
        self._unfolded = False
        self._others: tuple[Layer, ...] = ()
        self.step = step
        self.form: ParamForm | None = None
        self.opacity: LabeledSlider | None = None
        self.line = StepLine(self._operation.title, self._operation.tooltip)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.line)
        self.line.clicked.connect(lambda: self.unfold_wanted.emit(self.step.id))
        self.line.eye.clicked.connect(lambda: edits.toggle(self.step.id))
        self.line.remove.clicked.connect(self._remove)
        self.line.remove_wanted.connect(self._remove)
        self.line.menu_wanted.connect(self.open_menu)
        self.show_step(step)

    @property
    def unfolded(self) -> bool:
        return self._unfolded

    def show_step(self, step: EditStep) -> None:
        """Show the step as it is now; a form whose slider moves right now is left alone."""
        self.step = step
        if self.form is not None and self.form.values() != step.params:
            self.form.set_values(step.params)
        if self.opacity is not None and self.opacity.value() != step.opacity * 100.0:
            self.opacity.set_value(step.opacity * 100.0)
        text = summary(self._specs, step.params)
        if step.opacity < 1.0:
            text = f"{step.opacity:.0%} · {text}" if text else f"{step.opacity:.0%}"
        self.line.show_step(step.enabled, text, step.mask is not None, self._unfolded)

    def offer_layers(self, layers: Sequence[Layer]) -> None:
        """Say which other layers the step can work with."""
        self._others = tuple(layers)
        if self.form is not None:
            self.form.offer_layers(self._others)

    def set_unfolded(self, unfolded: bool) -> None:
        if unfolded and self._body is None:
            self._body = self._make_body()
            self._column.addWidget(self._body)
        if self._body is not None:
            self._body.setVisible(unfolded)
        self._unfolded = unfolded
        self.show_step(self.step)

    def reset(self) -> None:
        """Back to what a new edit begins with, as one undo step."""
        self._edits.reset(self.step.id)

    def open_menu(self, place: QPoint) -> None:
        """Presets, mask, and what can be done with the step."""
        menu = StepMenu(self._edits, self.step, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _remove(self) -> None:
        self._edits.remove(self.step.id)

    def _make_body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(14, 6, 14, 8)
        column.setSpacing(4)
        if self._specs:
            self.form = self._make_form()
            column.addWidget(self.form)
        if not self._operation.geometric:
            self.opacity = self._make_opacity()
            column.addWidget(self.opacity)
        elif not self._specs:
            nothing = QLabel("Nothing to set.")
            nothing.setProperty("role", "secondary")
            column.addWidget(nothing)
        column.addWidget(self._make_links())
        return body

    def _make_form(self) -> ParamForm:
        form = ParamForm(self._specs, self.step.params)
        form.offer_layers(self._others)
        form.changed.connect(lambda values: self._edits.set_params(self.step.id, values))
        form.committed.connect(lambda _values: self._documents.end_gesture())
        return form

    def _make_opacity(self) -> LabeledSlider:
        limits = NumberRange(0.0, 100.0, 1.0, "%")
        tip = "How much of the edit shows"
        slider = LabeledSlider("Opacity", limits, self.step.opacity * 100.0, 100.0, tip)
        slider.changed.connect(lambda value: self._edits.set_opacity(self.step.id, value / 100.0))
        slider.committed.connect(lambda _value: self._documents.end_gesture())
        return slider

    def _make_links(self) -> QWidget:
        """Presets on the left, reset on the right."""
        links = QWidget()
        row = QHBoxLayout(links)
        row.setContentsMargins(0, 0, 0, 0)
        presets = link("Presets", "Ready settings, and your own")
        presets.clicked.connect(
            lambda: self.open_menu(presets.mapToGlobal(presets.rect().bottomLeft()))
        )
        reset = link("Reset", "Back to what the edit began with")
        reset.clicked.connect(self.reset)
        row.addWidget(presets)
        row.addStretch(1)
        row.addWidget(reset)
        return links
