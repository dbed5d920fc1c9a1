"""Measures, from time to time, what a run has learned: see `studio.engine.health`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.engine.batches import evenly
from studio.engine.distributed import Team
from studio.engine.generator import synthesize_together
from studio.engine.health.measure import MOST_SAMPLES, Reference, Scores
from studio.engine.health.report import HealthReport
from studio.engine.machine import mixed_precision
from studio.engine.pictures import to_batch
from studio.engine.setup import Setup

FEWEST_HELD_OUT = 2  # pictures, to measure by
_MOST_REAL = 2000  # training pictures that samples are compared with
_MOST_JUDGED = 128  # pictures of each kind that the discriminator is asked about
_FIRST_SEED = 10_000  # not those that a person looks at
_CHUNK = 32


class Examiner:
    """Compares samples of the averaged weights with pictures trained on and held out.

    Takes no random numbers from the run, so that measuring changes nothing. Samples are made by
    the whole team; comparing them takes less time than sending the parts of it would be worth, and
    is the leader's. Lives on the thread that trains.
    """

    def __init__(self, setup: Setup, team: Team) -> None:
        self._setup = setup
        self._team = team
        self._training = evenly(setup.training, _MOST_REAL)
        self._reference: Reference | None = None

    def examine(self) -> HealthReport:
        """The health of the run at this moment."""
        samples = self.samples()
        reference = self._reference or self._make_reference()
        return reference.measure(samples, self._scores(samples))

    def samples(self) -> list[Image]:
        """What is examined. All of a team must call this, and each makes its share."""
        setup, state = self._setup, self._setup.state
        known = len(self._training) * (2 if self._mirrors else 1)
        points = [LatentPoint.of_seed(_FIRST_SEED + i) for i in range(min(MOST_SAMPLES, known))]
        share = self._team.share_in(points)
        made = np.stack(synthesize_together(state.ema, setup.shape, share, state.device))
        return list(self._team.gathered(torch.from_numpy(made)).numpy()[: len(points)])

    @property
    def _mirrors(self) -> bool:
        """Whether mirrored pictures are the run's as well."""
        return bool(self._setup.state.config.mirror == "yes")

    def _make_reference(self) -> Reference:
        real = self._setup.state.batches.pixels_of
        training, held_out = real(self._training), real(self._setup.held_out)
        self._reference = Reference(training, held_out, count=MOST_SAMPLES, mirrored=self._mirrors)
        return self._reference

    def _scores(self, samples: Sequence[Image]) -> Scores | None:
        """What the discriminator, if the family has one, thinks of all three kinds of picture.

        Where it judges by prompt it is not asked: samples have other prompts than real pictures.
        """
        setup, state = self._setup, self._setup.state
        if setup.shape.classes or setup.shape.words:
            return None
        kinds = [evenly(self._training, _MOST_JUDGED), evenly(setup.held_out, _MOST_JUDGED)]
        batches = [state.batches.of(indices, state.device).real for indices in kinds]
        made = [to_batch(image, setup.shape) for image in samples[:_MOST_JUDGED]]
        batches.append(torch.cat(made))
        scores = [self._judge(batch.to(state.device)) for batch in batches]
        if any(score is None for score in scores):
            return None
        return Scores(*(score.cpu().numpy() for score in scores if score is not None))

    @torch.no_grad()
    def _judge(self, batch: Tensor) -> Tensor | None:
        setup, state = self._setup, self._setup.state
        rng = torch.Generator(state.device).manual_seed(0)
        scores = []
        for part in batch.split(_CHUNK):  # type: ignore[no-untyped-call]
            with mixed_precision(state.device, state.precision):
                score = setup.family.judge(state.config, state.networks, part, rng)
            if score is None:
                return None
            scores.append(score.float())
        return torch.cat(scores)
