"""Is a made picture new, or a copy? It is held beside the nearest of the project's own images."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app.dataset_session import DatasetSession
from studio.app.engine_host import EngineHost
from studio.app.lanes import Job, Lane, once
from studio.app.latent_session import LatentSession
from studio.app.notifications import Notifications
from studio.app.qimage import qimage_of_pixels8, to_qimage
from studio.core.control import RunControl
from studio.core.document import Document, Layer
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.engine.api import open_dataset
from studio.errors import StudioError


@dataclass(frozen=True, slots=True)
class Comparison:
    """A made picture, the nearest of the person's images, and whether it is a copy of that.

    `yours` is `mirrored` where it is nearer like that.
    """

    made: QImage
    yours: QImage
    name: str
    is_copy: bool
    mirrored: bool = False

    @property
    def title(self) -> str:
        return f"{self.name}, mirrored" if self.mirrored else self.name


class Likeness(QObject):
    """Compares with the project's images. Lives in the GUI thread; emits `compared(Comparison)`."""

    compared = Signal(object)

    def __init__(
        self,
        host: EngineHost,
        lane: Lane,
        latent: LatentSession,
        dataset: DatasetSession,
        notifications: Notifications,
    ) -> None:
        super().__init__(latent)
        self._host = host
        self._lane = lane
        self._latent = latent
        self._dataset = dataset
        self._notifications = notifications
        latent.comparison_wanted.connect(self.compare_point)

    def compare_point(self, point: LatentPoint) -> None:
        """Compare the picture that the explorer's model makes of a point."""
        self._latent.with_picture(point, lambda image, _card: self._compare(lambda: image))

    def compare_layer(self, layer: Layer) -> None:
        """Compare a layer as its model made it, without its edits."""
        self._compare(layer.raster.read)

    def _compare(self, picture: Callable[[], Image]) -> None:
        if self._dataset.info is None:
            self._notifications.post(
                "This project has no images to compare with.", "Add those that the model knows."
            )
            return
        folder = self._dataset.info.folder

        def work(_control: RunControl) -> Comparison:
            return compare(self._host, folder, picture())

        on_failed = self._notifications.failed
        self._lane.submit(Job(once(work), on_event=self.compared.emit, on_failed=on_failed))


def compare(host: EngineHost, dataset: Path, picture: Image) -> Comparison:
    """The picture beside the nearest of a dataset. Not for the GUI thread.

    Raises:
        StudioError: there is no dataset, or it has too few pictures.
    """
    nearest = host.get().nearest(dataset, [picture])[0]
    info, pixels = open_dataset(dataset)
    yours = np.asarray(pixels[nearest.index])[:, :: -1 if nearest.mirrored else 1]
    return Comparison(
        to_qimage(picture),
        qimage_of_pixels8(yours),
        info.names[nearest.index],
        nearest.is_copy,
        nearest.mirrored,
    )


def copies_in(host: EngineHost, dataset: Path, document: Document) -> tuple[str, ...]:
    """The names of visible layers that a model made as copies; none where that cannot be told."""
    made = [
        layer for layer in document.layers if document.is_shown(layer) and layer.provenance.point
    ]
    if not made:
        return ()
    with suppress(StudioError):
        found = host.get().nearest(dataset, [layer.raster.read() for layer in made])
        return tuple(layer.name for layer, item in zip(made, found, strict=True) if item.is_copy)
    return ()
