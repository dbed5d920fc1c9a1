"""File: projects, pictures in, pictures out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from studio.app.action import Action, Context
from studio.app.menus import when

MENU = "File"


def leave(context: Context, then: Callable[[], None]) -> None:
    """Do `then` once the open project may be left: saved, or given up on purpose.

    Asks about work only; the explorer's view and the layout of the window are kept unasked.
    """
    project = context.studio.project
    if not project.has_unsaved_work:
        if project.has_news:
            project.save(on_done=then, on_failed=then)
        else:
            then()
        return
    answer = context.shell.ask_unsaved(project.name)
    if answer == "save":
        project.save(on_done=then)
    elif answer == "discard":
        project.discard_recovery()
        then()


def new_project(context: Context, sources: tuple[Path, ...]) -> None:
    new = partial(context.studio.new_project, sources)
    begin = partial(context.studio.notifications.attempt, new)
    context.studio.exchange.look_into(sources, partial(leave, context, begin))


def open_project(context: Context, folder: Path) -> None:
    leave(context, partial(context.studio.project.open, folder))


def import_models(context: Context, files: Sequence[Path]) -> None:
    """Into the library; without an open project, a new one is made to explore them in."""
    project = context.studio.project
    if project.project is None:
        context.studio.notifications.attempt(partial(project.create, files[0].stem))
    if project.project is not None:
        for file in files:
            context.studio.model_import.take(file)
        context.shell.show_panel("models")


def open_sample(context: Context, sample_id: str) -> None:
    samples = {sample.id: sample for sample in context.studio.sample_sets()}
    sample = samples[sample_id]
    begin = partial(context.studio.open_sample, sample)
    leave(context, partial(context.studio.notifications.attempt, begin))


def _new_from_images(context: Context) -> None:
    if sources := context.shell.ask_images():
        new_project(context, sources)


def _new_canvas(context: Context) -> None:
    if size := context.shell.ask_new_canvas():
        leave(context, partial(context.studio.exchange.new_canvas, size))


def _open_project(context: Context) -> None:
    if folder := context.shell.ask_project():
        open_project(context, folder)


def _open_sample(context: Context) -> None:
    if sample_id := context.shell.ask_sample():
        open_sample(context, sample_id)


def _open_variation(context: Context) -> None:
    if file := context.shell.ask_variation():
        context.studio.exchange.open_variation(file)


def _save(context: Context) -> None:
    context.studio.project.save()


def _save_as(context: Context) -> None:
    project = context.studio.project
    if folder := context.shell.ask_new_folder(f"{project.name} copy"):
        project.save_as(folder)


def _export(context: Context) -> None:
    if plan := context.shell.ask_export():
        context.studio.exchange.export(plan)


def _export_again(context: Context) -> None:
    if plan := context.studio.exchange.last_plan:
        context.studio.exchange.export(plan)


def _close_project(context: Context) -> None:
    leave(context, context.studio.project.close)


ACTIONS = (
    Action(
        "file.new_from_images",
        "New Project from Images…",
        MENU,
        _new_from_images,
        ("Ctrl+N",),
        "new",
    ),
    Action(
        "file.new_canvas",
        "New Canvas…",
        MENU,
        _new_canvas,
        ("Ctrl+Alt+N",),
        tip="A new project with an empty canvas: for a poster, an icon, a painting",
    ),
    Action("file.open_project", "Open Project…", MENU, _open_project, ("Ctrl+O",), "open"),
    Action("file.open_sample", "Open Sample Project…", MENU, _open_sample, icon="images"),
    Action("file.open_variation", "Open Picture as Variation…", MENU, _open_variation, section=1),
    Action("file.save", "Save", MENU, _save, ("Ctrl+S",), "save", 2, enabled=when.in_project),
    Action(
        "file.save_as",
        "Save a Copy as…",
        MENU,
        _save_as,
        ("Ctrl+Shift+S",),
        section=2,
        enabled=when.can_copy_project,
    ),
    Action(
        "file.export",
        "Export Picture…",
        MENU,
        _export,
        ("Ctrl+Shift+E",),
        "export",
        section=2,
        enabled=when.has_layers,
    ),
    Action(
        "file.export_again",
        "Export Again",
        MENU,
        _export_again,
        ("Ctrl+Alt+E",),
        section=2,
        enabled=when.can_export_again,
        tip="The same files with the same choices, of the picture as it is now",
    ),
    Action(
        "file.close_project",
        "Close Project",
        MENU,
        _close_project,
        ("Ctrl+W",),
        section=3,
        enabled=when.in_project,
    ),
    Action("file.quit", "Quit", MENU, lambda context: context.shell.quit(), ("Ctrl+Q",), section=3),
)
