"""Pictures in folders, wide ones and transparent ones, from the files to a model's own pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from studio.cli import main
from studio.codec.recipe import read_recipe
from studio.engine.checkpoint import read_card
from studio.project.recipe import recipe_document

TINY = [
    *("--size", "32", "--device", "cpu", "--steps", "2", "--set", "batch=4"),
    *("--set", "capacity=64", "--set", "max_channels=8", "--set", "min_channels=4"),
]


def save(path: Path, color: tuple[int, ...], size: tuple[int, int] = (32, 32)) -> None:
    """A disc of `color` on grey, or on nothing if the color has alpha."""
    x, y = np.indices(size)
    disc = np.hypot(x / size[0] - 0.5, y / size[1] - 0.5) < 0.4
    ground = (128, 128, 128) if len(color) == 3 else (0, 0, 0, 0)
    pixels = np.where(disc.T[..., None], color, ground).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Pillow.fromarray(pixels).save(path)


def train(images: Path, out: Path, *more: str) -> Path:
    assert main(["train", "--images", str(images), "--out", str(out), *TINY, *more]) == 0
    return out / "model.safetensors"


def generate(model: Path, out: Path, *more: str) -> int:
    return main(["generate", str(model), "--seeds", "3", "--out", str(out), *more])


def test_sub_folders_become_classes_that_can_be_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(4):
        save(tmp_path / "in" / "apples" / f"{number}.png", (200 + number, 20, 30))
        save(tmp_path / "in" / "limes" / f"{number}.png", (20, 200 + number, 30))
    save(tmp_path / "in" / "loose.png", (9, 9, 9))
    model = train(tmp_path / "in", tmp_path / "run", "--prompt", "classes")
    told = capsys.readouterr()
    assert "9 pictures of 32 × 32 px, 2 classes" in told.out
    assert "1 picture is of no class and left out." in told.err
    assert read_card(model).classes == ("apples", "limes")
    for name in ("apples", "limes"):
        assert generate(model, tmp_path / name, "--prompt", name) == 0
    recipe = recipe_document(read_recipe(tmp_path / "limes/seed0003.png"))
    assert recipe.layers[0].name == "limes, seed 3"
    apple, lime = (Pillow.open(tmp_path / name / "seed0003.png") for name in ("apples", "limes"))
    assert not np.array_equal(apple, lime)
    assert generate(model, tmp_path / "made", "--prompt", "pears") == 2
    assert "It knows: apples, limes." in capsys.readouterr().err


def test_captions_come_from_the_names_of_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, name in enumerate(("red apple", "green_apple", "greenLime", "IMG_0001")):
        save(tmp_path / "in" / f"{name}.png", (50 * number, 20, 30))
    model = train(tmp_path / "in", tmp_path / "run", "--prompt", "captions", "--family", "vae")
    assert "4 pictures of 32 × 32 px, 3 captions" in capsys.readouterr().out
    assert set(read_card(model).words) == {"red", "apple", "green", "lime"}
    assert generate(model, tmp_path / "made", "--prompt", "Red lime pot") == 0
    assert "does not know “pot”" in capsys.readouterr().err
    assert generate(model, tmp_path / "none", "--prompt", "pot") == 2
    assert "It knows apple, green, lime, red" in capsys.readouterr().err


def test_transparent_pictures_teach_transparency(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(5):
        save(tmp_path / "in" / f"{number}.png", (50 * number, 20, 30, 255))
    train(tmp_path / "in", tmp_path / "white")
    assert "--alpha keeps it" in capsys.readouterr().out
    model = train(tmp_path / "in", tmp_path / "run", "--alpha")
    assert "with transparency" in capsys.readouterr().out
    assert generate(model, tmp_path / "made") == 0
    with Pillow.open(tmp_path / "made/seed0003.png") as picture:
        assert picture.mode == "RGBA"
        assert picture.getchannel("A").getextrema() != (255, 255)


@pytest.mark.parametrize("aspect", ["3:2", "auto"])
def test_wide_pictures_make_a_wide_model(aspect: str, tmp_path: Path) -> None:
    for number in range(4):
        save(tmp_path / "in" / f"{number}.jpg", (50 * number, 20, 30), (90, 60))
    model = train(tmp_path / "in", tmp_path / "run", "--aspect", aspect)
    assert generate(model, tmp_path / "made") == 0
    with Pillow.open(tmp_path / "made/seed0003.png") as picture:
        assert picture.size == (48, 32)
    assert generate(model, tmp_path / "asked", "--prompt", "apples") == 2


def test_classes_that_are_not_there_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(tmp_path / "in" / "a.png", (9, 20, 30))
    wish = ["train", "--images", str(tmp_path / "in"), "--out", str(tmp_path / "run"), *TINY]
    assert main([*wish, "--prompt", "classes"]) == 2
    assert "one folder for each class" in capsys.readouterr().err
