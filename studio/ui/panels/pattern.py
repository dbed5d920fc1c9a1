"""Pattern: the active layer repeated in every direction, and whether a seam shows."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QPainter,
    QPaintEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.app.studio import Studio
from studio.app.tile_preview import Tile
from studio.ui import theme
from studio.ui.panel import PanelInfo
from studio.ui.widgets.checkerboard import CHECKER_CELL, checkerboard
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.hold_back import hold_back
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.segmented_control import SegmentedControl

LAYOUTS = {"grid": "Grid", "brick": "Brick", "half_drop": "Half drop", "mirror": "Mirror"}
SEAMLESS = 1.5  # score up to which nobody sees a seam
FAINT = 2.2
_TILES = 3.0  # that are shown side by side at first


class PatternPanel(QWidget):
    """Shows how the layer repeats; the wheel zooms."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self.empty = EmptyState(
            "grid", "Nothing to repeat", "Choose a layer to see it as a pattern."
        )
        self.layouts = SegmentedControl(LAYOUTS)
        self.view = PatternView()
        self.tiles = LabeledSlider("Tiles across", NumberRange(1, 8, 0.5), _TILES)
        self.score = QLabel()
        self.make = QPushButton("Make seamless")
        self._full = QWidget()
        self._lay_out()
        self._connect()
        self._show(None)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.score, 1)
        row.addWidget(self.make)
        full = QVBoxLayout(self._full)
        full.setContentsMargins(14, 10, 14, 12)
        full.setSpacing(8)
        full.addWidget(self.layouts)
        full.addWidget(self.view, 1)
        full.addWidget(self.tiles)
        full.addLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.empty)
        column.addWidget(self._full)

    def _connect(self) -> None:
        self.layouts.changed.connect(self.view.set_layout)
        self.tiles.changed.connect(self.view.set_tiles)
        self.view.zoomed.connect(self._zoom)
        self.make.clicked.connect(lambda: self._studio.edits.add("seamless"))
        self._studio.tile.changed.connect(self._show)

    def _zoom(self, steps: float) -> None:
        self.tiles.set_value(min(8.0, max(1.0, self.tiles.value() - steps / 2.0)))
        self.view.set_tiles(self.tiles.value())

    def _show(self, tile: Tile | None) -> None:
        self._full.setVisible(tile is not None)
        self.empty.setVisible(tile is None)
        self.view.set_tile(tile)
        if tile is not None:
            tone = "good" if tile.score <= SEAMLESS else "attention"
            theme.restyle(self.score, role=tone)
            self.score.setText(seam_words(tile))
            self.score.setToolTip("How much more changes over the edge than inside: 1 is seamless.")
            hold_back(self.make, "" if tile.score > SEAMLESS else "No seam shows.")

    def set_in_view(self, in_view: bool) -> None:
        """Nothing is made while nobody looks."""
        self._studio.tile.watch(in_view)


class PatternView(QWidget):
    """A tile over and over. Emits `zoomed(float)` with the steps of the wheel."""

    zoomed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tile: Tile | None = None
        self._small: tuple[tuple[int, QSize], QImage] | None = None
        self._layout = "grid"
        self._tiles = _TILES
        self.setAccessibleName("Pattern")
        self.setMinimumHeight(80)

    def set_tile(self, tile: Tile | None) -> None:
        self._tile = tile
        self.update()

    def set_layout(self, layout: str) -> None:
        self._layout = layout
        self.update()

    def set_tiles(self, across: float) -> None:
        """How many tiles lie side by side."""
        self._tiles = across
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 320)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoomed.emit(event.angleDelta().y() / 120.0)
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._tile is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), checkerboard(CHECKER_CELL, theme.current()))
        width = self.width() / self._tiles
        height = width * self._tile.height / self._tile.width
        picture = self._shrunk(self._tile.picture, round(width), round(height))
        for row in range(-1, int(self.height() / height) + 2):
            for column in range(-1, int(self._tiles) + 2):
                place, flip = placed_tile(self._layout, column, row)
                transform = QTransform.fromTranslate(place.x() * width, place.y() * height)
                transform.scale(width / picture.width(), height / picture.height())
                transform.translate(picture.width() * flip[0], picture.height() * flip[1])
                transform.scale(1 - 2 * flip[0], 1 - 2 * flip[1])
                painter.setTransform(transform)
                painter.drawImage(0, 0, picture)
        painter.end()

    def _shrunk(self, picture: QImage, width: int, height: int) -> QImage:
        """Antialiased, where a tile is shown smaller than it is; kept until that changes."""
        pixel = self.devicePixelRatioF()
        size = QSize(round(width * pixel), round(height * pixel)).expandedTo(QSize(1, 1))
        if size.width() >= picture.width():
            return picture
        key = (picture.cacheKey(), size)
        if self._small is None or self._small[0] != key:
            smooth = Qt.TransformationMode.SmoothTransformation
            scaled = picture.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            self._small = (key, scaled)
        return self._small[1]


def placed_tile(layout: str, column: int, row: int) -> tuple[QPointF, tuple[int, int]]:
    """Where a tile lies, in tiles, and whether it is turned over across and down (1: yes)."""
    if layout == "brick":
        return QPointF(column + 0.5 * (row % 2), row), (0, 0)
    if layout == "half_drop":
        return QPointF(column, row + 0.5 * (column % 2)), (0, 0)
    if layout == "mirror":
        return QPointF(column, row), (column % 2, row % 2)
    return QPointF(column, row), (0, 0)


def seam_words(tile: Tile) -> str:
    """What the scores mean, and what edits have changed."""
    if tile.score <= SEAMLESS:
        words = "No seam shows"
    else:
        words = "A faint seam" if tile.score <= FAINT else "A seam shows"
    if abs(tile.before - tile.score) < 0.05:
        return f"{words} · {tile.score:.1f}"
    return f"{words} · {tile.before:.1f} → {tile.score:.1f}"


PANEL = PanelInfo("pattern", "Pattern", "grid", "right", 2, PatternPanel)
