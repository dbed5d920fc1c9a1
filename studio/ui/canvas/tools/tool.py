"""What a tool of the canvas is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QCursor, QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from studio.app.canvas_renderer import CanvasRenderer
    from studio.app.document_session import DocumentSession
    from studio.ui.canvas.view import CanvasView


@dataclass(frozen=True, slots=True)
class Pointer:
    """One mouse event: where, in document px and in view px, and which keys are held.

    `pressure` is the pen's, 0 to 1; a mouse presses fully.
    """

    document: QPointF
    view: QPointF
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    pressure: float = 1.0

    def holds(self, modifier: Qt.KeyboardModifier) -> bool:
        return bool(self.modifiers & modifier)


class Tool:
    """Turns the mouse on the canvas into intents of the session. Override what is needed.

    Belongs to one view; lives in the GUI thread. Tools change the document only through the
    session's methods.
    """

    def __init__(self, view: CanvasView) -> None:
        self.view = view

    @property
    def session(self) -> DocumentSession:
        return self.view.session

    @property
    def renderer(self) -> CanvasRenderer:
        return self.view.renderer

    def activate(self) -> None:
        """The tool was picked."""

    def deactivate(self) -> None:
        """Another tool was picked: end whatever is going on."""

    def press(self, pointer: Pointer) -> None:
        """The left button went down."""

    def move(self, pointer: Pointer) -> None:
        """The mouse moved with the left button down."""

    def release(self, pointer: Pointer) -> None:
        """The left button was let go."""

    def double_click(self, pointer: Pointer) -> None:
        """The left button went down twice."""

    def hover(self, pointer: Pointer) -> None:
        """The mouse moved with no button down."""

    def leave(self) -> None:
        """The mouse left the canvas."""

    def key(self, event: QKeyEvent) -> bool:
        """A key was pressed; True if it meant something to the tool."""
        return False

    def claims(self, event: QKeyEvent) -> bool:
        """Whether a key that is also a command's shortcut is for the tool now."""
        return False

    def cursor(self) -> Qt.CursorShape | QCursor:
        return Qt.CursorShape.ArrowCursor

    def paint(self, painter: QPainter) -> None:
        """Draw over the document, in view px."""

    def options(self, parent: QWidget) -> QWidget | None:
        """What the options bar shows while the tool is active; None: nothing."""
        return None


class PendingTool(Tool, ABC):
    """Shows what it would do until it is told to do so: Enter applies it, Escape does not."""

    @abstractmethod
    def apply(self) -> None: ...

    @abstractmethod
    def cancel(self) -> None: ...

    def key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.apply()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancel()
        else:
            return False
        return True


@dataclass(frozen=True, slots=True)
class ToolInfo:
    """One button of the tool rail. `hint` is what the status bar says while it is active.

    Buttons are ordered by `rank`; a gap separates the tens (1 change a layer, 2 select, 3 and 4
    paint, 5 write, 9 look around). The shortcut may be empty.
    """

    id: str
    title: str
    icon: str
    shortcut: str
    hint: str
    make: Callable[[CanvasView], Tool]
    rank: int
