"""The generator of StyleGAN3, number by number as NVIDIA's files mean it: for imported models.

Karras et al. 2021 (“Alias-free generative adversarial networks”, section 3 and appendix C), in both
configurations, T (translation) and R (rotation).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.core.params import param
from studio.engine.api import FamilyCard
from studio.engine.blocks import LEAK, Linear
from studio.engine.family import Architecture, Model, Noise, Shape
from studio.engine.nvidia_mapping import MappedModel, MappingConfig, clamped, with_studio_alpha

MARGIN = 10  # places around all features but the last, so that edges tell nothing
_FIRST_CUTOFF, _FIRST_STOPBAND, _LAST_STOPBAND = 2.0, 2.0**2.1, 2.0**0.3
_TAPS = 6  # of a filter, for each place that it makes of one
_OVER = 2  # how much finer features are while the rectifier bends them
_RECTIFIER_GAIN = math.sqrt(2.0)
_OUTPUT_SCALE = 0.25


@dataclass(frozen=True)
class Config(MappingConfig):
    """What the file says of its network."""

    layers: int = param(14, "Layers", 3, 30)
    critical: int = param(2, "Critically sampled layers", 1, 8)
    capacity: int = param(32768, "Capacity", 4, 1 << 20)
    max_channels: int = param(512, "Most channels", 1, 1024)
    kernel: int = param(3, "Kernel", 1, 3, 2)
    radial: bool = param(False, "Radial filters")
    clamp: float = param(256.0, "Largest feature (0: any)", 0.0, 1e9)

    @classmethod
    def tiny(cls) -> Config:
        return cls(latent_dim=8, mapping_layers=2, layers=4, capacity=64, max_channels=6)


class Grid(NamedTuple):
    """The features that a layer makes: their side with the margins, and what they can hold.

    `rate`, `cutoff` and `half_width` are in places, or cycles, along the side of the picture.
    """

    side: int
    channels: int
    rate: int
    cutoff: float
    half_width: float


def grids(config: Config, size: int, channels: int) -> list[Grid]:
    """Of all layers, the last of which makes a picture of `size` px (appendix C.1)."""
    found = []
    for layer in range(config.layers + 1):
        share = min(layer / (config.layers - config.critical), 1.0)
        cutoff = _FIRST_CUTOFF * (size / 2 / _FIRST_CUTOFF) ** share
        last = size / 2 * _LAST_STOPBAND
        stopband = _FIRST_STOPBAND * (last / _FIRST_STOPBAND) ** share
        rate = int(2 ** math.ceil(math.log2(min(2 * stopband, size))))
        shown = layer > config.layers - 2
        wide = channels if layer == config.layers else config.capacity / 2 / cutoff
        found.append(
            Grid(
                size if shown else rate + 2 * MARGIN,
                max(1, round(min(wide, max(config.max_channels, channels)))),
                rate,
                cutoff,
                max(stopband, rate / 2) - cutoff,
            )
        )
    return found


class FourierInput(nn.Module):
    """Waves of fixed frequencies, turned and moved by w (section 3.1)."""

    transform: Tensor
    freqs: Tensor
    phases: Tensor

    def __init__(self, grid: Grid, width: int, rng: torch.Generator) -> None:
        super().__init__()
        self._grid = grid
        count = grid.channels
        self.affine = Linear(width, 4, rng)
        self.weight = nn.Parameter(torch.randn(count, count, generator=rng))
        self.register_buffer("transform", torch.eye(3))
        self.register_buffer("freqs", torch.randn(count, 2, generator=rng) * grid.cutoff / 2)
        self.register_buffer("phases", torch.rand(count, generator=rng) - 0.5)
        with torch.no_grad():
            self.affine.bias.copy_(torch.tensor([1.0, 0.0, 0.0, 0.0]))

    def forward(self, w: Tensor) -> Tensor:
        moved = self._moved(w)  # [B, 3, 3]
        phases = self.phases + (self.freqs @ moved[:, :2, 2:])[..., 0]  # [B, C]
        freqs = self.freqs @ moved[:, :2, :2]  # [B, C, 2]
        grid = self._grid
        steep = (freqs.norm(dim=2) - grid.cutoff) / (grid.rate / 2 - grid.cutoff)
        places = self._places().to(w)
        angle = places @ freqs.mT[:, None] + phases[:, None, None]  # [B, S, S, C]
        waves = torch.sin(angle * (2.0 * math.pi)) * (1.0 - steep).clamp(0.0, 1.0)[:, None, None]
        mixed: Tensor = waves @ (self.weight / math.sqrt(grid.channels)).t()
        return mixed.permute(0, 3, 1, 2)

    def _moved(self, w: Tensor) -> Tensor:
        """The rotation and translation that w asks for, before the model's own transform."""
        told = self.affine(w)
        told = told / told[:, :2].norm(dim=1, keepdim=True)
        cos, sin, x, y = told.unbind(1)
        none, one = torch.zeros_like(cos), torch.ones_like(cos)
        turn = torch.stack([cos, -sin, none, sin, cos, none, none, none, one], dim=1)
        move = torch.stack([one, none, -x, none, one, -y, none, none, one], dim=1)
        return turn.reshape(-1, 3, 3) @ move.reshape(-1, 3, 3) @ self.transform

    def _places(self) -> Tensor:
        """Where each place is, ``[S, S, 2]``, in sides of the picture from its middle."""
        side, rate = self._grid.side, self._grid.rate
        line = ((torch.arange(side) + 0.5) / side * 2.0 - 1.0) * (0.5 * side / rate)
        y, x = torch.meshgrid(line, line, indexing="ij")
        return torch.stack([x, y], dim=2)


class SmoothConv(nn.Module):
    """A modulated convolution whose rectifier works on a finer grid (section 3.2).

    `colors`: the last one, which makes the picture and bends nothing.
    """

    magnitude_ema: Tensor
    up_filter: Tensor
    down_filter: Tensor

    def __init__(
        self,
        before: Grid,
        after: Grid,
        config: Config,
        rng: torch.Generator,
        *,
        colors: bool = False,
        radial: bool = False,
    ) -> None:
        super().__init__()
        self._colors, self._clamp = colors, config.clamp
        size = 1 if colors else config.kernel
        finest = max(before.rate, after.rate) * (1 if colors else _OVER)
        self.up, self.down = finest // before.rate, finest // after.rate
        taps = [1 if colors else _TAPS * factor for factor in (self.up, self.down)]
        spare = (after.side - 1) * self.down + 1 - (before.side + size - 1) * self.up
        spare += sum(taps) - 2
        low = (spare + self.up) // 2
        self.padding = (low, spare - low)
        self.affine = Linear(config.latent_dim, before.channels, rng, bias=1.0)
        sides = (after.channels, before.channels, size, size)
        self.weight = nn.Parameter(torch.randn(sides, generator=rng))
        self.bias = nn.Parameter(torch.zeros(after.channels))
        self.register_buffer("magnitude_ema", torch.ones(()))
        if not colors:
            flat = [torch.full((count,), 1.0 / count) for count in taps]
            self.register_buffer("up_filter", flat[0])
            self.register_buffer(
                "down_filter", torch.outer(flat[1], flat[1]) if radial else flat[1]
            )

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        style, scale = self.affine(w), self.magnitude_ema.rsqrt()
        reach = self.weight.shape[-1] - 1
        if self._colors:
            style = style * (scale / math.sqrt(self.weight[0].numel()))
            x = x * style[:, :, None, None]
            return clamped(functional.conv2d(x, self.weight, self.bias, padding=reach), self._clamp)
        size = self.weight.square().mean(dim=(1, 2, 3), keepdim=True)
        weight = self.weight * size.rsqrt()
        style = style * style.square().mean(dim=1, keepdim=True).rsqrt()
        energy = style.square() @ weight.square().sum(dim=(2, 3)).t()  # [B, O]
        scale = (energy + 1e-8).rsqrt() * scale
        y = functional.conv2d(x * style[:, :, None, None], weight, padding=reach)
        y = torch.addcmul(self.bias[:, None, None], y, scale[:, :, None, None])
        y = functional.leaky_relu_(self._finer(y), LEAK)
        return self._coarser(clamped(y, self._clamp / _RECTIFIER_GAIN))

    def _finer(self, x: Tensor) -> Tensor:
        """Zeros between the places, and the filter along both sides."""
        taps = self.up_filter * self.up
        for kernel in (taps[:, None], taps[None]):
            x = self._spread(x, kernel)
        return x

    def _spread(self, x: Tensor, kernel: Tensor) -> Tensor:
        """Along the longer side of ``kernel [k, 1]`` or ``[1, k]``, then padded or cropped."""
        steps = tuple(self.up if side > 1 else 1 for side in kernel.shape)
        kernels = kernel.expand(x.shape[1], 1, *kernel.shape)
        wide = functional.conv_transpose2d(x, kernels, stride=steps, groups=x.shape[1])
        along = -2 if len(kernel) > 1 else -1
        count = max(kernel.shape)
        low = self.padding[0] - count + 1
        wanted = x.shape[along] * self.up + sum(self.padding) - count + 1
        high = wanted - low - wide.shape[along]
        return functional.pad(wide, (0, 0, low, high) if along == -2 else (low, high))

    def _coarser(self, x: Tensor) -> Tensor:
        """The filter along both sides, and the rectifier's gain, which costs nothing here."""
        taps = self.down_filter.flip(-1)
        if taps.dim() == 2:
            return _filtered(x, taps.flip(0) * _RECTIFIER_GAIN, (self.down, self.down))
        x = _filtered(x, taps[:, None] * _RECTIFIER_GAIN, (self.down, 1))
        return _filtered(x, taps[None], (1, self.down))


def _filtered(x: Tensor, kernel: Tensor, stride: tuple[int, int]) -> Tensor:
    kernels = kernel.expand(x.shape[1], 1, *kernel.shape)
    return functional.conv2d(x, kernels, stride=stride, groups=x.shape[1])


class Generator(MappedModel):
    """z to w to pictures: the input, then layers on finer and finer grids; each has its own w."""

    margin = MARGIN

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__(config, shape, rng)
        plan = grids(config, shape.height, shape.channels)
        self.input = FourierInput(plan[0], config.latent_dim, rng)
        self.layers = nn.ModuleList(
            SmoothConv(
                plan[max(place - 1, 0)],
                after,
                config,
                rng,
                colors=place == config.layers,
                radial=config.radial and place < config.layers - config.critical,
            )
            for place, after in enumerate(plan)
        )
        self.style_levels = len(plan) + 1

    @property
    def stages(self) -> Sequence[nn.Module]:
        return [self.input, *self.layers[:-2]]  # the last two have no margin any more

    @property
    def w_readers(self) -> Sequence[Tensor]:
        return [self.input.affine.weight, *(_affine(layer).weight for layer in self.layers)]

    def synthesize(self, w: Tensor, noise: Noise, size: int | None = None) -> Tensor:
        """There is no noise, and no smaller picture on the way."""
        del noise, size
        styles = w.unbind(1) if w.dim() == 3 else [w] * self.style_levels
        x = self.input(styles[0]).contiguous(memory_format=torch.channels_last)
        for layer, style in zip(self.layers, styles[1:], strict=True):
            x = layer(x, style)
        return with_studio_alpha(x * _OUTPUT_SCALE)


def _affine(layer: nn.Module) -> Linear:
    assert isinstance(layer, SmoothConv)
    return layer.affine


class StyleGan3(Architecture[Config]):
    """Makes pictures; NVIDIA's tools train it."""

    card = FamilyCard(
        "stylegan3",
        "StyleGAN3",
        "Imported from NVIDIA's StyleGAN3, or what is built on it. Slow without a GPU.",
        has_mapping=True,
    )
    config_type = Config

    def build(self, config: Config, shape: Shape, rng: torch.Generator) -> Model:
        return Generator(config, shape, rng)


STYLEGAN3 = StyleGan3()
