"""How much of the machine training uses.

Counts the floating-point operations of a training step (convolutions and matrix products, forward
and backward; everything else counts as waste) and compares the rate with that of a plain 3x3
channels-last convolution, forward and backward, in the same number format, in the same run.

    python tests/benchmarks/bench_training.py [--size 64] [--seconds 20]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import torch
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

sys.path.insert(0, str(Path(__file__).parents[2]))

from studio.core.control import RunControl
from studio.engine.api import TrainingRun
from studio.engine.pace import Budget
from studio.engine.setup import prepare
from studio.engine.trainer import Trainer
from tests.support.datasets import make_dataset

GOAL = 0.5
CYCLE = 16  # steps; a whole cycle of lazy penalties


class FlopCounter(TorchDispatchMode):
    """Adds up torch's own counts; its `FlopCounterMode` cannot follow a gradient of a gradient."""

    total = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        count = flop_registry.get(func._overloadpacket)
        if count is not None:
            self.total += count(*args, **(kwargs or {}), out_val=result)
        return result


def convolution_rate(dtype: torch.dtype, seconds: float = 3.0) -> float:
    """FLOP/s of the reference: 64 channels at 32x32, batch 32."""
    layout = {"memory_format": torch.channels_last}
    x = torch.randn(32, 64, 32, 32).to(dtype).contiguous(**layout).requires_grad_()
    weight = torch.randn(64, 64, 3, 3).to(dtype).contiguous(**layout).requires_grad_()
    gradient = torch.randn_like(x)
    flops = 3 * 2 * 9 * 64 * 64 * 32 * 32 * 32  # forward, and backward to input and weights
    best = float("inf")
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        begun = time.perf_counter()
        functional.conv2d(x, weight, padding=1).backward(gradient)
        best = min(best, time.perf_counter() - begun)
    return flops / best


def training_rate(trainer: Trainer, seconds: float) -> tuple[float, float]:
    """FLOP/s and images/s over whole cycles of steps."""
    with FlopCounter() as counter:
        for _ in range(CYCLE):
            trainer._step()
    images = trainer._setup.config.batch * CYCLE
    best = [float("inf")] * CYCLE  # each step of the cycle at its best, as the reference is
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for place in range(CYCLE):
            begun = time.perf_counter()
            trainer._step()
            best[place] = min(best[place], time.perf_counter() - begun)
    return counter.total / sum(best), images / sum(best)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    print(f"{torch.get_num_threads()} threads, {options.size} px")
    with tempfile.TemporaryDirectory() as folder:
        dataset = make_dataset(Path(folder) / "data", count=100, size=options.size)
        for family in ("vae", "stylegan"):
            run = TrainingRun(dataset, Path(folder) / family, family, steps=1, device="cpu")
            trainer = Trainer(prepare(run), Budget.of(run), RunControl())
            dtype = getattr(torch, trainer._state.precision)
            rate, images = training_rate(trainer, options.seconds)
            reference = convolution_rate(dtype)
            verdict = "reached" if rate >= GOAL * reference else "missed"
            print(
                f"{family:9} {trainer._state.precision}: {images:.0f} images/s, "
                f"{rate / 1e9:.0f} GFLOP/s = {rate / reference:.0%} of the plain convolution's "
                f"{reference / 1e9:.0f} (goal {GOAL:.0%}: {verdict})"
            )


if __name__ == "__main__":
    main()
