"""StyleGAN2's generator written down a second time, number by number: slow, plain numpy, float64.

Written from the formulas of Karras et al. 2020 as NVIDIA's files mean them; it shares no line with
the studio's own, and modulates weights where that modulates features.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from tests.support.stylegan_files import Small

Array = NDArray[np.float64]

TAPS = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 64


def correlate(x: Array, kernel: Array, pad: tuple[int, int]) -> Array:
    """``x [I, H, W]`` with ``kernel [O, I, k, k]``, zeros around it."""
    x = np.pad(x, ((0, 0), pad, pad))
    size = kernel.shape[-1]
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
    return np.einsum("ihwkl,oikl->ohw", windows, kernel)


def spread(x: Array) -> Array:
    """Zeros after each pixel, ``[C, 2H, 2W]``."""
    out = np.zeros((x.shape[0], 2 * x.shape[1], 2 * x.shape[2]))
    out[:, ::2, ::2] = x
    return out


def filtered(x: Array, pad: tuple[int, int]) -> Array:
    """Each channel alone by the filter, with the gain of doubling."""
    kernel = TAPS[None, None] * 4
    return np.concatenate([correlate(channel[None], kernel, pad) for channel in x])


def linear(x: Array, weight: Array, bias: Array, rate: float = 1.0) -> Array:
    return weight @ x * rate / np.sqrt(len(x)) + bias * rate


def leaky(x: Array) -> Array:
    return np.where(x < 0, 0.2 * x, x) * np.sqrt(2)


def unit(x: Array) -> Array:
    return x / np.sqrt(np.mean(x**2) + 1e-8)


class Reference:
    """Pictures of one network, one at a time."""

    def __init__(self, tensors: Mapping[str, Tensor], small: Small) -> None:
        self._t = {name: tensor.double().numpy() for name, tensor in tensors.items()}
        self._small = small

    def w(self, z: Array, label: int | None = None) -> Array:
        x = unit(z)
        if label is not None:
            one_hot = np.eye(self._small.classes)[label]
            x = np.concatenate([x, unit(self._fc("mapping.embed", one_hot))])
        for place in range(self._small.depth):
            x = leaky(self._fc(f"mapping.fc{place}", x, 0.01))
        return x

    def truncated(self, w: Array, psi: float, cutoff: int) -> Array:
        """A w for each of the ``num_ws`` places."""
        average = self._t["mapping.w_avg"]
        count = 2 * self._small.levels
        return np.stack(
            [average + (psi if i < cutoff else 1) * (w - average) for i in range(count)]
        )

    def picture(self, ws: Array, constant_noise: float = 0.0) -> Array:
        """``[C, H, W]``."""
        x, picture, place = self._t["synthesis.b4.const"], None, 0
        for side in self._small.sides:
            block, beside = f"synthesis.b{side}", None
            if side > 4:
                if self._small.architecture == "resnet":
                    weight = self._t[f"{block}.skip.weight"]
                    beside = correlate(x, weight / np.sqrt(weight.shape[1]), (0, 0))
                    beside = filtered(spread(beside), (2, 1)) * np.sqrt(0.5)
                x = self._styled(f"{block}.conv0", x, ws[place], constant_noise, up=True)
                place += 1
            gain = 1.0 if beside is None else np.sqrt(0.5)
            x = self._styled(f"{block}.conv1", x, ws[place], constant_noise, gain=gain)
            place += 1
            x = x if beside is None else x + beside
            if f"{block}.torgb.weight" in self._t:
                here = self._colored(f"{block}.torgb", x, ws[place])
                picture = here if picture is None else filtered(spread(picture), (2, 1)) + here
        assert picture is not None
        return picture

    def _fc(self, name: str, x: Array, rate: float = 1.0) -> Array:
        return linear(x, self._t[f"{name}.weight"], self._t[f"{name}.bias"], rate)

    def _styled(
        self, name: str, x: Array, w: Array, noise: float, *, up: bool = False, gain: float = 1.0
    ) -> Array:
        weight = self._t[f"{name}.weight"] * self._fc(f"{name}.affine", w)[None, :, None, None]
        weight = weight / np.sqrt((weight**2).sum(axis=(1, 2, 3), keepdims=True) + 1e-8)
        if up:  # a transposed convolution is a correlation of what is spread, kernel turned around
            flat = spread(x)[:, :-1, :-1]
            y = filtered(correlate(flat, weight[:, :, ::-1, ::-1], (2, 2)), (1, 1))
        else:
            y = correlate(x, weight, (1, 1))
        y = y + self._t[f"{name}.noise_const"] * self._t[f"{name}.noise_strength"] * noise
        y = leaky(y + self._t[f"{name}.bias"][:, None, None]) * gain
        limit = np.inf if self._small.clamp is None else self._small.clamp * gain
        return np.clip(y, -limit, limit)

    def _colored(self, name: str, x: Array, w: Array) -> Array:
        style = self._fc(f"{name}.affine", w) / np.sqrt(len(x))
        y = correlate(x, self._t[f"{name}.weight"] * style[None, :, None, None], (0, 0))
        limit = np.inf if self._small.clamp is None else self._small.clamp
        return np.clip(y + self._t[f"{name}.bias"][:, None, None], -limit, limit)
