"""Training in the background, and what is left of it on disk."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from pytestqt.qtbot import QtBot

from studio.app.notifications import Notification
from studio.app.past_run import Curves, all_runs, read_past_run, read_sheet, write_run
from studio.app.spoken import spoken_passes, spoken_time
from studio.app.studio import Studio
from studio.app.training_session import TrainingSession
from studio.app.training_state import TrainingState
from studio.engine.api import RECIPES, DatasetInfo, TrainingRun, Warned, read_dataset
from studio.errors import StudioError
from tests.support.datasets import make_dataset
from tests.support.fake_generator import make_model
from tests.support.patient import PatientEngine
from tests.support.waiting import wait_for


@pytest.fixture
def pictures(tmp_path: Path) -> DatasetInfo:
    return read_dataset(make_dataset(tmp_path / "dataset", count=8))


@pytest.fixture
def training(studio: Studio, tmp_path: Path) -> TrainingSession:
    studio.training.open(tmp_path / "runs")
    return studio.training


def start(training: TrainingSession, pictures: DatasetInfo) -> None:
    training.start(RECIPES[0], pictures, 64, 5.0)


def leave_a_run(folder: Path, log: str) -> None:
    """What the engine writes: the note of the session, a log and a sheet of samples."""
    (folder / "samples").mkdir(parents=True)
    write_run(TrainingRun(Path("gone"), folder, "vae", 16, minutes=5.0))
    (folder / "log.jsonl").write_text(log, "utf-8")
    sheet = np.full((2 + 2 * 18, 2 + 8 * 18, 3), 255, np.uint8)
    for place in range(16):
        top, left = 2 + place // 8 * 18, 2 + place % 8 * 18
        sheet[top : top + 16, left : left + 16] = 10 * place
    PillowImage.fromarray(sheet).save(folder / "samples" / "step0000040.png")


LINE = {"step": 1, "images": 32, "seconds": 1.0, "images_per_second": 30.0, "losses": {"kl": 2.0}}


def test_a_run_goes_through_its_states(
    training: TrainingSession, pictures: DatasetInfo, engine: PatientEngine, qtbot: QtBot
) -> None:
    start(training, pictures)
    assert training.state is TrainingState.PREPARING
    engine.may_start.set()
    qtbot.waitUntil(lambda: bool(training.samples))
    assert training.state is TrainingState.RUNNING
    engine.may_go_on.set()
    qtbot.waitUntil(lambda: training.state is TrainingState.IDLE)
    assert training.ended == "budget"
    assert len(training.curves["loss"]) == 6


@pytest.mark.parametrize(
    ("told", "tone"),
    [
        (Warned("100% of the network taken over from “discs”.", good=True), "good"),
        (Warned("Training went back to step 40 and goes on."), "attention"),
    ],
)
def test_only_what_is_amiss_looks_like_it(
    training: TrainingSession,
    pictures: DatasetInfo,
    engine: PatientEngine,
    qtbot: QtBot,
    told: Warned,
    tone: str,
) -> None:
    start(training, pictures)
    engine.may_start.set()
    wait_for(qtbot, lambda: training.state is TrainingState.RUNNING)
    training.last_warning = told
    assert training.verdict[:2] == (told.text, tone)


def test_stop_before_the_engine_is_up_ends_the_run(
    studio: Studio, training: TrainingSession, pictures: DatasetInfo, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: not studio.lanes["train"].busy)
    start(training, pictures)
    training.stop()
    qtbot.waitUntil(lambda: training.state is TrainingState.IDLE)
    assert training.ended == "stopped"


def test_a_run_outlives_its_project_only_as_a_model(
    training: TrainingSession, pictures: DatasetInfo, engine: PatientEngine, qtbot: QtBot
) -> None:
    finished: list[Path] = []
    training.model_finished.connect(finished.append)
    engine.may_start.set()
    start(training, pictures)
    qtbot.waitUntil(lambda: bool(training.samples))
    training.close()
    assert training.run is None
    assert not training.active
    qtbot.waitUntil(lambda: bool(finished))
    assert training.progress is None
    assert training.ended is None


def test_a_bug_in_the_engine_is_told_without_its_name(
    training: TrainingSession,
    pictures: DatasetInfo,
    engine: PatientEngine,
    qtbot: QtBot,
    expect_log: object,
) -> None:
    assert callable(expect_log)
    expect_log("A job on the lane “train” failed")
    engine.fail["train"] = ZeroDivisionError("division by zero")
    engine.let_all_go()
    start(training, pictures)
    qtbot.waitUntil(lambda: bool(training.failure))
    sentence, tone = training.verdict[:2]
    assert tone == "bad"
    assert "Zero" not in sentence


def test_each_run_has_its_own_folder(
    training: TrainingSession, pictures: DatasetInfo, engine: PatientEngine, qtbot: QtBot
) -> None:
    engine.let_all_go()
    for number in (1, 2):
        start(training, pictures)
        qtbot.waitUntil(lambda: not training.active)
        assert training.run is not None
        assert training.run.out.name == f"{number:03d}"


def test_a_disk_that_refuses_is_told(
    studio: Studio, training: TrainingSession, pictures: DatasetInfo, tmp_path: Path, qtbot: QtBot
) -> None:
    told: list[Notification] = []
    studio.notifications.posted.connect(told.append)
    (tmp_path / "runs").write_text("a file where the folder should be")
    start(training, pictures)
    qtbot.waitUntil(lambda: not training.active)
    assert [note.tone for note in told] == ["bad"]
    assert "could not be made" in training.failure


def test_the_newest_run_of_a_project_comes_back(
    studio: Studio, pictures: DatasetInfo, tmp_path: Path, qtbot: QtBot
) -> None:
    lines = [{**LINE, "step": n, "images": 32 * n, "seconds": 60.0 * n} for n in (1, 2, 3)]
    text = "\n".join(json.dumps(line) for line in lines)
    leave_a_run(tmp_path / "runs" / "001", "")
    leave_a_run(tmp_path / "runs" / "002", text + '\n{"step": 4, "ima')
    training = studio.training
    training.open(tmp_path / "runs")
    qtbot.waitUntil(lambda: training.run is not None)
    assert training.run is not None
    assert training.progress is not None
    assert training.run.out == tmp_path / "runs" / "002"
    assert training.run.dataset == pictures.folder
    assert training.progress.passes == pytest.approx(96 / 8)
    assert training.curves == {"kl": [(1.0, 2.0), (2.0, 2.0), (3.0, 2.0)]}
    assert [image.pixelColor(8, 8).red() for image in training.samples] == [
        10 * place for place in range(16)
    ]
    assert not training.can_go_on
    (training.run.out / "resume.previous.safetensors").touch()
    assert training.can_go_on
    assert training.verdict[:2] == ("Trained for 3 min: 12 passes over your images.", "good")


def test_what_an_interrupted_run_learned_can_be_explored(
    studio: Studio, training: TrainingSession, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "runs" / "001"
    leave_a_run(folder, json.dumps(LINE) + "\n")
    make_model(folder / "model.safetensors")
    training.open(tmp_path / "runs")
    qtbot.waitUntil(lambda: studio.latent.card is not None and bool(studio.models))
    assert studio.latent.state.model == studio.models[0].sha256


def test_pictures_that_are_not_square_are_cut_from_their_sheet(tmp_path: Path) -> None:
    sheet = np.full((2 + 2 * 14, 2 + 8 * 18, 3), 255, np.uint8)  # 12 px high, 16 px wide
    for place in range(16):
        top, left = 2 + place // 8 * 14, 2 + place % 8 * 18
        sheet[top : top + 12, left : left + 16] = 10 * place
    PillowImage.fromarray(sheet).save(tmp_path / "sheet.png")
    model = make_model(tmp_path / "model.safetensors", height=12, width=16)
    pictures = read_sheet(tmp_path / "sheet.png", model)
    assert [(image.width(), image.height()) for image in pictures] == [(16, 12)] * 16
    corners = [image.pixelColor(15, 11).red() for image in pictures]
    assert corners == [10 * place for place in range(16)]


def test_a_damaged_note_is_told(tmp_path: Path, pictures: DatasetInfo) -> None:
    leave_a_run(tmp_path / "001", "")
    (tmp_path / "001" / "run.json").write_text("[]")
    with pytest.raises(StudioError, match="001"):
        read_past_run(tmp_path / "001", pictures.folder)


def test_no_run_is_no_problem(tmp_path: Path) -> None:
    assert all_runs(tmp_path / "runs") == ()


def test_curves_stay_small_and_keep_their_ends() -> None:
    curves = Curves()
    for step in range(10_000):
        curves.add(step * 60.0, {"kl": float(step)})
    points = curves.points["kl"]
    assert 500 < len(points) <= 2000
    assert points[0] == (0.0, 0.0)
    assert points[-1] == (9999.0, 9999.0)
    assert points == sorted(points)


def test_time_as_a_person_says_it() -> None:
    said = {-1: "0 s", 40.4: "40 s", 59.7: "1 min", 360: "6 min", 4800: "1 h 20 min"}
    assert [spoken_time(seconds) for seconds in said] == list(said.values())
    assert spoken_passes(30.4) == "pass 31 over your images"
