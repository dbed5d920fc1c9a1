from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.cli import main
from studio.codec.read import read_image
from studio.codec.write import write_image
from studio.core.document import EditStep
from studio.edits.operation import OPERATIONS
from studio.project.edit_recipes import recipe_of, save_recipe


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.png"
    write_image(path, np.random.default_rng(0).random((12, 20, 3), np.float32))
    return path


def test_operations_are_applied_in_order(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = source.with_name("out.png")
    words = ["--op", "crop", "--set", "width=10", "--set", "x=2", "--op", "invert"]
    assert main(["edit", str(source), str(target), *words]) == 0
    expected = 1.0 - read_image(source)[:, 2:12]
    np.testing.assert_allclose(read_image(target), expected, atol=1 / 255)
    assert "10 × 12" in capsys.readouterr().out


def test_the_same_command_makes_the_same_file(source: Path) -> None:
    targets = [source.with_name(name) for name in ("a.png", "b.png")]
    for target in targets:
        assert main(["edit", str(source), str(target), "--op", "noise"]) == 0
    assert targets[0].read_bytes() == targets[1].read_bytes()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ([], "--op"),
        (["--set", "sigma=2"], "sigma=2"),
        (["--op", "gausian_blur"], "gaussian_blur"),
        (["--op", "gaussian_blur", "--set", "sigma"], "NAME=VALUE"),
        (["--op", "gaussian_blur", "--set", "sigma=soft"], "sigma"),
        (["--op", "gaussian_blur", "--set", "sigma=-1"], "sigma"),
        (["--op", "gaussian_blur", "--set", "wobble=1"], "wobble"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(
    words: list[str], named: str, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = source.with_name("out.png")
    assert main(["edit", str(source), str(target), *words]) == 2
    error = capsys.readouterr().err
    assert named in error
    assert len(error.splitlines()) == 1
    assert list(source.parent.iterdir()) == [source]


def test_what_was_generated_stays_marked(source: Path) -> None:
    generated, target = source.with_name("generated.png"), source.with_name("out.png")
    marking = "trainedAlgorithmicMedia"
    write_image(generated, read_image(source), recipe={"schema": 1, "source": marking})
    for made_from, is_marked in ((generated, True), (source, False)):
        assert main(["edit", str(made_from), str(target), "--op", "invert"]) == 0
        assert (marking.encode() in target.read_bytes()) == is_marked


def test_a_missing_picture_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "missing.png"
    assert main(["edit", str(missing), str(tmp_path / "out.png"), "--op", "invert"]) == 2
    assert "missing.png" in capsys.readouterr().err


def test_operations_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operations"]) == 0
    text = capsys.readouterr().out
    for operation in OPERATIONS:
        assert operation.id in text
        assert operation.tooltip in text


def test_operations_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operations", "--json"]) == 0
    listed = {item["id"]: item for item in json.loads(capsys.readouterr().out)}
    assert set(listed) == {operation.id for operation in OPERATIONS}
    (sigma,) = listed["gaussian_blur"]["params"]
    assert sigma["kind"] == "float"
    assert sigma["unit"] == "px"
    assert sigma["low"] <= sigma["default"] <= sigma["high"]


def test_a_recipe_is_applied_to_all_pictures_of_a_folder(
    picture_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_recipe(recipe_of("Soft", (EditStep("invert"),)))
    out = tmp_path / "out"
    words = ["--recipe", "Soft", "--op", "flip", "--out", str(out), "--format", "webp"]
    assert main(["edit", str(picture_folder), *words]) == 0
    assert {p.suffix for p in out.iterdir()} == {".webp"}
    assert len(list(out.iterdir())) == 12
    assert "12 of 12" in capsys.readouterr().out
    source = read_image(picture_folder / "picture_003.png")
    expected = 1.0 - source[:, ::-1]
    assert np.abs(read_image(out / "picture_003.webp") - expected).mean() < 0.02


def test_a_bad_picture_among_good_ones_is_told(
    picture_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (picture_folder / "picture_003.png").write_bytes(b"x")
    words = ["--op", "invert", "--out", str(tmp_path / "out")]
    assert main(["edit", str(picture_folder), *words]) == 1
    error = capsys.readouterr().err
    assert "“picture_003.png”" in error
    assert len(error.splitlines()) == 1
    assert len(list((tmp_path / "out").iterdir())) == 11


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--recipe", "Nothing"], "Nothing"),
        (["--op", "invert", "--format", "gif"], "gif"),
        (["--op", "invert", "--quality", "900"], "900"),
        (["/no/such/folder", "--op", "invert"], "/no/such/folder"),
    ],
)
def test_bad_input_of_a_batch_is_one_sentence(
    words: list[str], named: str, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["edit", str(source), *words, "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert named in error
    assert len(error.splitlines()) == 1
    assert not out.exists()
