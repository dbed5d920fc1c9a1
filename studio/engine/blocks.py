"""Building blocks shared by the families. Every layer draws its first weights from a `Generator`.

Equalized learning rate (Karras et al. 2018, section 4.1): weights are stored standard normal and
scaled by ``gain / sqrt(fan_in)`` when used, so that one Adam rate fits every layer.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.engine.axes import Entries, Places, axis
from studio.errors import StudioError

LEAK = 0.2
# Keeps the variance of a standard normal input after the leaky rectifier.
ACTIVATION_GAIN = math.sqrt(2.0 / (1.0 + LEAK**2))
# Of each of two branches whose sum is to have the variance of one. It goes into the weights, which
# the leaky rectifier lets pass: scaling the sum would cost a pass over it.
BRANCH_GAIN = math.sqrt(0.5)
_CONSTANT = 0.5  # spread of the learned constant that every picture of a `NormedLayout` starts from


def activate(x: Tensor) -> Tensor:
    """Leaky rectifier, without its gain: the layer before has that in its weights."""
    return functional.leaky_relu(x, LEAK)


def upsample(x: Tensor, circular: bool = False) -> Tensor:
    """Twice the sides, bilinear; with `circular`, the left edge continues at the right."""
    if circular:
        wrapped = functional.pad(x, (1, 1, 1, 1), mode="circular")
        return upsample(wrapped)[..., 2:-2, 2:-2]
    return functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def downsample(x: Tensor) -> Tensor:
    """Half the (even) sides, mean of 2x2: bilinear at half scale is that, and twice as fast."""
    if x.device.type == "cpu" and x.dtype == torch.bfloat16:
        halved: Tensor = _Halved.apply(x)
        return halved
    return functional.interpolate(x, scale_factor=0.5, mode="bilinear", align_corners=False)


class _Halved(torch.autograd.Function):
    """The mean of 2x2 in bfloat16, which torch interpolates number by number on a CPU.

    A convolution of each channel takes a third of that, and copies of whole rows a quarter of its
    gradient.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        channels = x.shape[1]
        return functional.conv2d(x, x.new_full((channels, 1, 2, 2), 0.25), None, 2, groups=channels)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> Tensor:
        slope = slopes[0].permute(0, 2, 3, 1) * 0.25
        batch, height, width, channels = slope.shape
        wide = torch.cat([slope.reshape(-1, channels)] * 2, dim=1).reshape(batch * height, -1)
        both = torch.cat([wide, wide], dim=1).reshape(batch, 2 * height, 2 * width, channels)
        return both.permute(0, 3, 1, 2)


def to_patches(batch: Tensor, patch: int) -> Tensor:
    """``[B, C, H, W]`` to ``[B, C * patch**2, H / patch, W / patch]``."""
    return batch if patch == 1 else functional.pixel_unshuffle(batch, patch)


def from_patches(patches: Tensor, patch: int) -> Tensor:
    """The inverse of `to_patches`."""
    return patches if patch == 1 else functional.pixel_shuffle(patches, patch)


def grids(height: int, width: int, patch: int = 1) -> list[tuple[int, int]]:
    """Heights and widths of the levels of a network, the lowest first, doubling.

    The highest level has one place for each patch of `patch` x `patch` px; the lowest cannot be
    halved any more, or is of octave 4, in pictures of any shape.

    Raises:
        StudioError: the picture is not of whole patches.
    """
    if height % patch or width % patch:
        raise StudioError(
            f"Pictures of {width} x {height} px are not of whole patches of {patch} px.",
            "Choose another patch or size.",
        )
    sides = [(height // patch, width // patch)]
    while sides[0][0] % 2 == sides[0][1] % 2 == 0 and octave(min(sides[0])) >= 8:
        sides.insert(0, (sides[0][0] // 2, sides[0][1] // 2))
    return sides


def octave(side: int) -> int:
    """The power of two nearest to a side: what levels of networks of any shape are known by."""
    return int(2 ** round(math.log2(side)))


def convolve(x: Tensor, weight: Tensor, bias: Tensor | None, circular: bool) -> Tensor:
    """A convolution with an odd kernel that keeps the sides, padded with zeros or around."""
    reach = weight.shape[-1] // 2
    if circular and reach:
        x = functional.pad(x, (reach,) * 4, mode="circular")
        return functional.conv2d(x, weight, bias)
    return functional.conv2d(x, weight, bias, padding=reach)


def mix_channels(x: Tensor, matrices: Tensor) -> Tensor:
    """``x [B, I, H, W]``, each picture by its own one of ``matrices [B, I, O]``."""
    height, width = x.shape[-2:]
    pixels = x.permute(0, 2, 3, 1).flatten(1, 2)  # no copy where channels are last
    return torch.bmm(pixels, matrices).reshape(len(x), height, width, -1).permute(0, 3, 1, 2)


def scaled(weight: Tensor, scale: float) -> Tensor:
    """``weight * scale`` in the number format in which autocast multiplies.

    Cast first: scaling a float32 weight, and its gradient, moves twice the memory, which at the low
    levels costs as much as the convolution.
    """
    device = weight.device.type
    if torch.is_autocast_enabled(device):
        weight = weight.to(torch.get_autocast_dtype(device))
    return weight * scale


class Linear(nn.Module):
    """A fully connected layer with equalized learning rate; `rate` scales it for this layer."""

    def __init__(
        self,
        inputs: Entries,
        outputs: Entries,
        rng: torch.Generator,
        *,
        gain: float = 1.0,
        bias: float = 0.0,
        rate: float = 1.0,
    ) -> None:
        super().__init__()
        self.inputs, self.outputs = axis(inputs), axis(outputs)
        wide, high = len(self.inputs), len(self.outputs)
        self.weight = nn.Parameter(torch.randn(high, wide, generator=rng) / rate)
        self.bias = nn.Parameter(torch.full((high,), bias / rate))
        self.scale = gain * rate / math.sqrt(wide)
        self._rate = rate

    def forward(self, x: Tensor) -> Tensor:
        bias = self.bias if self._rate == 1.0 else self.bias * self._rate
        return functional.linear(x * self.scale, self.weight, bias)  # x is the smaller one


class Conv(nn.Module):
    """A convolution with equalized learning rate that keeps the sides."""

    def __init__(
        self,
        inputs: Entries,
        outputs: Entries,
        kernel: int,
        rng: torch.Generator,
        gain: float = 1.0,
        *,
        circular: bool = False,
    ) -> None:
        super().__init__()
        self.inputs, self.outputs = axis(inputs), axis(outputs)
        wide, high = len(self.inputs), len(self.outputs)
        self.weight = nn.Parameter(torch.randn(high, wide, kernel, kernel, generator=rng))
        self.bias = nn.Parameter(torch.zeros(high))
        self.scale = gain / math.sqrt(wide * kernel**2)
        self._circular = circular

    def forward(self, x: Tensor) -> Tensor:
        return convolve(x, scaled(self.weight, self.scale), self.bias, self._circular)


class ResidualDown(nn.Module):
    """Two convolutions and half the sides, added to a 1x1 shortcut."""

    def __init__(self, inputs: int, outputs: int, rng: torch.Generator) -> None:
        super().__init__()
        self.first = Conv(inputs, inputs, 3, rng, ACTIVATION_GAIN)
        self.second = Conv(inputs, outputs, 3, rng, ACTIVATION_GAIN * BRANCH_GAIN)
        self.shortcut = Conv(inputs, outputs, 1, rng, BRANCH_GAIN)

    def forward(self, x: Tensor) -> Tensor:
        # The second convolution works at the lower side: a quarter of the multiplications.
        main = activate(self.second(downsample(activate(self.first(x)))))
        shortcut: Tensor = self.shortcut(downsample(x))
        return main + shortcut


class ResidualUp(nn.Module):
    """Twice the sides and two convolutions, added to a 1x1 shortcut."""

    def __init__(
        self, inputs: int, outputs: int, rng: torch.Generator, *, circular: bool = False
    ) -> None:
        super().__init__()
        self.first = Conv(inputs, outputs, 3, rng, ACTIVATION_GAIN, circular=circular)
        self.second = Conv(outputs, outputs, 3, rng, ACTIVATION_GAIN, circular=circular)
        self.shortcut = Conv(inputs, outputs, 1, rng)
        self._circular = circular

    def forward(self, x: Tensor) -> Tensor:
        main = activate(self.second(upsample(activate(self.first(x)), self._circular)))
        return main + upsample(self.shortcut(x), self._circular)


def pixel_norm(x: Tensor) -> Tensor:
    """Features ``[B, C]`` or ``[B, C, H, W]`` with a mean square of 1 at each place.

    Karras et al. 2018, section 4.2.
    """
    normed: Tensor = functional.rms_norm(x.movedim(1, -1), (x.shape[1],), eps=1e-8)
    return normed.movedim(-1, 1)


class NormedLayout(Linear):
    """``w [B, D]`` to the features ``[B, C, H, W]`` of a lowest level, with `pixel_norm`."""

    def __init__(self, inputs: Entries, places: Places, rng: torch.Generator) -> None:
        super().__init__(inputs, places, rng, gain=ACTIVATION_GAIN)
        self._dims = places.dims
        with torch.no_grad():  # what truncation leads to: the norm undoes a shorter w alone
            self.bias.normal_(0.0, _CONSTANT, generator=rng)

    def forward(self, w: Tensor) -> Tensor:
        x = pixel_norm(activate(super().forward(w)).reshape(len(w), *self._dims))
        return x.contiguous(memory_format=torch.channels_last)


class NormedBlock(nn.Module):
    """Two convolutions at one level, each with `pixel_norm`."""

    def __init__(
        self, inputs: int, outputs: int, rng: torch.Generator, *, circular: bool = False
    ) -> None:
        super().__init__()
        self.first = Conv(inputs, outputs, 3, rng, ACTIVATION_GAIN, circular=circular)
        self.second = Conv(outputs, outputs, 3, rng, ACTIVATION_GAIN, circular=circular)

    def forward(self, x: Tensor) -> Tensor:
        return pixel_norm(activate(self.second(pixel_norm(activate(self.first(x))))))


class MinibatchDeviation(nn.Module):
    """Appends one channel: how much the pictures of a group differ (Karras et al. 2018, section 3).

    It lets a discriminator see a generator that always makes the same picture. Groups are of
    neighbors, so a batch of real pictures followed by one of made ones does not mix them.
    """

    group = 4

    def forward(self, x: Tensor) -> Tensor:
        batch, _, height, width = x.shape
        group = math.gcd(self.group, batch)
        y = x.float().reshape(batch // group, group, -1)  # [B/G, G, C*H*W]
        variance = (y - y.mean(dim=1, keepdim=True)).square().mean(dim=1)
        deviation = (variance + 1e-8).sqrt().mean(dim=1)  # [B/G]
        plane = deviation.repeat_interleave(group)[:, None, None, None]
        plane = plane.expand(batch, 1, height, width)
        return torch.cat([x, plane.to(x.dtype)], dim=1)
