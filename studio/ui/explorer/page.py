"""What a page of the explorer is to the panel around it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.app.latent_session import LatentSession


class Page(QWidget):
    """One way to look at the latent space. It follows the session and sends it intents."""

    pages = False  # whether `turn` leads anywhere

    def __init__(self, latent: LatentSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._latent = latent
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    def roll(self) -> None:
        """Go somewhere else by chance: what the dice does on this page."""
        self._latent.go_to_seed(self._latent.random_seed())

    def turn(self, pages: int) -> None:
        """Page forward, or back."""
