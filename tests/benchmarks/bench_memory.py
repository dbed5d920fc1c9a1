"""Whether a long training grows: resident memory over thousands of small steps.

    python tests/benchmarks/bench_memory.py [--steps 5000] [--family stylegan]

The baseline is the size after the first tenth of the same run; the slope is that of a line through
all later readings, scaled to 10,000 steps (aim: at most 50 MB).
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[2]))

from studio.core.control import RunControl
from studio.core.params import to_json
from studio.engine.api import StepDone, TrainingRun
from studio.engine.family import FAMILIES
from studio.engine.trainer import train
from tests.support.datasets import make_dataset

AIM = 50.0  # MB in 10,000 steps
EVERY = 25  # steps: collecting garbage takes longer than a step of this size


def resident() -> float:
    """Of this process, in MB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--family", default="stylegan")
    options = parser.parse_args()
    torch.set_num_threads(1)
    readings = []
    with tempfile.TemporaryDirectory() as folder:
        dataset = make_dataset(Path(folder) / "data", count=60, size=16)
        config = to_json(FAMILIES[options.family].config_type.tiny())
        run = TrainingRun(
            dataset, Path(folder) / "run", options.family, config=config, steps=options.steps
        )
        for event in train(run, RunControl()):
            if not isinstance(event, StepDone) or event.progress.step % EVERY:
                continue
            if event.progress.step > options.steps // 10:
                gc.collect()
                readings.append((event.progress.step, resident()))
    steps, sizes = np.array(readings).T
    slope = np.polyfit(steps, sizes, 1)[0] * 10_000
    verdict = "reached" if slope <= AIM else "missed"
    print(
        f"{options.family}: {sizes[0]:.0f} MB after a tenth, {sizes[-1]:.0f} MB at the end, "
        f"slope {slope:+.1f} MB in 10,000 steps (aim {AIM:.0f}: {verdict})"
    )


if __name__ == "__main__":
    main()
