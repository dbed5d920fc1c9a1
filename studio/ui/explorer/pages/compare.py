"""Two to four candidates side by side, in turn, or what differs between two."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QHideEvent, QImage
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QStackedWidget, QWidget

from studio.app.difference import difference
from studio.app.studio import Studio
from studio.core.explorer import MOST_CANDIDATES
from studio.core.latent import LatentPoint
from studio.ui.explorer.page import Page, PageInfo
from studio.ui.explorer.point import point_menu
from studio.ui.explorer.point_slot import PointSlot
from studio.ui.widgets.hold_back import hold_back
from studio.ui.widgets.icon_button import IconButton
from studio.ui.widgets.picture_view import PictureView
from studio.ui.widgets.segmented_control import SegmentedControl

WAYS = {"side": "Side by side", "blink": "Blink", "difference": "Difference"}
BLINK_MS = 600


class ComparePage(Page):
    """Candidates come from any picture's menu, by a drop, or with a click on an empty slot."""

    below = 38

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self.sheet = self._latent.pictures.new_sheet()
        self.slots = [PointSlot(f"Candidate {number}") for number in range(1, MOST_CANDIDATES + 1)]
        self.single = PictureView("Candidates in turn, or their difference")
        self.single.fades = False  # what differs is seen in the moment of the change
        self.ways = SegmentedControl(WAYS)
        self.add = IconButton("add", "Compare the picture in view too")
        self.swap = IconButton("swap", "Swap the first two")
        self._turn = 0
        self._timer = QTimer(self, interval=BLINK_MS)
        self._lay_out()
        self._connect()

    def wanted_height(self, width: int) -> int:
        """Two pictures side by side need half the height."""
        rows = 1.0 if len(self._latent.state.candidates) > 2 or not self._side_by_side else 0.5
        return max(self.least, round(width * self.ratio * rows)) + self.below

    def follow(self) -> None:
        if self._latent.card is not None:
            self.sheet.show(self._latent.card.path, self._latent.state.candidates)
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    @property
    def _side_by_side(self) -> bool:
        return self.ways.value() == "side"

    def _lay_out(self) -> None:
        side = QWidget()
        self._grid = QGridLayout(side)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        for place, slot in enumerate(self.slots):
            self._grid.addWidget(slot, place // 2, place % 2)
        self._pictures = QStackedWidget()
        self._pictures.addWidget(side)
        self._pictures.addWidget(self.single)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.ways, 1)
        row.addWidget(self.swap)
        row.addWidget(self.add)
        self._column.addWidget(self._pictures, 1)
        self._column.addLayout(row)

    def _connect(self) -> None:
        self.sheet.changed.connect(self._show)
        self.ways.changed.connect(lambda _way: self._choose_way())
        self.swap.clicked.connect(self._swap)
        self.add.clicked.connect(lambda: self._set(len(self._candidates), self._latent.state.point))
        self._timer.timeout.connect(self._blink)
        for place, slot in enumerate(self.slots):
            slot.clicked.connect(partial(self._click, place))
            slot.opened.connect(self._latent.place_on_canvas)
            slot.dropped.connect(partial(self._set, place))
            slot.menu_requested.connect(partial(self._ask_menu, place))

    # --- Intents ---

    @property
    def _candidates(self) -> tuple[LatentPoint, ...]:
        return self._latent.state.candidates

    def _click(self, place: int) -> None:
        """A candidate is looked at; an empty slot takes what is in view."""
        if place < len(self._candidates):
            self._latent.pick(self._candidates[place])
        else:
            self._set(place, self._latent.state.point)

    def _set(self, place: int, point: LatentPoint) -> None:
        kept = list(self._candidates)
        if point not in kept:
            kept[place : place + 1] = [point]
            self._latent.change("Compare", candidates=tuple(kept[:MOST_CANDIDATES]))

    def _remove(self, place: int) -> None:
        kept = tuple(p for index, p in enumerate(self._candidates) if index != place)
        self._latent.change("Compare no longer", candidates=kept)

    def _swap(self) -> None:
        first, second, *rest = self._candidates
        self._latent.change("Swap the pictures", candidates=(second, first, *rest))

    def _ask_menu(self, place: int, position: QPoint) -> None:
        if place >= len(self._candidates):
            return
        menu: QMenu = point_menu(self._latent, self._candidates[place], self)
        menu.addSeparator()
        menu.addAction("Compare no longer").triggered.connect(lambda: self._remove(place))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)

    # --- What is shown ---

    def _choose_way(self) -> None:
        self._turn = 0
        self._pictures.setCurrentIndex(0 if self._side_by_side else 1)
        self.fit(self.width())
        self._show()

    def _show(self) -> None:
        count = len(self._candidates)
        pictures = self.sheet.pictures
        for place, slot in enumerate(self.slots):
            slot.setVisible(place < (2 if count <= 2 else MOST_CANDIDATES))
            known = place < min(count, len(pictures))
            slot.set_point(
                self._candidates[place] if place < count else None,
                pictures[place] if known else None,
            )
            slot.set_in_view(slot.point == self._latent.state.point)
        taken = self._latent.state.point in self._candidates
        full = "There is room for no more." if count >= MOST_CANDIDATES else ""
        hold_back(self.add, "It is one of them already." if taken else full)
        hold_back(self.swap, "" if count >= 2 else "There are no two yet.")
        self._show_single([picture for picture in pictures if picture is not None])
        self.fit(self.width())

    def _show_single(self, pictures: list[QImage]) -> None:
        way = self.ways.value()
        blinks = way == "blink" and len(pictures) > 1 and self.isVisible()
        if blinks != self._timer.isActive():
            self._timer.start() if blinks else self._timer.stop()
        if way == "difference" and len(pictures) > 1:
            self.single.set_image(difference(pictures[0], pictures[1]))
        elif way != "side":
            self.single.set_image(pictures[self._turn % len(pictures)] if pictures else None)

    def _blink(self) -> None:
        self._turn += 1
        self._show_single([picture for picture in self.sheet.pictures if picture is not None])


PAGE = PageInfo("compare", "Compare", "Hold pictures side by side", "compare", 40, ComparePage)
