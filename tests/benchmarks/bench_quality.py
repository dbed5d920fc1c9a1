"""How close a model's pictures are to pictures that it has not seen.

    python tests/benchmarks/bench_quality.py RUN/model.safetensors IMAGES

Sliced Wasserstein distance of 7x7 patches per Laplacian level (Karras et al. 2018, section 5) and
coverage (Naeem et al. 2020, k = 5, on 16x16 thumbnails), of samples against a part of the pictures,
each beside its floor: the same figure of the other pictures against that part. The floor is what a
model that draws like the photographer would get; the ratio is what to look at.

The model should have been trained on the other pictures only: `--split DIR` writes links to them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.control import RunControl
from studio.core.latent import LatentPoint
from studio.engine.api import DatasetReady, DatasetSpec, load_engine, open_dataset
from studio.engine.dataset import find_pictures

PATCH, PATCHES, DIRECTIONS = 7, 128, 512

Batch = NDArray[np.float32]  # [N, H, W, C] in [0, 1]


def main() -> None:
    options = _options()
    train, held_out = _split(options.images)
    if options.split:
        _link(train, options.split)
        return
    model = load_engine().load(options.model, "cpu")
    card = model.card
    scratch = Path(options.scratch)
    seen = _pixels(train, card.size, scratch / "train")
    unseen = _pixels(held_out, card.size, scratch / "held_out")
    count = min(len(seen), len(unseen))
    points = [LatentPoint.of_seed(seed, options.truncation) for seed in range(count)]
    samples = np.stack(model.sample(points))
    print(f"{count} pictures a side, {card.size} px, {card.images} images seen in training")
    floor, ours = _swd(seen[:count], unseen[:count]), _swd(samples, unseen[:count])
    levels = ", ".join(f"{a:.1f} ({a / b:.2f}x)" for a, b in zip(ours, floor, strict=True))
    print(f"sliced Wasserstein x1000 per level: {levels}")
    mean, least = np.mean(ours), np.mean(floor)
    print(f"mean {mean:.1f}, floor {least:.1f}, ratio {mean / least:.2f}")
    print(f"coverage {_coverage(samples, unseen):.2f}, floor {_coverage(seen[:count], unseen):.2f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("images", type=Path)
    parser.add_argument("--split", type=Path, help="only write links to the training part here")
    parser.add_argument("--truncation", type=float, default=1.0)
    parser.add_argument("--scratch", default="/tmp/bench_quality")
    return parser.parse_args()


def _split(folder: Path, share: int = 4) -> tuple[list[Path], list[Path]]:
    """Every `share`-th picture is held out."""
    files = find_pictures((folder,))
    return [f for i, f in enumerate(files) if i % share], files[::share]


def _link(files: list[Path], folder: Path) -> None:
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


def _swd(a: Batch, b: Batch) -> list[float]:
    """Sliced Wasserstein distance x1000 at the full size and each half of it down to 16 px."""
    pairs = zip(_pyramid(a), _pyramid(b), strict=True)
    return [_sliced(_patches(x), _patches(y)) * 1000 for x, y in pairs]


def _pyramid(batch: Batch) -> list[Batch]:
    bands = []
    while batch.shape[1] > 16:
        small = batch.reshape(len(batch), batch.shape[1] // 2, 2, batch.shape[2] // 2, 2, -1)
        half = small.mean(axis=(2, 4))
        bands.append(batch - half.repeat(2, axis=1).repeat(2, axis=2))
        batch = half
    return [*bands, batch]


def _patches(batch: Batch) -> NDArray[np.float32]:
    """``[N * PATCHES, 7 * 7 * C]``, normalized per channel as the paper does."""
    rng = np.random.default_rng(0)
    size = batch.shape[1] - PATCH + 1
    out = np.empty((len(batch), PATCHES, PATCH, PATCH, batch.shape[3]), np.float32)
    for i, picture in enumerate(batch):
        for j, (y, x) in enumerate(rng.integers(0, size, (PATCHES, 2))):
            out[i, j] = picture[y : y + PATCH, x : x + PATCH]
    flat = out.reshape(-1, PATCH, PATCH, batch.shape[3])
    flat = (flat - flat.mean(axis=(0, 1, 2))) / flat.std(axis=(0, 1, 2))
    return flat.reshape(len(flat), -1)


def _sliced(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    rng = np.random.default_rng(1)
    directions = rng.standard_normal((a.shape[1], DIRECTIONS)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=0)
    left, right = np.sort(a @ directions, axis=0), np.sort(b @ directions, axis=0)
    return float(np.abs(left - right).mean())


def _coverage(made: Batch, real: Batch, k: int = 5) -> float:
    """Share of real pictures with a made one inside the ball of their k-th real neighbor."""
    a, b = _thumbnails(made), _thumbnails(real)
    radius = np.sort(_distances(b, b), axis=1)[:, k]
    return float((_distances(b, a).min(axis=1) < radius).mean())


def _thumbnails(batch: Batch, side: int = 16) -> NDArray[np.float32]:
    step = batch.shape[1] // side
    cells = batch.reshape(len(batch), side, step, side, step, -1)
    return cells.mean(axis=(2, 4)).reshape(len(batch), -1)


def _distances(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T
    return np.sqrt(np.maximum(squares, 0))


if __name__ == "__main__":
    main()
