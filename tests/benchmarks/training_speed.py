"""How much of the machine training uses.

Counts the floating-point operations of a training step (convolutions and matrix products, forward
and backward; everything else counts as waste) and compares the rate with that of a plain 3x3
channels-last convolution, forward and backward, in the same number format, in the same run.

    python tests/benchmarks/training_speed.py [--sizes 64 128] [--seconds 20]
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

from studio.engine.api import TrainingRun
from studio.engine.family import FAMILIES
from studio.engine.setup import prepare
from studio.engine.step import Stepper
from tests.support.datasets import make_dataset

AIM = 0.6
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


def training_rate(stepper: Stepper, batch: int, seconds: float) -> tuple[float, float]:
    """FLOP/s and images/s over whole cycles of steps."""
    with FlopCounter() as counter:
        for _ in range(CYCLE):
            stepper.step()
    best = [float("inf")] * CYCLE  # each step of the cycle at its best, as the reference is
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for place in range(CYCLE):
            begun = time.perf_counter()
            stepper.step()
            best[place] = min(best[place], time.perf_counter() - begun)
    return counter.total / sum(best), batch * CYCLE / sum(best)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[64])
    parser.add_argument("--families", nargs="+", default=[family.id for family in FAMILIES])
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    rates = {name: convolution_rate(getattr(torch, name)) for name in ("float32", "bfloat16")}
    told = ", ".join(f"{name} {rate / 1e9:.0f} GFLOP/s" for name, rate in rates.items())
    print(f"{torch.get_num_threads()} threads; plain 3x3 convolution: {told}")
    for size in options.sizes:
        for family in options.families:
            measure(family, size, options.seconds)


def measure(family: str, size: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        dataset = make_dataset(Path(folder) / "data", count=100, size=size)
        run = TrainingRun(dataset, Path(folder) / family, family, steps=1, device="cpu")
        setup = prepare(run)
    precision = setup.state.precision
    stepper = Stepper(setup.family, setup.state, setup.dataset.count)
    rate, images = training_rate(stepper, setup.config.batch, seconds)
    reference = convolution_rate(getattr(torch, precision))
    print(
        f"{family:11} {size:4} px {precision}: {images:.0f} images/s, {rate / 1e9:.0f} GFLOP/s = "
        f"{rate / reference:.0%} of the plain convolution's {reference / 1e9:.0f} (aim {AIM:.0%})",
        flush=True,
    )


if __name__ == "__main__":
    main()
