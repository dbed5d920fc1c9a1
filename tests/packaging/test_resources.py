"""What the program ships: sample pictures with their licenses, the license of the whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image as PillowImage

from studio.engine.api import RECIPES
from studio.paths import resources_dir

SAMPLES = resources_dir() / "samples"
SETS = sorted(path.parent.name for path in SAMPLES.glob("*/set.json"))
FOLDERS = sorted(path.name for path in SAMPLES.iterdir() if path.is_dir())
SUFFIXES = {".png", ".jpg"}


def pictures(folder: str) -> list[Path]:
    return [path for path in sorted((SAMPLES / folder).iterdir()) if path.suffix in SUFFIXES]


def test_there_are_sets_to_train_on():
    assert len(SETS) >= 2
    assert all(len(pictures(name)) >= 100 for name in SETS)


@pytest.mark.parametrize("name", SETS)
def test_a_set_introduces_itself(name):
    card = json.loads((SAMPLES / name / "set.json").read_text(encoding="utf-8"))
    assert card["id"] == name
    assert card["title"]
    assert card["sentence"].endswith(".")
    assert card["recipe"] in {recipe.id for recipe in RECIPES}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_names_its_license(folder):
    text = (SAMPLES / folder / "LICENSE.txt").read_text(encoding="utf-8")
    assert "MIT License" in text or "CC0" in text
    assert f"`{folder}`" in (SAMPLES / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_picture_opens(folder):
    for path in pictures(folder):
        with PillowImage.open(path) as picture:
            picture.load()
            assert min(picture.size) >= 64


def test_samples_stay_small():
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()) < 6 << 20


def test_the_whole_license_is_there():
    text = (resources_dir().parent / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
