"""Pictures of the explorer on their way out of the studio: files, each with its recipe."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QTimer

from studio.app.lanes import Job, Lane, once
from studio.app.latent_layers import made_layer
from studio.app.latent_pictures import VIEW_FIRST
from studio.app.latent_session import LatentSession
from studio.app.notifications import Notifications
from studio.codec.write import write_image
from studio.core.document import Document
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.engine.api import ModelCard
from studio.project.recipe import document_recipe

_LONGEST_NAME = 60
_PATIENCE_MS = 1000


class LoosePictures(QObject):
    """Writes what is dragged away into a folder that goes with the program. GUI thread."""

    def __init__(self, latent: LatentSession, lane: Lane, notifications: Notifications) -> None:
        super().__init__(latent)
        self._latent = latent
        self._lane = lane
        self._notifications = notifications

    @cached_property
    def _folder(self) -> tempfile.TemporaryDirectory[str]:
        return tempfile.TemporaryDirectory(prefix="latent-studio-", ignore_cleanup_errors=True)

    def file_of(self, point: LatentPoint) -> Path:
        """A PNG of the point: waited for, a short while only; a drag takes longer than that.

        The window goes on painting meanwhile; what the person does comes after.
        """
        name = re.sub(r"[^\w\-. ]", "", point.describe())[:_LONGEST_NAME].strip() or "picture"
        file = Path(self._folder.name) / f"{name}.png"
        if self._latent.card is None:
            return file
        waiting = QEventLoop()
        patience = QTimer(singleShot=True, interval=_PATIENCE_MS)
        patience.timeout.connect(waiting.quit)
        patience.start()
        self._write(file, point, waiting.quit)
        waiting.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        patience.stop()
        return file

    def _write(self, file: Path, point: LatentPoint, on_done: Callable[[], None]) -> None:
        def write(image: Image, card: ModelCard) -> None:
            work = once(lambda _control: write_picture(file, image, card, point))
            failed = self._notifications.failed
            job = Job(work, on_done=on_done, on_failed=failed, priority=VIEW_FIRST)
            self._lane.submit(job)

        self._latent.with_picture(point, write)

    def close(self) -> None:
        """Remove what was written."""
        if "_folder" in vars(self):
            self._folder.cleanup()


def write_picture(file: Path, image: Image, card: ModelCard, point: LatentPoint) -> None:
    """A picture that opens again as a variation.

    Raises:
        StudioError: the disk refused.
    """
    height, width = image.shape[:2]
    document = Document(width, height, (made_layer(image, card, point),))
    write_image(file, image, document_recipe(document))
