"""What every picture of the explorer can do: its context menu."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QMenu, QWidget

from studio.app.latent_session import LatentSession
from studio.app.studio import Studio
from studio.core.latent import LatentPoint
from studio.ui import icons, theme
from studio.ui.latent_mime import mime_of

CORNERS = ("Top left", "Top right", "Bottom left", "Bottom right")


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
    place = menu.addAction(icons.icon("place"), "Place on canvas")
    place.triggered.connect(lambda: latent.place_on_canvas(point))
    kept = point in latent.state.favorites
    star = menu.addAction(
        icons.icon("star-filled" if kept else "star"), "Remove favorite" if kept else "Favorite"
    )
    star.triggered.connect(lambda: latent.toggle_favorite(point))
    nearest = menu.addAction(icons.icon("compare"), "Nearest of your images")
    nearest.triggered.connect(lambda: latent.comparison_wanted.emit(point))
    menu.addSeparator()
    for end, name in enumerate(("Use as A", "Use as B")):
        action = menu.addAction(name)
        action.triggered.connect(lambda _on=False, end=end: latent.set_pick(end, point))
    compare = menu.addAction("Compare")
    compare.triggered.connect(
        lambda: latent.change("Compare", candidates=latent.state.comparing(point).candidates)
    )
    breed = menu.addAction("Breed with this")
    breed.triggered.connect(
        lambda: latent.change("Another parent", breeding=latent.state.breeding.with_parent(point))
    )
    key = menu.addAction("Add to timeline")
    key.triggered.connect(
        lambda: latent.change("Add key frame", timeline=latent.state.timeline.with_key(point))
    )
    menu.addSeparator()
    pin = menu.addMenu("Pin to corner of the pad")
    for corner, name in enumerate(CORNERS):
        action = pin.addAction(name)
        action.triggered.connect(lambda _on=False, at=corner: latent.set_corner(at, point))
    return menu


def shown(picture: QImage | None) -> QImage:
    """The picture, or the surface that stands in while it is being made."""
    if picture is not None:
        return picture
    blank = QImage(8, 8, QImage.Format.Format_RGB32)
    blank.fill(QColor(theme.current().field))
    return blank
