"""What every discriminator is, and what bounds it: dropout and spectral normalization."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parametrize

from studio.engine.blocks import Conv, Linear
from studio.engine.prompts import PromptEncoder


class Judge(nn.Module):
    """What a family's discriminator is: ``batch [B, C, H, W]`` to scores ``[B, 1]``.

    It looks at a picture once, however many conditions it is to say of whether they fit.
    """

    score: nn.Module
    prompt: PromptEncoder | None

    def forward(self, batch: Tensor, condition: Tensor | None = None) -> Tensor:
        return self.verdict(self.look(batch), condition)

    @abstractmethod
    def look(self, batch: Tensor, rng: torch.Generator | None = None) -> Tensor:
        """Features ``[B, E]``; with `rng`, as in training: dropout is drawn from it."""

    def verdict(self, features: Tensor, condition: Tensor | None) -> Tensor:
        """Scores of what `look` found, plus how well it fits the condition.

        Projection discriminator (Miyato & Koyama 2018, equation 4).
        """
        score: Tensor = self.score(features).float()
        if self.prompt is None or condition is None:
            return score
        fit: Tensor = self.fitting(features).float() * self.prompt(condition).float()
        total: Tensor = score + fit.sum(dim=1, keepdim=True) * self.prompt.width**-0.5
        return total

    def fitting(self, features: Tensor) -> Tensor:
        """What of the features is compared with a condition, as wide as its embedding."""
        return features

    def first_levels(self, count: int) -> list[nn.Module]:
        """What reads the pictures, and so many levels after it, the highest first."""
        del count
        return []


def dropped(features: Tensor, share: float, rng: torch.Generator | None) -> Tensor:
    """A random `share` of features blanked (Srivastava et al. 2014); all kept without `rng`."""
    if not share or rng is None:
        return features
    kept = torch.rand(features.shape, generator=rng, device=features.device) >= share
    return features * kept / (1.0 - share)


class SpectralNorm(nn.Module):
    """Divides a weight, as its layer uses it, by its largest singular value (Miyato et al. 2018).

    The value is followed by one step of power iteration each time, as in the paper's algorithm 1.
    """

    left: Tensor

    def __init__(self, layer: Conv | Linear, rng: torch.Generator) -> None:
        super().__init__()
        self._scale = layer.scale
        self.register_buffer("left", torch.randn(len(layer.weight), generator=rng))

    def forward(self, weight: Tensor) -> Tensor:
        with torch.autocast(weight.device.type, enabled=False):
            matrix = weight.flatten(1)
            with torch.no_grad():
                right = functional.normalize(matrix.T @ self.left, dim=0)
                left = functional.normalize(matrix @ right, dim=0)
                self.left.copy_(left)
            return weight / (left @ matrix @ right * self._scale)


def with_spectral_norm(network: nn.Module, rng: torch.Generator) -> nn.Module:
    """The same network, with `SpectralNorm` on every layer."""
    for layer in list(network.modules()):
        if isinstance(layer, Conv | Linear):
            parametrize.register_parametrization(layer, "weight", SpectralNorm(layer, rng))
    return network
