"""What a page of the explorer is to the panel around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from studio.app.studio import Studio
from studio.core.registry import Registry


class Page(QWidget):
    """One way to look at the latent space. It follows the session and sends it intents.

    A page is as high as it is wide, lower for wide pictures, and smaller where there is no room:
    its pictures shrink, and what is below stays in view, until it is `least` px high, or `enough`
    of them while so many can be seen. `pages` says whether `turn` leads anywhere; `below` is the px
    that a page needs under its pictures.
    """

    pages = False
    below = 0
    least = enough = 160

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._latent = studio.latent
        self.setMinimumHeight(self.least)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        studio.latent.state_changed.connect(self._follow_in_view)
        studio.latent.model_changed.connect(self._follow_in_view)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.follow()

    def _follow_in_view(self) -> None:
        if self.isVisible():
            self.follow()

    def follow(self) -> None:
        """Show what the explorer's state says; called for the page in view only."""

    @property
    def ratio(self) -> float:
        """Height to width of the room for the model's pictures."""
        card = self._latent.card
        return 1.0 if card is None else min(1.0, card.height / card.width)

    def wanted_height(self, width: int) -> int:
        """The px that the model's pictures need at `width` px, and what is below them."""
        return round(width * self.ratio) + self.below

    def fit(self, width: int) -> None:
        """Take no more height than is wanted at `width` px."""
        self.setMaximumHeight(self.wanted_height(width))

    def keep(self, in_view: int) -> None:
        """Keep what is enough of `in_view` px, before the rows below pages get any."""
        self.setMinimumHeight(min(self.enough, max(self.least, in_view)))

    def roll(self) -> None:
        """Go somewhere else by chance: what the dice does on this page."""
        self._latent.go_to_seed(self._latent.random_seed())

    def turn(self, pages: int) -> None:
        """Page forward, or back."""


@dataclass(frozen=True)
class PageInfo:
    """A page of the explorer; `rank` is its place in the row of tabs, `tip` says what it is for."""

    id: str
    title: str
    tip: str
    icon: str
    rank: int
    create: Callable[[Studio], Page]


PAGES: Registry[PageInfo] = Registry("studio.ui.explorer.pages", PageInfo, "page of the explorer")
