"""Font, size, alignment and color of text, in the options bar."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QFontComboBox, QHBoxLayout, QWidget

from studio.app.painting import Painting
from studio.ui.canvas.color_pair import ColorPair
from studio.ui.canvas.text_editor import is_end
from studio.ui.widgets.param_bar import ParamBar

_FONT_WIDTH = 170


class TextOptions(QWidget):
    """Sets the text that is being edited, or the next one; follows the text session."""

    def __init__(self, painting: Painting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts = painting.texts
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        self.fonts = QFontComboBox(self)
        self.fonts.setAccessibleName("Font")
        self.fonts.setFixedWidth(_FONT_WIDTH)
        if self._texts.text.family:
            self.fonts.setCurrentFont(QFont(self._texts.text.family))
        self.fonts.currentFontChanged.connect(lambda font: self._texts.set_family(font.family()))
        self._row.addWidget(ColorPair(painting.box, self))
        self._row.addWidget(self.fonts)
        self.bar = ParamBar(self._texts.text.style, self)
        self.bar.changed.connect(self._texts.set_style)
        self._row.addWidget(self.bar)
        self._texts.changed.connect(self._follow)

    def event(self, event: QEvent) -> bool:
        """Ctrl+Enter ends the text from here too; nothing else of the window takes the key."""
        ends = isinstance(event, QKeyEvent) and self._texts.writing and is_end(event)
        if ends and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._texts.writing and is_end(event):
            self._texts.finish()
        else:
            super().keyPressEvent(event)

    def _follow(self) -> None:
        text = self._texts.text
        self.bar.set_params(text.style)
        if text.family and text.family != self.fonts.currentFont().family():
            self.fonts.blockSignals(True)
            self.fonts.setCurrentFont(QFont(text.family))
            self.fonts.blockSignals(False)
