"""A designer makes a project from images, trains, explores, places, edits, undoes, saves, reopens
and exports: the stages of the demo, with the fake engine, and once with the real one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from studio.app.studio import Studio
from studio.cli import main
from studio.errors import StudioError
from studio.ui.demo import run_demo
from studio.ui.demo.stages import STAGES
from tests.support.fake_generator import make_model, read_model
from tests.support.fakes import FakeEngine
from tests.support.pictures import make_pictures
from tests.support.waiting import wait_for, wait_until_calm

FILES = {"project", "samples.png", "export.png", "report.json"}


def check_results(out: Path) -> dict[str, object]:
    """Everything that the demo promises lies in `out`; returns the report."""
    report: dict[str, object] = json.loads((out / "report.json").read_text())
    assert report["ok"], report["failure"]
    names = {file.name for file in out.iterdir()}
    shots = {name for name in names if name.startswith("screenshot_")}
    assert names - shots == FILES
    assert len(shots) >= len(STAGES)
    for name in shots:
        assert QImage(str(out / name)).width() == 1600
    assert (out / "project" / "project.json").is_file()
    return report


def test_with_the_fake_engine(qtbot: QtBot, tmp_path: Path, picture_folder: Path) -> None:
    out = tmp_path / "demo"
    studio = Studio(lambda: FakeEngine(steps=8))
    assert run_demo(out, picture_folder, 1.0, studio) == 0
    check_results(out)


@pytest.mark.slow
def test_with_the_real_engine(qtbot: QtBot, tmp_path: Path) -> None:
    out = tmp_path / "demo"
    assert run_demo(out, make_pictures(tmp_path / "pictures", count=24), 0.05) == 0
    report = check_results(out)
    assert str(report["machine"]).startswith("Latent Studio")


def test_a_model_that_was_missing_is_opened_when_it_comes(
    qtbot: QtBot, tmp_path: Path, fake_engine: FakeEngine
) -> None:
    """A project from another machine: its model is not in this library, until it is imported."""
    studio = Studio(lambda: fake_engine)
    model = make_model(tmp_path / "faces.safetensors")
    studio.project.create("Test")
    studio.latent.open_model(read_model(model).sha256)
    wait_until_calm(qtbot, studio)
    assert studio.latent.card is None
    studio.model_import.take(model)
    wait_for(qtbot, lambda: studio.latent.card and all(studio.latent.grid))
    studio.close()


def test_a_stage_that_fails_is_named(
    qtbot: QtBot, tmp_path: Path, picture_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = FakeEngine(fail={"dataset": StudioError("The disk is gone.", "Find it.")})
    out = tmp_path / "demo"
    assert run_demo(out, picture_folder, 1.0, Studio(lambda: engine)) == 1
    assert "new project: The disk is gone." in capsys.readouterr().out
    report = json.loads((out / "report.json").read_text())
    assert not report["ok"]
    assert [stage["ok"] for stage in report["stages"]] == [True, False]


@pytest.mark.parametrize("name", ["notes.txt", "broken.png"])
def test_without_pictures_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    images, out = tmp_path / "images", tmp_path / "demo"
    images.mkdir()
    (images / name).write_text("no picture")
    assert main(["demo", "--images", str(images), "--out", str(out)]) == 2
    said = capsys.readouterr()
    assert not said.out
    assert said.err.count("\n") == 1
    assert f"no pictures in “{images.name}”" in said.err
    assert f"Only “{name}”." in said.err
    assert not out.exists()


def test_results_are_never_mixed_with_what_was_there(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(StudioError, match="not an empty folder"):
        run_demo(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]
