"""Choosing another picture's latent from a menu: a favorite, or one by chance."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from studio.app.latent_session import LatentSession
from studio.core.latent import LatentPoint
from studio.ui import icons


def source_menu(
    latent: LatentSession, use: Callable[[LatentPoint], None], parent: QWidget
) -> QMenu:
    """Favorites with their pictures, and chance; `use` gets what is chosen."""
    menu = QMenu(parent)
    for point, picture in zip(latent.state.favorites, latent.favorites, strict=False):
        icon = QIcon() if picture is None else QIcon(QPixmap.fromImage(picture))
        menu.addAction(icon, point.describe()).triggered.connect(partial(use, point))
    menu.addSeparator()
    chance = menu.addAction(icons.icon("dice"), "A picture by chance")
    chance.triggered.connect(lambda: use(latent.random_point()))
    return menu


def show_below(menu: QMenu, widget: QWidget) -> None:
    """Pop a menu up under a widget; it is deleted when it closes."""
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(widget.mapToGlobal(QPoint(0, widget.height())))
