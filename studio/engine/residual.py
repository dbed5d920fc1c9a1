"""The residual discriminator of style-based GANs (Karras et al. 2020) and families that have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn

from studio.core.params import param
from studio.engine import blocks
from studio.engine.adversarial import AdversarialConfig, AdversarialFamily
from studio.engine.axes import Pixels, Places
from studio.engine.blocks import ACTIVATION_GAIN, Conv, Linear, activate
from studio.engine.family import Shape
from studio.engine.judge import Judge, dropped
from studio.engine.prompts import prompt_encoder

_FEWEST = 32  # places along a side of the highest level


@dataclass(frozen=True)
class ResidualConfig(AdversarialConfig):
    """What can be chosen of a GAN with a residual discriminator."""

    stem: int = param(
        2,
        "Stem",
        1,
        4,
        unit="px",
        help="Side of the squares that the discriminator reads at once in large pictures: larger "
        "is quicker, and sees less of the finest detail.",
        advanced=True,
        formerly=1,
    )

    def read_at_once(self, shape: Shape) -> int:
        """Side in px of the squares that the discriminator reads of such pictures."""
        side = self.patch * self.stem
        small = min(shape.size) < side * _FEWEST
        return self.patch if small or any(px % side for px in shape.size) else side


class Discriminator(Judge):
    """``batch [B, C, H, W]`` to scores ``[B, 1]``: higher means real.

    A residual network (Karras et al. 2020) that reads patches of pixels at once.
    """

    def __init__(self, config: ResidualConfig, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        patch = config.read_at_once(shape)
        grids = blocks.grids(*shape.size, patch)
        widths = [config.channels(min(grid)) for grid in grids]
        self.widths = tuple(widths[::-1])  # of the levels, the highest first
        self.pixels = Pixels(shape.channels, patch)
        self._dropout = config.dropout
        self.from_rgb = Conv(self.pixels, widths[-1], 3, rng, ACTIVATION_GAIN)
        self.down = nn.ModuleDict(
            {
                str(blocks.octave(min(grid))): blocks.ResidualDown(width, narrower, rng)
                for grid, width, narrower in zip(
                    grids[:0:-1], widths[:0:-1], widths[-2::-1], strict=True
                )
            }
        )
        self.deviation = blocks.MinibatchDeviation()
        self.last_conv = Conv(widths[0] + 1, widths[0], 3, rng, ACTIVATION_GAIN)
        places = Places(widths[0], *grids[0])
        self.hidden = Linear(places, widths[0], rng, gain=ACTIVATION_GAIN)
        self.score = Linear(widths[0], 1, rng)
        self.prompt = prompt_encoder(shape.classes, shape.words, widths[0], rng)

    def look(self, batch: Tensor, rng: torch.Generator | None = None) -> Tensor:
        x = activate(self.last_conv(self.deviation(self.features(batch)[-1])))
        return dropped(activate(self.hidden(x.flatten(1))), self._dropout, rng)

    def features(self, batch: Tensor) -> list[Tensor]:
        """Of all levels, the highest first; `batch` may be of any whole number of coarsest ones."""
        patches = blocks.to_patches(batch, self.pixels.patch)
        found = [activate(self.from_rgb(patches))]
        for block in self.down.values():
            found.append(block(found[-1]))
        return found

    def first_levels(self, count: int) -> list[nn.Module]:
        return [self.from_rgb, *self.down.values()][: count + 1] if count else []


C = TypeVar("C", bound=ResidualConfig)


class ResidualFamily(AdversarialFamily[C]):
    """Judged by a `Discriminator`."""

    def critic(self, config: C, shape: Shape, rng: torch.Generator) -> Judge:
        return Discriminator(config, shape, rng)
