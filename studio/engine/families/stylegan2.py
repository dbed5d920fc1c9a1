"""The generator of StyleGAN2, number by number as NVIDIA's files mean it: for imported models.

Karras et al. 2020 (“Analyzing and improving the image quality of StyleGAN”, sections 2 and 4), in
all three shapes of its figure 7: skip, residual, and plain.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.core.params import param
from studio.engine.api import FamilyCard
from studio.engine.blocks import LEAK, Linear, mix_channels
from studio.engine.family import Architecture, Model, Noise, Shape
from studio.engine.nvidia_mapping import MappedModel, MappingConfig, clamped, with_studio_alpha

LOWEST = 4  # px of the level that the constant is for, whatever the shape of the picture
TAPS = (1.0, 3.0, 3.0, 1.0)  # of the filter that smooths what was enlarged
_BRANCH = math.sqrt(0.5)  # gain of each of two branches that are added


@dataclass(frozen=True)
class Config(MappingConfig):
    """What the file says of its network."""

    levels: int = param(7, "Levels", 1, 9)
    capacity: int = param(16384, "Capacity", 4, 1 << 20)
    max_channels: int = param(512, "Most channels", 1, 1024)
    architecture: str = param("skip", "Architecture", choices=("skip", "resnet", "orig"))
    clamp: float = param(256.0, "Largest feature (0: any)", 0.0, 1e9)
    noise: bool = param(True, "Noise inputs")

    @classmethod
    def tiny(cls) -> Config:
        return cls(latent_dim=8, mapping_layers=2, levels=3, capacity=64, max_channels=8)

    @property
    def sides(self) -> tuple[int, ...]:
        """What the levels are called: their sides in px, if pictures were square from 4 px on."""
        return tuple(LOWEST << level for level in range(self.levels))

    def channels(self, side: int) -> int:
        return max(1, min(self.max_channels, self.capacity // side))


def smoothed(x: Tensor, padding: int, gain: float) -> Tensor:
    """Each channel by the filter `TAPS`, which sums to `gain`."""
    return functional.conv2d(x, _kernel(x, gain), padding=padding, groups=x.shape[1])


def enlarged(x: Tensor) -> Tensor:
    """Twice the sides: zeros between the pixels, smoothed."""
    kernel = _kernel(x, 4.0)
    return functional.conv_transpose2d(x, kernel, stride=2, padding=1, groups=x.shape[1])


def _kernel(x: Tensor, gain: float) -> Tensor:
    """``[C, 1, 4, 4]`` for ``x [B, C, H, W]``."""
    taps = x.new_tensor(TAPS)
    kernel = torch.outer(taps, taps) * (gain / sum(TAPS) ** 2)
    return kernel.expand(x.shape[1], 1, -1, -1)


class StyledConv(nn.Module):
    """A modulated and demodulated 3x3 convolution (equations 1 to 3), noise, bias, rectifier."""

    noise_const: Tensor

    def __init__(
        self,
        widths: tuple[int, int],
        grid: tuple[int, int],
        config: Config,
        rng: torch.Generator,
        *,
        up: bool = False,
        gain: float = 1.0,
    ) -> None:
        super().__init__()
        inputs, outputs = widths
        self._up, self._gain = up, math.sqrt(2.0) * gain
        self._clamp = config.clamp * gain
        self.affine = Linear(config.latent_dim, inputs, rng, bias=1.0)
        sides = (inputs, outputs) if up else (outputs, inputs)  # as torch wants them: no copies
        self.weight = nn.Parameter(torch.randn(*sides, 3, 3, generator=rng))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.noise_strength = nn.Parameter(torch.zeros(())) if config.noise else None
        if config.noise:
            self.register_buffer("noise_const", torch.randn(grid, generator=rng))

    def forward(self, x: Tensor, w: Tensor, noise: Noise) -> Tensor:
        style = self.affine(w)  # [B, I]
        energy = self.weight.square().sum(dim=(2, 3))
        energy = style.square() @ (energy if self._up else energy.t())  # [B, O]
        # The rectifier lets its gain pass, so that it is multiplied in where all is smaller.
        scale = (energy + 1e-8).rsqrt() * self._gain
        y = self._convolved(x * style[:, :, None, None])
        y = torch.addcmul((self.bias * self._gain)[:, None, None], y, scale[:, :, None, None])
        if self.noise_strength is not None:
            batch, _, height, width = y.shape
            grain = noise(batch, height, width, self.noise_const)
            y += grain * (self.noise_strength * self._gain)
        return clamped(functional.leaky_relu_(y, LEAK), self._clamp)

    def _convolved(self, x: Tensor) -> Tensor:
        if not self._up:
            return functional.conv2d(x, self.weight, padding=1)
        return smoothed(functional.conv_transpose2d(x, self.weight, stride=2), 1, 4.0)


class ToColor(nn.Module):
    """Features to a picture: a modulated 1x1 convolution without demodulation."""

    def __init__(self, inputs: int, channels: int, config: Config, rng: torch.Generator) -> None:
        super().__init__()
        self._clamp = config.clamp
        self._scale = 1.0 / math.sqrt(inputs)
        self.affine = Linear(config.latent_dim, inputs, rng, bias=1.0)
        self.weight = nn.Parameter(torch.randn(channels, inputs, 1, 1, generator=rng))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        style = self.affine(w) * self._scale
        picture = mix_channels(x, style[:, :, None] * self.weight[:, :, 0, 0].t())
        return clamped(picture + self.bias[:, None, None], self._clamp)


class Shortcut(nn.Module):
    """The residual branch around a level: a 1x1 convolution, enlarged."""

    def __init__(self, inputs: int, outputs: int, rng: torch.Generator) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 1, 1, generator=rng))
        self._scale = _BRANCH / math.sqrt(inputs)

    def forward(self, x: Tensor) -> Tensor:
        return enlarged(functional.conv2d(x, self.weight * self._scale))


class Stage(nn.Module):
    """One convolution, and what goes on beside it: the picture so far, or a shortcut.

    A stage for every w: the one with the picture also reads the w of the next stage.
    """

    def __init__(
        self,
        conv: StyledConv,
        torgb: ToColor | None = None,
        skip: Shortcut | None = None,
        *,
        joins: bool = False,
    ) -> None:
        """`joins`: what comes beside is a shortcut, which ends here."""
        super().__init__()
        self.conv, self.torgb, self.skip = conv, torgb, skip
        self._joins = joins

    def forward(
        self, x: Tensor, beside: Sequence[Tensor], w: Tensor, following: Tensor, noise: Noise
    ) -> tuple[Tensor, ...]:
        y = self.conv(x, w, noise)
        if self.skip is not None:
            return y, self.skip(x)
        if self._joins:
            y, beside = y + beside[0], ()
        if self.torgb is None:
            return (y, *beside)
        picture = self.torgb(y, following)
        return y, picture + enlarged(beside[0]) if beside else picture


class Generator(MappedModel):
    """z to w to pictures; two stages for each level but the lowest, which has one."""

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__(config, shape, rng)
        lowest = tuple(side >> (config.levels - 1) for side in shape.size)
        self.const = nn.Parameter(torch.randn(config.channels(LOWEST), *lowest, generator=rng))
        self.levels = nn.ModuleDict(
            {str(side): _level(side, config, shape, rng) for side in config.sides}
        )
        self.style_levels = 2 * config.levels
        self.noisy = config.noise

    @property
    def stages(self) -> Sequence[Stage]:
        return [stage for stage in self.levels.modules() if isinstance(stage, Stage)]

    @property
    def w_readers(self) -> Sequence[Tensor]:
        readers: list[list[Tensor]] = [[] for _ in range(self.style_levels)]
        for place, stage in enumerate(self.stages):
            readers[place].append(stage.conv.affine.weight)
            if stage.torgb is not None:
                readers[place + 1].append(stage.torgb.affine.weight)
        return [torch.cat(weights) for weights in readers]

    def synthesize(self, w: Tensor, noise: Noise, size: int | None = None) -> Tensor:
        styles = w.unbind(1) if w.dim() == 3 else [w] * self.style_levels
        x = self.const.expand(len(w), -1, -1, -1).contiguous(memory_format=torch.channels_last)
        beside: Sequence[Tensor] = ()
        for place, stage in enumerate(self.stages):
            x, *beside = stage(x, beside, styles[place], styles[place + 1], noise)
            if size is not None and stage.torgb is not None and max(beside[0].shape[-2:]) >= size:
                break
        return with_studio_alpha(beside[0])


def _level(side: int, config: Config, shape: Shape, rng: torch.Generator) -> nn.ModuleDict:
    """The stages of one level, named as in NVIDIA's files."""
    highest, lowest = side == config.sides[-1], side == LOWEST
    width, before = config.channels(side), config.channels(side // 2)
    scale = config.sides[-1] // side
    grid = (shape.height // scale, shape.width // scale)
    residual = config.architecture == "resnet" and not lowest
    stages = nn.ModuleDict()
    if not lowest:
        first = StyledConv((before, width), grid, config, rng, up=True)
        skip = Shortcut(before, width, rng) if residual else None
        stages["conv0"] = Stage(first, skip=skip)
    second = StyledConv((width, width), grid, config, rng, gain=_BRANCH if residual else 1.0)
    draws = highest or config.architecture == "skip"
    torgb = ToColor(width, shape.channels, config, rng) if draws else None
    stages["conv1"] = Stage(second, torgb, joins=residual)
    return stages


class StyleGan2(Architecture[Config]):
    """Makes pictures; NVIDIA's tools train it."""

    card = FamilyCard(
        "stylegan2",
        "StyleGAN2",
        "Imported from NVIDIA's StyleGAN2, its ADA version, or what is built on them.",
        has_mapping=True,
    )
    config_type = Config

    def build(self, config: Config, shape: Shape, rng: torch.Generator) -> Model:
        return Generator(config, shape, rng)


STYLEGAN2 = StyleGan2()
