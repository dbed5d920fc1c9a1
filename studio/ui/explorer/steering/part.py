"""What a part of the Steer page is to the page around it."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.app.studio import Studio
from studio.ui.widgets.picture_view import PictureView


class Part(QWidget):
    """Some controls of one kind. `available` says whether the model in view has means for them.

    `view` shows the picture where the part works on it by hand; without one it is but shown, and
    not even that where `shows_picture` is False. `room` is the px of height that the controls want.
    """

    view: PictureView | None = None
    shows_picture = True
    room = 320

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._latent = studio.latent
        self._session = studio.steering
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(6)

    @property
    def available(self) -> bool:
        return True

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.follow()

    def follow(self) -> None:
        """Show what the picture in view carries."""
