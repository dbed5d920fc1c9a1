"""Files in and out: how long a photograph, a layered document, a batch and an animation take.

Run with ``python tests/benchmarks/bench_files.py``. Each figure is the median of a few runs, beside
a baseline from the same run: Pillow alone, or one picture after the other.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image as Pillow

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from studio.app.layered_file import read_picture, write_layered
from studio.codec.animation import write_animation
from studio.codec.read import read_raster
from studio.codec.write import WriteOptions, write_image
from studio.core.control import RunControl
from studio.core.document import Document, EditStep, Layer
from studio.core.image import Image, from_pixels8, to_pixels8
from studio.core.raster import Raster
from studio.edits.batch import WORKERS, Batch, run_batch

WIDTH, HEIGHT = 2000, 1500
LAYERS, SIDE = 10, 2048
PICTURES, FRAMES = 24, 60


def photograph(width: int, height: int) -> Image:
    """Soft shapes with grain, so that compression has something to do."""
    rng = np.random.default_rng(0)
    small = Pillow.fromarray(rng.integers(0, 256, (12, 16, 3), np.uint8))
    soft = np.asarray(small.resize((width, height), Pillow.Resampling.BICUBIC), np.float32) / 255
    return np.clip(soft + rng.normal(0, 0.02, soft.shape).astype(np.float32), 0, 1)


def median(work: Callable[[], object], runs: int = 3) -> float:
    """Seconds."""
    times = []
    for _run in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def formats(folder: Path) -> None:
    image = photograph(WIDTH, HEIGHT)
    pillow = Pillow.fromarray(to_pixels8(image))
    print(f"{WIDTH} × {HEIGHT} px, seconds (Pillow alone in parentheses)")
    for suffix in (".jpg", ".webp", ".avif", ".png", ".tif"):
        file, plain = folder / f"a{suffix}", folder / f"b{suffix}"
        extra = {"quality": 92} if suffix in (".jpg", ".webp", ".avif") else {}
        write = median(lambda file=file: write_image(file, image), 1)
        write_plain = median(lambda plain=plain, extra=extra: pillow.save(plain, **extra), 1)
        read = median(lambda file=file: read_raster(file))
        read_plain = median(lambda plain=plain: np.asarray(Pillow.open(plain)))
        size = file.stat().st_size / 1e6
        print(
            f"  {suffix:6} write {write:6.2f} ({write_plain:6.2f})  "
            f"read {read:5.2f} ({read_plain:5.2f})  {size:5.1f} MB"
        )
    deep = folder / "deep.tif"
    write = median(lambda: write_image(deep, image, options=WriteOptions(deep=True)), 1)
    print(f"  16-bit write {write:6.2f}           read {median(lambda: read_raster(deep)):5.2f}")


def layered(folder: Path) -> None:
    raster = Raster.from_pixels8(to_pixels8(photograph(SIDE, SIDE)))
    layers = tuple(Layer(raster, f"Layer {number}", opacity=0.5) for number in range(LAYERS))
    document = Document(SIDE, SIDE, layers)
    file = folder / "a.ora"
    write = median(lambda: write_layered(document, file, RunControl()), 1)
    read = median(lambda: read_picture(file), 1)
    print(f"OpenRaster, {LAYERS} layers of {SIDE}²: write {write:.2f} s, read {read:.2f} s")


def batch(folder: Path) -> None:
    source = folder / "in"
    source.mkdir()
    image = photograph(1500, 1000)
    for number in range(PICTURES):
        write_image(source / f"{number}.jpg", image)
    steps = (EditStep("gaussian_blur", {"sigma": 2.0}), EditStep("levels"))

    def seconds(workers: int) -> float:
        job = Batch((source,), steps, folder / f"out{workers}")
        return median(lambda: list(run_batch(job, RunControl(), workers)), 1)

    one, all_ = seconds(1), seconds(WORKERS)
    print(
        f"Batch of {PICTURES} at 1.5 MP: {all_:.2f} s with {WORKERS} workers, {one:.2f} s with one"
    )


def animation(folder: Path) -> None:
    still = to_pixels8(photograph(256, 256))

    def frames() -> Iterator[Image]:
        return (from_pixels8(np.roll(still, 3 * number, axis=1)) for number in range(FRAMES))

    for suffix in (".gif", ".png", ".webp"):
        file = folder / f"film{suffix}"
        took = median(lambda file=file: write_animation(file, frames(), 25), 1)
        print(
            f"{FRAMES} frames of 256² as {suffix}: {took:.2f} s, {file.stat().st_size / 1e6:.1f} MB"
        )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        for part in (formats, layered, batch, animation):
            part(Path(name))
