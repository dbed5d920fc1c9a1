"""The demo, stage by stage: what a designer does, and what must have come of it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF

from studio.core.document import Document
from studio.ui.demo.compare import differences
from studio.ui.demo.robot import StageError, click, demand, drag
from studio.ui.demo.stage import Stage, Stopwatch, contact_sheet
from studio.ui.explorer.pages.pad import PadPage
from studio.ui.panels.edits import EditsPanel
from studio.ui.panels.explorer import ExplorerPanel
from studio.ui.panels.training import TrainingPanel
from studio.ui.widgets.picture_view import PictureView
from studio.ui.widgets.slim_slider import SlimSlider

FAVORITES = 2
PAD_MOVES = 24
# A shadowed, cropped-looking photograph becomes a poster: color, sharpness, tone.
EDITS = ("hue_saturation", "unsharp_mask", "vignette")
TOLERANCE = 2 / 255  # a picture made again may round differently


def welcome(stage: Stage) -> None:
    """The window opens on the welcome screen."""
    stage.wait("the first paint", lambda: stage.window.is_painted, 10)
    _settle(stage)
    demand("a project is open already", stage.studio.project.project is None)
    stage.shoot("welcome")


def new_project(stage: Stage) -> None:
    """File, New Project from Images: the pictures are taken in."""
    stage.shell.images = (stage.images,)
    stage.run("file.new_from_images")
    dataset = stage.studio.dataset
    stage.wait(
        "taking the pictures in",
        lambda: dataset.info is not None and len(dataset.thumbnails) == dataset.info.count,
        120,
    )
    info = dataset.info
    demand("no pictures were taken in", info is not None and info.count > 0)
    assert info is not None
    stage.figures.update(pictures=info.count, skipped=len(info.skipped), px=info.size)
    _settle(stage)
    stage.shoot("images")


def train(stage: Stage) -> None:
    """The Training panel: minutes, Train; the same pictures grow better; the model is kept."""
    studio, training = stage.studio, stage.studio.training
    panel = stage.window.docks.widget("training")
    assert isinstance(panel, TrainingPanel)
    panel.setup.minutes.set_value(max(1.0, stage.minutes))
    pressed = Stopwatch()
    stage.run("model.train")
    stage.wait("the first sample pictures", lambda: bool(training.samples), 60)
    stage.figures["seconds_to_first_samples"] = pressed.seconds
    limit = 60 * stage.minutes
    stage.wait("half of the training", lambda: _trained(stage) >= limit / 2, limit + 60)
    stage.shoot("training")
    stage.wait("the end of the training", lambda: _trained(stage) >= limit, limit + 60)
    if stage.window.commands["model.stop"].isEnabled():
        stage.run("model.stop")
    stage.wait("the last checkpoint", lambda: not training.active, 60)
    stage.wait("the model in the library", lambda: bool(studio.models), 30)
    stage.wait("the explorer on the new model", lambda: bool(stage.document.explorer.model), 30)
    progress = training.progress
    assert progress is not None
    stage.figures.update(
        steps=progress.step,
        passes=round(progress.passes, 1),
        images_per_second=round(progress.images_per_second, 1),
        device=training.started.device if training.started else "",
    )
    sheet = contact_sheet(training.samples, columns=8, zoom=2)
    demand("samples.png could not be written", sheet.save(str(stage.out / "samples.png")))
    _settle(stage)
    stage.shoot("trained")


def explore(stage: Stage) -> None:
    """The Explorer: other seeds, favorites, a drag on the pad with pictures that follow."""
    latent, panel = stage.studio.latent, _explorer(stage)
    stage.shell.show_panel("explorer")
    stage.wait("the sheet of seeds", lambda: all(latent.grid), 30)
    panel.show_page("grid")
    click(panel.forward)
    stage.wait("the next seeds", lambda: latent.state.first_seed > 0 and all(latent.grid), 30)
    for place in range(FAVORITES):
        latent.toggle_favorite(latent.state.grid[3 * place + 1])
    demand("the favorites were not kept", len(latent.state.favorites) == FAVORITES)
    _settle(stage)
    stage.shoot("explorer_grid")
    panel.show_page("pad")
    stage.wait("the pad's corners", lambda: all(latent.corners), 30)
    latencies = _drag_pad(stage)
    stage.figures["pad_to_picture_ms"] = {
        "median": round(1000 * latencies[len(latencies) // 2], 1),
        "worst": round(1000 * latencies[-1], 1),
    }
    stage.shoot("explorer_pad")


def place(stage: Stage) -> None:
    """Place on Canvas: layers that remember their model and latent."""
    latent = stage.studio.latent
    _place(stage)
    latent.pick(latent.state.favorites[0])
    _place(stage)
    layer = stage.document.layers[-1]
    demand("the layer forgot its latent", layer.provenance.point is not None)
    demand("the layer forgot its model", bool(layer.provenance.model))
    documents = stage.studio.documents
    documents.move_layer(layer.id, layer.x + 180, layer.y + 120)
    documents.end_gesture()
    _settle(stage)
    stage.shoot("placed")


def edit(stage: Stage) -> None:
    """Adjust menu and Edits panel: several operations, one of them by its slider."""
    stage.kept["before edits"] = stage.document
    for operation in EDITS:
        stage.run(f"adjust.{operation}")
    layer = stage.studio.documents.active_layer
    assert layer is not None
    demand("not every edit was added", [s.operation for s in layer.edits][-3:] == list(EDITS))
    _turn_slider(stage, layer.edits[-3].id)
    _settle(stage)
    demand("an edit failed", not stage.studio.canvas.render_problems)
    stage.shoot("edited")


def undo_and_redo(stage: Stage) -> None:
    """Edit, Undo back to before the edits, and Redo to where it was: the very same documents."""
    after, before = stage.document, stage.kept["before edits"]
    steps = 0
    while stage.document is not before:
        demand("undo did not lead back to before the edits", steps < 100)
        stage.run("edit.undo")
        steps += 1
    _settle(stage)
    stage.shoot("undone")
    for _ in range(steps):
        stage.run("edit.redo")
    demand("redo did not lead to the same document", stage.document is after)
    stage.figures["steps"] = steps


def save(stage: Stage) -> None:
    """File, Save."""
    project = stage.studio.project
    watch = Stopwatch()
    stage.run("file.save")
    stage.wait("the save", lambda: not project.dirty)
    stage.figures["seconds_to_save"] = watch.seconds
    demand("project.json is missing", (_folder(stage) / "project.json").is_file())
    stage.kept["saved"] = stage.document
    _settle(stage)
    stage.shoot("saved")


def reopen(stage: Stage) -> None:
    """File, Close; the folder moves elsewhere; File, Open: everything comes back."""
    studio, folder = stage.studio, _folder(stage)
    assert studio.dataset.info is not None
    images, curves = studio.dataset.info.count, len(studio.training.curves)
    explorer = stage.document.explorer
    stage.run("file.close_project")
    stage.wait("closing the project", lambda: studio.project.project is None)
    _settle(stage)
    shutil.move(folder, stage.out / "project")
    stage.shell.project = stage.out / "project"
    stage.run("file.open_project")
    stage.wait("opening the project", lambda: studio.project.project is not None)
    _demand_same(stage.kept["saved"], stage.document)
    demand("the explorer is elsewhere", stage.document.explorer == explorer)
    stage.wait("the images", lambda: studio.dataset.info is not None)
    demand("the images are others", studio.dataset.info.count == images)
    stage.wait("the training's curves", lambda: len(studio.training.curves) == curves)
    stage.wait("the model", lambda: studio.latent.card is not None and all(studio.latent.grid))
    _settle(stage)
    stage.shoot("reopened")


def export(stage: Stage) -> None:
    """File, Export; the picture opens again as a variation, with every layer and edit."""
    studio, file = stage.studio, stage.out / "export.png"
    stage.shell.file = file
    written: list[object] = []
    studio.exchange.exported.connect(written.append)
    watch = Stopwatch()
    stage.run("file.export")
    stage.wait("the export", lambda: bool(written), 60)
    stage.figures.update(seconds_to_export=watch.seconds, bytes=file.stat().st_size)
    _settle(stage)
    stage.shoot("exported")
    before = stage.document
    stage.run("file.open_variation")
    stage.wait("opening the picture as a variation", lambda: stage.document is not before, 60)
    _demand_same(before, stage.document, TOLERANCE)
    _settle(stage)
    stage.shoot("variation")
    stage.run("edit.undo")
    demand("undo did not take the variation back", stage.document is before)


STAGES: tuple[Callable[[Stage], None], ...] = (
    welcome,
    new_project,
    train,
    explore,
    place,
    edit,
    undo_and_redo,
    save,
    reopen,
    export,
)


def _trained(stage: Stage) -> float:
    """Seconds of training so far; endless once it has ended."""
    training = stage.studio.training
    if not training.active:
        return float("inf")
    return training.progress.seconds if training.progress else 0.0


def _drag_pad(stage: Stage) -> list[float]:
    """Drag the handle across the pad; seconds from each move to its picture, sorted."""
    latent, page = stage.studio.latent, _explorer(stage).pages["pad"]
    assert isinstance(page, PadPage)
    pad = page.pad
    shown: list[float] = []
    latencies = []
    latent.preview_changed.connect(lambda: shown.append(time.perf_counter()))

    def wait_for_picture() -> None:
        moved = time.perf_counter()
        shown.clear()
        stage.wait("the picture under the pad's handle", lambda: bool(shown), 10)
        latencies.append(shown[0] - moved)

    ways = [i / PAD_MOVES for i in range(PAD_MOVES + 1)]
    drag(pad, [pad.position_of(0.15 + 0.6 * t, 0.2 + 0.5 * t * t) for t in ways], wait_for_picture)
    _settle(stage)
    return sorted(latencies)


def _place(stage: Stage) -> None:
    """Press *Place on canvas* and wait for the layer."""
    count = len(stage.document.layers)
    click(_explorer(stage).place)
    stage.wait("the placed layer", lambda: len(stage.document.layers) > count)


def _turn_slider(stage: Stage, step_id: str) -> None:
    """Open the step in the Edits panel and move its first slider."""
    panel = stage.window.docks.widget("edits")
    assert isinstance(panel, EditsPanel)
    if panel.stack.open_step != step_id:
        panel.stack.unfold(step_id)
    slider = panel.stack.row(step_id).findChild(SlimSlider)
    assert slider is not None
    before = stage.document
    start, way, middle = slider.width() * 0.5, slider.width() * 0.12, slider.rect().center().y()
    drag(slider, [QPointF(start + way * i / 8, middle) for i in range(9)])
    demand("the slider changed nothing", stage.document is not before)


def _explorer(stage: Stage) -> Any:
    panel = stage.window.docks.widget("explorer")
    assert isinstance(panel, ExplorerPanel)
    return panel.explorer


def _folder(stage: Stage) -> Path:
    folder = stage.studio.project.folder
    if folder is None:
        raise StageError("no project is open")
    return folder


def _settle(stage: Stage) -> None:
    """Wait until nothing is being made any more, and nothing moves."""
    try:
        stage.wait("calm", lambda: not _unrest(stage), 60)
    except StageError as error:
        raise StageError(f"{error}: {', '.join(_unrest(stage))}") from error


def _unrest(stage: Stage) -> list[str]:
    """What is still at work, or moves."""
    lanes = [f"lane {lane.name}" for lane in stage.studio.lanes.values() if lane.busy]
    views = stage.window.findChildren(PictureView)
    fading = [f"view {view.accessibleName()}" for view in views if view.fading]
    return lanes + fading + (["canvas"] if not stage.studio.canvas.idle else [])


def _demand_same(before: Document, after: Document, tolerance: float = 0.0) -> None:
    found = differences(before, after, tolerance)
    demand("the document came back changed: " + "; ".join(found), not found)
