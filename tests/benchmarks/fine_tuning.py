"""How many pictures a fine-tuning saves.

    python tests/benchmarks/fine_tuning.py MODEL IMAGES --steps 750 [--set rate=0.001]

Trains on three quarters of the pictures from noise, and for a share of the steps from the model,
and measures both against the rest (see `bench_quality.py`), and the model as it is beside them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from studio.core.control import RunControl
from studio.engine.api import DatasetReady, DatasetSpec, Finished, TrainingRun, load_engine
from studio.engine.checkpoint import read_card
from tests.benchmarks.bench_quality import Real, split_files


def main() -> None:
    options = _options()
    train, held_out = split_files(options.images)
    card = read_card(options.model)
    with tempfile.TemporaryDirectory() as scratch:
        out = options.out or Path(scratch)
        real = Real.of(train, held_out, card.size, out / "real")
        tell("as it is", options.model, real)
        for name, start, steps in (
            ("fine-tuned", options.model, round(options.steps * options.share)),
            ("from noise", None, options.steps),
        ):
            settings = dict(pair.split("=") for pair in options.settings) if start else {}
            run = TrainingRun(
                out / "dataset", out / name, card.family, card.size, settings,
                steps=steps, seed=options.seed, start_from=start,
            )  # fmt: skip
            tell(name, trained(run, train), real)


def trained(run: TrainingRun, files: list[Path]) -> Path:
    engine = load_engine()
    for event in engine.build_dataset(
        DatasetSpec(tuple(files), run.size), run.dataset, RunControl()
    ):
        assert not isinstance(event, DatasetReady) or event.info.count
    *_, finished = engine.train(run, RunControl())
    assert isinstance(finished, Finished)
    return finished.model


def tell(name: str, model: Path, real: Real) -> None:
    generator = load_engine().load(model, "cpu")
    quality = real.quality_of(generator)
    print(
        f"{name:11} {generator.card.images:7,} pictures seen: {quality.ratio:.2f} x floor, "
        f"coverage {quality.coverage:.2f} ({quality.coverage_floor:.2f})",
        flush=True,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("images", type=Path)
    parser.add_argument("--steps", type=int, default=750, help="from noise")
    parser.add_argument("--share", type=float, default=0.25, help="of them, from the model")
    parser.add_argument("--set", action="append", default=[], dest="settings")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
