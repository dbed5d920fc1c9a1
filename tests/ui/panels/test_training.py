"""The training panel, from no images to a run that goes on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.app.dataset_session import Framing
from studio.app.studio import Studio
from studio.app.training_state import TrainingState
from studio.engine.api import RECIPES, Progress, Verdict
from studio.errors import StudioError
from studio.ui.dialogs.blend import BlendSheet
from studio.ui.panels.training import PANEL, TrainingPanel
from studio.ui.training.words import curve_help, curve_name, device_name, speed, where_it_stands
from tests.support.fake_generator import make_model
from tests.support.patient import PatientEngine
from tests.support.studios import show_panel

LEFT = Qt.MouseButton.LeftButton
STALLED = Verdict("stalled", "warn", "It has not become better.", "Stop and keep it.")


@pytest.fixture
def studio(studio: Studio) -> Studio:
    studio.project.create("Geese")
    return studio


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> TrainingPanel:
    return show_panel(PANEL, TrainingPanel, studio, qtbot, 292, 560)


@pytest.fixture
def ready(
    panel: TrainingPanel, studio: Studio, qtbot: QtBot, picture_folder: Path
) -> TrainingPanel:
    """The panel of a project with images."""
    studio.dataset.take_in([picture_folder])
    qtbot.waitUntil(lambda: studio.dataset.info is not None and bool(studio.training.devices))
    return panel


@pytest.fixture
def learning(ready: TrainingPanel, engine: PatientEngine, qtbot: QtBot) -> TrainingPanel:
    """Held right after the first samples."""
    engine.may_start.set()
    qtbot.mouseClick(ready.setup.start, LEFT)
    qtbot.waitUntil(lambda: ready.run.speed.text() == "16 /s" and bool(ready.run.sheet.images))
    return ready


def finish(panel: TrainingPanel, studio: Studio, engine: PatientEngine, qtbot: QtBot) -> None:
    """Let the run end, with what the real engine leaves for going on."""
    engine.let_all_go()
    qtbot.waitUntil(lambda: not studio.training.active)
    assert studio.training.run is not None
    (studio.training.run.out / "resume.safetensors").write_bytes(b"state")
    studio.training.changed.emit()
    panel.run.refresh()


def test_without_images_it_says_what_to_do_first(panel: TrainingPanel, studio: Studio) -> None:
    assert panel.empty.isVisible()
    assert panel.empty.button.text() == "Add images…"
    assert not panel.setup.isVisible()
    studio.project.close()
    assert not panel.empty.button.isVisible()


def test_start_waits_for_the_images(
    panel: TrainingPanel, studio: Studio, engine: PatientEngine, qtbot: QtBot, picture_folder: Path
) -> None:
    engine.may_take_in.clear()
    studio.dataset.take_in([picture_folder])
    assert panel.setup.isVisible()
    assert not panel.setup.start.isEnabled()
    engine.may_take_in.set()
    qtbot.waitUntil(panel.setup.start.isEnabled)


def test_the_choices_become_the_run(
    ready: TrainingPanel, engine: PatientEngine, qtbot: QtBot, studio: Studio
) -> None:
    engine.let_all_go()
    setup = ready.setup
    setup.recipe.setCurrentIndex(1)
    assert setup.minutes.value() == 10
    assert "Sharp" in setup.summary.text()
    setup.side.setCurrentIndex(setup.side.findData(32))
    setup.device.setCurrentIndex(setup.device.findData("cpu"))
    setup.device.activated.emit(setup.device.currentIndex())
    setup.minutes.set_value(3)
    qtbot.mouseClick(setup.start, LEFT)
    qtbot.waitUntil(lambda: bool(engine.runs))
    run = engine.runs[0]
    assert (run.family, run.size, run.device, run.minutes) == ("stylegan", 32, "cpu", 3)


def test_devices_are_spelled_plainly(ready: TrainingPanel) -> None:
    combo = ready.setup.device
    assert [combo.itemText(i) for i in range(combo.count())] == ["Auto · CPU", "CPU"]


def test_a_sample_brings_its_recipe(ready: TrainingPanel, studio: Studio) -> None:
    studio.training.recipe_suggested.emit("quick-gan")
    assert ready.setup.recipe.currentText() == "Sketch"
    studio.training.recipe_suggested.emit("of another version")
    assert ready.setup.recipe.currentText() == "Sketch"


def test_before_the_first_samples_it_says_that_they_come(
    ready: TrainingPanel, qtbot: QtBot, studio: Studio
) -> None:
    qtbot.mouseClick(ready.setup.start, LEFT)
    assert ready.run.isVisible()
    assert ready.run.verdict.label.text() == "The first pictures come in a few seconds."
    assert ready.run.line.fraction() is None
    assert not ready.controls.pause.isEnabled()


def test_a_run_is_told_in_plain_words(learning: TrainingPanel) -> None:
    assert learning.run.title.text() == "Quick VAE · 64 px · CPU"
    assert learning.run.where.text() == "2 s left · pass 1 over your images"
    assert learning.run.sheet.shown == 12
    assert [series.name for series in learning.run.charts.losses.series] == ["loss"]
    assert learning.run.verdict.label.property("role") == "good"


@pytest.mark.qt_log_ignore("does not support grabbing", extend=True)  # popups, offscreen
def test_the_samples_can_be_seen_larger(learning: TrainingPanel, qtbot: QtBot) -> None:
    qtbot.mouseClick(learning.run.sheet, LEFT)
    popup = learning.run.popup
    assert popup.isVisible()
    assert len(popup.sheet.images) == 16
    qtbot.mouseClick(popup.sheet, LEFT)
    assert not popup.isVisible()


def test_a_low_panel_shows_fewer_samples_and_all_of_the_rest(
    learning: TrainingPanel, qtbot: QtBot
) -> None:
    learning.resize(292, 330)
    qtbot.waitUntil(lambda: learning.run.sheet.shown == 4)
    qtbot.waitUntil(lambda: not learning.run.verdict.visibleRegion().isEmpty())
    learning.resize(292, 560)
    qtbot.waitUntil(lambda: learning.run.sheet.shown == 12)


def test_pause_and_resume(learning: TrainingPanel, qtbot: QtBot, studio: Studio) -> None:
    qtbot.mouseClick(learning.controls.pause, LEFT)
    assert studio.training.state is TrainingState.PAUSED
    assert learning.controls.pause.text() == "Resume"
    assert "Nothing is lost" in learning.run.verdict.label.text()
    qtbot.mouseClick(learning.controls.pause, LEFT)
    assert studio.training.state is TrainingState.RUNNING


def test_stop_keeps_the_model(learning: TrainingPanel, qtbot: QtBot, studio: Studio) -> None:
    qtbot.mouseClick(learning.controls.stop, LEFT)
    assert not learning.controls.stop.isEnabled()
    qtbot.waitUntil(lambda: not studio.training.active and len(studio.models) == 1)
    assert studio.models[0].name == "Geese"
    assert studio.models[0].thumbnail is not None
    assert learning.run.verdict.label.text().startswith("Trained for ")


def test_go_on_adds_minutes(
    learning: TrainingPanel, engine: PatientEngine, qtbot: QtBot, studio: Studio
) -> None:
    finish(learning, studio, engine, qtbot)
    learning.controls.minutes.set_value(7)
    qtbot.mouseClick(learning.controls.go_on, LEFT)
    qtbot.waitUntil(lambda: len(engine.runs) == 2)
    again = engine.runs[1]
    assert again.resume
    assert again.out == engine.runs[0].out
    assert again.minutes == pytest.approx(7 + 3 / 60)


def test_start_again_asks_for_the_choices_and_can_go_back(
    learning: TrainingPanel, engine: PatientEngine, qtbot: QtBot, studio: Studio
) -> None:
    finish(learning, studio, engine, qtbot)
    qtbot.mouseClick(learning.controls.again, LEFT)
    assert learning.setup.isVisible()
    qtbot.mouseClick(learning.setup.back, LEFT)
    assert learning.run.isVisible()
    qtbot.mouseClick(learning.controls.again, LEFT)
    qtbot.mouseClick(learning.setup.start, LEFT)
    qtbot.waitUntil(lambda: len(engine.runs) == 2)
    assert not engine.runs[1].resume
    assert engine.runs[1].out != engine.runs[0].out
    assert learning.run.isVisible()


def test_a_failure_is_told_in_its_own_words(
    ready: TrainingPanel, engine: PatientEngine, qtbot: QtBot, studio: Studio
) -> None:
    engine.let_all_go()
    engine.fail["train"] = StudioError("There is not enough memory.", "Choose a smaller size.")
    qtbot.mouseClick(ready.setup.start, LEFT)
    qtbot.waitUntil(lambda: bool(studio.training.failure))
    label = ready.run.verdict.label
    assert label.text() == "There is not enough memory. Choose a smaller size."
    assert label.property("role") == "bad"
    assert ready.controls.again.isVisible()
    assert not ready.controls.go_on.isEnabled()


def test_no_button_moves_when_a_run_ends(
    learning: TrainingPanel, engine: PatientEngine, qtbot: QtBot, studio: Studio
) -> None:
    def place_of(button: QWidget) -> QPoint:
        return button.mapTo(learning, button.rect().topLeft())

    controls = learning.controls
    pause, again = place_of(controls.pause), place_of(controls.again)
    assert not controls.again.isEnabled()
    finish(learning, studio, engine, qtbot)
    qtbot.waitUntil(controls.go_on.isVisible)
    assert (place_of(controls.go_on), place_of(controls.again)) == (pause, again)
    assert controls.again.isEnabled()


def test_an_old_run_is_shown_when_its_project_is_opened(
    learning: TrainingPanel, engine: PatientEngine, qtbot: QtBot, studio: Studio
) -> None:
    finish(learning, studio, engine, qtbot)
    folder = studio.project.folder
    assert folder is not None
    studio.project.close()
    assert not learning.run.isVisible()
    studio.project.open(folder)
    qtbot.waitUntil(learning.controls.go_on.isEnabled)
    learning.run.refresh()
    assert learning.run.title.text().startswith("Quick VAE · 64 px")


def test_a_verdict_says_what_to_do_and_a_proposal_only_ends_the_run(
    ready: TrainingPanel, engine: PatientEngine, qtbot: QtBot, studio: Studio
) -> None:
    engine.verdicts = (STALLED,)
    engine.may_start.set()
    qtbot.mouseClick(ready.setup.start, LEFT)
    assert not ready.run.proposal.isVisible()
    qtbot.waitUntil(ready.run.proposal.isVisible)
    verdict = ready.run.verdict
    assert (verdict.label.text(), verdict.advice.text()) == (STALLED.text, STALLED.advice)
    assert verdict.label.property("role") == "attention"
    assert "Variety: 90%" in verdict.toolTip()
    qtbot.mouseClick(ready.run.proposal.link, LEFT)
    qtbot.waitUntil(lambda: not studio.training.active and len(studio.models) == 1)
    assert not ready.run.proposal.isVisible()


@pytest.fixture
def measured(
    ready: TrainingPanel, engine: PatientEngine, qtbot: QtBot, studio: Studio
) -> TrainingPanel:
    """After a run with three kept moments."""
    engine.verdicts = (STALLED,)
    engine.let_all_go()
    qtbot.mouseClick(ready.setup.start, LEFT)
    qtbot.waitUntil(lambda: studio.training.run is not None and not studio.training.active)
    ready.run.refresh()
    return ready


def test_likeness_comes_first_and_losses_are_a_click_away(measured: TrainingPanel) -> None:
    charts = measured.run.charts
    assert [list(series.ys) for series in charts.likeness.series] == [[3.0, 2.5, 2.0], [1.0] * 3]
    assert charts.likeness.isVisible()
    charts.switch.changed.emit("losses")
    assert charts.losses.isVisible()
    assert not charts.likeness.isVisible()


def test_the_time_machine_shows_a_moment_and_returns(
    measured: TrainingPanel, qtbot: QtBot, studio: Studio
) -> None:
    moments, machine = measured.run.moments, studio.time_machine
    newest = measured.run.sheet.images
    moments.section.set_expanded(True)
    assert moments.words.text() == "Now"
    assert not moments.explore.isEnabled()
    qtbot.keyClick(moments.slider, Qt.Key.Key_Left)
    assert moments.words.text() == "After 2 s · 2.00 × real · best"
    qtbot.keyClick(moments.slider, Qt.Key.Key_Home)
    assert machine.moment == machine.moments[0]
    qtbot.waitUntil(lambda: len(measured.run.sheet.images) == 16 and bool(machine.pictures))
    assert measured.run.sheet.images is not newest
    moments.section.set_expanded(False)
    assert machine.moment is None
    assert measured.run.sheet.images == newest


def test_going_on_from_a_moment_makes_a_second_training(
    measured: TrainingPanel, engine: PatientEngine, qtbot: QtBot, studio: Studio
) -> None:
    moments = measured.run.moments
    assert not measured.run.choice.isVisible()
    moments.section.set_expanded(True)
    qtbot.keyClick(moments.slider, Qt.Key.Key_Home)
    measured.controls.minutes.set_value(4)
    qtbot.mouseClick(moments.go_on, LEFT)
    qtbot.waitUntil(lambda: len(engine.runs) == 2 and not studio.training.active)
    assert engine.runs[1].minutes == pytest.approx(4 + 0.5 / 60)
    measured.run.refresh()
    choice = measured.run.choice
    assert choice.isVisible()
    assert (choice.count(), choice.currentText()) == (2, "Training 2")
    choice.activated.emit(0)
    qtbot.waitUntil(lambda: studio.training.run is not None)
    assert studio.training.run is not None
    assert studio.training.run.out.name == "001"


def test_two_different_moments_are_asked_for(measured: TrainingPanel, studio: Studio) -> None:
    machine = studio.time_machine
    sheet = BlendSheet(machine.moments, machine.best, machine.best, measured)
    assert (sheet.first, sheet.second, sheet.share) == (*machine.moments[:0:-1], 0.5)
    assert sheet.blend_button.isEnabled()
    sheet.second_choice.set_value(sheet.first_choice.value())
    sheet.second_choice.changed.emit(sheet.second_choice.value())
    assert not sheet.blend_button.isEnabled()


def choose(panel: TrainingPanel, recipe: str) -> None:
    titles = {item.id: item.title for item in RECIPES}
    panel.setup.recipe.setCurrentText(titles[recipe])


def test_every_setting_of_the_family_is_within_reach(
    ready: TrainingPanel, engine: PatientEngine, qtbot: QtBot
) -> None:
    engine.let_all_go()
    choose(ready, "textures")
    advanced = ready.setup.advanced
    assert advanced.form is None
    advanced.section.set_expanded(True)
    qtbot.waitUntil(advanced.form.isVisible)
    assert ready.setup.seamless.value()
    assert advanced.form.row("batch").toolTip() == "Pictures a step."
    advanced.form.set_values({"rate": 0.01})
    qtbot.mouseClick(advanced.early_stop, LEFT, pos=QPoint(8, advanced.early_stop.height() // 2))
    ready.setup.start_training()
    qtbot.waitUntil(lambda: bool(engine.runs))
    run = engine.runs[0]
    assert (run.family, run.config) == (
        "stylegan",
        {"tileable": True, "prompt": "none", "rate": 0.01},
    )
    assert run.early_stop


def test_a_recipe_says_what_the_images_lack(ready: TrainingPanel) -> None:
    setup = ready.setup
    choose(ready, "captioned")
    assert setup.obstacle.text().startswith("Your images have no captions")
    assert not setup.start.isEnabled()
    choose(ready, "icons")
    assert "clear parts" in setup.obstacle.text()
    assert not setup.keep_transparency.isVisible()
    choose(ready, "quick-gan")
    assert not setup.obstacle.isVisible()
    assert setup.start.isEnabled()


def test_transparency_is_one_click_away(
    ready: TrainingPanel, studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "icons").mkdir()
    for number in range(8):
        pixels = np.full((32, 32, 4), 128, np.uint8)
        pixels[:16, :, 3] = 0
        PillowImage.fromarray(pixels).save(tmp_path / "icons" / f"{number}.png")
    studio.dataset.reframe(Framing(alpha=False))
    studio.dataset.take_in([tmp_path / "icons"])
    choose(ready, "icons")
    qtbot.waitUntil(ready.setup.keep_transparency.isVisible)
    qtbot.mouseClick(ready.setup.keep_transparency, LEFT)
    qtbot.waitUntil(ready.setup.start.isEnabled)
    assert studio.dataset.info is not None
    assert studio.dataset.info.channels == 4


def test_fine_tuning_goes_on_from_a_model_of_the_library(
    ready: TrainingPanel, engine: PatientEngine, studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    engine.let_all_go()
    choose(ready, "fine-tune")
    assert "no model yet" in ready.setup.obstacle.text()
    studio.model_import.take(make_model(tmp_path / "birds.safetensors", "vae", size=32))
    qtbot.waitUntil(ready.setup.start.isEnabled)
    assert ready.setup.model.currentText() == "birds"
    assert ready.setup.side.currentData() == 32
    qtbot.mouseClick(ready.setup.start, LEFT)
    qtbot.waitUntil(lambda: bool(engine.runs))
    assert (engine.runs[0].family, engine.runs[0].recipe) == ("vae", "fine-tune")
    assert engine.runs[0].start_from == studio.models[-1].path
    assert "freeze" not in engine.runs[0].config  # which is for families with a discriminator


def test_words() -> None:
    progress = Progress(10, 320, 30.4, 60.0, 54.2, 0.3, 1380.0)
    assert where_it_stands(progress) == "23 min left · pass 31 over your images"
    assert speed(progress) == "54 /s"
    assert curve_name("reconstruction") == "difference to your images"
    assert curve_help("reconstruction").endswith("(reconstruction)")
    assert curve_name("path_length") == curve_help("path_length") == "path length"
    assert device_name("cuda:0") == "Graphics card"
    assert device_name("xpu") == "xpu"
