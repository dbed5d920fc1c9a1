"""Filling the selection with what the explorer's model makes, at home in its surroundings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject

from studio.app.document_session import DocumentSession
from studio.app.lanes import Job, Lane, once
from studio.app.latent_layers import nearest_point
from studio.app.latent_session import LatentSession
from studio.app.layer_rendering import render_document
from studio.app.notifications import Notifications
from studio.core.control import RunControl
from studio.core.document import Document, Layer, Provenance
from studio.core.image import Image, Rect, split_alpha, to_rgba
from studio.core.latent import LatentPoint
from studio.core.raster import Raster
from studio.edits.cloning import cloned
from studio.edits.holes import spread
from studio.edits.pixels import resized
from studio.engine.api import ModelCard

_MARGIN = 0.5  # of the selection's longer side: how much of the surroundings the model is shown


@dataclass(frozen=True)
class Hole:
    """What is around the selection: `picture` RGBA of `rect`, and how far each px is selected."""

    rect: Rect
    picture: Image
    selected: Image

    @classmethod
    def of(cls, document: Document, aspect: float, control: RunControl) -> Hole | None:
        """The selection with its surroundings, about `aspect` times as wide as high; None: empty.

        Raises:
            Cancelled: `control` asked for it.
        """
        assert document.selection is not None
        selected = document.selection.read()
        rows, columns = (np.flatnonzero(selected[..., 0].any(axis=axis)) for axis in (1, 0))
        if not len(rows):
            return None
        box = Rect.from_edges(
            int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
        )
        rect = _shaped(box, aspect).intersect(document.rect)
        picture = render_document(document, control)[rect.slices]
        return cls(rect, picture, selected[rect.slices])

    @property
    def known(self) -> Image:
        """Where there is a picture that stays, ``[H, W, 1]``."""
        return ((self.selected <= 0.0) & (self.picture[..., 3:] >= 0.5)).astype(np.float32)

    def guess(self, control: RunControl) -> Image:
        """The surroundings continued smoothly over the hole: what the search begins with."""
        return np.clip(spread(self.picture[..., :3], self.known[..., 0] == 0.0, control), 0.0, 1.0)

    def filled(self, made: Image, control: RunControl) -> Image:
        """RGBA of `rect`: the model's picture in the selection, its tones led to those around."""
        color, alpha = split_alpha(self.picture)
        assert alpha is not None
        height, width = color.shape[:2]
        own = resized(to_rgba(made), height, width)
        part = self.selected[..., 0] > 0.0
        around = np.where(alpha > 0.5, color, own[..., :3])  # nothing to meet on an empty canvas
        blended = cloned(own[..., :3], around, part, control)
        return np.concatenate([blended, self.selected * own[..., 3:]], axis=2)


class ModelFill(QObject):
    """Makes a layer that fills the selection. Lives in the GUI thread; `lane` has the models."""

    def __init__(
        self,
        documents: DocumentSession,
        latent: LatentSession,
        lane: Lane,
        notifications: Notifications,
    ) -> None:
        super().__init__(documents)
        self._documents = documents
        self._latent = latent
        self._lane = lane
        self._notifications = notifications

    def fill(self, point: LatentPoint | None = None) -> None:
        """A new layer: the picture of `point` in the selection.

        Without a point, the one whose picture comes nearest to the surroundings is searched for.
        """
        card, document = self._latent.card, self._documents.document
        if card is None or document.selection is None:
            return
        path = card.path

        def work(control: RunControl) -> Layer | None:
            generator = self._latent.memory.kept(path)
            hole = Hole.of(document, generator.card.width / generator.card.height, control)
            if hole is None:
                return None
            chosen = point or nearest_point(generator, hole.guess(control), control, hole.known)
            made = generator.sample([chosen], None, control)[0]
            return _layer(hole, hole.filled(made, control), generator.card)

        self._lane.submit(Job(once(work), on_event=self._add, on_failed=self._notifications.failed))

    def _add(self, layer: Layer | None) -> None:
        if layer is None:
            self._notifications.post("Nothing is selected.", "Select what shall be filled.")
        else:
            self._documents.add_layer(layer, "Fill from model")


def _layer(hole: Hole, image: Image, card: ModelCard) -> Layer:
    name = card.dataset_name or card.family
    # Without its latent: the model alone could not make what the surroundings had a part in.
    provenance = Provenance("generated", name, card.sha256)
    raster = Raster.from_image(image)
    return Layer(raster, f"Fill from {name}", hole.rect.x, hole.rect.y, provenance=provenance)


def _shaped(box: Rect, aspect: float) -> Rect:
    """A rectangle around the middle of `box`, with a margin, `aspect` times as wide as high."""
    margin = round(max(box.width, box.height) * _MARGIN)
    width, height = box.width + 2 * margin, box.height + 2 * margin
    width, height = max(width, round(height * aspect)), max(height, round(width / aspect))
    return Rect(box.x + (box.width - width) // 2, box.y + (box.height - height) // 2, width, height)
