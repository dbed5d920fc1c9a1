"""One line-drawn icon set, tinted by the theme and by the state of what shows it.

``resources/icons/<name>.svg`` is drawn on 24 px in ``currentColor``; the tint is chosen when an
icon is painted, so that a change of theme reaches every icon that is already on a button.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from studio.paths import resources_dir
from studio.ui import theme

log = logging.getLogger(__name__)

# What a name without a drawing shows: a ring. A missing icon must never cost a window.
_FALLBACK: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" '
    'stroke="currentColor" stroke-width="1.6"><circle cx="12" cy="12" r="6"/></svg>'
)


@cache
def icon(name: str, *, on_accent: bool = False, calm: bool = False) -> QIcon:
    """The icon of that name; a plain ring where there is no such drawing.

    `on_accent`: it stands on a primary button, whose color is the same in every theme. `calm`: its
    button is not filled with the accent while it is checked.
    """
    return QIcon(_TintedEngine(name, on_accent, calm))


def pixmap(name: str, size: int, color: QColor, ratio: float = 1.0) -> QPixmap:
    """The drawing in one color, `size` px a side, sharp at the device pixel ratio `ratio`."""
    side = max(1, round(size * ratio))
    image = QPixmap(side, side)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    _renderer(name, color.name()).render(painter, QRectF(0, 0, side, side))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def app_icon() -> QIcon:
    """The icon of the application itself, in its own colors."""
    return QIcon(str(resources_dir() / "app" / "latent-studio.svg"))


def names() -> frozenset[str]:
    """Every icon that has a drawing."""
    return frozenset(path.stem for path in (resources_dir() / "icons").glob("*.svg"))


@cache
def _drawing(name: str) -> str:
    try:
        return (resources_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    except OSError:
        log.info("There is no icon named %s", name)
        return _FALLBACK


@cache
def _renderer(name: str, color: str) -> QSvgRenderer:
    return QSvgRenderer(_drawing(name).replace("currentColor", color).encode())


class _TintedEngine(QIconEngine):
    """Paints a drawing in the color that theme, mode and state ask for. GUI thread only."""

    def __init__(self, name: str, on_accent: bool, calm: bool) -> None:
        super().__init__()
        self._name = name
        self._on_accent = on_accent
        self._calm = calm
        self._pixmaps: dict[tuple[int, int, str], QPixmap] = {}

    def clone(self) -> QIconEngine:
        return _TintedEngine(self._name, self._on_accent, self._calm)

    def key(self) -> str:
        return "studio"

    def iconName(self) -> str:
        return self._name

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        color = self._tint(mode, state)
        device_size = size * scale
        if device_size.isEmpty():  # a squeezed widget asks for that too
            return QPixmap()
        key = (device_size.width(), device_size.height(), color.name())
        if key not in self._pixmaps:
            image = QPixmap(device_size)
            image.fill(Qt.GlobalColor.transparent)
            painter = QPainter(image)
            self._draw(painter, QRect(QPoint(), device_size), color)
            painter.end()
            self._pixmaps[key] = image
        return self._pixmaps[key]

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        self._draw(painter, rect, self._tint(mode, state))

    def _draw(self, painter: QPainter, rect: QRect, color: QColor) -> None:
        side = min(rect.width(), rect.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(rect).center())
        _renderer(self._name, color.name()).render(painter, square)

    def _tint(self, mode: QIcon.Mode, state: QIcon.State) -> QColor:
        look = theme.current()
        if mode == QIcon.Mode.Disabled:
            return look.color("disabled")
        checked = state == QIcon.State.On
        if self._on_accent or mode == QIcon.Mode.Selected or (checked and not self._calm):
            return look.color("on_accent")
        return look.color("text" if checked or mode == QIcon.Mode.Active else "icon")
