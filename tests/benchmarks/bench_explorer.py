"""How fast the explorer's model answers: a drag, a sheet of seeds, the search for sliders.

    python tests/benchmarks/bench_explorer.py [threads]

A style GAN of the default size with fresh weights: what it draws is noise, what it computes is the
same. The baseline is the network alone, without points, steering and conversion to pictures. Times
are medians; the bounds are those of the issue for two cores of a quiet machine.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from studio.core.control import RunControl
from studio.core.latent import LatentPoint
from studio.core.params import to_json
from studio.core.steering import Slide, bytes_of
from studio.engine.api import ModelCard
from studio.engine.families.stylegan import STYLEGAN, Config
from studio.engine.family import Shape
from studio.engine.generator import LoadedGenerator

CPU = torch.device("cpu")
ROW, SHEET = 4, 64


def generator(size: int) -> LoadedGenerator:
    model = STYLEGAN.build(Config(), Shape(size, size, 3), torch.Generator().manual_seed(0))
    card = ModelCard(
        path=Path("bench"),
        sha256="",
        family="stylegan",
        size=size,
        height=size,
        width=size,
        channels=3,
        latent_dim=model.latent_dim,
        step=0,
        images=0,
        seconds=0.0,
        dataset_name="",
        dataset_fingerprint="",
        can_encode=False,
        has_mapping=True,
        config=to_json(Config()),
    )
    return LoadedGenerator(model.eval().requires_grad_(False), card, CPU)


def median(work: Callable[[int], object], times: int = 15) -> float:
    """Milliseconds of one call, after one that is not counted."""
    work(0)
    taken = []
    for place in range(times):
        start = time.perf_counter()
        work(place + 1)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


def say(what: str, milliseconds: float, bound: float) -> None:
    print(f"{what:44} {milliseconds:9.1f} ms   bound {bound:7.0f} ms")


def drags(made: LoadedGenerator) -> None:
    """A slider is dragged: each picture is at another place along five directions."""
    numbers = [bytes_of(row) for row in np.eye(made.card.latent_dim)[:5]]

    def drag(size: int | None) -> Callable[[int], object]:
        def work(place: int) -> object:
            slides = tuple(Slide(str(i), part, place / 10) for i, part in enumerate(numbers))
            point = LatentPoint((LatentPoint.of_seed(3).anchors[0],), truncation=0.8, slides=slides)
            return made.sample([point], size)

        return work

    with torch.inference_mode():
        w = torch.randn(1, made.card.latent_dim)
        alone = median(lambda _place: made._model.synthesize(w, lambda *s: torch.zeros(s)))
    say("256 px: the network alone", alone, alone)
    say("256 px: a slider to a preview of 128 px", median(drag(128)), 50)
    say("256 px: a slider to the whole picture", median(drag(None)), 200)


def sheets(made: LoadedGenerator) -> None:
    def sheet(count: int) -> Callable[[int], object]:
        return lambda place: made.sample(
            [LatentPoint.of_seed(count * place + s) for s in range(count)]
        )

    say(f"64 px: the first row of {ROW}", median(sheet(ROW)), 150)
    say(f"64 px: all {SHEET} seeds", median(sheet(SHEET), 3), 1000)


def directions(made: LoadedGenerator) -> None:
    start = time.perf_counter()
    *_, last = made.directions(RunControl())
    taken = (time.perf_counter() - start) * 1000
    say(f"256 px: {len(last.directions)} directions, eleven measures", taken, 30_000)


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    large = generator(256)
    drags(large)
    sheets(generator(64))
    directions(large)
