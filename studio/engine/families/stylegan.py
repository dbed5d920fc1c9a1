"""A style-based generator against a residual discriminator, small enough to learn on a CPU.

Karras et al. 2019 and 2020 (mapping network, modulated convolution, skip RGB outputs, style
mixing, residual discriminator, lazy penalties), with activations modulated instead of weights.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from studio.core.params import param
from studio.engine import blocks
from studio.engine.adversarial import random_w
from studio.engine.api import FamilyCard
from studio.engine.axes import Parts, Pixels, Places
from studio.engine.blocks import ACTIVATION_GAIN, Linear, activate
from studio.engine.family import Losses, Model, Noise, Shape, StepContext
from studio.engine.modulation import ModulatedConv, Modulation, deferred, modulations
from studio.engine.prompts import prompt_encoder
from studio.engine.residual import ResidualConfig, ResidualFamily
from studio.engine.second_order import TwiceDifferentiable

_CENTER_SAMPLES = 1024
_PATH_EVERY = 8  # steps
_PATH_PACE = 0.01  # share of a step in the running mean of path lengths


@dataclass(frozen=True)
class Config(ResidualConfig):
    """What can be chosen; the defaults are for some hundred pictures and minutes on a CPU."""

    mapping_layers: int = param(2, "Mapping layers", 1, 8, advanced=True)
    style_mixing: float = param(
        0.0,
        "Style mixing",
        0.0,
        1.0,
        help="Share of pictures that take coarse and fine styles from two places.",
        advanced=True,
    )
    path_length: float = param(
        0.0,
        "Path length penalty",
        0.0,
        10.0,
        help="Evens out how far pictures change along the latent space; 2 is usual, slow.",
        advanced=True,
    )
    noise: bool = param(False, "Noise inputs", help="Random fine detail in each layer.")
    noise_from: int = param(
        32, "Noise from", 4, 1024, unit="px", help="Coarser noise fights the latent.", advanced=True
    )

    @classmethod
    def tiny(cls) -> Config:
        return cls(batch=4, latent_dim=8, capacity=64, max_channels=8, min_channels=4)


class StyledConv(nn.Module):
    """A modulated convolution with bias, optional noise and leaky rectifier."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        config: Config,
        rng: torch.Generator,
        *,
        up: bool,
        noisy: bool,
    ) -> None:
        super().__init__()
        self._up = up
        self._circular = config.tileable
        self.conv = ModulatedConv(
            inputs, outputs, 3, config.latent_dim, rng, circular=config.tileable
        )
        self.noisy = noisy
        self.noise_strength = nn.Parameter(torch.zeros(())) if noisy else None

    def forward(self, x: Tensor, modulation: Modulation, noise: Noise) -> Tensor:
        x = self.conv(x, modulation)
        if self._up:
            x = blocks.upsample(x, self._circular)
        if self.noise_strength is not None:
            x = x + (noise(len(x), *x.shape[-2:]) * self.noise_strength).to(x.dtype)
        return activate(x)


class PatchOutput(nn.Module):
    """Features to a picture, a patch of pixels from each place.

    All pixels of a patch begin with the same weights (ICNR, Aitken et al. 2017), and each sees the
    neighboring places: otherwise patches show as a grid.
    """

    def __init__(
        self, width: int, channels: int, patch: int, config: Config, rng: torch.Generator
    ) -> None:
        super().__init__()
        self._patch = patch
        kernel = 1 if patch == 1 else 3
        pixels = Pixels(channels, patch)
        self.conv = ModulatedConv(
            width,
            pixels,
            kernel,
            config.latent_dim,
            rng,
            demodulated=False,
            circular=config.tileable,
        )
        with torch.no_grad():
            weight = self.conv.weight[:: patch**2].clone()
            self.conv.weight.copy_(weight.repeat_interleave(patch**2, dim=0))

    def forward(self, x: Tensor, modulation: Modulation) -> Tensor:
        # Pictures are summed in float32: bfloat16 has no 256 steps near 1.
        patches = self.conv(x, modulation).float()
        return blocks.from_patches(patches, self._patch)


class Level(nn.Module):
    """All that happens at one scale: two styled convolutions (one at the lowest), and a picture."""

    def __init__(
        self,
        side: int,
        config: Config,
        shape: Shape,
        rng: torch.Generator,
        *,
        lowest: bool,
        highest: bool,
    ) -> None:
        super().__init__()
        width = config.channels(side)
        noisy = config.noise and side * config.patch >= config.noise_from
        before = config.channels(side // 2)
        self.first = (
            None if lowest else StyledConv(before, width, config, rng, up=True, noisy=noisy)
        )
        self.second = StyledConv(width, width, config, rng, up=False, noisy=noisy)
        self._circular = config.tileable
        patch = config.patch if highest else 1
        self.to_rgb = PatchOutput(width, shape.channels, patch, config, rng)

    @property
    def convs(self) -> list[ModulatedConv]:
        """The lowest first."""
        first = [] if self.first is None else [self.first.conv]
        return [*first, self.second.conv, self.to_rgb.conv]

    def forward(
        self, x: Tensor, rgb: Tensor | None, modulated: Sequence[Modulation], noise: Noise
    ) -> tuple[Tensor, Tensor]:
        *before, second, to_rgb = modulated
        if self.first is not None:
            (first,) = before
            if not self.first.noisy:
                first, second = deferred(first, second)
            x = self.first(x, first, noise)
        x = self.second(x, second, noise)
        here = self.to_rgb(x, to_rgb)
        while rgb is not None and rgb.shape[-1] < here.shape[-1]:
            rgb = blocks.upsample(rgb, self._circular)
        return x, here if rgb is None else rgb + here


class StyleGenerator(Model):
    """z to w to pictures.

    The lowest level starts from a linear map of w, whose bias is the learned constant of the
    papers: with the constant alone, all pictures share one outline for a long time.
    """

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        width = self.latent_dim = config.latent_dim
        self.prompt = prompt_encoder(shape.classes, shape.words, width, rng)
        inputs = Parts((width,) if self.prompt is None else (width, width))
        self.mapping_layers = nn.ModuleList(
            Linear(width if place else inputs, width, rng, gain=ACTIVATION_GAIN)
            for place in range(config.mapping_layers)
        )
        grids = blocks.grids(*shape.size, config.patch)
        self._lowest = grids[0]
        lowest = config.channels(min(grids[0]))
        self.layout = Linear(width, Places(lowest, *grids[0]), rng)
        self.levels = nn.ModuleDict(
            {
                str(blocks.octave(min(grid))): Level(
                    min(grid),
                    config,
                    shape,
                    rng,
                    lowest=grid == grids[0],
                    highest=grid == grids[-1],
                )
                for grid in grids
            }
        )
        self.style_levels = len(grids)
        self.noisy = any(isinstance(m, StyledConv) and m.noisy for m in self.modules())

    @property
    def stages(self) -> Sequence[nn.Module]:
        return list(self.levels.values())

    @property
    def w_readers(self) -> Sequence[Tensor]:
        levels = [
            torch.cat([conv.style.weight for conv in level.convs]) for level in self._levels()
        ]
        return [torch.cat([self.layout.weight, levels[0]]), *levels[1:]]

    def mapping(self, z: Tensor, prompt: Tensor | None = None) -> Tensor:
        w = blocks.pixel_norm(z)
        if prompt is not None:
            w = torch.cat([w, blocks.pixel_norm(prompt)], dim=1)
        for layer in self.mapping_layers:
            w = activate(layer(w))
        return w.float()

    def center(self, prompt: Tensor | None = None) -> Tensor:
        """The mean of w over many z, for each prompt."""
        z = _center_samples(self.latent_dim).to(self.layout.weight.device)
        if prompt is None:
            return self.mapping(z).mean(dim=0, keepdim=True)
        means = [self.mapping(z, row.expand(len(z), -1)).mean(dim=0) for row in prompt]
        return torch.stack(means)

    def synthesize(self, w: Tensor, noise: Noise, size: int | None = None) -> Tensor:
        x = self.layout(w if w.dim() == 2 else w[:, 0]).reshape(len(w), -1, *self._lowest)
        x = x.contiguous(memory_format=torch.channels_last)
        rgb: Tensor | None = None
        for level, modulated in zip(self.levels.values(), self._modulations(w), strict=True):
            x, rgb = level(x, rgb, modulated, noise)
            if size is not None and max(rgb.shape[-2:]) >= size:
                break
        return cast("Tensor", rgb)

    def _modulations(self, w: Tensor) -> list[list[Modulation]]:
        """Of each level, the lowest first."""
        levels = [level.convs for level in self._levels()]
        if w.dim() == 3:
            return [modulations(convs, row) for convs, row in zip(levels, w.unbind(1), strict=True)]
        found = iter(modulations([conv for convs in levels for conv in convs], w))
        return [list(itertools.islice(found, len(convs))) for convs in levels]

    def _levels(self) -> list[Level]:
        return [cast("Level", level) for level in self.levels.values()]


@functools.cache
def _center_samples(dimension: int) -> Tensor:
    """The z ``[N, dimension]`` whose w have the center as their mean; always the same ones.

    Drawn once: drawing takes most of the time that a center does, and every drag asks for it.
    """
    rng = torch.Generator().manual_seed(0)
    with torch.inference_mode(mode=False):  # whoever asks first, others may want gradients
        return torch.randn(_CENTER_SAMPLES, dimension, generator=rng)


class PathLength(nn.Module):
    """The running mean of path lengths (Karras et al. 2020, section 3.2)."""

    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(()))

    def penalty(self, generator: StyleGenerator, w: Tensor, context: StepContext) -> Tensor:
        """Mean squared deviation of ``|J^T y|`` from its running mean, y a random picture."""
        with torch.autocast(w.device.type, enabled=False), TwiceDifferentiable():
            batch = generator.synthesize(w, context.noise)
            pixels = batch.shape[-1] * batch.shape[-2]
            weighted = (batch * context.normal(*batch.shape)).sum() * pixels**-0.5
            (slope,) = torch.autograd.grad(weighted, w, create_graph=True)
            length = slope.square().sum(dim=1).sqrt()
            self.mean.lerp_(length.detach().mean(), _PATH_PACE)
            return (length - self.mean).square().mean()


class StyleGan(ResidualFamily[Config]):
    """Two phases a step: the discriminator, then the generator."""

    card = FamilyCard(
        "stylegan",
        "Style GAN",
        "Invents sharp new pictures in the style of yours; smooth to explore.",
        has_mapping=True,
        blends_by_level=True,
    )
    config_type = Config

    def build(self, config: Config, shape: Shape, rng: torch.Generator) -> Model:
        return StyleGenerator(config, shape, rng)

    def helpers(
        self, config: Config, shape: Shape, rng: torch.Generator
    ) -> Mapping[str, nn.Module]:
        path = {"path": PathLength()} if config.path_length else {}
        return {**super().helpers(config, shape, rng), **path}

    def fakes(self, config: Config, model: Model, context: StepContext) -> tuple[Tensor, ...]:
        generator = cast("StyleGenerator", model)
        w = random_w(generator, context)
        if config.style_mixing:
            w = _mixed(generator, w, config.style_mixing, context)
        return (generator.synthesize(w, context.noise),)

    def generator_loss(
        self, config: Config, networks: nn.ModuleDict, context: StepContext
    ) -> Losses:
        losses = super().generator_loss(config, networks, context)
        if not config.path_length or context.step % _PATH_EVERY:
            return losses
        generator, path = networks["model"], cast("PathLength", networks["path"])
        some = (len(context.real) + 1) // 2
        w = random_w(cast("StyleGenerator", generator), context)[:some]
        penalty = path.penalty(cast("StyleGenerator", generator), w, context)
        total = losses.total + penalty * (config.path_length * _PATH_EVERY)
        return Losses(total, {**losses.parts, "path length": penalty})


def _mixed(generator: StyleGenerator, w: Tensor, share: float, context: StepContext) -> Tensor:
    """``[B, levels, D]``: a random `share` of the rows change to another w at a random level."""
    levels = len(generator.levels)
    others = random_w(generator, context)
    draw = torch.rand((len(w), 2), generator=context.rng, device=w.device)
    change = torch.where(draw[:, 0] < share, 1 + (draw[:, 1] * (levels - 1)).long(), levels)
    late = torch.arange(levels, device=w.device)[None] >= change[:, None]  # [B, levels]
    return torch.where(late[..., None], others[:, None], w[:, None])


STYLEGAN = StyleGan()
