"""How well each family learns a set of pictures in a number of minutes.

    python tests/benchmarks/learning.py IMAGES --minutes 12 [--size 64] [--families stylegan vae]

Each family is trained with its defaults on three quarters of the pictures and measured against the
rest: sliced Wasserstein distance over its floor and coverage beside its floor (see
`bench_quality.py`), images/s, images seen and parameters. `--out DIR` keeps models and sheets.
The table is what defaults are chosen by; it wants a quiet machine.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from studio.codec.write import write_image
from studio.core.control import RunControl
from studio.core.latent import LatentPoint
from studio.engine.api import DatasetReady, DatasetSpec, Finished, Started, TrainingRun, load_engine
from studio.engine.family import FAMILIES
from studio.engine.pictures import sheet
from tests.benchmarks.bench_quality import Real, split_files

SHEET = 64


def main() -> None:
    options = _options()
    train, held_out = split_files(options.images)
    with tempfile.TemporaryDirectory() as scratch:
        out = options.out or Path(scratch)
        real = Real.of(train, held_out, options.size, out / "real")
        print(f"{len(train)} pictures to train on, {len(held_out)} held out, {options.size} px")
        print("family       parameters  images/s    seen   distance (x floor)   coverage (floor)")
        for family in options.families:
            measure(family, train, real, out, options)


def measure(
    family: str, train: list[Path], real: Real, out: Path, options: argparse.Namespace
) -> None:
    engine = load_engine()
    dataset, folder = out / "dataset", out / family
    spec = DatasetSpec(tuple(train), options.size)
    for event in engine.build_dataset(spec, dataset, RunControl()):
        assert not isinstance(event, DatasetReady) or event.info.count
    run = TrainingRun(
        dataset, folder, family, minutes=options.minutes, steps=options.steps, seed=options.seed
    )
    events = list(engine.train(run, RunControl()))
    started, finished = events[0], events[-1]
    assert isinstance(started, Started)
    assert isinstance(finished, Finished)
    model = engine.load(finished.model, "cpu")
    quality = real.quality_of(model)
    images = model.sample([LatentPoint.of_seed(seed) for seed in range(SHEET)])
    write_image(folder / "sheet.png", sheet(images))
    done = finished.progress
    print(
        f"{family:11} {started.parameters / 1e6:9.1f} M {done.images / done.seconds:9.0f} "
        f"{done.images:8,}   {quality.distance:6.1f} ({quality.ratio:.2f}x)       "
        f"{quality.coverage:.2f} ({quality.coverage_floor:.2f})",
        flush=True,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images", type=Path)
    parser.add_argument("--minutes", type=float, default=12.0)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--families", nargs="+", default=[family.id for family in FAMILIES])
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
