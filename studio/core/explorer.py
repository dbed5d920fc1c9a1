"""What the latent explorer shows and holds: a value, undone and saved with the document."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from studio.core.breeding import Breeding
from studio.core.latent import LatentPoint
from studio.core.steering import Slide
from studio.core.timeline import Timeline

GRID_SEEDS = 16
MOST_CANDIDATES = 4
TRUNCATION = 0.8  # at first: typical pictures, and still different ones


@dataclass(frozen=True, slots=True)
class ExplorerState:
    """Where the person is in a model's latent space, and what they want to keep.

    `model` is the sha256 of the model file. `corners` span the pad (top left, top right, bottom
    left, bottom right), `pad` is the place in it, 0 to 1 from the top left. `picks` are the two
    ends of the interpolation and `mix` the place between them. `point` is the picture in view.

    `prompt` is what pictures are asked for, where the model can be asked: all but the favorites,
    and those corners and picks that bring a prompt of their own. `locked` are slides that all of
    these pictures share, as they share the truncation. `candidates` are compared.
    """

    model: str = ""
    point: LatentPoint = LatentPoint.of_seed(0, TRUNCATION)
    truncation: float = TRUNCATION
    first_seed: int = 0
    corners: tuple[LatentPoint, ...] = tuple(LatentPoint.of_seed(seed) for seed in range(4))
    pad: tuple[float, float] = (0.5, 0.5)
    picks: tuple[LatentPoint, LatentPoint] = (LatentPoint.of_seed(0), LatentPoint.of_seed(1))
    mix: float = 0.0
    prompt: str = ""
    favorites: tuple[LatentPoint, ...] = ()
    candidates: tuple[LatentPoint, ...] = ()
    breeding: Breeding = field(default_factory=Breeding)
    timeline: Timeline = field(default_factory=Timeline)
    locked: tuple[Slide, ...] = ()

    @property
    def grid(self) -> tuple[LatentPoint, ...]:
        """The points of the sheet of seeds."""
        seeds = range(self.first_seed, self.first_seed + GRID_SEEDS)
        return tuple(map(self.seed_point, seeds))

    def seed_point(self, seed: int) -> LatentPoint:
        """A seed as all pictures are seen: at their truncation, asked for their prompt, slid."""
        point = LatentPoint.of_seed(seed, self.truncation, self.prompt)
        return replace(point, slides=self.locked)

    def slid(self, slide: Slide) -> ExplorerState:
        """With the picture in view moved along a direction; where it is locked, all of them."""
        is_locked = any(other.direction == slide.direction for other in self.locked)
        moved = replace(self, point=self.point.with_slide(slide))
        if not is_locked:
            return moved
        locked = (slide if s.direction == slide.direction else s for s in self.locked)
        return replace(moved, locked=tuple(locked))

    @property
    def shown_corners(self) -> tuple[LatentPoint, ...]:
        """The corners as they are seen: at the truncation and with the prompt of all pictures."""
        return tuple(self._as_seen(point) for point in self.corners)

    @property
    def shown_picks(self) -> tuple[LatentPoint, ...]:
        """The picks as they are seen."""
        return tuple(self._as_seen(point) for point in self.picks)

    @property
    def pad_point(self) -> LatentPoint:
        """The point under the pad's handle: bilinear between the four corners."""
        x, y = self.pad
        weights = ((1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y)
        blend = LatentPoint.blend(self.shown_corners, weights)
        return blend.with_truncation(self.truncation)

    @property
    def mix_point(self) -> LatentPoint:
        """The point between the two picks."""
        blend = LatentPoint.blend(self.shown_picks, (1 - self.mix, self.mix))
        return blend.with_truncation(self.truncation)

    @property
    def is_on_pad(self) -> bool:
        """Whether the picture in view is the one under the pad's handle."""
        return self.point == self.pad_point

    @property
    def is_between(self) -> bool:
        """Whether the picture in view is the one that the interpolation's slider is at."""
        return self.point == self.mix_point

    def comparing(self, point: LatentPoint) -> ExplorerState:
        """With another candidate; where there are four already, it takes the place of the last."""
        if point in self.candidates:
            return self
        return replace(self, candidates=(*self.candidates[: MOST_CANDIDATES - 1], point))

    def asking(self, prompt: str) -> ExplorerState:
        """The same with another prompt: the picture in view stays in its place."""
        asked = replace(self, prompt=prompt)
        if self.is_on_pad:
            return replace(asked, point=asked.pad_point)
        if self.is_between:
            return replace(asked, point=asked.mix_point)
        return replace(asked, point=self.point.with_prompt(prompt))

    def fitted(self, dimension: int, prompts: Collection[str] | None = None) -> ExplorerState:
        """For a model whose latents have `dimension` numbers: what was found with one that has
        others gives way to seeds, and what was asked for that is not among its `prompts` to
        nothing (None: any words will do). Favorites stay; that model may come back.
        """
        locked = tuple(slide for slide in self.locked if slide.fits(dimension))
        first, start = LatentPoint.of_seed(self.first_seed, self.truncation), ExplorerState()

        def fit(point: LatentPoint, seed: LatentPoint) -> LatentPoint:
            known = point if point.asks_only_for(prompts) else point.with_prompt("")
            return known if point.fits(dimension) else seed

        one, other = map(fit, self.picks, start.picks)
        return replace(
            self,
            point=fit(self.point, first),
            corners=tuple(map(fit, self.corners, start.corners)),
            picks=(one, other),
            candidates=tuple(p for p in self.candidates if p.fits(dimension)),
            breeding=self.breeding.fitted(dimension),
            timeline=self.timeline.fitted(dimension),
            locked=locked,
            prompt=self.prompt if prompts is None or self.prompt in prompts else "",
        )

    def _as_seen(self, point: LatentPoint) -> LatentPoint:
        seen = point.asked(self.prompt).with_truncation(self.truncation)
        for slide in self.locked:
            seen = seen.with_slide(slide)
        return seen

    def to_json(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "point": self.point.to_json(),
            "truncation": self.truncation,
            "first_seed": self.first_seed,
            "corners": [point.to_json() for point in self.corners],
            "pad": list(self.pad),
            "picks": [point.to_json() for point in self.picks],
            "mix": self.mix,
            "prompt": self.prompt,
            "favorites": [point.to_json() for point in self.favorites],
            "candidates": [point.to_json() for point in self.candidates],
            "breeding": self.breeding.to_json(),
            "timeline": self.timeline.to_json(),
            "locked": [slide.to_json() for slide in self.locked],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ExplorerState:
        """The inverse of `to_json`; what is missing keeps its default.

        Raises:
            KeyError, TypeError, ValueError: the data is not an explorer's state.
        """
        changes: dict[str, Any] = {}
        for name, convert in _FROM_JSON.items():
            if name in data:
                changes[name] = convert(data[name])
        return cls(**changes)


def _points(data: Sequence[Mapping[str, Any]]) -> tuple[LatentPoint, ...]:
    return tuple(LatentPoint.from_json(item) for item in data)


_FROM_JSON: Mapping[str, Any] = {
    "model": str,
    "point": LatentPoint.from_json,
    "truncation": float,
    "first_seed": int,
    "corners": _points,
    "pad": lambda pair: (float(pair[0]), float(pair[1])),
    "picks": lambda pair: (LatentPoint.from_json(pair[0]), LatentPoint.from_json(pair[1])),
    "mix": float,
    "prompt": str,
    "favorites": _points,
    "candidates": _points,
    "breeding": Breeding.from_json,
    "timeline": Timeline.from_json,
    "locked": lambda slides: tuple(Slide.from_json(slide) for slide in slides),
}
