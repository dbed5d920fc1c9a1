"""A small StyleGAN3 network with its file, and its generator written down a second time.

Slow, plain numpy, float64, from the formulas of Karras et al. 2021 as NVIDIA's files mean them; it
shares no line with the studio's own. Zeros are put in and taken out, where that strides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tests.support.stylegan_files import write_network
from tests.support.stylegan_reference import Array, correlate, linear, unit

CRITICAL, MARGIN = 2, 10


@dataclass(frozen=True)
class Small3:
    """A generator of ``size`` px with ``layers`` beside the one that makes the picture."""

    size: int = 32
    layers: int = 5
    base: int = 96
    most: int = 6
    kernel: int = 3
    radial: bool = False
    width: int = 8
    depth: int = 2
    channels: int = 3

    def schedule(self) -> list[tuple[int, int, int, float]]:
        """Side, channels, rate and cutoff of each layer."""
        share = np.minimum(np.arange(self.layers + 1) / (self.layers - CRITICAL), 1)
        cutoffs = 2 * (self.size / 4) ** share
        stops = 2**2.1 * (self.size / 2 * 2**0.3 / 2**2.1) ** share
        rates = np.exp2(np.ceil(np.log2(np.minimum(stops * 2, self.size)))).astype(int)
        sides = rates + MARGIN * 2
        sides[-2:] = self.size
        channels = np.rint(np.minimum(self.base / 2 / cutoffs, self.most)).astype(int)
        channels[-1] = self.channels
        return list(zip(sides.tolist(), channels.tolist(), rates.tolist(), cutoffs, strict=True))

    def names(self) -> list[str]:
        plan = self.schedule()
        return [f"synthesis.L{i}_{side}_{wide}" for i, (side, wide, *_) in enumerate(plan)]

    def factors(self, place: int) -> tuple[int, int]:
        """How much finer the grid becomes before the rectifier, and coarser after it."""
        plan = self.schedule()
        before, after = plan[max(place - 1, 0)][2], plan[place][2]
        finest = max(before, after) * (1 if place == self.layers else 2)
        return finest // before, finest // after


def write_stylegan3(path: Path, small: Small3, seed: int = 0) -> dict[str, Tensor]:
    """Write a snapshot; returns its tensors under NVIDIA's names."""
    tensors = _tensors(small, torch.Generator().manual_seed(seed))
    attributes: dict[str, Mapping[str, Any]] = {
        "synthesis": {"num_critical": CRITICAL, "output_scale": 0.25},
        "mapping.fc0": {"bias_gain": 0.01},
        small.names()[0]: {"conv_clamp": 256, "in_sampling_rate": np.float64(16)},
    }
    write_network(path, tensors, attributes)
    return tensors


def _tensors(small: Small3, rng: torch.Generator) -> dict[str, Tensor]:
    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=rng)

    tensors: dict[str, Tensor] = {}
    for place in range(small.depth):
        tensors[f"mapping.fc{place}.weight"] = normal(small.width, small.width) * 100
        tensors[f"mapping.fc{place}.bias"] = normal(small.width) * 10
    tensors["mapping.w_avg"] = normal(small.width)
    plan = small.schedule()
    first = plan[0][1]
    tensors["synthesis.input.weight"] = normal(first, first)
    tensors["synthesis.input.affine.weight"] = normal(4, small.width) * 0.3
    tensors["synthesis.input.affine.bias"] = torch.tensor([1.0, 0.2, 0.1, 0.0])
    tensors["synthesis.input.transform"] = torch.eye(3) + 0.1 * normal(3, 3)
    tensors["synthesis.input.freqs"] = normal(first, 2) * 2
    tensors["synthesis.input.phases"] = normal(first)
    for place, name in enumerate(small.names()):
        inputs, outputs = plan[max(place - 1, 0)][1], plan[place][1]
        size = 1 if place == small.layers else small.kernel
        contrast = 10 if place == small.layers else 1
        tensors[f"{name}.weight"] = normal(outputs, inputs, size, size) * contrast
        tensors[f"{name}.bias"] = normal(outputs) * 0.1
        tensors[f"{name}.affine.weight"] = normal(inputs, small.width)
        tensors[f"{name}.affine.bias"] = 1 + normal(inputs) * 0.1
        tensors[f"{name}.magnitude_ema"] = 0.5 + normal().square()
        if place == small.layers:
            continue
        up, down = small.factors(place)
        tensors[f"{name}.up_filter"] = _low_pass(up) + normal(6 * up) * 0.02 / up
        taps = _low_pass(down) + normal(6 * down) * 0.02 / down  # not even, so that turning shows
        around = small.radial and place < small.layers - CRITICAL
        tensors[f"{name}.down_filter"] = torch.outer(taps, taps) if around else taps
    return tensors


def _low_pass(factor: int) -> Tensor:
    """A windowed sinc of ``6 * factor`` taps that sums to 1."""
    places = np.arange(6 * factor) - (6 * factor - 1) / 2
    taps = np.sinc(places / factor) * np.hamming(len(places))
    return torch.from_numpy(taps / taps.sum()).float()


class Reference3:
    """Pictures of one network, one at a time."""

    def __init__(self, tensors: Mapping[str, Tensor], small: Small3) -> None:
        self._t = {name: tensor.double().numpy() for name, tensor in tensors.items()}
        self._small = small

    def styles(self, z: Array, psi: float, cutoff: int) -> Array:
        x, average = unit(z), self._t["mapping.w_avg"]
        for place in range(self._small.depth):
            x = self._fc(f"mapping.fc{place}", x, 0.01)
            x = np.where(x < 0, 0.2 * x, x) * np.sqrt(2)
        count = self._small.layers + 2
        return np.stack(
            [average + (psi if i < cutoff else 1) * (x - average) for i in range(count)]
        )

    def picture(self, ws: Array) -> Array:
        """``[C, H, W]``."""
        x = self._waves(ws[0])
        for place, name in enumerate(self._small.names()):
            x = self._layer(place, name, x, ws[place + 1])
        return x * 0.25

    def _fc(self, name: str, x: Array, rate: float = 1.0) -> Array:
        return linear(x, self._t[f"{name}.weight"], self._t[f"{name}.bias"], rate)

    def _waves(self, w: Array) -> Array:
        side, count, rate, cutoff = self._small.schedule()[0]
        c, s, x, y = (told := self._fc("synthesis.input.affine", w)) / np.hypot(told[0], told[1])
        turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
        move = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]])
        whole = turn @ move @ self._t["synthesis.input.transform"]
        freqs, phases = self._t["synthesis.input.freqs"], self._t["synthesis.input.phases"]
        phases = phases + freqs @ whole[:2, 2]
        freqs = freqs @ whole[:2, :2]
        loud = np.clip(1 - (np.hypot(*freqs.T) - cutoff) / (rate / 2 - cutoff), 0, 1)
        made = np.empty((count, side, side))
        line = ((np.arange(side) + 0.5) / side * 2 - 1) * 0.5 * side / rate
        for row, v in enumerate(line):
            for column, u in enumerate(line):
                wave = np.sin(2 * np.pi * (freqs @ [u, v] + phases)) * loud
                made[:, row, column] = self._t["synthesis.input.weight"] / np.sqrt(count) @ wave
        return made

    def _layer(self, place: int, name: str, x: Array, w: Array) -> Array:
        before, side = x.shape[1], self._small.schedule()[place][0]
        weight, style = self._t[f"{name}.weight"], self._fc(f"{name}.affine", w)
        colors, size = place == self._small.layers, weight.shape[-1]
        if colors:
            weight = weight * style[None, :, None, None] / np.sqrt(weight[0].size)
        else:
            weight = weight / np.sqrt(np.mean(weight**2, axis=(1, 2, 3), keepdims=True))
            weight = weight * (style / np.sqrt(np.mean(style**2)))[None, :, None, None]
            weight = weight / np.sqrt((weight**2).sum(axis=(1, 2, 3), keepdims=True) + 1e-8)
        weight = weight / np.sqrt(self._t[f"{name}.magnitude_ema"])
        x = correlate(x, weight, (size - 1, size - 1)) + self._t[f"{name}.bias"][:, None, None]
        if colors:
            return np.clip(x, -256, 256)
        up, down = self._small.factors(place)
        finer, coarser = self._t[f"{name}.up_filter"], self._t[f"{name}.down_filter"]
        spare = (side - 1) * down + 1 - (before + size - 1) * up + 6 * up + 6 * down - 2
        low = (spare + up) // 2
        x = _padded(_spread(x, up), low, spare - low)
        x = _convolved(x, np.outer(finer, finer)) * up**2
        x = np.clip(np.where(x < 0, 0.2 * x, x) * np.sqrt(2), -256, 256)
        flat = coarser if coarser.ndim == 2 else np.outer(coarser, coarser)
        return _convolved(x, flat)[:, ::down, ::down]


def _spread(x: Array, factor: int) -> Array:
    out = np.zeros((x.shape[0], x.shape[1] * factor, x.shape[2] * factor))
    out[:, ::factor, ::factor] = x
    return out


def _padded(x: Array, low: int, high: int) -> Array:
    """More zeros, or fewer places where a number is negative."""
    x = np.pad(x, ((0, 0), *((max(low, 0), max(high, 0)),) * 2))
    inner = slice(max(-low, 0), x.shape[1] - max(-high, 0))
    return x[:, inner, inner]


def _convolved(x: Array, kernel: Array) -> Array:
    """Each channel alone, by a kernel that is turned around."""
    turned = kernel[::-1, ::-1][None, None]
    return np.concatenate([correlate(channel[None], turned, (0, 0)) for channel in x])
