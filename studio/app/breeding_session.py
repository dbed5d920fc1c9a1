"""The litter of the explorer's parents: many children are drawn, the most different are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from studio.app.lanes import Lane, LatestWins, once
from studio.app.latent_pictures import SHEETS_AFTER
from studio.app.latent_session import LatentSession
from studio.app.notifications import Notifications
from studio.core.breeding import COLORS, LITTER, Breeding, LatentPoints, alike, farthest
from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.core.steering import LevelRange, level_groups
from studio.engine.api import Generator

_SEEN = 64  # px: a smaller picture of a GAN has other colors


class BreedingSession(QObject):
    """Chooses the brood of `LatentSession.state.breeding`; emits `changed()` for new ones.

    Lives in the GUI thread. Intents go through the undo stack with the rest of the explorer.
    """

    changed = Signal()

    def __init__(self, latent: LatentSession, lane: Lane, notifications: Notifications) -> None:
        super().__init__(latent)
        self._latent = latent
        self._notifications = notifications
        self._jobs: LatestWins[LatentPoints] = LatestWins(lane, priority=SHEETS_AFTER, steady=True)
        self._asked: tuple[object, ...] = ()
        self.brood: tuple[LatentPoint, ...] = ()

    @property
    def breeding(self) -> Breeding:
        return self._latent.state.breeding

    @property
    def locks(self) -> tuple[str, ...]:
        """What can be locked of this model's pictures: groups of levels, and colors."""
        card = self._latent.card
        colored = card is not None and card.channels >= 3
        return (*self._groups, COLORS) if colored else tuple(self._groups)

    @property
    def _groups(self) -> Mapping[str, LevelRange]:
        """Levels by name; empty where they share one style."""
        card = self._latent.card
        can_mix = card is not None and card.abilities.mixes
        return level_groups(card.abilities.styles) if card is not None and can_mix else {}

    def follow(self) -> None:
        """Choose children, if the parents, the mutation or the model are others than before."""
        card, breeding = self._latent.card, self.breeding
        if card is None:
            return
        asked = (card.sha256, replace(breeding, births=()))
        if asked == self._asked:
            return
        self._asked = asked
        path, drawn = card.path, breeding.drawn(self._groups)

        def choose(control: RunControl) -> LatentPoints:
            if not drawn:
                return ()
            model = self._latent.memory.get(path)
            like = drawn
            if COLORS in breeding.locks:
                like = _of_like_colors(model, breeding.parents[0], drawn, control)
            return tuple(like[place] for place in farthest(model.vectors(like, "w"), LITTER))

        def take(chosen: LatentPoints) -> None:
            self.brood = chosen
            self.changed.emit()

        self._jobs.request(once(choose), take, on_failed=self._notifications.failed)

    # --- Intents ---

    def set_parent(self, place: int, point: LatentPoint) -> None:
        parents = list(self.breeding.parents)
        if point not in parents:
            parents[place : place + 1] = [point]
            self._change("Another parent", parents=tuple(parents), litter=0)

    def remove_parent(self, point: LatentPoint) -> None:
        self._latent.change("One parent less", breeding=self.breeding.without_parent(point))

    def set_mutation(self, mutation: float) -> None:
        self._change("Mutation", "mutation", mutation=mutation)

    def toggle_lock(self, lock: str) -> None:
        """Let all children have this from the first parent, or their own; one of `locks`."""
        locks = self.breeding.locks
        others = tuple(name for name in locks if name != lock)
        text = "Keep colors" if lock == COLORS else f"Keep {lock} styles"
        self._change(text, locks=others if lock in locks else (*locks, lock))

    def another_litter(self) -> None:
        self._change("Other children", litter=self.breeding.litter + 1)

    def look_at(self, child: LatentPoint) -> None:
        """Look at a child; from then on the lineage knows where it came from."""
        bred = self.breeding.with_birth(child)
        self._latent.change(f"Look at {child.describe()}", point=child, breeding=bred)

    def breed_on(self) -> None:
        """The picture in view becomes the only parent: its children are its variations."""
        point = self._latent.state.point
        bred = self.breeding.with_birth(point) if point in self.brood else self.breeding
        bred = replace(bred, parents=(point,), litter=0)
        self._latent.change("Breed on with this one", breeding=bred)

    def back_to_parents(self, point: LatentPoint) -> None:
        """Walk back in the lineage: the parents of `point` breed again."""
        parents = self.breeding.parents_of(point)
        if parents:
            self._change("Back to its parents", parents=parents, litter=0)

    def _change(self, text: str, merge_key: str = "", **changes: object) -> None:
        bred = replace(self.breeding, **changes)  # type: ignore[arg-type]
        self._latent.change(text, merge_key, breeding=bred)


def _of_like_colors(
    model: Generator, parent: LatentPoint, children: LatentPoints, control: RunControl
) -> LatentPoints:
    """Those whose pictures have the parent's colors most nearly."""
    colors = np.stack(
        [_colors(image) for image in model.sample((parent, *children), _SEEN, control)]
    )
    return tuple(children[place] for place in alike(colors[1:], colors[0]))


def _colors(image: Image) -> NDArray[np.float32]:
    """Mean a and b of Lab, of what is not transparent."""
    from skimage.color import rgb2lab

    ground = image[..., 3:] if image.shape[2] == 4 else np.ones_like(image[..., :1])
    lab = rgb2lab(image[..., :3])[..., 1:]
    mean: NDArray[np.float32] = (lab * ground).sum((0, 1)) / (ground.sum() + 1e-6)
    return mean
