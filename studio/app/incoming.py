"""What files mean that a person drops on the window or opens with the studio."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.app.action import Context
from studio.app.menus.file import new_project, open_project
from studio.project.recent import MANIFEST

MODEL_SUFFIX = ".safetensors"


def is_project(folder: Path) -> bool:
    return (folder / MANIFEST).is_file()


def take(context: Context, files: Sequence[Path]) -> None:
    """A project is opened, a model goes to the library, pictures become layers.

    Without an open project, pictures and folders become a new one.
    """
    if not files:
        return
    first = files[0]
    if is_project(first):
        open_project(context, first)
    elif first.suffix == MODEL_SUFFIX:
        context.studio.import_model(first)
    elif context.studio.project.project is None:
        new_project(context, tuple(files))
    else:
        context.studio.import_pictures(files)
