"""The mapping network of StyleGAN2 and 3, as NVIDIA's files have it: for imported models."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.core.params import param
from studio.engine.blocks import LEAK, Linear, pixel_norm
from studio.engine.family import Model, Shape
from studio.engine.pictures import premultiplied


@dataclass(frozen=True)
class MappingConfig:
    latent_dim: int = param(512, "Latent size", 1, 4096)
    mapping_layers: int = param(8, "Mapping layers", 1, 16)
    mapping_rate: float = param(0.01, "Mapping rate", 1e-6, 100.0)


class MappedModel(Model):
    """z and a class to w (Karras et al. 2020, in NVIDIA's form with a class embedded)."""

    w_avg: Tensor

    def __init__(self, config: MappingConfig, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        width = self.latent_dim = config.latent_dim
        self.label = Linear(len(shape.classes), width, rng) if shape.classes else None
        inputs = [width if self.label is None else 2 * width, *[width] * 16]
        self.mapping_layers = nn.ModuleList(
            Linear(inputs[place], width, rng, rate=config.mapping_rate)
            for place in range(config.mapping_layers)
        )
        self.register_buffer("w_avg", torch.zeros(width))

    def embed(self, condition: Tensor | None) -> Tensor | None:
        if self.label is None or condition is None:
            return None
        count = self.label.weight.shape[1]
        embedded: Tensor = self.label(functional.one_hot(condition, count).float())
        return embedded

    def mapping(self, z: Tensor, prompt: Tensor | None = None) -> Tensor:
        w = torch.cat([pixel_norm(part) for part in (z, prompt) if part is not None], dim=1)
        for layer in self.mapping_layers:
            w = functional.leaky_relu(layer(w), LEAK) * math.sqrt(2.0)
        return w

    def center(self, prompt: Tensor | None = None) -> Tensor:
        return self.w_avg.expand(1 if prompt is None else len(prompt), -1)


def clamped(x: Tensor, limit: float) -> Tensor:
    """No feature beyond `limit` (0: any); `x` itself changes where no gradient is wanted."""
    if not limit:
        return x
    return x.clamp(-limit, limit) if x.requires_grad else x.clamp_(-limit, limit)


def with_studio_alpha(batch: Tensor) -> Tensor:
    """Where there is alpha, the color times it: these files have it beside the color."""
    if batch.shape[1] != 4:
        return batch
    return premultiplied((batch * 0.5 + 0.5).clamp(0.0, 1.0)) * 2.0 - 1.0
