"""A look: colors and detail of a picture that a model made, taken over to another layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio.app.document_session import DocumentSession
from studio.app.lanes import Job, Lane, once
from studio.app.latent_layers import steered
from studio.app.latent_pictures import ModelMemory
from studio.app.notifications import Notifications
from studio.core.control import RunControl
from studio.core.document import Layer
from studio.core.image import Image
from studio.core.latent import LatentPoint, StyleMix
from studio.core.steering import level_groups
from studio.engine.api import ModelCard
from studio.errors import StudioError
from studio.project import library


@dataclass(frozen=True)
class Look:
    """The point whose fine styles it is, and the model that they are of."""

    model: str
    point: LatentPoint


class Looks:
    """Copies the look of the active layer and gives it to others. Lives in the GUI thread."""

    def __init__(
        self,
        documents: DocumentSession,
        memory: ModelMemory,
        lane: Lane,
        notifications: Notifications,
    ) -> None:
        self._documents = documents
        self._memory = memory
        self._lane = lane
        self._notifications = notifications
        self.copied: Look | None = None

    def copy(self) -> None:
        """Remember the active layer's look."""
        layer = self._documents.active_layer
        if layer is not None and layer.provenance.point is not None:
            self.copied = Look(layer.provenance.model, layer.provenance.point)
            self._notifications.post(f"Copied the look of {layer.name}.", tone="good")

    @property
    def can_paste(self) -> bool:
        layer, look = self._documents.active_layer, self.copied
        return layer is not None and look is not None and _takes(layer, look)

    def paste(self) -> None:
        """Make the active layer anew with the look that was copied; its shape and edits stay."""
        layer, look = self._documents.active_layer, self.copied
        if layer is None or look is None or not _takes(layer, look):
            return
        path, point = library.find_model(look.model), layer.provenance.point

        def work(control: RunControl) -> tuple[Image, ModelCard, LatentPoint]:
            if path is None:
                raise StudioError(
                    "The model that made this layer is not in the library.", "Import it in Models."
                )
            generator = self._memory.kept(path)
            dressed = with_look(point or look.point, look, generator.card)
            return generator.sample([dressed], None, control)[0], generator.card, dressed

        def show(made: tuple[Image, ModelCard, LatentPoint]) -> None:
            document = self._documents.document
            if document.has_layer(layer.id):
                after = document.update_layer(layer.id, lambda now: steered(now, *made))
                self._documents.commit(after, f"Paste look on {layer.name}")

        self._lane.submit(Job(once(work), on_event=show, on_failed=self._notifications.failed))


def with_look(point: LatentPoint, look: Look, card: ModelCard) -> LatentPoint:
    """The point with the fine styles of a look instead of its own.

    Raises:
        StudioError: the model has one style for a whole picture.
    """
    if not card.abilities.mixes:
        raise StudioError(
            "This model makes shape and look at once: a look cannot be taken over.",
            "Style-based GANs can: choose one of their recipes for the next training.",
        )
    levels = level_groups(card.abilities.styles)["fine"]
    others: Sequence[StyleMix] = [mix for mix in point.mixes if mix.levels != levels]
    return replace(point, mixes=(*others, StyleMix(look.point, levels)))


def _takes(layer: Layer, look: Look) -> bool:
    made_by = layer.provenance
    return made_by.point not in (None, look.point) and made_by.model == look.model
