"""The nearest training picture of any picture, through the engine's contract."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.image import from_pixels8
from studio.engine.api import load_engine, open_dataset
from studio.engine.setup import split
from studio.errors import StudioError
from tests.support.datasets import make_dataset


@pytest.mark.parametrize("count", [12, 200])
def test_a_picture_of_the_dataset_is_its_own_copy(tmp_path, count):
    folder = make_dataset(tmp_path / "discs", count=count, size=128)
    _info, pixels = open_dataset(folder)
    places = split(count)[0][[0, count // 2]].tolist()
    found = load_engine().nearest(folder, [from_pixels8(np.asarray(pixels[i])) for i in places])
    assert [item.index for item in found] == places
    assert all(item.is_copy and item.novelty < 0.05 and not item.mirrored for item in found)


def test_a_mirrored_copy_is_a_copy_of_the_mirrored_picture(tmp_path):
    folder = make_dataset(tmp_path / "discs", count=200, size=64)
    _info, pixels = open_dataset(folder)
    places = split(200)[0][[3, 50]].tolist()
    turned = [from_pixels8(np.asarray(pixels[i])[:, ::-1]) for i in places]
    found = load_engine().nearest(folder, turned)
    assert [(item.index, item.mirrored, item.is_copy) for item in found] == [
        (place, True, True) for place in places
    ]


def test_another_picture_is_new_whatever_its_size(tmp_path):
    folder = make_dataset(tmp_path / "discs", count=200, size=32)
    _info, pixels = open_dataset(make_dataset(tmp_path / "others", count=20, size=64, seed=7))
    others = [from_pixels8(np.asarray(picture)) for picture in pixels]
    found = load_engine().nearest(folder, others)
    assert sum(item.is_copy for item in found) <= 1
    assert all(0 <= item.index < 200 for item in found)


def test_too_few_pictures_are_told(tmp_path):
    folder = make_dataset(tmp_path / "discs", count=3)
    with pytest.raises(StudioError, match="too few"):
        load_engine().nearest(folder, [np.zeros((16, 16, 3), np.float32)])
