"""Tiny training runs for tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from safetensors.torch import load_file

from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.core.params import to_json
from studio.engine.api import Generator, StepDone, TrainingEvent, TrainingRun
from studio.engine.family import FAMILIES
from studio.engine.trainer import train


def tiny_run(family: str, dataset: Path, out: Path, **changes: Any) -> TrainingRun:
    """A run of a few steps at `Config.tiny()`, in float32 unless told otherwise."""
    config = {**to_json(FAMILIES[family].config_type.tiny()), **changes.pop("config", {})}
    fields: dict[str, Any] = {"steps": 6, "device": "cpu", "precision": "float32", **changes}
    return TrainingRun(dataset=dataset, out=out, family=family, config=config, **fields)


def events_of(run: TrainingRun) -> list[TrainingEvent]:
    return list(train(run, RunControl()))


def found_point(generator: Generator, picture: Image) -> LatentPoint | None:
    """The point that a generator finds for a picture."""
    *_, last = generator.invert(picture, RunControl())
    return last.point


def stop_after(run: TrainingRun, steps: int) -> None:
    """Close the iterator after exactly `steps` steps, as a window does that is closed."""
    with mock.patch("studio.engine.pace.REPORT_SECONDS", 0.0):
        events = train(run, RunControl())
        for event in events:
            if isinstance(event, StepDone) and event.progress.step >= steps:
                break
        events.close()  # type: ignore[attr-defined]


def weights(file: Path) -> Mapping[str, torch.Tensor]:
    return load_file(file)


def same_weights(one: Path, other: Path) -> bool:
    """Whether two files hold the same tensors, bit for bit."""
    a, b = weights(one), weights(other)
    return a.keys() == b.keys() and all(
        a[name].dtype == b[name].dtype and torch.equal(a[name], b[name]) for name in a
    )
