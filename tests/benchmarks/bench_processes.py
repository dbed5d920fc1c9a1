"""What a second process brings: images/s under torchrun with two processes of one thread each.

    python tests/benchmarks/bench_processes.py [seconds]

Baseline, in the same run: one process of one thread. Twice as fast is the most there can be.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from studio.engine.api import TrainingRun
from tests.support.datasets import make_dataset

WORKER = Path(__file__).parents[1] / "support/torchrun_worker.py"


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    with tempfile.TemporaryDirectory() as folder:
        dataset = make_dataset(Path(folder) / "data", count=100, size=64)
        rates = {}
        for processes in (1, 2):
            out = Path(folder) / str(processes)
            run = TrainingRun(dataset, out, "stylegan", minutes=seconds / 60.0, device="cpu")
            rates[processes] = images_per_second(run, processes)
            ratio = rates[processes] / rates[1]
            print(f"{processes} x 1 thread: {rates[processes]:.0f} images/s, {ratio:.2f}x")


def images_per_second(run: TrainingRun, processes: int) -> float:
    request = run.out.with_suffix(".json")
    request.write_text(json.dumps(run.to_json()))
    torchrun = ["-m", "torch.distributed.run", f"--nproc-per-node={processes}", "--standalone"]
    subprocess.run(
        [sys.executable, *torchrun, str(WORKER), str(request)],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    lines = [json.loads(line) for line in (run.out / "log.jsonl").read_text().splitlines()]
    done = [line for line in lines if "images_per_second" in line][-1]
    return float(done["images"] / done["seconds"])


if __name__ == "__main__":
    main()
