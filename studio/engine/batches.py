"""Which pictures come next: an endless shuffled order that can be stored and continued."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from studio.core.image import Pixels8


class Batches:
    """Draws batches without replacement, reshuffled after each pass over the pictures.

    Owns its random numbers, the current order and the place in it; `tensors` and `restore` carry
    all three across a restart. Pictures come with sides divided by `reduce`.
    """

    def __init__(self, pixels: Pixels8, seed: int, reduce: int = 1) -> None:
        self._pixels = pixels
        self._reduce = reduce
        self._rng = torch.Generator().manual_seed(seed)
        self._order = torch.randperm(len(pixels), generator=self._rng)
        self._place = 0

    def next(self, count: int, device: torch.device) -> Tensor:
        """The next pictures as ``float32 [count, C, H, W]`` in [-1, 1], channels last."""
        indices = torch.cat(self._take(count)).numpy()
        chosen = torch.from_numpy(np.asarray(self._pixels[indices]))  # [count, H, W, C]
        batch = chosen.to(device).permute(0, 3, 1, 2).float() / 127.5 - 1.0
        if self._reduce > 1:
            batch = functional.avg_pool2d(batch, self._reduce)
        return batch.contiguous(memory_format=torch.channels_last)

    def tensors(self) -> dict[str, Tensor]:
        return {
            "rng": self._rng.get_state(),
            "order": self._order,
            "place": torch.tensor(self._place),
        }

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Continue where `tensors` were taken."""
        self._rng.set_state(tensors["rng"])
        self._order = tensors["order"]
        self._place = int(tensors["place"])

    def _take(self, count: int) -> list[Tensor]:
        taken = []
        while count:
            if self._place == len(self._order):
                self._order = torch.randperm(len(self._pixels), generator=self._rng)
                self._place = 0
            part = self._order[self._place : self._place + count]
            taken.append(part)
            self._place += len(part)
            count -= len(part)
        return taken
