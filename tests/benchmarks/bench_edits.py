"""How long each edit operation takes: on a 12-megapixel photograph and on a preview of 1024 px.

    python tests/benchmarks/bench_edits.py [operation …]

The first table has default params; beside the time stands how many numpy copies of the picture it
costs. The second sets edits that are a function of scikit-image against a direct call of it, on the
same ``float32`` array of 3 megapixels, with the params of `tests/support/direct.py`, and once
more with one core. The third is what a person feels: the wait for a preview while dragging the last
of four sliders. The preview of a `fine` edit is a draft; see `studio.edits.render`. Times are the
best of three (of one where a run takes over a second), as two free cores would take them: what one
thread did alone, and half of what several did at once. They come from processor time, so that they
hold on a busy machine. What misses the goals of 1.5 s and 50 ms is marked.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from studio.core.document import EditStep, Layer
from studio.core.image import Image
from studio.core.raster import Raster
from studio.edits.operation import OPERATIONS, EditContext, EditOperation
from studio.edits.render import render_layer
from studio.edits.render_cache import RenderCache
from tests.support.direct import DIRECT, other

PHOTO = (3000, 4000)
PART = (1536, 2048)
PREVIEW = (768, 1024)


@dataclass(frozen=True)
class Taken:
    """Seconds of the processor: of one thread that waits for the others, and of all together."""

    alone: float
    together: float

    def on(self, cores: int) -> float:
        """What so many free cores would take."""
        return self.alone + (self.together - self.alone) / cores


@dataclass(frozen=True)
class Timing:
    seconds: float
    baseline: float
    goal: float

    def __str__(self) -> str:
        mark = "!" if self.seconds > self.goal else " "
        return f"{self.seconds * 1000:10.1f} ms{mark}{self.seconds / self.baseline:8.1f} x"


def photograph(height: int, width: int, grain: float = 0.03) -> Image:
    """Color, soft shapes and grain, as in a photograph."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    y, x = y / height, x / width
    planes = [np.sin(9 * x + 4 * y), np.cos(7 * y - 3 * x), np.sin(20 * x * y)]
    image = 0.5 + 0.35 * np.stack(planes, axis=2) + grain * rng.standard_normal((height, width, 1))
    return np.clip(image, 0.0, 1.0).astype(np.float32)


def selection(height: int, width: int) -> Image:
    """A disk of a tenth of the picture's height: what inpainting has to fill."""
    y, x = np.mgrid[0:height, 0:width]
    disk = np.hypot(y - height / 2, x - width / 2) < height / 20
    return disk[..., None].astype(np.float32)


def best(work: Callable[[], object]) -> Taken:
    taken: list[Taken] = []
    while len(taken) < 3 and not (taken and taken[0].together > 1.0):
        started, started_here = time.process_time(), time.thread_time()
        work()
        together, alone = time.process_time() - started, time.thread_time() - started_here
        taken.append(Taken(alone, together))
    return min(taken, key=lambda one: one.together)


def context_of(image: Image, scale: float = 1.0) -> EditContext:
    mask = selection(*image.shape[:2])
    return EditContext(mask, scale, pictures=lambda _layer: other(image))


def timing(operation: EditOperation, image: Image, scale: float, goal: float) -> Timing:
    height, width, _ = image.shape
    params = operation.starting_params(round(width / scale), round(height / scale), "other")
    context = context_of(image, scale)
    seconds = best(lambda: operation(image, params, context)).on(2)
    return Timing(seconds, best(image.copy).on(2), goal)


def operations(names: list[str]) -> None:
    photo, preview = photograph(*PHOTO), photograph(*PREVIEW)
    for operation in OPERATIONS:
        small = photo[:64, :64]  # import what it needs
        operation(small, operation.starting_params(64, 64, "other"), context_of(small))
    print(f"{'operation':22}{'12 megapixels':>24}{'preview of 1024 px':>26}")
    for name in names:
        operation = OPERATIONS[name]
        full, small = timing(operation, photo, 1.0, 1.5), timing(operation, preview, 0.25, 0.05)
        print(f"{name:22}{full!s:>24}{small!s:>26}", flush=True)


def against_skimage(names: list[str]) -> None:
    print(f"\n{'3 megapixels':22}{'edit':>13}{'direct':>13}{'ratio':>8}{'one core':>10}")
    for name in names:
        direct, operation = DIRECT[name], OPERATIONS[name]
        image = photograph(*PART, grain=0.0 if direct.smooth else 0.03)
        if direct.gray:
            image = np.ascontiguousarray(image.mean(axis=2, keepdims=True))
        params = operation.starting_params(PART[1], PART[0], "other") | direct.params
        context = context_of(image)
        ours = best(partial(operation, image, params, context))
        theirs = best(partial(direct.call, image[..., 0] if direct.gray else image))
        times = f"{ours.on(2) * 1000:10.1f} ms{theirs.on(2) * 1000:10.1f} ms"
        ratios = [ours.on(cores) / theirs.on(cores) for cores in (2, 1)]
        print(f"{name:22}{times}{ratios[0]:8.2f}{ratios[1]:10.2f}", flush=True)


def stack() -> None:
    steps = [EditStep(name) for name in ("denoise_tv", "equalize", "rotate", "gamma")]
    layer = Layer(Raster.from_image(photograph(*PREVIEW)), edits=tuple(steps))
    cache = RenderCache()
    render_layer(layer, cache=cache)
    values = iter(np.linspace(0.5, 2.0, 100))

    def drag() -> Layer:
        return layer.with_step(steps[-1].id, params={"gamma": float(next(values))})

    whole = best(lambda: render_layer(drag())).on(2)
    last = best(lambda: render_layer(drag(), cache=cache)).on(2)
    print(f"\nfour steps at 1024 px, all of them: {whole * 1000:.1f} ms")
    print(f"dragging the last one: {last * 1000:.1f} ms, {last / whole:.2f} x")


if __name__ == "__main__":
    chosen = sys.argv[1:] or [operation.id for operation in OPERATIONS]
    operations(chosen)
    against_skimage([name for name in chosen if name in DIRECT])
    stack()
