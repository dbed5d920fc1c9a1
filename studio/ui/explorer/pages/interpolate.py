"""From one picture to another, by hand or playing back and forth."""

from __future__ import annotations

import time
from functools import partial

from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from studio.app.studio import Studio
from studio.ui.explorer.page import Page, PageInfo
from studio.ui.explorer.point import drag_mime, show_point_menu
from studio.ui.widgets.icon_button import IconButton
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.picture_view import PictureView
from studio.ui.widgets.slim_slider import SlimSlider

END_SIDE = 48
FRAME_MS = 33
SECONDS = 3.0  # from one end to the other


class InterpolatePage(Page):
    """The picture between A and B, large; the ends beside the slider. Playing ends when hidden."""

    below = 72

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        latent = studio.latent
        self.view = PictureView("The picture between A and B")
        self.view.set_drag(lambda: drag_mime(studio, latent.state.point))
        self.ends = [PictureView(f"Picture {name}", END_SIDE) for name in "AB"]
        self.slider = SlimSlider(NumberRange(0.0, 1.0, 0.01))
        self.slider.setAccessibleName("Between A and B")
        self.swap_button = IconButton("swap", "Swap A and B")
        self.play_button = IconButton("play", "Play back and forth (Space)")
        self._timer = QTimer(self, interval=FRAME_MS)
        self._forward = True
        self._last_frame = 0.0
        self._lay_out()
        self._connect()
        self._show_picture()
        self._show_ends()
        self._show_state()

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    def roll(self) -> None:
        self._latent.roll_picks()

    def play(self) -> None:
        """Start or stop going back and forth."""
        if self.playing:
            self._stop()
            return
        self._last_frame = time.monotonic()
        self._timer.start()
        self.play_button.show_as("pause", "Pause")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.play()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._stop()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(_captioned("A", self.ends[0]))
        middle = QVBoxLayout()
        middle.setSpacing(4)
        middle.addWidget(self.slider)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.play_button)
        buttons.addWidget(self.swap_button)
        buttons.addStretch(1)
        middle.addLayout(buttons)
        row.addLayout(middle, 1)
        row.addLayout(_captioned("B", self.ends[1]))
        self._column.addWidget(self.view, 1)
        self._column.addLayout(row)

    def _connect(self) -> None:
        latent = self._latent
        self.slider.changed.connect(self._drag)
        self.slider.committed.connect(lambda _mix: latent.end_gesture())
        self.slider.reset_requested.connect(lambda: self._jump(0.5))
        self.swap_button.clicked.connect(latent.swap_picks)
        self.play_button.clicked.connect(self.play)
        self._timer.timeout.connect(self._advance)
        self.view.opened.connect(latent.place_on_canvas)
        self.view.menu_requested.connect(
            lambda position: show_point_menu(latent, latent.state.point, position, self)
        )
        for end, view in enumerate(self.ends):
            view.setToolTip("Click to go here; right-click in any sheet chooses another")
            view.clicked.connect(partial(self._jump, float(end)))
            view.set_drag(partial(self._end_mime, end))
            view.menu_requested.connect(partial(self._show_end_menu, end))
        latent.preview_changed.connect(self._show_picture)
        latent.ends_changed.connect(self._show_ends)
        latent.state_changed.connect(self._show_state)

    def _end_mime(self, end: int) -> QMimeData:
        return drag_mime(self._studio, self._latent.state.shown_picks[end])

    def _show_end_menu(self, end: int, position: QPoint) -> None:
        show_point_menu(self._latent, self._latent.state.shown_picks[end], position, self)

    def _drag(self, mix: float) -> None:
        self._stop()
        self._latent.set_mix(mix)

    def _jump(self, mix: float) -> None:
        self._stop()
        self._latent.set_mix(mix)
        self._latent.end_gesture()

    def _advance(self) -> None:
        """The next frame by the clock, turning round at the ends."""
        now = time.monotonic()
        step = (now - self._last_frame) / SECONDS
        self._last_frame = now
        mix = self._latent.state.mix + (step if self._forward else -step)
        if not 0.0 <= mix <= 1.0:
            self._forward = mix < 0.0
        self._latent.set_mix(mix)

    def _stop(self) -> None:
        if self.playing:
            self._timer.stop()
            self.play_button.show_as("play", "Play back and forth")
            self._latent.end_gesture()

    def _show_picture(self) -> None:
        self.view.set_image(self._latent.preview)

    def _show_ends(self) -> None:
        for view, picture in zip(self.ends, self._latent.ends or (None, None), strict=True):
            view.set_image(picture)

    def _show_state(self) -> None:
        state = self._latent.state
        self.slider.set_value(state.mix)
        self.slider.set_away(not state.is_between)


def _captioned(name: str, view: PictureView) -> QVBoxLayout:
    """A small picture with its letter below."""
    caption = QLabel(name)
    caption.setProperty("role", "secondary")
    column = QVBoxLayout()
    column.setSpacing(2)
    column.addWidget(view)
    column.addWidget(caption, 0, Qt.AlignmentFlag.AlignHCenter)
    return column


PAGE = PageInfo(
    "between", "Interpolate", "From one picture to another", "interpolate", 30, InterpolatePage
)
