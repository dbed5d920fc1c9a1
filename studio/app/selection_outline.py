"""What is shown of a selection: the line around it, and how much of each px it takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, Signal
from PySide6.QtGui import QImage, QPainterPath, QPolygonF

from studio.app.document_session import DocumentSession
from studio.app.lanes import Lane, LatestWins, once
from studio.core.change import DocumentChange
from studio.core.raster import Raster

OUTLINE_SIDE = 1024  # px: outlines are traced on the selection at no more than this
MOST_POINTS = 40_000  # a line of more is traced on a smaller selection: it has to be drawn often


@dataclass(frozen=True)
class SelectionLook:
    """`path` is the line around the half-selected px, in document px.

    `coverage` is an Alpha8 picture of the whole document, made smaller to `OUTLINE_SIDE`.
    """

    path: QPainterPath
    coverage: QImage


NOTHING = SelectionLook(QPainterPath(), QImage())


def look_of(selection: Raster) -> SelectionLook:
    """Traces by marching squares (skimage's `find_contours`) at a size of at most `OUTLINE_SIDE`.

    What has so many contours that they cannot be drawn often is traced at half that size, and so
    on.
    """
    level = 0
    while max(selection.width, selection.height) >> level > OUTLINE_SIDE:
        level += 1
    coverage = _alpha8(selection.level(level))
    while _edges(selection.level(level)) > MOST_POINTS:
        level += 1
    path = QPainterPath()
    for contour in _contours(selection.level(level)):
        points = (contour - 0.5) * 2**level  # the padding, and the middle of a px is at 0.5
        path.addPolygon(QPolygonF([QPointF(x, y) for y, x in points]))
    return SelectionLook(path, coverage)


class SelectionOutline(QObject):
    """Keeps the look of the session's selection. GUI thread; traces in a lane.

    Emits `changed()`.
    """

    changed = Signal()

    def __init__(self, session: DocumentSession, lane: Lane, parent: QObject) -> None:
        super().__init__(parent)
        self.look = NOTHING
        self._latest: LatestWins[SelectionLook] = LatestWins(lane, priority=1)
        session.changed.connect(self._follow)

    def _follow(self, change: DocumentChange) -> None:
        if not change.selection:
            return
        selection = change.after.selection
        if selection is None:
            self._latest.cancel()
            self._take(NOTHING)
        else:
            self._latest.request(once(lambda _control: look_of(selection)), self._take)

    def _take(self, look: SelectionLook) -> None:
        self.look = look
        self.changed.emit()


def _edges(selection: Raster) -> int:
    """Between how many neighboring px the line passes: about as many points it has."""
    inside = selection.pixels8()[..., 0] > 127
    across, down = inside[:, 1:] != inside[:, :-1], inside[1:] != inside[:-1]
    return int(np.count_nonzero(across) + np.count_nonzero(down))


def _contours(selection: Raster) -> list[NDArray[np.float64]]:
    from skimage.measure import find_contours

    values = np.pad(selection.pixels8()[..., 0], 1)
    found: list[NDArray[np.float64]] = find_contours(values.astype(np.float32), 127.5)
    return found


def _alpha8(selection: Raster) -> QImage:
    pixels = np.ascontiguousarray(selection.pixels8()[..., 0])
    height, width = pixels.shape
    return QImage(pixels.data, width, height, width, QImage.Format.Format_Alpha8).copy()
