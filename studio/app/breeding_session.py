"""The litter of the explorer's parents: many children are drawn, the most different are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from studio.app.lanes import Lane, LatestWins, once
from studio.app.latent_pictures import SHEETS_AFTER
from studio.app.latent_session import LatentSession
from studio.app.notifications import Notifications
from studio.core.breeding import LITTER, Breeding, farthest
from studio.core.control import RunControl
from studio.core.latent import LatentPoint
from studio.core.steering import LevelRange, level_groups


class BreedingSession(QObject):
    """Chooses the brood of `LatentSession.state.breeding`; emits `changed()` for new ones.

    Lives in the GUI thread. Intents go through the undo stack with the rest of the explorer.
    """

    changed = Signal()

    def __init__(self, latent: LatentSession, lane: Lane, notifications: Notifications) -> None:
        super().__init__(latent)
        self._latent = latent
        self._notifications = notifications
        self._jobs: LatestWins[list[int]] = LatestWins(lane, priority=SHEETS_AFTER, steady=True)
        self._asked: tuple[object, ...] = ()
        self.brood: tuple[LatentPoint, ...] = ()

    @property
    def breeding(self) -> Breeding:
        return self._latent.state.breeding

    @property
    def groups(self) -> Mapping[str, LevelRange]:
        """The levels of the model that can be locked, by name; empty where they share one style."""
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
        path, drawn = card.path, breeding.drawn(self.groups)

        def choose(_control: RunControl) -> list[int]:
            if not drawn:
                return []
            return farthest(self._latent.memory.get(path).vectors(drawn, "w"), LITTER)

        def take(chosen: list[int]) -> None:
            self.brood = tuple(drawn[place] for place in chosen)
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

    def toggle_lock(self, group: str) -> None:
        """Let all children have the first parent's style in a group of levels, or their own."""
        locks = self.breeding.locks
        others = tuple(name for name in locks if name != group)
        self._change(f"Keep {group} styles", locks=others if group in locks else (*locks, group))

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
