"""A learned prior: from standard normal numbers to codes as real pictures have them, and back."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.engine.blocks import ACTIVATION_GAIN, Linear, activate

_BLOCKS = 4
_HEADS = 4
_WAVES = 8  # frequencies in which the time is told
_STEPS = 12  # from z to a code
_ROUNDS, _NEAR = 40, 1e-4  # to take one step back: at the most, and when it is near enough
_DAMPING = 0.6  # lets steps be taken back that spread their neighborhood up to threefold
_RATE = 5.0  # how much quicker these layers learn than those of a convolutional network
_DRAWS = 4  # moments of the flow that are learned from each code
# The running moments span this many pictures, or this share of those seen if that is fewer: early
# on the encoder changes faster than its moments could follow.
_MEMORY = 4000
_MEMORY_SHARE = 0.2


class Block(nn.Module):
    """A block of a transformer (Vaswani et al. 2017, norm first) on ``[B, places, width]``."""

    def __init__(self, width: int, rng: torch.Generator) -> None:
        super().__init__()
        self.ask = Linear(width, 3 * width, rng, rate=_RATE)
        self.answer = Linear(width, width, rng, rate=_RATE)
        self.wide = Linear(width, 2 * width, rng, gain=ACTIVATION_GAIN, rate=_RATE)
        self.narrow = Linear(2 * width, width, rng, rate=_RATE)

    def forward(self, x: Tensor) -> Tensor:
        asked = self.ask(_normalized(x)).unflatten(-1, (3, _HEADS, -1))
        query, key, value = asked.permute(2, 0, 3, 1, 4)  # [B, heads, places, width / heads] each
        x = x + self.answer(_attended(query, key, value).transpose(1, 2).flatten(2))
        y: Tensor = x + self.narrow(activate(self.wide(_normalized(x))))
        return y


def _attended(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Attention, equation 1, as plain products: there are some dozen places.

    Torch's fused kernel takes twenty times as long for the backward pass of so few on a CPU.
    """
    heed = (query @ key.mT * query.shape[-1] ** -0.5).softmax(dim=-1, dtype=torch.float32)
    answers: Tensor = heed.to(value.dtype) @ value
    return answers


def _normalized(x: Tensor) -> Tensor:
    return functional.layer_norm(x, x.shape[-1:])


class CodeFlow(nn.Module):
    """Codes ``[B, N, H, W]`` and z of the same shape: standard normal, one for each code.

    A rectified flow (Liu et al. 2023, equation 1): a network learns the mean velocity on the
    straight ways from random z to the codes of real pictures; following it from z, at time 0, to
    time 1 draws codes as real pictures have them, whatever their distribution. Each step can be
    taken back, so every code has its z. Codes are first brought to mean 0 and variance 1.
    """

    mean: Tensor
    variance: Tensor

    def __init__(
        self, shape: tuple[int, int, int], width: int, prompt_width: int, rng: torch.Generator
    ) -> None:
        """`prompt_width` is that of the embedded prompts, 0 if there are none."""
        super().__init__()
        depth, *sides = shape
        self._fold = 1 if sides[0] % 2 or sides[1] % 2 else 2
        numbers = depth * self._fold**2
        self.read = Linear(numbers, width, rng, rate=_RATE)
        self.place = nn.Parameter(torch.randn(math.prod(shape) // numbers, width, generator=rng))
        self.time = Linear(2 * _WAVES, width, rng, rate=_RATE)
        self.prompt = Linear(prompt_width, width, rng) if prompt_width else None
        self.blocks = nn.ModuleList(Block(width, rng) for _ in range(_BLOCKS))
        self.write = Linear(width, numbers, rng, rate=_RATE)
        nn.init.zeros_(self.write.weight)
        self.register_buffer("mean", torch.zeros(shape))
        self.register_buffer("variance", torch.ones(shape))

    def forward(self, x: Tensor, time: Tensor, prompt: Tensor | None) -> Tensor:
        """The velocity at ``x [B, N, H, W]`` at times ``[B]``."""
        told = self.time(_waves(time))
        if self.prompt is not None and prompt is not None:
            told = told + self.prompt(prompt)
        folded = functional.pixel_unshuffle(x, self._fold)
        y = self.read(folded.flatten(2).mT) + self.place + told[:, None]
        for block in self.blocks:
            y = block(y)
        written = self.write(y).mT.reshape(folded.shape)
        velocity: Tensor = functional.pixel_shuffle(written.float(), self._fold)
        return velocity + x * _inertia(time)[:, None, None, None]

    def code_of(self, z: Tensor, prompt: Tensor | None = None) -> Tensor:
        """The code that the flow carries `z` to."""
        x = z
        for step in range(_STEPS):
            x = x + self._stride(x, step, prompt)
        return self.mean + x * self._deviation()

    def z_of(self, code: Tensor, prompt: Tensor | None = None) -> Tensor:
        """The z that the flow carries to `code`."""
        x = (code - self.mean) / self._deviation()
        for step in reversed(range(_STEPS)):
            x = self._step_back(x, step, prompt)
        return x

    def _step_back(self, after: Tensor, step: int, prompt: Tensor | None) -> Tensor:
        """The x with ``x + stride(x) = after``: a fixed point, approached with damping."""
        x = after
        for _ in range(_ROUNDS):
            missing = after - self._stride(x, step, prompt) - x
            x = x + _DAMPING * missing
            if float(missing.abs().max()) < _NEAR:
                break
        return x

    def loss(self, code: Tensor, prompt: Tensor | None, rng: torch.Generator) -> Tensor:
        """Mean squared error of the velocity at random moments; codes get no gradient."""
        x = ((code.detach() - self.mean) / self._deviation()).repeat(_DRAWS, 1, 1, 1)
        z = torch.randn(x.shape, generator=rng, device=x.device)
        time = torch.rand(len(x), generator=rng, device=x.device)
        share = time[:, None, None, None]
        prompt = None if prompt is None else prompt.repeat(_DRAWS, 1)
        return functional.mse_loss(self(z.lerp(x, share), time, prompt), x - z)

    @torch.no_grad()
    def follow(self, code: Tensor, images: int) -> None:
        """Let the moments follow sampled codes, after `images` pictures."""
        pace = min(1.0, len(code) / max(1.0, min(_MEMORY, images * _MEMORY_SHARE)))
        self.mean.lerp_(code.mean(dim=0), pace)
        self.variance.lerp_((code - self.mean).square().mean(dim=0), pace)

    def _stride(self, x: Tensor, step: int, prompt: Tensor | None) -> Tensor:
        time = x.new_full((len(x),), step / _STEPS)
        velocity: Tensor = self(x, time, prompt)
        return velocity / _STEPS

    def _deviation(self) -> Tensor:
        return (self.variance + 1e-4).sqrt()


def _inertia(time: Tensor) -> Tensor:
    """The velocity for each unit of x if codes were independent standard normal numbers.

    All that the network has to learn is how they differ from that.
    """
    return (2.0 * time - 1.0) / (time.square() + (1.0 - time).square())


def _waves(time: Tensor) -> Tensor:
    """Times ``[B]`` as sines and cosines ``[B, 2 * _WAVES]`` of half octaves."""
    angles = time[:, None] * math.sqrt(2.0) ** torch.arange(_WAVES, device=time.device)
    return math.sqrt(2.0) * torch.cat([angles.sin(), angles.cos()], dim=1)
