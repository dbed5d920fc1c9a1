from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.app.edit_steps import add_step
from studio.app.project_session import free_folder
from studio.app.studio import Studio
from studio.errors import StudioError
from studio.paths import models_dir, projects_dir
from tests.support.fake_generator import make_model
from tests.support.studios import add_layer, open_model


def save(studio: Studio, qtbot: QtBot) -> None:
    with qtbot.waitSignal(studio.project.saved):
        studio.project.save()


def reopen(studio: Studio, qtbot: QtBot, folder: Path) -> None:
    with qtbot.waitSignal(studio.project.opened):
        studio.project.open(folder)


def folder_of(studio: Studio) -> Path:
    folder = studio.project.folder
    assert folder is not None
    return folder


def test_a_saved_project_comes_back_as_it_was(studio: Studio, qtbot: QtBot) -> None:
    studio.project.create("Otter")
    open_model(studio, qtbot)
    layer = add_layer(studio, "Friend", seed=3)
    add_step(studio.documents, "gaussian_blur")
    saved = studio.documents.document
    save(studio, qtbot)
    folder = folder_of(studio)
    studio.project.close()
    assert studio.documents.document.layers == ()

    reopen(studio, qtbot, folder)
    back = studio.documents.document
    assert studio.project.name == "Otter"
    assert back.explorer == saved.explorer
    assert studio.documents.active_id == layer
    old, new = saved.layer(layer), back.layer(layer)
    assert (new.raster.pixels8() == old.raster.pixels8()).all()
    assert (new.name, new.edits, new.provenance) == (old.name, old.edits, old.provenance)
    assert not studio.project.dirty


def test_dirty_follows_changes_and_undo(studio: Studio, qtbot: QtBot) -> None:
    studio.project.create("Otter")
    assert not studio.project.dirty
    add_layer(studio, "One")
    assert studio.project.dirty
    studio.documents.undo_stack.undo()
    assert not studio.project.dirty
    studio.documents.undo_stack.redo()
    save(studio, qtbot)
    assert not studio.project.dirty


def test_an_autosave_is_offered_and_can_be_taken(studio: Studio, qtbot: QtBot) -> None:
    studio.project.create("Otter")
    add_layer(studio, "Never saved")
    studio.project.autosave()
    qtbot.waitUntil(lambda: not studio.lanes["io"].busy)
    folder = folder_of(studio)
    studio.project.close()

    with qtbot.waitSignal(studio.project.recovery_offered):
        studio.project.open(folder)
    assert studio.documents.document.layers == ()
    studio.project.recover()
    assert [layer.name for layer in studio.documents.document.layers] == ["Never saved"]
    assert studio.project.dirty


def test_the_emergency_copy_is_an_autosave(studio: Studio, qtbot: QtBot) -> None:
    studio.project.create("Otter")
    add_layer(studio, "In the air")
    studio.project.save_emergency_copy()
    folder = folder_of(studio)
    studio.project.close()
    with qtbot.waitSignal(studio.project.recovery_offered):
        studio.project.open(folder)


def test_a_project_from_another_machine_brings_its_model(studio: Studio, qtbot: QtBot) -> None:
    studio.project.create("Traveler")
    sha256 = open_model(studio, qtbot)
    folder = folder_of(studio)
    make_model(folder / "runs" / "001" / "model.safetensors", "vae")
    save(studio, qtbot)
    studio.project.close()
    shutil.rmtree(models_dir())

    reopen(studio, qtbot, folder)
    qtbot.waitUntil(lambda: studio.latent.card is not None)
    assert studio.latent.state.model == sha256
    assert (models_dir() / f"{sha256}.safetensors").exists()


def test_a_folder_that_is_no_project_is_told_and_changes_nothing(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    studio.project.create("Otter")
    with qtbot.waitSignal(studio.notifications.posted) as told:
        studio.project.open(tmp_path)
    assert "not a project" in told.args[0].message
    assert studio.project.name == "Otter"


def test_free_folders_have_safe_names() -> None:
    first = free_folder(projects_dir(), "a/b: c?")
    assert first.name == "ab c.studio"
    first.mkdir(parents=True)
    assert free_folder(projects_dir(), "ab c").name == "ab c 2.studio"
    with pytest.raises(StudioError):
        free_folder(projects_dir(), "///")
