"""The command table: complete, free of conflicts, and enabled when it should be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication, QImage, QKeySequence
from pytestqt.qtbot import QtBot

from studio.app.action import Action, Context
from studio.app.actions import MENUS, ActionTable
from studio.app.incoming import is_project, take
from studio.app.notifications import Notification
from studio.app.studio import Studio
from studio.core.document import Document
from studio.edits.operation import OPERATIONS
from studio.paths import projects_dir
from studio.ui import icons
from studio.ui.canvas.tool_list import TOOLS
from studio.ui.panel import PANELS
from tests.support.fake_generator import make_model
from tests.support.fakes import FakeEngine
from tests.support.waiting import wait_for, wait_until_calm


@dataclass
class FakeShell:
    """Answers questions from a table, and notes what was asked of it."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        def ask(*_args: object) -> Any:
            self.asked.append(name)
            return self.answers.get(name)

        return ask


@pytest.fixture
def studio(qtbot: QtBot, fake_engine: FakeEngine) -> Iterator[Studio]:
    studio = Studio(lambda: fake_engine)
    yield studio
    studio.close()


@pytest.fixture
def shell() -> FakeShell:
    return FakeShell()


@pytest.fixture
def context(studio: Studio, shell: FakeShell) -> Context:
    return Context(studio, shell)


@pytest.fixture(scope="module")
def table() -> ActionTable:
    return ActionTable(PANELS, TOOLS)


def enabled(table: ActionTable, studio: Studio) -> set[str]:
    return {row.id for row in table if row.enabled(studio)}


def in_words(keys: str) -> str:
    return QKeySequence(keys).toString()


# --- The table itself ---


def test_ids_are_unique_and_menus_known(table: ActionTable) -> None:
    rows = list(table)
    assert len(table) == len(rows) == len({row.id for row in rows})
    assert {row.menu.partition("/")[0] for row in rows} == {*MENUS, ""}


def test_no_key_means_two_things(table: ActionTable) -> None:
    keys = Counter(in_words(keys) for row in table for keys in row.shortcuts)
    assert "" not in keys, "a shortcut that Qt does not understand"
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_operation_panel_and_tool_is_a_command(table: ActionTable) -> None:
    wanted = {f"adjust.{operation.id}" for operation in OPERATIONS}
    wanted |= {f"view.{panel.id}" for panel in PANELS}
    wanted |= {f"tool.{tool.id}" for tool in TOOLS}
    assert wanted <= {row.id for row in table}


def test_every_icon_has_a_drawing(table: ActionTable) -> None:
    missing = {row.icon for row in table if row.icon} - icons.names()
    assert not missing


def test_what_the_issue_names_has_its_key(table: ActionTable) -> None:
    keys = {
        "file.new_from_images": "Ctrl+N",
        "file.open_project": "Ctrl+O",
        "file.save": "Ctrl+S",
        "file.export": "Ctrl+Shift+E",
        "file.quit": "Ctrl+Q",
        "edit.undo": "Ctrl+Z",
        "edit.redo": "Ctrl+Shift+Z",
        "layer.duplicate": "Ctrl+J",
        "edit.delete": "Del",
        "edit.cut": "Ctrl+X",
        "select.invert": "Ctrl+Shift+I",
        "select.all": "Ctrl+A",
        "help.palette": "Ctrl+K",
        "view.toggle_docks": "Tab",
        "adjust.levels": "Ctrl+L",
        "adjust.curves": "Ctrl+M",
        "adjust.hue_saturation": "Ctrl+U",
        "adjust.color_balance": "Ctrl+B",
        "adjust.invert": "Ctrl+I",
    }
    assert {action_id: table[action_id].shortcuts[0] for action_id in keys} == keys


# --- When they can be used ---


def test_without_a_project_only_beginnings_can_be_used(table: ActionTable, studio: Studio) -> None:
    usable = {i for i in enabled(table, studio) if not i.startswith(("help.", "view.theme"))}
    assert usable == {
        "file.new_from_images",
        "file.new_canvas",
        "file.open_project",
        "file.open_sample",
        "file.open_picture",
        "file.open_variation",
        "file.quit",
        "recipe.batch",
        "model.import",
        "edit.settings",
    }


def test_a_project_and_a_layer_unlock_the_rest(table: ActionTable, studio: Studio) -> None:
    studio.project.create("Test")
    empty = enabled(table, studio)
    assert {"file.save", "layer.add", "view.fit"} <= empty
    assert "layer.remove" not in empty
    studio.documents.add_empty_layer()
    full = enabled(table, studio)
    assert {"layer.remove", "file.export", "edit.undo", "adjust.gaussian_blur"} <= full
    assert not {"layer.up", "layer.down", "edit.redo", "model.place"} & full


def test_training_commands_follow_the_session(
    qtbot: QtBot, table: ActionTable, studio: Studio, picture_folder: Path
) -> None:
    studio.new_project([picture_folder])
    assert "model.train" not in enabled(table, studio)
    wait_for(qtbot, lambda: studio.dataset.info)
    assert "model.train" in enabled(table, studio)
    info = studio.dataset.info
    assert info is not None
    studio.training.start(studio.training.recipes[0], info, 32, 1.0)
    assert "model.train" not in enabled(table, studio)
    assert "model.stop" in enabled(table, studio)
    wait_for(qtbot, lambda: studio.latent.card)
    wait_until_calm(qtbot, studio)
    assert {"model.train", "model.place", "model.random"} <= enabled(table, studio)


def test_undo_says_what_it_undoes(table: ActionTable, studio: Studio) -> None:
    text = table["edit.undo"].text
    assert text is not None
    assert text(studio) == "Undo"
    studio.project.create("Test")
    studio.documents.add_empty_layer()
    assert text(studio) == "Undo add layer"


# --- What they do ---


def test_layers(table: ActionTable, context: Context, shell: FakeShell) -> None:
    studio = context.studio
    studio.project.create("Test")

    def names() -> list[str]:
        return [layer.name for layer in studio.documents.document.layers]

    run(table, context, "layer.add", "layer.add", "layer.duplicate")
    assert names() == ["Layer 1", "Layer 2", "Layer 2 copy"]
    run(table, context, "layer.down", "layer.down")
    assert names() == ["Layer 2 copy", "Layer 1", "Layer 2"]
    run(table, context, "layer.up", "layer.visible")
    assert names() == ["Layer 1", "Layer 2 copy", "Layer 2"]
    assert [layer.visible for layer in studio.documents.document.layers] == [True, False, True]
    shell.answers["ask_text"] = "Sky"
    run(table, context, "layer.rename", "layer.remove")
    assert names() == ["Layer 1", "Layer 2"]
    run(table, context, "edit.undo")
    assert names() == ["Layer 1", "Sky", "Layer 2"]


def test_selection(table: ActionTable, context: Context) -> None:
    documents = context.studio.documents
    context.studio.project.create("Test")
    run(table, context, "layer.add", "select.all")
    selection = documents.document.selection
    assert selection is not None
    assert selection.read().min() == 1.0
    run(table, context, "select.invert")
    assert documents.document.selection is None
    run(table, context, "edit.undo", "select.none")
    assert documents.document.selection is None


def test_copy_and_paste(qtbot: QtBot, table: ActionTable, context: Context) -> None:
    studio = context.studio
    studio.project.create("Test")
    picture = QImage(20, 10, QImage.Format.Format_RGB32)
    picture.fill(0xFF3366)
    QGuiApplication.clipboard().setImage(picture)
    run(table, context, "edit.paste")
    layer = studio.documents.active_layer
    assert layer is not None
    assert (layer.raster.width, layer.raster.height) == (20, 10)
    assert (layer.x, layer.y) == ((1024 - 20) // 2, (1024 - 10) // 2)
    QGuiApplication.clipboard().clear()
    run(table, context, "edit.copy")
    wait_until_calm(qtbot, studio)
    qtbot.waitUntil(lambda: not QGuiApplication.clipboard().image().isNull())
    assert QGuiApplication.clipboard().image().pixelColor(3, 3).name() == "#ff3366"


@pytest.mark.parametrize("answer", ["save", "discard", "cancel"])
def test_leaving_unsaved_work_asks(
    qtbot: QtBot, table: ActionTable, context: Context, shell: FakeShell, answer: str
) -> None:
    studio = context.studio
    studio.project.create("Test")
    run(table, context, "file.save")
    wait_until_calm(qtbot, studio)
    run(table, context, "layer.add")
    folder = studio.project.folder
    assert folder is not None
    shell.answers["ask_unsaved"] = answer
    run(table, context, "file.close_project")
    wait_until_calm(qtbot, studio)
    assert shell.asked == ["ask_unsaved"]
    if answer == "cancel":
        assert studio.project.folder == folder
        return
    qtbot.waitUntil(lambda: studio.project.folder is None)
    studio.project.open(folder)
    wait_for(qtbot, lambda: studio.project.folder)
    assert len(studio.documents.document.layers) == (1 if answer == "save" else 0)


def test_looking_around_is_kept_without_a_question(
    qtbot: QtBot, table: ActionTable, context: Context, shell: FakeShell
) -> None:
    studio = context.studio
    studio.project.create("Test")
    folder = studio.project.folder
    assert folder is not None
    studio.latent.show_seeds(48)
    assert studio.project.dirty
    run(table, context, "file.close_project")
    qtbot.waitUntil(lambda: studio.project.folder is None)
    assert shell.asked == []
    studio.project.open(folder)
    wait_for(qtbot, lambda: studio.project.folder)
    assert studio.documents.document.explorer.first_seed == 48


def test_saving_a_copy_goes_on_there(
    qtbot: QtBot, table: ActionTable, context: Context, shell: FakeShell, tmp_path: Path
) -> None:
    studio = context.studio
    studio.project.create("Test")
    run(table, context, "layer.add")
    shell.answers["ask_new_folder"] = tmp_path / "Other.studio"
    run(table, context, "file.save_as")
    qtbot.waitUntil(lambda: studio.project.folder == tmp_path / "Other.studio")
    qtbot.waitUntil(lambda: not studio.project.dirty)
    assert studio.project.name == "Other"
    assert is_project(tmp_path / "Other.studio")


# --- What is dropped ---


def test_pictures_begin_a_project_and_then_become_layers(
    qtbot: QtBot, context: Context, picture_folder: Path
) -> None:
    studio = context.studio
    take(context, [picture_folder])
    wait_for(qtbot, lambda: studio.dataset.info)
    assert studio.documents.document == Document()
    take(context, sorted(picture_folder.iterdir())[:2])
    wait_for(qtbot, lambda: len(studio.documents.document.layers) == 2)


@pytest.mark.parametrize("names", [(), ("broken.png", "notes.txt")])
def test_a_folder_without_pictures_leaves_nothing_behind(
    qtbot: QtBot, context: Context, tmp_path: Path, names: tuple[str, ...]
) -> None:
    folder = tmp_path / "Bare"
    folder.mkdir()
    for name in names:
        (folder / name).write_text("no picture")
    told: list[Notification] = []
    context.studio.notifications.posted.connect(told.append)
    take(context, [folder])
    wait_for(qtbot, lambda: told)
    assert told[0].message == "There are no pictures in “Bare” that can be read."
    assert all(f"“{name}”" in told[0].hint for name in names)
    assert context.studio.project.project is None
    assert not list(projects_dir().glob("*"))


def test_a_project_is_opened(qtbot: QtBot, context: Context) -> None:
    studio = context.studio
    studio.project.create("First")
    first = studio.project.folder
    assert first is not None
    studio.project.close()
    take(context, [first])
    qtbot.waitUntil(lambda: studio.project.folder == first)


def test_a_model_goes_to_the_library(qtbot: QtBot, context: Context, tmp_path: Path) -> None:
    take(context, [make_model(tmp_path / "Faces.safetensors")])
    wait_for(qtbot, lambda: context.studio.models)
    wait_until_calm(qtbot, context.studio)
    assert [model.name for model in context.studio.models] == ["Faces"]
    assert context.studio.project.name == "Faces"


def test_a_model_is_asked_for_and_imported(
    qtbot: QtBot, table: ActionTable, context: Context, shell: FakeShell, tmp_path: Path
) -> None:
    run(table, context, "model.import")  # and think better of it
    shell.answers["ask_model"] = make_model(tmp_path / "Faces.safetensors")
    run(table, context, "model.import")
    wait_for(qtbot, lambda: context.studio.models)
    assert [model.name for model in context.studio.models] == ["Faces"]


def test_a_model_of_another_program_becomes_one_of_the_studios(
    qtbot: QtBot, context: Context, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("cats.pkl", "network-snapshot-000400.PKL")]
    for file in files:
        file.write_bytes(b"what FakeEngine takes for a network")
    take(context, files)
    wait_for(qtbot, lambda: len(context.studio.models) == 2)
    assert {model.name for model in context.studio.models} == {"cats", "pictures"}
    assert all(model.thumbnail for model in context.studio.models)
    assert context.studio.latent.state.model in {m.sha256 for m in context.studio.models}


def run(table: ActionTable, context: Context, *action_ids: str) -> None:
    for action_id in action_ids:
        row: Action = table[action_id]
        assert row.enabled(context.studio), action_id
        row.run(context)
