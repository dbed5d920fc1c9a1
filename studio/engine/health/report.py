"""What a training measured about itself, and what is to be thought of it: plain values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

VerdictKind: TypeAlias = Literal[
    "learning", "good", "stalled", "memorizing", "collapsed", "diverged"
]
Role: TypeAlias = Literal["ok", "warn", "bad"]


@dataclass(frozen=True)
class Nearest:
    """The training picture (its index) that a sample is nearest to.

    `novelty` is 1 where the sample is as new as one real picture is to the others, 0 where it is
    that picture. A copy is nearer than 99 in 100 real pictures are to any other. With `mirrored`,
    the nearest is that picture with left and right exchanged.
    """

    index: int
    novelty: float
    is_copy: bool
    mirrored: bool = False


@dataclass(frozen=True)
class HealthReport:
    """One measurement of samples. A floor is the same figure for real pictures in their place.

    - `distance`: sliced Wasserstein x1000 to held-out pictures, mean of `distance_levels` (finest
      first); floor: of training pictures.
    - `coverage`, `density`: of real pictures by samples.
    - `alikeness`: MS-SSIM of random pairs of samples; 1: all the same.
    - `variety`: how far a sample is from the nearest other one, over that of real pictures.
    - `novelty`, `copies`: median novelty of samples, and share of copies (see `Nearest`).
    - `leak`: share of samples beyond that of real pictures that are `leak_kind` (“mirrored”).
    - `held_out_place`: where the discriminator sees held-out pictures between training (1) and
      fake ones (0); None if there are no scores, or they tell nothing.
    - `broken`: share of samples with values that are not finite.
    """

    distance: float
    distance_floor: float
    distance_levels: tuple[float, ...]
    floor_levels: tuple[float, ...]
    coverage: float
    coverage_floor: float
    density: float
    density_floor: float
    alikeness: float
    alikeness_floor: float
    variety: float
    novelty: float
    copies: float
    leak: float
    leak_kind: str
    held_out_place: float | None = None
    broken: float = 0.0

    @property
    def ratio(self) -> float:
        """Distance over its floor; 1 is as good as real pictures."""
        return self.distance / max(self.distance_floor, 1e-6)

    @property
    def excess(self) -> float:
        """What the distance has beyond its floor, in quadrature.

        The floor is the chance in which pictures were held out, and independent of what the samples
        lack. So this figure, unlike the ratio, does not depend on how many were held out.
        """
        return math.sqrt(max(0.0, self.distance**2 - self.distance_floor**2))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> HealthReport:
        """The inverse of `to_json`.

        Raises:
            KeyError, TypeError: the data is not a report.
        """
        levels = {name: tuple(data[name]) for name in ("distance_levels", "floor_levels")}
        return cls(**{**data, **levels})


@dataclass(frozen=True)
class Verdict:
    """What to think of a training: a sentence for a person, and what to do."""

    kind: VerdictKind
    role: Role
    text: str
    advice: str
