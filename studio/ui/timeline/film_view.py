"""The film, played at its own rate."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage

from studio.ui.widgets.picture_view import PictureView


class FilmView(PictureView):
    """Shows one frame of a film, or plays it; by the clock, so that a busy moment skips frames.

    Emits `frame_changed(int)` and `playing_changed(bool)`.
    """

    frame_changed = Signal(int)
    playing_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__("Film")
        self.fades = False
        self._film: Sequence[QImage | None] = ()
        self._fps = 24
        self._frame = 0
        self._began = 0.0
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._advance)

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    def frame_shown(self) -> int:
        return self._frame

    def set_film(self, film: Sequence[QImage | None], fps: int) -> None:
        """Another film, or more of the same; it goes on where it is."""
        self._film = film
        if fps != self._fps:
            self._fps = fps
            self._began = time.monotonic() - self._frame / fps
            self._timer.setInterval(round(1000 / fps))
        self._show(min(self._frame, max(0, len(film) - 1)))

    def play(self) -> None:
        """Start from the frame in view, or stop."""
        if self.playing:
            self._timer.stop()
        elif len(self._film) > 1:
            self._began = time.monotonic() - self._frame / self._fps
            self._timer.start(round(1000 / self._fps))
        self.playing_changed.emit(self.playing)

    def go_to(self, frame: int) -> None:
        """Show one frame; playing goes on from there."""
        if self._film:
            self._began = time.monotonic() - frame / self._fps
            self._show(max(0, min(frame, len(self._film) - 1)))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self.playing:
            self.play()

    def _advance(self) -> None:
        if self._film:
            frame = int((time.monotonic() - self._began) * self._fps)
            self._show(frame % len(self._film))

    def _show(self, frame: int) -> None:
        moved, self._frame = frame != self._frame, frame
        picture = self._film[frame] if self._film else None
        if picture is not None or not self._film:
            self.set_image(picture)
        if moved:
            self.frame_changed.emit(frame)
