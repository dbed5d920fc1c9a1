"""Everything that was looked at: found again by words, stars, models and days."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QStackedWidget

from studio.app.studio import Studio
from studio.ui import icons
from studio.ui.dialogs.prompt import TextSheet
from studio.ui.explorer.page import Page, PageInfo
from studio.ui.explorer.point import act_on_key, claims_key, drag_mime, point_menu
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.endless_grid import Cell, EndlessGrid
from studio.ui.widgets.icon_button import IconButton

_COLUMNS = 5
_TYPING_MS = 120
_DAYS = {0: "Any time", 1: "Today", 7: "Last 7 days", 30: "Last 30 days"}


class SeenPage(Page):
    """The newest first. A click returns to a picture, in the model that made it."""

    below = 36

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._seen = studio.seen
        self.words = QLineEdit(placeholderText="Seed, tag, date, model…", clearButtonEnabled=True)
        self.words.setAccessibleName("Search in what you looked at")
        self.starred = IconButton("star", "Favorites only")
        self.starred.setCheckable(True)
        self.filter = IconButton("filter", "Show only some days, or one model")
        self.filter.setCheckable(True)
        self.grid = EndlessGrid("Pictures you looked at", _COLUMNS, self._cell, self._tip)
        self._in_view = ""
        self.grid.set_drag(self._mime)
        self.empty = EmptyState(
            "history", "Nothing here yet", "Pictures that you look at for a moment gather here."
        )
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._lay_out()
        self._connect()

    def fit(self, width: int) -> None:
        """The sheet takes what height there is."""

    def follow(self) -> None:
        self._in_view = self._seen.digest_in_view()
        self.grid.viewport().update()

    def event(self, event: QEvent) -> bool:
        asked = event.type() is QEvent.Type.ShortcutOverride
        return (asked and self.grid.hasFocus() and claims_key(event)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Those of a picture, where the grid has the keys."""
        place = self.grid.current()
        entry = self._seen.found[place] if self.grid.hasFocus() and place >= 0 else None
        picture = None if entry is None else self._seen.picture(entry)
        mine = entry is not None and entry.model == self._latent.state.model
        if picture is None or not mine or not act_on_key(self._latent, picture.point, event):
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.words, 1)
        row.addWidget(self.filter)
        row.addWidget(self.starred)
        self._views = QStackedWidget()
        self._views.addWidget(self.grid)
        self._views.addWidget(self.empty)
        self._column.addLayout(row)
        self._column.addWidget(self._views, 1)

    def _connect(self) -> None:
        seen = self._seen
        self.words.textChanged.connect(lambda _text: self._typing.start())
        self._typing.timeout.connect(self._search)
        self.starred.toggled.connect(lambda _on: self._search())
        self.filter.clicked.connect(self._show_filters)
        self.grid.wanted.connect(self._want)
        self.grid.picked.connect(lambda place: seen.return_to(seen.found[place]))
        self.grid.opened.connect(lambda _place: self._latent.place_on_canvas())
        self.grid.star_toggled.connect(lambda place: seen.toggle_star(seen.found[place]))
        self.grid.menu_requested.connect(self._show_menu)
        seen.changed.connect(self._show_found)
        seen.pictures_came.connect(self.grid.viewport().update)
        self._show_found()

    def _search(self) -> None:
        self._narrow(words=self.words.text(), starred=self.starred.isChecked())

    def _narrow(self, _on: bool = False, **changes: object) -> None:
        self._seen.set_filter(replace(self._seen.filter, **changes))  # type: ignore[arg-type]
        self.filter.setChecked(bool(self._seen.filter.days or self._seen.filter.model))

    def filter_menu(self) -> QMenu:
        """Some days, and one model."""
        menu, wanted = QMenu(self), self._seen.filter
        for days, label in _DAYS.items():
            action = menu.addAction(label)
            action.setCheckable(True)
            action.setChecked(days == wanted.days)
            action.triggered.connect(partial(self._narrow, days=days))
        menu.addSeparator()
        models = {"": "Any model"} | {m.sha256: m.name for m in self._studio.models}
        for sha256, name in models.items():
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(sha256 == wanted.model)
            action.triggered.connect(partial(self._narrow, model=sha256))
        return menu

    def _show_filters(self) -> None:
        self._narrow()  # the click alone changes nothing
        menu = self.filter_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.filter.mapToGlobal(self.filter.rect().bottomLeft()))

    def _show_found(self) -> None:
        found = self._seen.found
        self.grid.set_count(len(found))
        self._views.setCurrentIndex(0 if found else 1)
        if len(self._seen) and not found:
            self.empty.set_texts("Nothing found", "Try fewer words, or any time and any model.")
        elif not found:
            self.empty.set_texts(
                "Nothing here yet", "Pictures that you look at for a moment gather here."
            )
        self.words.setToolTip(f"{len(found)} of {len(self._seen)} pictures")

    def _want(self, first: int, last: int) -> None:
        """Those in view first, then what may come into view next."""
        seen = self.grid.in_view()
        places = [*seen, *(place for place in range(first, last + 1) if place not in seen)]
        self._seen.want([self._seen.found[place] for place in places])

    def _cell(self, place: int) -> Cell:
        entry = self._seen.found[place]
        picture = self._seen.picture(entry)
        return Cell(
            None if picture is None else picture.image,
            self._seen.is_starred(entry),
            entry.digest == self._in_view,
        )

    def _tip(self, place: int) -> str:
        entry = self._seen.found[place]
        when = time.strftime("%x %H:%M", time.localtime(entry.when))
        tags = f" · {', '.join(entry.tags)}" if entry.tags else ""
        return f"{entry.title} · {when}{tags}"

    def _mime(self, place: int) -> QMimeData | None:
        picture = self._seen.picture(self._seen.found[place])
        return None if picture is None else drag_mime(self._studio, picture.point)

    def _show_menu(self, place: int, position: QPoint) -> None:
        entry = self._seen.found[place]
        picture = self._seen.picture(entry)
        if picture is None:
            return
        if entry.model == self._latent.state.model:
            menu = point_menu(self._latent, picture.point, self)
        else:  # nothing can be made of it in the model that is open
            menu = QMenu(self)
            menu.addAction("Open in its model").triggered.connect(
                lambda: self._seen.return_to(entry)
            )
        menu.addSeparator()
        tag = menu.addAction(icons.icon("edit"), "Tags…")
        tag.triggered.connect(lambda: self._ask_tags(place))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)

    def _ask_tags(self, place: int) -> None:
        entry = self._seen.found[place]
        sheet = TextSheet("Tags, with commas between", ", ".join(entry.tags), self)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.accepted.connect(lambda: self._seen.set_tags(entry, _words(sheet.field.text())))
        sheet.open()


def _words(text: str) -> list[str]:
    parts = (part.strip() for part in text.split(","))
    return list(dict.fromkeys(part for part in parts if part))


PAGE = PageInfo("seen", "Seen", "Everything that you looked at", "history", 70, SeenPage)
