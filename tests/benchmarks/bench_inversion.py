"""How near a model comes to pictures that it has not learned from, and how long that takes.

    python tests/benchmarks/bench_inversion.py PICTURES MODEL [MODEL …]

For each model the median over the pictures of a folder (at most eight, spread over it): peak signal
to noise ratio, multi-scale structural similarity and seconds of this process. The baseline is the
mean color of each picture, which needs no model. For the first picture also what a tuning of the
model gains, and how much of four other pictures it changes. The results lie beside what was wanted,
pair by pair, in one sheet a model, in the working folder: look at them.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from studio.codec.read import read_image
from studio.codec.write import write_image
from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.engine.checkpoint import shape_of
from studio.engine.generator import LoadedGenerator
from studio.engine.pictures import sheet, to_batch, to_images
from studio.engine.tuning import tune_model

MOST = 8
SUFFIXES = {".png", ".jpg", ".jpeg", ".webp"}


def pictures_in(folder: Path) -> list[Image]:
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES)
    chosen = np.unique(np.linspace(0, len(files) - 1, min(MOST, len(files))).astype(int))
    return [read_image(files[place]) for place in chosen]


def psnr(made: Image, wanted: Image) -> float:
    return float(-10.0 * np.log10(np.square(made - wanted).mean()))


def measure(model: Path, pictures: list[Image]) -> None:
    generator = LoadedGenerator.load(model, "cpu")
    wanted = [to_images(to_batch(picture, shape_of(generator.card)))[0] for picture in pictures]
    ratios, likenesses, seconds, pairs = [], [], [], []
    first = LatentPoint.of_seed(0)
    for target in wanted:
        start = time.process_time()
        *_, found = generator.invert(target, RunControl())
        seconds.append(time.process_time() - start)
        assert found.image is not None
        ratios.append(psnr(found.image, target))
        likenesses.append(found.likeness)
        pairs += [target, found.image]
        first = found.point if target is wanted[0] and found.point is not None else first
    tune(model, generator, wanted[0], first)
    flat = [psnr(np.broadcast_to(t.mean(axis=(0, 1)), t.shape), t) for t in wanted]
    out = Path(f"inversion_{generator.card.family}_{generator.card.size}.png")
    write_image(out, sheet(pairs, columns=4))
    print(
        f"{generator.card.family:12} {generator.card.size:4} px "
        f"{statistics.median(ratios):6.1f} dB (flat {statistics.median(flat):.1f}) "
        f"likeness {statistics.median(likenesses):.2f} {statistics.median(seconds):6.1f} s   {out}"
    )


def tune(model: Path, generator: LoadedGenerator, target: Image, point: LatentPoint) -> None:
    others = [LatentPoint.of_seed(seed, 0.8) for seed in range(4)]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "tuned.safetensors"
        start = time.process_time()
        *_, last = tune_model(model, target, point, out, RunControl())
        seconds = time.process_time() - start
        after = LoadedGenerator.load(out, "cpu").sample(others)
    assert last.image is not None
    kept = [psnr(*pair) for pair in zip(after, generator.sample(others), strict=True)]
    before = psnr(generator.sample([point])[0], target)
    print(
        f"  tuned: {before:.1f} to {psnr(last.image, target):.1f} dB in {seconds:.1f} s; "
        f"others stay within {min(kept):.1f} dB"
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    samples = pictures_in(Path(sys.argv[1]))
    for file in sys.argv[2:]:
        measure(Path(file), samples)
