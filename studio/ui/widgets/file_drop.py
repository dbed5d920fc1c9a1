"""Files and folders dropped onto a widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.ui import theme

_VEIL = 0.85  # over what is below words


class FileDrop(QObject):
    """Makes `target` accept what lies on the disk, and outlines it while that is above it.

    Lives as long as the widget. `words` say what will be done, `paths` which of a drag is accepted.
    Emits `dropped(tuple)` with `Path`s.
    """

    dropped = Signal(tuple)

    def __init__(
        self,
        target: QWidget,
        words: str = "",
        paths: Callable[[QMimeData], Sequence[Path]] | None = None,
    ) -> None:
        super().__init__(target)
        self._paths = paths or dropped_paths
        self.outline = _Outline(target, words)
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.DragLeave:
            self.outline.hide()
            return True
        if kind not in (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop):
            return False
        assert isinstance(event, QDropEvent)  # the other two are derived from it
        paths = tuple(self._paths(event.mimeData()))
        if not paths:
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.outline.set_shown(kind != QEvent.Type.Drop)
        if kind == QEvent.Type.Drop:
            self.dropped.emit(paths)
        return True


def dropped_paths(mime: QMimeData) -> tuple[Path, ...]:
    """The local files and folders of a drag; empty where it carries something else."""
    return tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile())


class _Outline(QWidget):
    """Dashes over the whole target: let go here."""

    def __init__(self, target: QWidget, words: str) -> None:
        super().__init__(target)
        self._target = target
        self._words = words
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_shown(self, shown: bool) -> None:
        self.setGeometry(self._target.rect())
        self.setVisible(shown)
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.current()
        color = look.color("accent")
        painter = QPainter(self)
        if self._words:
            painter.fillRect(self.rect(), theme.fade(look.color("panel"), _VEIL))
            painter.setPen(look.color("text"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, 2.0, Qt.PenStyle.DashLine))
        painter.setBrush(theme.fade(color, 0.1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(6, 6, -6, -6), 6, 6)
