"""How new the picture in view is: the nearest of the person's own images, found while one looks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from studio.app.dataset_session import DatasetSession
from studio.app.engine_host import EngineHost
from studio.app.lanes import Lane, LatestWins, once
from studio.app.latent_session import LatentSession
from studio.app.likeness import Comparison, compare
from studio.app.qimage import from_qimage

_REST_MS = 350  # a drag asks for nothing


class Originality(QObject):
    """Compares the picture in view while `watch` is on; emits `changed()` when `found` is new.

    Lives in the GUI thread. A dataset that is too small to compare with is passed over in silence:
    nobody asked.
    """

    changed = Signal()

    def __init__(
        self, host: EngineHost, lane: Lane, latent: LatentSession, dataset: DatasetSession
    ) -> None:
        super().__init__(latent)
        self._host = host
        self._latent = latent
        self._dataset = dataset
        self._jobs: LatestWins[Comparison] = LatestWins(lane)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._compare)
        self._watching = False
        self._compared: tuple[QImage, Path] | None = None
        self.found: Comparison | None = None
        latent.preview_changed.connect(self._follow)
        dataset.changed.connect(self._follow)

    def watch(self, on: bool) -> None:
        self._watching = on
        if on:
            self._follow()
        else:
            self._rest.stop()

    def _follow(self) -> None:
        if self._watching and self._latent.preview is not None and self._dataset.info is not None:
            self._rest.start()
        elif self.found is not None and (self._dataset.info is None or self._latent.card is None):
            self._show(None)

    def _compare(self) -> None:
        picture, info = self._latent.preview, self._dataset.info
        if picture is None or info is None or self._compared == (picture, info.folder):
            return
        self._compared = picture, info.folder
        host, folder = self._host, info.folder
        work = once(lambda _control: compare(host, folder, from_qimage(picture)))
        self._jobs.request(work, self._show, on_failed=lambda _error: self._show(None))

    def _show(self, found: Comparison | None) -> None:
        self.found = found
        self.changed.emit()
