"""A large button of pictures with a title and a line below: a project, a sample."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QWidget

from studio.ui import icons, theme
from studio.ui.widgets.cover import cover

CARD = QSize(176, 168)
WIDE_CARD = QSize(366, 186)  # as wide as two cards and their gap, with two lines below the title
_PICTURE_HEIGHT = 116
_GAP = 14
_ICON = 28
_ELIDE = Qt.TextElideMode.ElideRight


class PictureCard(QAbstractButton):
    """One picture fills the card; more stand side by side, `columns` to a row."""

    def __init__(
        self,
        title: str,
        detail: str,
        icon: str,
        columns: int = 1,
        size: QSize = CARD,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._detail, self._icon, self._columns = detail, icon, columns
        self._images: list[QImage] = []
        self.setText(title)
        self.setAccessibleName(f"{title}, {detail}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(size)

    @property
    def image_count(self) -> int:
        return len(self._images)

    def add_image(self, image: QImage) -> None:
        self._images.append(image)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        raised = self.underMouse() or self.hasFocus()
        painter.fillPath(outline, look.color("field" if raised else "panel"))
        painter.setClipPath(outline)
        self._paint_pictures(painter, look)
        painter.setClipping(False)
        color = look.color("accent" if self.hasFocus() else "hairline")
        painter.setPen(QPen(color, 2.0 if self.hasFocus() else 1.0))
        painter.drawPath(outline)
        self._paint_texts(painter, look)

    def _paint_pictures(self, painter: QPainter, look: theme.Theme) -> None:
        area = QRect(0, 0, self.width(), _PICTURE_HEIGHT)
        painter.fillRect(area, look.color("well"))
        if not self._images:
            spot = QRect(0, 0, _ICON, _ICON)
            spot.moveCenter(area.center())
            color, ratio = look.color("disabled"), self.devicePixelRatioF()
            painter.drawPixmap(spot, icons.pixmap(self._icon, _ICON, color, ratio))
        width = self.width() / self._columns
        height = _PICTURE_HEIGHT / max(1, round(_PICTURE_HEIGHT / width))
        if self._columns == 1:
            height = _PICTURE_HEIGHT
        for place, image in enumerate(self._images):
            row, column = divmod(place, self._columns)
            cell = QRectF(column * width, row * height, width, height)
            if image.hasAlphaChannel():
                painter.fillRect(cell, theme.LIGHT.color("panel"))
            painter.drawImage(cell, image, cover(image, cell))

    def _paint_texts(self, painter: QPainter, look: theme.Theme) -> None:
        font = theme.ui_font()
        font.setWeight(font.Weight.Medium)
        title = QRect(12, _PICTURE_HEIGHT + 9, self.width() - 24, 18)
        painter.setFont(font)
        painter.setPen(look.color("text"))
        shown = painter.fontMetrics().elidedText(self.text(), _ELIDE, title.width())
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(theme.ui_font(theme.SECONDARY_PX))
        painter.setPen(look.color("secondary"))
        detail = QRect(title).translated(0, 18)
        detail.setBottom(self.height() - 8)
        lines = max(1, detail.height() // painter.fontMetrics().lineSpacing())
        shown = painter.fontMetrics().elidedText(self._detail, _ELIDE, lines * detail.width())
        painter.drawText(detail, Qt.TextFlag.TextWordWrap, shown)


class CardFlow(QWidget):
    """Cards of one size in as many columns as fit, from the left."""

    def __init__(self, card: QSize = CARD, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._card_width = card.width()
        self._columns = 0
        self._room = 0
        self.cards: list[PictureCard] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setMinimumWidth(CARD.width())

    def set_cards(self, cards: Sequence[PictureCard]) -> None:
        """Show these instead of those before."""
        for card in self.cards:
            card.deleteLater()
        self.cards = list(cards)
        self._columns = 0
        self.fit(self._room)

    def fit(self, width: int) -> None:
        """Arrange the cards for a width in px."""
        self._room = width
        columns = max(1, (width + _GAP) // (self._card_width + _GAP))
        if columns == self._columns:
            return
        self._columns = columns
        for place, card in enumerate(self.cards):
            self._grid.addWidget(card, *divmod(place, columns))
