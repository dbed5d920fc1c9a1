"""Maps of models that are kept with a project."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from studio.core.atlas import LatentMap, Projection
from studio.core.latent import LatentPoint
from studio.project.atlas_files import AtlasFiles


def test_a_map_is_the_same_after_it_was_kept(tmp_path: Path) -> None:
    vectors = list(np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32))
    plane = Projection.of(vectors)
    points = tuple(LatentPoint.of_seed(number) for number in range(50))
    found = LatentMap(points, plane.places(vectors), plane, np.eye(50, 12, dtype=np.float32))
    files = AtlasFiles(tmp_path / "atlas")
    assert files.read("0" * 64) is None
    files.keep("0" * 64, found)
    read = files.read("0" * 64)
    assert read is not None
    assert read.point_at((0.31, 0.7)) == found.point_at((0.31, 0.7))
    assert np.array_equal(read.projection.places(vectors), found.places)
    assert np.array_equal(read.looks, np.eye(50, 12))
    (file,) = (tmp_path / "atlas").iterdir()
    file.write_bytes(file.read_bytes()[:-100])
    assert files.read("0" * 64) is None, "what is damaged is made again"
