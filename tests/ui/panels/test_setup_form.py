"""What is asked before training, where images bring classes or captions."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.app.studio import Studio
from studio.ui.training.setup_form import SetupForm
from tests.support.patient import PatientEngine
from tests.support.waiting import wait_for


@pytest.fixture
def form(studio: Studio, qtbot: QtBot) -> SetupForm:
    studio.project.create("Pets")
    form = SetupForm(studio)
    qtbot.addWidget(form)
    form.show()
    return form


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Four pictures in two folders; their names say nothing."""
    for number, folder in enumerate(("cats", "cats", "dogs", "dogs")):
        (tmp_path / "pets" / folder).mkdir(parents=True, exist_ok=True)
        picture = Image.new("RGB", (9, 9), (200, 0, number))
        picture.save(tmp_path / "pets" / folder / f"IMG_{number}.png")
    return tmp_path / "pets"


def offered(form: SetupForm) -> list[str]:
    return [form.prompt.itemText(place) for place in range(form.prompt.count())]


def test_prompts_are_offered_where_images_bring_some(
    form: SetupForm, studio: Studio, qtbot: QtBot, engine: PatientEngine, pets: Path
) -> None:
    studio.dataset.take_in([pets / "cats"])
    wait_for(qtbot, form.start.isEnabled)
    assert not form.prompt.isVisible()
    studio.dataset.add([pets])
    wait_for(qtbot, form.prompt.isVisible)
    assert offered(form) == ["Nothing", "Class · 2"]
    form.prompt.setCurrentIndex(1)
    form.seamless.click()
    (pets / "dogs" / "IMG_3.txt").write_text("a wet dog")
    (pets / "cats" / "IMG_1.txt").write_text("a dry cat")
    studio.dataset.take_in([pets])
    wait_for(qtbot, lambda: len(offered(form)) == 3)
    assert form.prompt.currentText() == "Class · 2"
    form.start_training()
    engine.let_all_go()
    wait_for(qtbot, lambda: studio.training.run is not None and not studio.training.active)
    assert studio.training.run is not None
    assert studio.training.run.config == {"prompt": "classes", "tileable": True}
    wait_for(qtbot, lambda: studio.latent.card is not None)
    assert studio.latent.card is not None
    assert studio.latent.card.classes == ("cats", "dogs")


def test_images_are_taken_in_again_for_a_larger_size(
    form: SetupForm, studio: Studio, qtbot: QtBot, engine: PatientEngine, pets: Path
) -> None:
    studio.dataset.take_in([pets])
    wait_for(qtbot, form.start.isEnabled)
    assert not form.take_in_larger.isVisible()
    form.side.setCurrentIndex(form.side.findData(512))
    assert not form.start.isEnabled()
    assert "taken in at 256 px. At 512 px they need 3.1 MB" in form.too_small.text()
    form.take_in_larger.click()
    wait_for(qtbot, form.start.isEnabled)
    assert not form.take_in_larger.isVisible()
    form.start_training()
    engine.let_all_go()
    wait_for(qtbot, lambda: studio.training.run is not None and not studio.training.active)
    assert studio.training.run is not None
    assert studio.training.run.size == 512


def test_a_processor_is_said_to_be_slow_where_it_is(form: SetupForm, qtbot: QtBot) -> None:
    wait_for(qtbot, lambda: form.device.count() > 1)
    assert not form.patience.isVisible()
    form.side.setCurrentIndex(form.side.findData(512))
    form.minutes.set_value(5.0)
    assert "5 min at 64 px" in form.patience.text()


def test_a_choice_that_is_gone_with_its_images_is_nothing(
    form: SetupForm, studio: Studio, qtbot: QtBot, pets: Path
) -> None:
    studio.dataset.take_in([pets])
    wait_for(qtbot, form.prompt.isVisible)
    form.prompt.setCurrentIndex(1)
    studio.dataset.take_in([pets / "dogs"])
    wait_for(qtbot, lambda: not form.prompt.isVisible())
    assert form.prompt.currentData() == "none"
