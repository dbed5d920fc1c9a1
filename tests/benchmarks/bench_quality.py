"""How close a model's pictures are to pictures that it has not seen.

    python tests/benchmarks/bench_quality.py RUN/model.safetensors IMAGES

Sliced Wasserstein distance of 7x7 patches per Laplacian level (Karras et al. 2018, section 5) and
coverage (Naeem et al. 2020, k = 5, on 16x16 thumbnails), of samples against a part of the pictures,
each beside its floor: the same figure of the other pictures against that part. The floor is what a
model that draws like the photographer would get; the ratio is what to look at. Models that encode
are also asked to reproduce pictures that were held out.

The model should have been trained on the other pictures only: `--split DIR` writes links to them.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.core.control import RunControl
from studio.core.latent import LatentPoint
from studio.engine.api import DatasetReady, DatasetSpec, Generator, load_engine, open_dataset
from studio.engine.dataset import find_pictures
from studio.engine.health.distance import distance_levels
from studio.engine.health.diversity import cover
from studio.engine.health.pixels import THUMBNAIL, reduced

MOST_ENCODED = 100
Batch = NDArray[np.float32]  # [N, H, W, C] in [0, 1]


def main() -> None:
    options = _options()
    train, held_out = split_files(options.images)
    if options.split:
        link(train, options.split)
        return
    model = load_engine().load(options.model, "cpu")
    card = model.card
    scratch = Path(options.scratch)
    real = Real.of(train, held_out, card.size, scratch)
    quality = real.quality_of(model, options.truncation)
    print(f"{real.count} pictures a side, {card.size} px, {card.images} images seen in training")
    print(f"sliced Wasserstein x1000 per level: {quality.levels}")
    print(f"mean {quality.distance:.1f}, floor {quality.floor:.1f}, ratio {quality.ratio:.2f}")
    print(f"coverage {quality.coverage:.2f}, floor {quality.coverage_floor:.2f}")
    if card.can_encode:
        print(f"held-out pictures reproduced at {real.fidelity_of(model):.1f} dB")


class Quality(NamedTuple):
    """Figures of a model's samples, each beside that of real pictures in their place."""

    distance: float
    floor: float
    levels: str
    coverage: float
    coverage_floor: float

    @property
    def ratio(self) -> float:
        return self.distance / self.floor


class Real(NamedTuple):
    """Pictures that were trained on, and held out."""

    seen: Batch
    unseen: Batch

    @classmethod
    def of(cls, train: list[Path], held_out: list[Path], size: int, scratch: Path) -> Real:
        return cls(
            _pixels(train, size, scratch / "train"), _pixels(held_out, size, scratch / "held_out")
        )

    @property
    def count(self) -> int:
        return min(len(self.seen), len(self.unseen))

    def quality_of(self, model: Generator, truncation: float = 1.0) -> Quality:
        points = [LatentPoint.of_seed(seed, truncation) for seed in range(self.count)]
        samples = np.stack(model.sample(points))
        seen, unseen = self.seen[: self.count], self.unseen[: self.count]
        floor, ours = (distance_levels(made, unseen) for made in (seen, samples))
        levels = ", ".join(f"{a:.1f} ({a / b:.2f}x)" for a, b in zip(ours, floor, strict=True))
        return Quality(
            float(np.mean(ours)),
            float(np.mean(floor)),
            levels,
            _coverage(samples, self.unseen),
            _coverage(seen, self.unseen),
        )

    def fidelity_of(self, model: Generator) -> float:
        """Mean peak signal-to-noise ratio in dB of held-out pictures, encoded and drawn again."""
        pictures = self.unseen[:MOST_ENCODED]
        found = [list(model.invert(picture, RunControl()))[-1].point for picture in pictures]
        drawn = model.sample(found)
        errors = [np.square(a - b).mean() for a, b in zip(pictures, drawn, strict=True)]
        return float(np.mean(-10.0 * np.log10(errors)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("images", type=Path)
    parser.add_argument("--split", type=Path, help="only write links to the training part here")
    parser.add_argument("--truncation", type=float, default=1.0)
    parser.add_argument("--scratch", default="/tmp/bench_quality")
    return parser.parse_args()


def split_files(folder: Path, share: int = 4) -> tuple[list[Path], list[Path]]:
    """Every `share`-th picture is held out."""
    files = find_pictures((folder,))
    return [f for i, f in enumerate(files) if i % share], files[::share]


def link(files: list[Path], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        (folder / file.name).symlink_to(file.resolve())


def _pixels(files: list[Path], size: int, folder: Path) -> Batch:
    spec = DatasetSpec(tuple(files), size)
    for event in load_engine().build_dataset(spec, folder, RunControl()):
        if isinstance(event, DatasetReady):
            _, pixels = open_dataset(folder)
            return np.asarray(pixels, np.float32) / 255
    raise AssertionError("no dataset")


def _coverage(made: Batch, real: Batch) -> float:
    return cover(reduced(made, THUMBNAIL), reduced(real, THUMBNAIL)).coverage


if __name__ == "__main__":
    main()
