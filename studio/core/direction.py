"""Directions through a model's w: what sliders move along, and how each was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from studio.core.steering import (
    ALL_LEVELS,
    LevelRange,
    Slide,
    from_text,
    levels_from_json,
    levels_to_json,
    to_text,
    vector_of,
)

DirectionKind: TypeAlias = Literal["measured", "principal", "factor", "taught"]


@dataclass(frozen=True, slots=True)
class Direction:
    """A named way through w; `numbers` are the bytes of ``float32 [latent_dim]``.

    One unit along it is one standard deviation of the model's w. `sureness`, 0 to 1, is what share
    of the variance it explains (principal: of w, measured: of what was measured, in pictures not
    learned from) or, of taught ones, the cross-validated accuracy. `levels` is where it acts.
    """

    id: str
    name: str
    kind: DirectionKind
    numbers: bytes = field(repr=False)
    sureness: float = 0.0
    levels: LevelRange = ALL_LEVELS

    def slide(self, amount: float) -> Slide:
        return Slide(self.id, self.numbers, amount, self.levels)

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "numbers": to_text(self.numbers),
            "sureness": self.sureness,
            **levels_to_json(self.levels),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Direction:
        """The inverse of `to_json`.

        Raises:
            KeyError, TypeError, ValueError: the data is not a direction.
        """
        kind = data["kind"]
        if kind not in get_args(DirectionKind):
            raise ValueError(f"no kind of direction “{kind}”")
        numbers = from_text(data["numbers"])
        vector_of(numbers)
        return cls(
            str(data["id"]),
            str(data["name"]),
            kind,
            numbers,
            float(data["sureness"]),
            levels_from_json(data),
        )


def exchanged(
    directions: Sequence[Direction], old: Direction | None, new: Direction | None
) -> tuple[Direction, ...]:
    """With `new` where `old` was, or first where there is no `old`; without `new`, without both."""
    ids = {each.id for each in (old, new) if each is not None}
    place = next((at for at, each in enumerate(directions) if each.id in ids), 0)
    rest = [each for each in directions if each.id not in ids]
    return (*rest[:place], *([new] if new is not None else []), *rest[place:])
