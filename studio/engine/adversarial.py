"""What all GANs share: the two phases of a step, and what can be chosen of them.

A family brings its generator and its discriminator; see `AdversarialFamily`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

import torch
from torch import Tensor, nn

from studio.core.params import param, redeclared
from studio.engine.adversary import ADVERSARIES, PENALTIES
from studio.engine.augment import POLICIES, AdaptiveStrength, augment, on_random_ground, roll
from studio.engine.family import (
    ConvConfig,
    Losses,
    Model,
    ModelFamily,
    Phase,
    Shape,
    StepContext,
    one_of,
)
from studio.engine.judge import Judge, with_spectral_norm


@dataclass(frozen=True)
class AdversarialConfig(ConvConfig):
    """What can be chosen of a GAN; the defaults are for some hundred pictures and minutes."""

    latent_dim: int = param(128, "Latent size", 2, 1024, advanced=True)
    capacity: int = redeclared(ConvConfig, "capacity", 1024)
    max_channels: int = redeclared(ConvConfig, "max_channels", 128)
    patch: int = redeclared(
        ConvConfig,
        "patch",
        1,
        help="Side of the squares that are read and drawn at once: they show for a long time.",
    )
    loss: str = one_of(ADVERSARIES, "relativistic", "Loss", advanced=True)
    penalty: str = one_of(PENALTIES, "r1+r2", "Penalty", advanced=True)
    gamma: float = param(
        1.0, "Penalty weight", 0.0, 100.0, help="Higher: steadier, less sharp.", advanced=True
    )
    penalty_every: int = param(16, "Penalty every", 1, 64, unit="steps", advanced=True)
    augment: str = param(
        "light",
        "Augmentation",
        choices=tuple(POLICIES),
        help="How the discriminator's view is varied once it knows your pictures by heart.",
    )
    mismatch: bool = param(
        False,
        "Mismatched prompts",
        help="Your pictures with prompts of others must not pass: prompts are heeded more, slower.",
        advanced=True,
    )
    spectral_norm: bool = param(
        False,
        "Spectral normalization",
        help="Bounds the discriminator's slope; goes with the hinge loss.",
        advanced=True,
    )
    dropout: float = param(
        0.0, "Dropout", 0.0, 0.9, help="Of the discriminator's last features.", advanced=True
    )
    freeze: int = param(
        0,
        "Freeze",
        0,
        8,
        unit="levels",
        help="First levels of the discriminator that stay as they were in the model started from.",
        advanced=True,
    )
    weight_decay: float = param(
        0.0, "Weight decay", 0.0, 0.1, help="Pulls the discriminator's weights to 0.", advanced=True
    )


def random_w(model: Model, context: StepContext) -> Tensor:
    """A random w ``[B, D]`` for each real picture's condition."""
    z = context.normal(len(context.real), model.latent_dim)
    return model.mapping(z, model.embed(context.condition))


C = TypeVar("C", bound=AdversarialConfig)


class AdversarialFamily(ModelFamily[C]):
    """Two phases a step: the discriminator, then the generator."""

    betas: tuple[float, float] = (0.0, 0.99)  # of Adam

    @abstractmethod
    def critic(self, config: C, shape: Shape, rng: torch.Generator) -> Judge:
        """The discriminator with fresh weights."""

    @abstractmethod
    def fakes(self, config: C, model: Model, context: StepContext) -> tuple[Tensor, ...]:
        """As many made pictures as there are real ones, for the same conditions; for each view."""

    def reals(self, config: C, networks: nn.ModuleDict, context: StepContext) -> tuple[Tensor, ...]:
        """The real pictures as the generator would have to make them at this moment, likewise."""
        del config, networks
        return (context.real,)

    def views(self, config: C, networks: nn.ModuleDict, context: StepContext) -> tuple[View, ...]:
        """The discriminators, each with its view of the pictures."""
        critic, strength = cast("Judge", networks["discriminator"]), networks["strength"]
        return (View(config, critic, cast("AdaptiveStrength", strength), context),)

    def helpers(self, config: C, shape: Shape, rng: torch.Generator) -> Mapping[str, nn.Module]:
        critic = self.critic(config, shape, rng)
        if config.spectral_norm:
            with_spectral_norm(critic, rng)
        return {"discriminator": critic, "strength": AdaptiveStrength()}

    def phases(self, config: C) -> tuple[Phase, ...]:
        return (
            Phase(
                "discriminator", ("discriminator",), config.rate, self.betas, config.weight_decay
            ),
            Phase("generator", ("model",), config.rate, self.betas),
        )

    def loss(self, phase: str, config: C, networks: nn.ModuleDict, context: StepContext) -> Losses:
        if phase == "generator":
            return self.generator_loss(config, networks, context)
        return self.discriminator_loss(config, networks, context)

    def frozen(self, config: C, networks: nn.ModuleDict) -> Iterable[nn.Module]:
        """The discriminator's first levels, which know edges and colors (Mo et al. 2020)."""
        return cast("Judge", networks["discriminator"]).first_levels(config.freeze)

    def judge(
        self, config: C, networks: nn.ModuleDict, batch: Tensor, rng: torch.Generator
    ) -> Tensor:
        del config
        seen = on_random_ground(batch, rng) if batch.shape[1] == 4 else batch
        scores: Tensor = networks["discriminator"](seen)
        return scores

    def generator_loss(self, config: C, networks: nn.ModuleDict, context: StepContext) -> Losses:
        made = self.fakes(config, cast("Model", networks["model"]), context)
        seen = self._seen(config, networks, context, made)
        total = torch.stack([view.generator_loss(real, fake) for view, real, fake in seen]).sum()
        return Losses(total, {"generator": total})

    def discriminator_loss(
        self, config: C, networks: nn.ModuleDict, context: StepContext
    ) -> Losses:
        with torch.no_grad():
            made = self.fakes(config, cast("Model", networks["model"]), context)
        seen = self._seen(config, networks, context, made)
        parts = [view.discriminator_loss(real, fake) for view, real, fake in seen]
        adversary, penalty = (torch.stack(part).sum() for part in zip(*parts, strict=True))
        return Losses(adversary + penalty, {"discriminator": adversary})

    def _seen(
        self, config: C, networks: nn.ModuleDict, context: StepContext, made: tuple[Tensor, ...]
    ) -> zip[tuple[View, Tensor, Tensor]]:
        """Each view with the real and the made pictures that it is of."""
        real = self.reals(config, networks, context)
        return zip(self.views(config, networks, context), real, made, strict=True)


class View:
    """One discriminator's view of pictures in one phase: laid out, varied, and judged.

    With `apart`, real and made pictures are never judged in one batch: batch normalization would
    tell them apart by what they are judged together with.
    """

    def __init__(
        self,
        config: AdversarialConfig,
        critic: Judge,
        strength: AdaptiveStrength,
        context: StepContext,
        *,
        apart: bool = False,
    ) -> None:
        self._config = config
        self._critic = critic
        self._strength = strength
        self._context = context
        self._apart = apart

    def generator_loss(self, real: Tensor, made: Tensor) -> Tensor:
        """What the generator minimizes, of pictures as they are."""
        adversary = ADVERSARIES[self._config.loss]
        fake = self._judge(self._rolled(made))
        if not adversary.relative:
            return adversary.generator(fake, fake)
        with torch.no_grad():
            scores = self._judge(real)
        return adversary.generator(scores, fake)

    def discriminator_loss(self, real: Tensor, made: Tensor) -> tuple[Tensor, Tensor]:
        """What the discriminator minimizes, of pictures as they are: the loss and the penalty."""
        config, context = self._config, self._context
        real, fake = self._of(real), self._of(self._rolled(made))
        seen = self._look([real, fake], context.rng)
        real_scores, fake_scores = (self._verdict(features) for features in seen)
        self._strength.follow(real_scores, fake_scores, len(real) / context.count)
        loss = ADVERSARIES[config.loss].discriminator(real_scores, fake_scores)
        if config.mismatch and context.condition is not None:
            loss = (loss + self._mismatch(seen[0], real_scores, fake_scores)) / 2
        due = config.gamma and context.step % config.penalty_every == 0
        return loss, self._penalty(real, fake) if due else torch.zeros_like(loss)

    def _mismatch(self, seen: Tensor, real_scores: Tensor, fake_scores: Tensor) -> Tensor:
        """Real pictures with prompts of others in place of made ones (Reed et al. 2016, GAN-CLS).

        `seen` are the features of the real ones.

        Where the other prompt is the same one, the made picture stays.
        """
        condition = cast("Tensor", self._context.condition)
        others = condition.roll(1, 0)
        differ = (others != condition).reshape(len(others), -1).any(dim=1, keepdim=True)
        wrong = torch.where(differ, self._critic.verdict(seen, others), fake_scores)
        return ADVERSARIES[self._config.loss].discriminator(real_scores, wrong)

    def _rolled(self, made: Tensor) -> Tensor:
        """Made pictures that must repeat, with the place where their edges meet inside."""
        return roll(made, self._context.rng) if self._config.tileable else made

    def _of(self, batch: Tensor) -> Tensor:
        """Pictures as the discriminator is to see them."""
        config, rng = self._config, self._context.rng
        if batch.shape[1] == 4:
            batch = on_random_ground(batch, rng)
        return augment(batch, config.augment, rng, self._strength.share)

    def _judge(self, batch: Tensor) -> Tensor:
        """Scores of pictures as they are."""
        (seen,) = self._look([self._of(batch)], self._context.rng)
        return self._verdict(seen)

    def _look(
        self, batches: Sequence[Tensor], rng: torch.Generator | None = None
    ) -> Sequence[Tensor]:
        """What is seen in pictures as `_of` gives them; see `Judge.look`."""
        if self._apart:
            return [self._critic.look(batch, rng) for batch in batches]
        joined = self._critic.look(torch.cat(list(batches)), rng)  # fewer and larger calls
        return torch.split(joined, [len(batch) for batch in batches])

    def _verdict(self, features: Tensor) -> Tensor:
        """Scores by the step's conditions."""
        return self._critic.verdict(features, self._context.condition)

    def _penalty(self, real: Tensor, fake: Tensor) -> Tensor:
        """The chosen penalty, times the steps that go without.

        Half the pictures give the same mean at half the price, which is high.
        """
        config, context = self._config, self._context
        count = (len(real) + 1) // 2
        condition = None if context.condition is None else context.condition[:count]

        def scores(batch: Tensor) -> Tensor:
            seen = self._look(torch.split(batch, count))
            return torch.cat([self._critic.verdict(features, condition) for features in seen])

        penalty = PENALTIES[config.penalty].of(scores, real[:count], fake[:count], context.rng)
        return penalty * (config.gamma / 2 * config.penalty_every)
