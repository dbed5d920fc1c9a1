"""Thumbnails of latent points: picked, kept, placed, dragged away, and right-clicked for more."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.app.latent_pictures import PointSheet
from studio.app.studio import Studio
from studio.core.latent import LatentPoint
from studio.ui.explorer.point import act_on_key, claims_key, drag_mime, show_point_menu, shown
from studio.ui.widgets.thumbnail_grid import ThumbnailGrid

_GAP = 1  # px


class PointGrid(ThumbnailGrid):
    """Shows a sheet of points: its own, or one of the session's. A double-click places a picture.

    What a click does is said by whoever makes it: `picked(int)`.
    """

    def __init__(
        self,
        studio: Studio,
        columns: int,
        name: str,
        parent: QWidget | None = None,
        sheet: PointSheet | None = None,
    ) -> None:
        super().__init__(columns, parent=parent)
        latent = self._latent = studio.latent
        self.sheet = sheet or latent.pictures.new_sheet()
        self._starred: list[int] | None = None  # None: they are to be said anew
        self._shown: list[QImage | None] = []
        self.setAccessibleName(name)
        self.set_drag(lambda place: drag_mime(studio, self.point(place)))
        self.opened.connect(lambda _place: latent.place_on_canvas())  # the first click looked
        self.star_toggled.connect(lambda place: latent.toggle_favorite(self.point(place)))
        self.menu_requested.connect(self._show_menu)
        self.sheet.changed.connect(self._show_pictures)
        self._show_pictures()

    def point(self, place: int) -> LatentPoint:
        return self.sheet.points[place]

    def show_points(self, points: Sequence[LatentPoint]) -> None:
        """Show these, as soon as the model has made them."""
        if self._latent.card is None:
            return
        self.sheet.show(self._latent.card.path, points)
        self.show_marks()

    def show_marks(self) -> None:
        """Stars, and which one is in view."""
        points, state = self.sheet.points, self._latent.state
        if self.count() != len(points):
            return
        starred = [place for place, point in enumerate(points) if point in state.favorites]
        if starred != self._starred:
            self._starred = starred
            self.set_starred(starred)
        place = points.index(state.point) if state.point in points else -1
        if place != self.current():
            self.set_current(place)

    def event(self, event: QEvent) -> bool:
        asked = event.type() is QEvent.Type.ShortcutOverride
        return (asked and self.current() >= 0 and claims_key(event)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = self.current()
        if place < 0 or not act_on_key(self._latent, self.point(place), event):
            super().keyPressEvent(event)

    def _show_pictures(self) -> None:
        """Only what is new: a drag of a slider comes here many times a second."""
        pictures = self.sheet.pictures
        if len(pictures) != self.count():
            self._starred = None
            self.set_images([shown(picture) for picture in pictures])
        else:
            for place, (old, new) in enumerate(zip(self._shown, pictures, strict=True)):
                if new is not old:
                    self.set_image(place, shown(new))
        self._shown = list(pictures)
        self.show_marks()

    def _show_menu(self, place: int, position: QPoint) -> None:
        if place >= 0:
            show_point_menu(self._latent, self.point(place), position, self)


class Sheet(QWidget):
    """A grid as large as its room lets it be, in the middle of the width, without a scroll bar.

    `shapes` are the columns and rows that it may have; the one with the largest pictures is taken.
    """

    def __init__(
        self, grid: PointGrid, shapes: Sequence[tuple[int, int]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._grid = grid
        self._shapes = shapes
        self._ratio = 1.0
        grid.setParent(self)
        grid.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_ratio(self, ratio: float) -> None:
        """Height to width of the pictures."""
        self._ratio = ratio
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """The cells' own gap is taken back, so that pictures align with the rest."""
        columns, rows = max(self._shapes, key=self._side)
        side = max(1, int(self._side((columns, rows))))
        self._grid.set_columns(columns)
        width, height = side * columns, round(side * self._ratio) * rows
        self._grid.setGeometry((self.width() - width) // 2, -_GAP, width + 1, height + 1)

    def _side(self, shape: tuple[int, int]) -> float:
        """The width of a cell, in px."""
        columns, rows = shape
        across = (self.width() + 2 * _GAP) / columns
        return min(across, (self.height() + 2 * _GAP) / (rows * self._ratio))
