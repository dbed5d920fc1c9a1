"""The models that come with the studio are whole, named, and make pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio import paths
from studio.core.files import read_json, sha256_of
from studio.core.latent import LatentPoint
from studio.engine.checkpoint import load_helpers
from studio.engine.runtime import TorchEngine

STARTERS = sorted(paths.starters_dir().glob("*.safetensors"))


@pytest.mark.parametrize("file", STARTERS, ids=lambda file: file.stem[:6])
def test_starter(file: Path) -> None:
    assert sha256_of(file) == file.stem
    assert read_json(file.with_suffix(".json"))["name"]
    assert file.with_suffix(".png").exists()
    generator = TorchEngine().load(file, "cpu")
    first, second = generator.sample([LatentPoint.of_seed(seed) for seed in (0, 1)])
    assert first.shape[:2] == (generator.card.height, generator.card.width)
    assert float(np.abs(first - second).mean()) > 0.05  # of the whole range: two pictures
    assert len(load_helpers(file)) > 0, "a training could not start from it"


def test_there_are_some() -> None:
    assert len(STARTERS) >= 1
