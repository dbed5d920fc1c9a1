"""What each process of a team runs: a training request from a JSON file.

torchrun --nproc-per-node 2 torchrun_worker.py RUN.json [the rank that cancels]

With MEASURE in the environment it measures itself after every step.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[2]))

from studio.core.control import RunControl
from studio.engine.api import TrainingRun
from studio.engine.pace import Pace
from studio.engine.trainer import train

if __name__ == "__main__":
    torch.set_num_threads(1)
    if "MEASURE" in os.environ:
        Pace.measure_due = lambda _pace: True
    control = RunControl()
    if os.environ["RANK"] in sys.argv[2:]:
        control.cancel()
    run = TrainingRun.from_json(json.loads(Path(sys.argv[1]).read_text()))
    for event in train(run, control):
        print(os.environ["RANK"], type(event).__name__, flush=True)
