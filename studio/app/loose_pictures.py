"""Pictures of the explorer on their way out of the studio: files, each with its recipe."""

from __future__ import annotations

import re
import tempfile
from functools import cached_property
from pathlib import Path

from PySide6.QtCore import QObject

from studio.app.lanes import Job, Lane, once
from studio.app.latent_layers import made_layer
from studio.app.latent_session import LatentSession
from studio.app.notifications import Notifications
from studio.codec.write import write_image
from studio.core.document import Document
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.engine.api import ModelCard
from studio.project.recipe import document_recipe

_LONGEST_NAME = 60


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
        """Where a PNG of the point is, or will be in a moment: a drag takes longer than that."""
        name = re.sub(r"[^\w\-. ]", "", point.describe())[:_LONGEST_NAME].strip() or "picture"
        file = Path(self._folder.name) / f"{name}.png"

        def write(image: Image, card: ModelCard) -> None:
            work = once(lambda _control: write_picture(file, image, card, point))
            self._lane.submit(Job(work, on_failed=self._notifications.failed))

        self._latent.with_picture(point, write)
        return file

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
