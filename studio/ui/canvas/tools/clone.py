from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.app.live_paint import LivePaint
from studio.core.image import Image, Rect
from studio.core.painting.inks import Ink, picture_ink
from studio.core.raster import Raster
from studio.errors import StudioError
from studio.ui import theme
from studio.ui.canvas.tools.strokes import StrokeTool
from studio.ui.canvas.tools.tool import Pointer, ToolInfo

_ARM = 7.0  # view px of the cross that marks the source


class CloneTool(StrokeTool):
    """Copies from elsewhere: Alt-click says from where, of the active layer as it is then.

    The first stroke after that fixes the distance between source and brush.
    """

    id = "clone"
    grows = True
    text = "Clone"
    _source: QPointF | None = None  # document px
    _layer_id = ""  # of the source
    _offset: QPointF | None = None  # from the brush to the source

    def press(self, pointer: Pointer) -> None:
        layer = self.session.active_layer
        if pointer.holds(Qt.KeyboardModifier.AltModifier) and layer is not None:
            self._source, self._layer_id, self._offset = pointer.document, layer.id, None
            self.view.update()
        else:
            super().press(pointer)

    def begin(self, pointer: Pointer) -> None:
        if self._source is None or not self.session.document.has_layer(self._layer_id):
            raise StudioError("Nothing to copy from yet.", "Alt-click the place to copy from.")
        if self._offset is None:
            self._offset = self._source - pointer.document
        super().begin(pointer)

    def base(self, raster: Raster) -> Raster:
        return raster if raster.channels == 3 else raster.as_rgba()

    def ink(self, live: LivePaint, _base: Raster) -> Ink:
        source = self.session.document.layer(self._layer_id)
        pixels, offset = source.surface(mask=live.mask).as_rgba(), self._offset or QPointF()
        dx = round(offset.x()) + live.layer.x - source.x
        dy = round(offset.y()) + live.layer.y - source.y

        def read(rect: Rect) -> Image:
            return pixels.read(rect.translated(dx, dy))

        return picture_ink(read)

    def paint(self, painter: QPainter) -> None:
        super().paint(painter)
        place = self._marked()
        if place is not None:
            for color, width in ((Qt.GlobalColor.black, 3.0), (Qt.GlobalColor.white, 1.0)):
                painter.setPen(QPen(theme.fade(QColor(color), 0.8), width))
                painter.drawLine(place - QPointF(_ARM, 0), place + QPointF(_ARM, 0))
                painter.drawLine(place - QPointF(0, _ARM), place + QPointF(0, _ARM))

    def _marked(self) -> QPointF | None:
        """Where the source is now, in view px."""
        if self._source is None:
            return None
        if self._offset is None or self.mouse is None:
            return self.view.transform.to_view(self._source)
        return self.mouse + self._offset * self.view.zoom


CLONE = ToolInfo(
    "clone",
    "Clone Stamp",
    "clone",
    "S",
    "Alt-click the place to copy from, then drag · [ and ] change the size",
    CloneTool,
    32,
)
