"""One run on several processes, as torchrun starts them: each takes its share of every batch.

Synchronous data parallelism (Li et al. 2020): all processes hold the same weights and take the same
steps; the gradients of their shares are summed before each. The leader, rank 0, decides what comes
next, and alone writes and speaks. What is measured is made by all, and gathered. A process by
itself is a team of one.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import IntEnum
from typing import TypeVar

import torch
from torch import Tensor, distributed, nn

from studio.core.control import RunControl

T = TypeVar("T")

_PATIENCE = timedelta(days=30)  # the leader may be paused


class Order(IntEnum):
    """What the team does next; `AWAIT` is what followers put in, who decide nothing."""

    AWAIT = 0
    STEP = 1
    MEASURE = 2  # make a share of the samples that are measured
    RELOAD = 3  # the last checkpoint
    END = 4


class Team:
    """The processes that train together. All must call the same methods in the same order."""

    def __init__(self, rank: int = 0, size: int = 1) -> None:
        self.rank = rank
        self.size = size

    @classmethod
    def joined(cls, device: torch.device) -> Team:
        """The team that torchrun started this process for; returns once all have joined."""
        size = int(os.environ.get("WORLD_SIZE", "1"))
        if size == 1:
            return cls()
        backend = "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo"
        distributed.init_process_group(backend, timeout=_PATIENCE)
        return cls(distributed.get_rank(), size)

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def leave(self) -> None:
        if self.size > 1:
            distributed.destroy_process_group()

    def device(self, device: torch.device) -> torch.device:
        """This process's own, of a kind of which there are several."""
        if self.size > 1 and device.type == "cuda":
            return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        return device

    def next_order(self, order: Order, control: RunControl) -> Order:
        """What the leader wants; a cancel of any process becomes one of all."""
        wanted, cancelled = self._most(torch.tensor([order, control.cancelled]))
        if cancelled:
            control.cancel()
        return Order(wanted)

    def all(self, done: bool) -> bool:
        """Whether it is so in every process."""
        (failed,) = self._most(torch.tensor([not done]))
        return not failed

    def share_of(self, batch: int) -> int:
        """How many pictures of a batch a process takes at the most."""
        return math.ceil(batch / self.size)

    def share_in(self, items: Sequence[T]) -> list[T]:
        """This process's part of the items; all parts are of one length, the last may repeat."""
        count = self.share_of(len(items))
        first = self.rank * count
        return [items[place % len(items)] for place in range(first, first + count)]

    def gathered(self, share: Tensor) -> Tensor:
        """The shares ``[N, ...]`` of all processes, on the CPU and of one shape, in order."""
        if self.size == 1:
            return share
        shares = [torch.empty_like(share) for _ in range(self.size)]
        distributed.all_gather(shares, share)
        return torch.cat(shares)

    @torch.no_grad()
    def sum_gradients(self, weights: Iterable[nn.Parameter]) -> None:
        """Add up each gradient over the team; a process without one counts as zero."""
        learning = [weight for weight in weights if weight.requires_grad]
        if self.size == 1 or not learning:
            return
        for weight in learning:
            if weight.grad is None:
                weight.grad = torch.zeros_like(weight)
        self._reduce([weight.grad for weight in learning if weight.grad is not None])

    def average_statistics(self, networks: nn.Module) -> None:
        """Make running statistics, which follow each process's own pictures, the same in all."""
        found = [buffer for buffer in networks.buffers() if buffer.is_floating_point()]
        if self.size > 1 and found:
            self._reduce(found)
            torch._foreach_div_(found, self.size)

    @staticmethod
    def _reduce(tensors: list[Tensor]) -> None:
        """Replace each tensor by its sum over the team, in one message."""
        together = torch.cat([tensor.flatten() for tensor in tensors])
        distributed.all_reduce(together)
        parts = together.split([tensor.numel() for tensor in tensors])  # type: ignore[no-untyped-call]
        for tensor, part in zip(tensors, parts, strict=True):
            tensor.copy_(part.view(tensor.shape))

    def _most(self, flags: Tensor) -> list[int]:
        """The largest of each number over the team."""
        if self.size > 1:
            distributed.all_reduce(flags, distributed.ReduceOp.MAX)
        return [int(flag) for flag in flags]


def is_leader() -> bool:
    """Whether this process may write and speak, known before the team has met."""
    return int(os.environ.get("RANK", "0")) == 0
