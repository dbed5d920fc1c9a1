"""Which pictures come next: an endless shuffled order that can be stored and continued."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from studio.core.image import Pixels8, to_pixels8
from studio.engine.pictures import premultiplied, to_images

_CHUNK = 32  # pictures decoded at a time


class Batch(NamedTuple):
    """`real` as `StepContext.real`, and what belongs to it."""

    real: Tensor
    condition: Tensor | None


class Batches:
    """Draws batches without replacement, reshuffled after each pass over the pictures.

    Only `members`, indices into `pixels`, are drawn. Owns its random numbers, the current order
    and the place in it; `tensors` and `restore` carry all three across a restart. Pictures come
    with sides divided by `reduce`; `condition` has a row for each picture.
    """

    def __init__(
        self,
        pixels: Pixels8,
        members: Tensor,
        seed: int,
        reduce: int = 1,
        condition: Tensor | None = None,
    ) -> None:
        self._pixels = pixels
        self._members = members
        self._reduce = reduce
        self._condition = condition
        self._rng = torch.Generator().manual_seed(seed)
        self._order = torch.randperm(len(members), generator=self._rng)
        self._place = 0

    def draw(self, count: int) -> Tensor:
        """The indices of the next `count` pictures."""
        return self._members[torch.cat(self._take(count))]

    def next(self, count: int, device: torch.device) -> Batch:
        """The next `count` pictures."""
        return self.of(self.draw(count), device)

    def of(self, indices: Tensor, device: torch.device, mirrored: Tensor | None = None) -> Batch:
        """The pictures at `indices` as ``float32 [B, C, H, W]`` in [-1, 1], channels last.

        Those where ``mirrored [B]`` is true have left and right exchanged.
        """
        chosen = torch.from_numpy(np.asarray(self._pixels[indices.numpy()]))  # [B, H, W, C]
        batch = premultiplied(chosen.to(device).permute(0, 3, 1, 2).float() / 255.0) * 2.0 - 1.0
        if self._reduce > 1:
            batch = functional.avg_pool2d(batch, self._reduce)
        if mirrored is not None:
            batch = torch.where(mirrored.to(device)[:, None, None, None], batch.flip(3), batch)
        condition = None if self._condition is None else self._condition[indices].to(device)
        return Batch(batch.contiguous(memory_format=torch.channels_last), condition)

    def pixels_of(self, indices: Tensor) -> Pixels8:
        """The pictures at `indices`, at least one, as they are trained on: ``[N, H, W, C]``."""
        parts = [self.of(part, torch.device("cpu")).real for part in indices.split(_CHUNK)]  # type: ignore[no-untyped-call]
        return np.stack([to_pixels8(image) for part in parts for image in to_images(part)])

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
                self._order = torch.randperm(len(self._members), generator=self._rng)
                self._place = 0
            part = self._order[self._place : self._place + count]
            taken.append(part)
            self._place += len(part)
            count -= len(part)
        return taken


def evenly(indices: Tensor, most: int) -> Tensor:
    """At most `most` of the indices, from all over."""
    step = -(-len(indices) // most) if len(indices) else 1
    return indices[::step]
