"""What files mean that a person drops on the window or opens with the studio."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from studio.app import svg
from studio.app.action import Context
from studio.app.menus.file import import_models, leave, new_project, open_project
from studio.app.model_import import is_model
from studio.project.recent import MANIFEST


def is_project(folder: Path) -> bool:
    return (folder / MANIFEST).is_file()


def take(context: Context, files: Sequence[Path]) -> None:
    """A project is opened, models are imported, folders are learned from, pictures become layers.

    Without an open project, a picture is opened; several, folders and models begin a new one.
    """
    if not files:
        return
    first = files[0]
    if is_project(first):
        open_project(context, first)
    elif is_model(first):
        import_models(context, [file for file in files if is_model(file)])
    elif context.studio.project.project is not None:
        _take_into_project(context, files)
    elif len(files) == 1 and first.is_file():
        open_picture(context, first)
    else:
        new_project(context, tuple(files))


def _take_into_project(context: Context, files: Sequence[Path]) -> None:
    folders = [file for file in files if file.is_dir()]
    if folders:
        context.studio.dataset.add(folders)
        context.shell.show_panel("images")
    import_pictures(context, [file for file in files if file not in folders])


def open_picture(context: Context, file: Path) -> None:
    """Leave what is open, and make a project whose canvas is the picture."""
    longest = longest_side(context, [file])
    if longest is not None:
        leave(context, partial(context.studio.exchange.open_picture, file, longest))


def import_pictures(context: Context, files: Sequence[Path]) -> None:
    """Pictures become layers of the open document; for drawings, the person says how large."""
    longest = longest_side(context, files)
    if files and longest is not None:
        context.studio.exchange.import_pictures(files, longest)


def longest_side(context: Context, files: Sequence[Path]) -> int | None:
    """In px, for drawings among `files`; None if the person thought better of it."""
    drawings = [file for file in files if file.suffix.lower() == svg.SUFFIX]
    document = context.studio.documents.document
    longest = max(document.width, document.height)
    return context.shell.ask_longest_side(drawings[0].name, longest) if drawings else longest
