"""Convolutions whose channels are scaled by a latent, picture by picture (Karras et al. 2020).

What scales them is found for all convolutions of a network at once: each has so few numbers of it
that on a CPU calling torch takes longer than computing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.engine.axes import Entries, axis
from studio.engine.blocks import ACTIVATION_GAIN, Linear, convolve, mix_channels

_LEAST = 1e-8  # energy


class Modulation(NamedTuple):
    """Factors of one convolution's channels for each picture: ``before [B, I, 1, 1]`` of what goes
    in, and ``after [B, O, 1, 1]`` of what comes out, where that is demodulated.
    """

    before: Tensor
    after: Tensor | None


class ModulatedConv(nn.Module):
    """Style-modulated convolution (Karras et al. 2020, equations 1 to 3), on the activations.

    Scaling the input by the style and the output by the demodulation equals scaling the weights,
    but needs no weights per picture and so no grouped convolution: much faster on a CPU, and it
    exports to any format.
    """

    def __init__(  # noqa: PLR0913  (a layer's shape)
        self,
        inputs: Entries,
        outputs: Entries,
        kernel: int,
        style_dim: int,
        rng: torch.Generator,
        *,
        demodulated: bool = True,
        circular: bool = False,
    ) -> None:
        super().__init__()
        self.inputs, self.outputs = axis(inputs), axis(outputs)
        wide, high = len(self.inputs), len(self.outputs)
        self.style = Linear(style_dim, inputs, rng, bias=1.0)
        self.weight = nn.Parameter(torch.randn(high, wide, kernel, kernel, generator=rng))
        self.bias = nn.Parameter(torch.zeros(high))
        self.scale = 1.0 / math.sqrt(wide * kernel**2)
        self.demodulated = demodulated
        self._circular = circular

    def forward(self, x: Tensor, modulation: Modulation) -> Tensor:
        """``x [B, I, H, W]`` to ``[B, O, H, W]``, for the leaky rectifier where demodulated."""
        y = self._convolved(x, modulation.before)
        return y if modulation.after is None else y * modulation.after

    def _convolved(self, x: Tensor, factors: Tensor) -> Tensor:
        """Input times factors, with the bias: adding it after demodulation is a pass of its own."""
        if self.weight.shape[-1] == 1:
            matrices = factors[..., 0] * self.weight[:, :, 0, 0].t().to(factors.dtype)
            return mix_channels(x, matrices) + self.bias[:, None, None]
        return convolve(x * factors, self.weight, self.bias, self._circular)


def modulations(convs: Sequence[ModulatedConv], w: Tensor) -> list[Modulation]:
    """How ``w [B, D]`` modulates each of the convolutions (equations 1 and 3)."""
    wide = [len(conv.inputs) for conv in convs]
    high = [len(conv.outputs) for conv in convs if conv.demodulated]
    with torch.autocast(w.device.type, enabled=False):
        styles = _styles(convs, w)
        squares = torch.split(styles.square(), wide, dim=1)
        energies = [
            square @ conv.weight.square().sum(dim=(2, 3)).t()
            for square, conv in zip(squares, convs, strict=True)
            if conv.demodulated
        ]
        scales = (torch.cat(energies, dim=1) + _LEAST).rsqrt() * ACTIVATION_GAIN
    before = torch.split(_planes(styles), wide, dim=1)
    after = iter(torch.split(_planes(scales), high, dim=1))
    return [
        Modulation(factors, next(after) if conv.demodulated else None)
        for factors, conv in zip(before, convs, strict=True)
    ]


def deferred(first: Modulation, second: Modulation) -> tuple[Modulation, Modulation]:
    """The same for two convolutions with a leaky rectifier between them, in one pass less.

    The rectifier lets positive factors pass, so those behind the first are left to the second.
    """
    if first.after is None:
        return first, second
    return Modulation(first.before, None), Modulation(second.before * first.after, second.after)


def _styles(convs: Sequence[ModulatedConv], w: Tensor) -> Tensor:
    """What all convolutions multiply their inputs by, ``[B, sum of their inputs]``."""
    gains = [conv.scale for conv in convs]  # smaller than the weights, which it spares the scaling
    weights = torch._foreach_mul([conv.style.weight for conv in convs], gains)  # noqa: SLF001
    biases = torch._foreach_mul([conv.style.bias for conv in convs], gains)  # noqa: SLF001
    return functional.linear(w * convs[0].style.scale, torch.cat(weights), torch.cat(biases))


def _planes(factors: Tensor) -> Tensor:
    """``[B, C]`` as what pictures ``[B, C, H, W]`` are multiplied by."""
    device = factors.device.type
    if torch.is_autocast_enabled(device):
        factors = factors.to(torch.get_autocast_dtype(device))
    return factors[:, :, None, None]
