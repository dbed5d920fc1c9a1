"""Whether pictures show what was asked for in words.

    python tests/benchmarks/bench_captions.py [--families stackgan stylegan] [--steps 300]

Each family is trained on drawn shapes of 32 px with captions of a color and a shape ("red ring"),
480 pictures of 16 captions. Of samples at chance, a quarter would have the right color and a
quarter the right shape: those of the drawn picture that is nearest. `--out DIR` keeps the sheets,
a caption a row.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))

from studio.codec.write import write_image
from studio.core.control import RunControl
from studio.core.latent import LatentPoint
from studio.engine.api import (
    DATASET_FILE,
    PIXELS_FILE,
    Finished,
    Generator,
    TrainingRun,
    load_engine,
)
from studio.engine.pictures import sheet

SIDE = 32  # px
DRAWN = 30  # pictures of each caption
SAMPLES = 12  # of each caption
COLORS = {
    "red": (230, 40, 40),
    "green": (40, 200, 60),
    "blue": (50, 70, 230),
    "yellow": (240, 220, 40),
}
SHAPES = ("disc", "square", "ring", "bar")
CAPTIONS = [f"{color} {shape}" for color, shape in itertools.product(COLORS, SHAPES)]

Pictures = NDArray[np.uint8]  # [N, SIDE, SIDE, 3]


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        out = options.out or Path(scratch)
        drawn = drawings()
        write_dataset(out / "dataset", drawn)
        for family in options.families:
            model = trained(family, out, options.steps)
            color, shape = shares_right(model, drawn, out / f"{family}.png")
            print(f"{family:10} color {color:.0%}, shape {shape:.0%}", flush=True)


def drawings() -> Pictures:
    """`DRAWN` pictures of each of `CAPTIONS`, one behind the other."""
    rng = np.random.default_rng(0)
    pairs = [caption.split() for caption in CAPTIONS for _ in range(DRAWN)]
    return np.stack([_drawing(color, shape, rng) for color, shape in pairs])


def _drawing(color: str, shape: str, rng: np.random.Generator) -> Pictures:
    down, across = np.mgrid[:SIDE, :SIDE] - rng.uniform(12, 20, (2, 1, 1))
    radius, reach = rng.uniform(7, 10), np.hypot(down, across)
    inside = {
        "disc": reach < radius,
        "square": np.maximum(abs(down), abs(across)) < 0.85 * radius,
        "ring": (reach < radius + 1) & (reach > 0.55 * radius),
        "bar": (abs(down) < 0.35 * radius) & (abs(across) < 1.3 * radius),
    }[shape]
    picture = np.full((SIDE, SIDE, 3), 245.0)
    picture[inside] = COLORS[color] + rng.normal(0, 10, 3)
    return picture.clip(0, 255).astype(np.uint8)


def write_dataset(folder: Path, drawn: Pictures) -> None:
    facts = {
        "count": len(drawn),
        "size": SIDE,
        "channels": 3,
        "crop": "center",
        "fingerprint": hashlib.sha256(drawn.tobytes()).hexdigest(),
        "names": [],
        "skipped": [],
        "sources": ["drawn"],
        "captions": [caption for caption in CAPTIONS for _ in range(DRAWN)],
    }
    folder.mkdir(parents=True)
    (folder / PIXELS_FILE).write_bytes(drawn.tobytes())
    (folder / DATASET_FILE).write_text(json.dumps(facts))


def trained(family: str, out: Path, steps: int) -> Generator:
    engine, config = load_engine(), {"prompt": "captions"}
    run = TrainingRun(out / "dataset", out / family, family, config=config, steps=steps)
    *_, finished = engine.train(run, RunControl())
    assert isinstance(finished, Finished)
    return engine.load(finished.model, "cpu")


def shares_right(model: Generator, drawn: Pictures, sheet_file: Path) -> tuple[float, float]:
    """Of the samples of each caption, those with its color and those with its shape."""
    points = [LatentPoint.of_seed(s, 1.0, caption) for caption in CAPTIONS for s in range(SAMPLES)]
    images = model.sample(points)
    write_image(sheet_file, sheet(images, SAMPLES))
    made, real = (part.reshape(len(part), -1) for part in (np.stack(images), drawn / 255.0))
    nearest = [int(np.square(real - one).sum(axis=1).argmin()) // DRAWN for one in made]
    asked = np.repeat(np.arange(len(CAPTIONS)), SAMPLES)
    color, shape = (np.equal(*part) for part in zip(_parts(nearest), _parts(asked), strict=True))
    return float(color.mean()), float(shape.mean())


def _parts(captions: NDArray[np.int64] | list[int]) -> tuple[NDArray[np.int64], ...]:
    """The indices of color and shape in indices of captions."""
    return np.divmod(np.asarray(captions), len(SHAPES))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--families", nargs="+", default=["stackgan", "stylegan"])
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
