"""What every picture of the explorer can do: its context menu, and the keys of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QImage, QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from studio.app.latent_session import LatentSession
from studio.app.studio import Studio
from studio.core.latent import LatentPoint
from studio.ui import icons, theme
from studio.ui.latent_mime import mime_of

_HARMLESS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


@dataclass(frozen=True, slots=True)
class Use:
    """What another page can do with a picture."""

    title: str
    run: Callable[[LatentSession, LatentPoint], None]


def _compare(latent: LatentSession, point: LatentPoint) -> None:
    latent.change("Compare", candidates=latent.state.comparing(point).candidates)


def _breed(latent: LatentSession, point: LatentPoint) -> None:
    latent.change("Another parent", breeding=latent.state.breeding.with_parent(point))


def _animate(latent: LatentSession, point: LatentPoint) -> None:
    latent.change("Add key frame", timeline=latent.state.timeline.with_key(point))


# By the key that does the same where a sheet of pictures has the keys.
USES: Mapping[str, Use] = {
    "A": Use("Use as A", lambda latent, point: latent.set_pick(0, point)),
    "B": Use("Use as B", lambda latent, point: latent.set_pick(1, point)),
    "C": Use("Compare", _compare),
    "P": Use("Breed with this", _breed),
    "T": Use("Add to timeline", _animate),
}
CORNERS = ("Top left", "Top right", "Bottom left", "Bottom right")
PICTURE_KEYS = frozenset({"S", "N", *USES, *(str(corner + 1) for corner in range(len(CORNERS)))})


def drag_mime(studio: Studio, point: LatentPoint) -> QMimeData:
    """What a dragged picture carries: its point, and for other programs a PNG with its recipe."""
    mime = mime_of(point)
    mime.setUrls([QUrl.fromLocalFile(str(studio.loose_pictures.file_of(point)))])
    return mime


def show_point_menu(
    latent: LatentSession, point: LatentPoint, position: QPoint, parent: QWidget
) -> QMenu:
    """Pop up what can be done with a point, at a global position."""
    menu = point_menu(latent, point, parent)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(position)
    return menu


def point_menu(latent: LatentSession, point: LatentPoint, parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    place = menu.addAction(icons.icon("place"), "Place on canvas\tEnter")
    place.triggered.connect(lambda: latent.place_on_canvas(point))
    kept = point in latent.state.favorites
    star = menu.addAction(
        icons.icon("star-filled" if kept else "star"),
        f"{'Remove favorite' if kept else 'Favorite'}\tS",
    )
    star.triggered.connect(lambda: latent.toggle_favorite(point))
    nearest = menu.addAction(icons.icon("compare"), "Nearest of your images\tN")
    nearest.triggered.connect(lambda: latent.comparison_wanted.emit(point))
    menu.addSeparator()
    for key, use in USES.items():
        action = menu.addAction(f"{use.title}\t{key}")
        action.triggered.connect(lambda _on=False, run=use.run: run(latent, point))
    menu.addSeparator()
    pin = menu.addMenu("Pin to corner of the pad")
    for corner, name in enumerate(CORNERS):
        action = pin.addAction(f"{name}\t{corner + 1}")
        action.triggered.connect(lambda _on=False, at=corner: latent.set_corner(at, point))
    return menu


def claims_key(event: QEvent) -> bool:
    """Claim a key that a shortcut asks for: one of a picture, where elsewhere it picks a tool."""
    assert isinstance(event, QKeyEvent)
    claimed = not event.modifiers() & ~_HARMLESS and event.text().upper() in PICTURE_KEYS
    if claimed:
        event.accept()
    return claimed


def act_on_key(latent: LatentSession, point: LatentPoint, event: QKeyEvent) -> bool:
    """Do what the menu of a picture names a key for; False if it names none for this one."""
    key = event.text().upper()
    if event.modifiers() & ~_HARMLESS:
        return False
    if key in USES:
        USES[key].run(latent, point)
    elif key == "N":
        latent.comparison_wanted.emit(point)
    elif key.isdecimal() and 1 <= int(key) <= len(CORNERS):
        latent.set_corner(int(key) - 1, point)
    else:
        return False
    return True


def shown(picture: QImage | None) -> QImage:
    """The picture, or the surface that stands in while it is being made."""
    if picture is not None:
        return picture
    blank = QImage(8, 8, QImage.Format.Format_RGB32)
    blank.fill(QColor(theme.current().field))
    return blank
