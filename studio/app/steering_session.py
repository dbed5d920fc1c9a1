"""Steering the picture in view: slides, mixed styles, noise and bends, as steps of the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject

from studio.app.direction_session import DirectionSession
from studio.app.latent_session import LatentSession
from studio.core.direction import Direction
from studio.core.latent import LatentPoint, Region, StyleMix
from studio.core.region_mask import EMPTY, Move, inverted, stroke
from studio.core.steering import BEND_KINDS, Bend, LevelRange, Slide, level_groups
from studio.engine.api import Abilities

_RANDOM_NOISE = 2**31


class SteeringSession(QObject):
    """Intents on `LatentSession.state.point`; the explorer follows as with every other change.

    Lives in the GUI thread.
    """

    def __init__(self, latent: LatentSession, directions: DirectionSession) -> None:
        super().__init__(latent)
        self._latent = latent
        self.directions = directions

    @property
    def point(self) -> LatentPoint:
        return self._latent.state.point

    @property
    def abilities(self) -> Abilities:
        """What of a point the model in view heeds."""
        card = self._latent.card
        return Abilities() if card is None else card.abilities

    @property
    def groups(self) -> Mapping[str, LevelRange]:
        """The levels that have styles of their own, by name; empty where they share one."""
        return level_groups(self.abilities.styles) if self.abilities.mixes else {}

    def end_gesture(self) -> None:
        self._latent.end_gesture()

    # --- Slides ---

    def slide(self, direction: Direction, amount: float) -> None:
        """Move along a direction, `amount` standard deviations from where the point would be."""
        state = self._latent.state.slid(direction.slide(amount))
        text = f"{direction.name} {amount:+.1f}"
        key = f"slide {direction.id}"
        self._latent.change(text, key, point=state.point, locked=state.locked)

    def reset_slides(self) -> None:
        """Back to where the point would be, but for what is locked."""
        self._latent.change("Reset sliders", point=replace(self.point, slides=self._locked))

    def is_locked(self, direction: Direction) -> bool:
        return any(slide.direction == direction.id for slide in self._locked)

    def toggle_lock(self, direction: Direction) -> None:
        """Let all pictures of the sheet share a slide, or this one have it for itself again."""
        others = tuple(slide for slide in self._locked if slide.direction != direction.id)
        if self.is_locked(direction):
            self._latent.change(f"Unlock {direction.name}", locked=others)
            return
        slide = direction.slide(self.point.amount(direction.id))
        self._latent.change(f"Lock {direction.name}", locked=(*others, slide))

    def set_levels(self, direction: Direction, levels: LevelRange) -> None:
        """Let a direction act on some levels only."""
        amount = self.point.amount(direction.id)
        slide = replace(direction, levels=levels).slide(amount)
        self.directions.set_levels(direction.id, levels, self._latent.state.slid(slide))

    @property
    def _locked(self) -> tuple[Slide, ...]:
        return self._latent.state.locked

    # --- Styles ---

    def mix_at(self, levels: LevelRange) -> StyleMix | None:
        return next((mix for mix in self.point.mixes if mix.levels == levels), None)

    def mix(self, group: str, other: LatentPoint) -> None:
        """Take the styles of a group of levels from another point."""
        source = replace(other, bends=(), region=None)
        self._set_mix(StyleMix(source, self.groups[group]), f"Mix {group} styles")

    def set_share(self, group: str, share: float) -> None:
        """How much of the other's style a group takes."""
        mix = self.mix_at(self.groups[group])
        if mix is not None:
            self._set_mix(replace(mix, share=share), f"Mix {group} styles", f"mix {group}")

    def unmix(self, group: str) -> None:
        """Give a group of levels its own styles back."""
        levels = self.groups[group]
        self._steer(f"Own {group} styles", mixes=self._mixes_beside(levels))

    def _set_mix(self, mix: StyleMix, text: str, key: str = "") -> None:
        self._steer(text, key, mixes=(*self._mixes_beside(mix.levels), mix))

    def _mixes_beside(self, levels: LevelRange) -> tuple[StyleMix, ...]:
        return tuple(mix for mix in self.point.mixes if mix.levels != levels)

    # --- Truncation and noise ---

    def set_cutoff(self, cutoff: int | None) -> None:
        """Truncate the levels before `cutoff` only; None for all."""
        self._steer("Truncated levels", "cutoff", cutoff=cutoff)

    def set_noise(self, strength: float) -> None:
        self._steer("Noise", "noise", noise=strength)

    def roll_noise(self) -> None:
        """Other random detail."""
        seed = self._latent.random_seed() % _RANDOM_NOISE
        self._steer("Other noise", noise_seed=seed)

    # --- Bends ---

    def add_bend(self, kind: str) -> None:
        """Bend the features of the level in the middle, where it shows and is no mere texture."""
        about = BEND_KINDS[kind]
        level = len(self.abilities.levels) // 2
        bend = Bend(kind, level, about.start if about.step else 0.0)
        self._steer(about.title, bends=(*self.point.bends, bend))

    def change_bend(self, place: int, bend: Bend) -> None:
        bends = list(self.point.bends)
        bends[place] = bend
        title = BEND_KINDS[bend.kind].title
        self._steer(f"Change {title.lower()}", f"bend {place}", bends=tuple(bends))

    def remove_bend(self, place: int) -> None:
        bends = (bend for at, bend in enumerate(self.point.bends) if at != place)
        self._steer("Remove bend", bends=tuple(bends))

    def move_bend(self, place: int, to: int) -> None:
        """Change the order in which features are bent."""
        bends = list(self.point.bends)
        bends.insert(to, bends.pop(place))
        self._steer("Reorder bends", bends=tuple(bends))

    # --- Region ---

    def paint_region(self, ends: Move, radius: float, *, add: bool = True) -> None:
        """Put a stroke into the region, or take one out; the first makes it, with a stranger.

        A stroke is one step until `end_gesture`. `radius` is in widths of the picture.
        """
        card = self._latent.card
        if card is None:
            return
        region = self.point.region or self._new_region()
        mask = stroke(region.mask, ends, radius, card.height / card.width, add)
        self._set_region("Paint region", "paint region", mask=mask)

    def set_region_point(self, point: LatentPoint) -> None:
        """Show another picture inside the region."""
        self._set_region("Picture of the region", point=replace(point, region=None))

    def set_region_level(self, level: int) -> None:
        """From which level up the other picture counts: low for outlines, high for texture."""
        self._set_region("Level of the region", "region level", level=level)

    def set_feather(self, feather: float) -> None:
        self._set_region("Feather", "feather", feather=feather)

    def invert_region(self) -> None:
        mask = (self.point.region or self._new_region()).mask
        self._set_region("Invert region", mask=inverted(mask))

    def clear_region(self) -> None:
        self._steer("Clear region", region=None)

    def _new_region(self) -> Region:
        return Region(EMPTY, self._latent.random_point())

    def _set_region(self, text: str, merge_key: str = "", **changes: object) -> None:
        region = replace(self.point.region or self._new_region(), **changes)  # type: ignore[arg-type]
        self._steer(text, merge_key, region=region)

    def _steer(self, text: str, merge_key: str = "", **changes: object) -> None:
        self._latent.change(text, merge_key, point=replace(self.point, **changes))  # type: ignore[arg-type]
