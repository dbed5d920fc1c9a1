"""One measurement of a training's samples beside its real pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from studio.core.image import Image
from studio.engine.health.distance import DistanceMeter
from studio.engine.health.diversity import DiversityMeter
from studio.engine.health.leaks import LeakDetector
from studio.engine.health.nearest import CopyDetector, Gallery, Known
from studio.engine.health.overfit import held_out_place
from studio.engine.health.pixels import VIEW, Floats, Pictures, reduced, some_of
from studio.engine.health.report import HealthReport, Nearest

MOST_SAMPLES = 256  # more cost more than they tell
_LEAST_TRAINING, _LEAST_HELD_OUT = 4, 2

Samples: TypeAlias = Pictures | Sequence[Image]


class Scores(NamedTuple):
    """A discriminator's scores, of any shape, higher for what it takes as real."""

    training: Floats
    held_out: Floats
    fake: Floats


def measure(
    samples: Samples,
    training: Pictures,
    held_out: Pictures,
    *,
    seed: int = 0,
    scores: Scores | None = None,
) -> HealthReport:
    """Measure once. To measure again keep the `Reference`: it costs more than its use."""
    reference = Reference(training, held_out, count=len(samples), seed=seed)
    return reference.measure(samples, scores)


class Reference:
    """A training's real pictures, and what depends on them alone.

    Pictures are ``[N, H, W, C]``: uint8 (also memmapped), or float32 as *Images* are, with straight
    alpha. The same pictures and seed give the same figures. `count` is how many samples are
    compared: as many as training pictures, up to 256. With `mirrored`, training pictures were
    trained on with left and right exchanged as well: they count twice.
    """

    def __init__(
        self,
        training: Pictures,
        held_out: Pictures,
        *,
        count: int = MOST_SAMPLES,
        seed: int = 0,
        mirrored: bool = False,
    ) -> None:
        """Measure the floors; at least 4 training and 2 held-out pictures are needed.

        Raises:
            ValueError: there are fewer.
        """
        if len(training) < _LEAST_TRAINING or len(held_out) < _LEAST_HELD_OUT:
            raise ValueError(f"{len(training)} training and {len(held_out)} held-out pictures")
        self.count = min(count, MOST_SAMPLES, len(training) * (2 if mirrored else 1))
        rng = np.random.default_rng(seed)
        unseen = some_of(held_out, self.count, rng)
        real = training, unseen, self.count, rng
        self._distance = DistanceMeter(*real, mirrored=mirrored)
        self._diversity = DiversityMeter(*real, mirrored=mirrored)
        gallery = Gallery(training, rng)
        known = Known.of(training, unseen, gallery, rng)
        self._copies = CopyDetector(gallery, known, mirrored=mirrored)
        self._leaks = LeakDetector(gallery, known, mirrored=mirrored)

    def measure(self, samples: Samples, scores: Scores | None = None) -> HealthReport:
        """The health of a training that makes such samples; the first `count` are looked at.

        Raises:
            ValueError: fewer samples than `count`.
        """
        if len(samples) < self.count:
            raise ValueError(f"{len(samples)} samples, {self.count} are needed")
        made = np.asarray(samples[: self.count])
        levels, floor = self._distance.levels(made), self._distance.floor
        views = reduced(made, VIEW)
        diversity, usual = self._diversity.of(views), self._diversity.floor
        nearest = self._copies.nearest(views)
        leak = self._leaks.worst(views)
        return HealthReport(
            distance=float(np.mean(levels)),
            distance_floor=float(np.mean(floor)),
            distance_levels=tuple(levels),
            floor_levels=tuple(floor),
            coverage=diversity.cover.coverage,
            coverage_floor=usual.cover.coverage,
            density=diversity.cover.density,
            density_floor=usual.cover.density,
            alikeness=diversity.alikeness,
            alikeness_floor=usual.alikeness,
            variety=diversity.closeness / max(usual.closeness, 1e-6),
            novelty=float(np.median([item.novelty for item in nearest])),
            copies=float(np.mean([item.is_copy for item in nearest])),
            leak=leak.share,
            leak_kind=leak.kind,
            held_out_place=None if scores is None else held_out_place(*scores),
            broken=float(np.mean([not np.isfinite(picture).all() for picture in made])),
        )

    def nearest(self, samples: Samples) -> list[Nearest]:
        """The training picture that each sample is nearest to, and whether it is a copy of it."""
        return self._copies.nearest(reduced(np.asarray(samples), VIEW))
