"""Breeding: up to four parents, a sheet of their most different children, and the lineage."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QWidget

from studio.app.studio import Studio
from studio.core.breeding import COLORS, LITTER, MOST_PARENTS
from studio.core.latent import LatentPoint
from studio.ui.explorer.lineage_view import LineageView
from studio.ui.explorer.page import Page, PageInfo
from studio.ui.explorer.point import point_menu
from studio.ui.explorer.point_grid import PointGrid, Sheet
from studio.ui.explorer.point_slot import PointSlot
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.hold_back import hold_back
from studio.ui.widgets.icon_button import IconButton
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.plain_scroll import PlainScroll

_SHAPES = [(columns, LITTER // columns) for columns in (4, 6)]  # of the sheet of children
_PARENT_SIDE = 44
_LOCKS = {
    "coarse": "Keep the layout (coarse)",
    "middle": "Keep the shapes (middle)",
    "fine": "Keep colors and detail (fine)",
    COLORS: "Keep the colors, whatever the styles do",
}
_CHILDREN, _LINEAGE, _EMPTY = range(3)


class BreedPage(Page):
    """Click a child to look at it; go on with it, or walk back in the lineage."""

    below = 96

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._session = studio.breeding
        self.parents = [PointSlot(f"Parent {n}", _PARENT_SIDE) for n in range(1, MOST_PARENTS + 1)]
        self.parents_sheet = self._latent.pictures.new_sheet()
        self.children_grid = PointGrid(studio, _SHAPES[0][0], "Children")
        self._sheet = Sheet(self.children_grid, _SHAPES)
        self.lineage = LineageView(self._latent)
        self.empty = EmptyState(
            "breed", "Who are the parents?", "Click a place above to take the picture in view."
        )
        self.breed_on = IconButton("breed", "Breed on with the picture in view alone")
        self.lock = IconButton("lock", "What all children keep of the first parent")
        self.lock.setCheckable(True)
        self.tree = IconButton("lineage", "Show the lineage")
        self.tree.setCheckable(True)
        self.mutation = LabeledSlider(
            "Mutation",
            NumberRange(0.0, 1.0, 0.01),
            0.2,
            tip="How much of a stranger is in each child",
        )
        self._lay_out()
        self._connect()

    def roll(self) -> None:
        self._session.another_litter()

    def follow(self) -> None:
        self._session.follow()
        breeding = self._session.breeding
        if self._latent.card is not None:
            self.parents_sheet.show(self._latent.card.path, breeding.parents)
        self._show_parents()
        self.mutation.set_value(breeding.mutation)
        self.lock.setVisible(bool(self._session.locks))
        self.lock.setChecked(bool(breeding.locks))
        self.lineage.show_lineage(breeding)
        self.children_grid.show_marks()
        self._choose_view()

    def fit(self, width: int) -> None:
        super().fit(width)
        self._sheet.set_ratio(self.ratio)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        for slot in self.parents:
            row.addWidget(slot)
        row.addStretch(1)
        row.addWidget(self.lock)
        row.addWidget(self.breed_on)
        row.addWidget(self.tree)
        self._scroll = PlainScroll(self.lineage)
        self._views = QStackedWidget()
        self._views.setMinimumHeight(60)
        widgets: tuple[QWidget, ...] = (self._sheet, self._scroll, self.empty)
        for widget in widgets:
            self._views.addWidget(widget)
        self._column.addLayout(row)
        self._column.addWidget(self._views, 1)
        self._column.addWidget(self.mutation)

    def _connect(self) -> None:
        session = self._session
        session.changed.connect(self._show_children)
        self.parents_sheet.changed.connect(self._show_parents)
        self.children_grid.picked.connect(
            lambda place: session.look_at(self.children_grid.point(place))
        )
        self.mutation.changed.connect(session.set_mutation)
        self.mutation.committed.connect(lambda _value: self._latent.end_gesture())
        self.breed_on.clicked.connect(session.breed_on)
        self.lock.clicked.connect(self._show_locks)
        self.tree.toggled.connect(lambda _on: self._choose_view())
        self.lineage.picked.connect(self._latent.pick)
        self.lineage.opened.connect(session.back_to_parents)
        self.lineage.menu_requested.connect(self._show_ancestor_menu)
        for place, slot in enumerate(self.parents):
            slot.clicked.connect(partial(self._click_parent, place))
            slot.dropped.connect(partial(session.set_parent, place))
            slot.menu_requested.connect(partial(self._show_parent_menu, place))

    def _click_parent(self, place: int) -> None:
        """A parent is looked at; an empty place takes what is in view."""
        parents = self._session.breeding.parents
        if place < len(parents):
            self._latent.pick(parents[place])
        else:
            self._session.set_parent(place, self._latent.state.point)

    def lock_menu(self) -> QMenu:
        """A row for all that can be kept of the first parent."""
        menu, locked = QMenu(self), self._session.breeding.locks
        for lock in self._session.locks:
            action = menu.addAction(_LOCKS[lock])
            action.setCheckable(True)
            action.setChecked(lock in locked)
            action.triggered.connect(lambda _on, name=lock: self._session.toggle_lock(name))
        return menu

    def _show_locks(self) -> None:
        self.lock.setChecked(bool(self._session.breeding.locks))  # the click alone changes nothing
        menu = self.lock_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.lock.mapToGlobal(self.lock.rect().bottomLeft()))

    def _show_parent_menu(self, place: int, position: QPoint) -> None:
        parents = self._session.breeding.parents
        if place < len(parents):
            menu = point_menu(self._latent, parents[place], self)
            menu.addSeparator()
            remove = menu.addAction("No longer a parent")
            remove.triggered.connect(lambda: self._session.remove_parent(parents[place]))
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(position)

    def _show_ancestor_menu(self, point: LatentPoint, position: QPoint) -> None:
        menu = point_menu(self._latent, point, self)
        menu.addSeparator()
        back = menu.addAction("Back to its parents")
        back.setEnabled(bool(self._session.breeding.parents_of(point)))
        back.triggered.connect(lambda: self._session.back_to_parents(point))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)

    def _show_parents(self) -> None:
        points, pictures = self.parents_sheet.points, self.parents_sheet.pictures
        for place, slot in enumerate(self.parents):
            known = place < len(points)
            slot.set_point(points[place] if known else None, pictures[place] if known else None)
            slot.set_in_view(slot.point == self._latent.state.point)

    def _show_children(self) -> None:
        self.children_grid.show_points(self._session.brood)
        self._choose_view()

    def _choose_view(self) -> None:
        breeding = self._session.breeding
        hold_back(self.tree, "" if breeding.births else "There is none yet.")
        lineage = self.tree.isChecked() and breeding.births
        view = _LINEAGE if lineage else _CHILDREN if breeding.parents else _EMPTY
        self._views.setCurrentIndex(view)
        if view == _LINEAGE:
            bar = self._scroll.verticalScrollBar()
            bar.setValue(bar.maximum())  # the youngest


PAGE = PageInfo("breed", "Breed", "Children of two to four pictures", "breed", 50, BreedPage)
