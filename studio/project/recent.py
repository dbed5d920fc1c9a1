"""The projects that the welcome screen shows."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio import paths
from studio.core.files import spoken_name
from studio.project.own_file import OwnFile

MANIFEST = "project.json"
THUMBNAIL = "thumbnail.png"
AUTOSAVE_THUMBNAIL = "autosave.png"  # of work that was never saved by hand
DATASET = "dataset"
SUFFIX = ".studio"
_FILE = OwnFile("recent.json", "recent projects")
_MOST = 50  # projects outside the projects folder


@dataclass(frozen=True, slots=True)
class RecentProject:
    """A project that exists; `modified` is in seconds since the epoch.

    `thumbnail` is a picture of its canvas, `dataset` the folder of the pictures it learns from;
    each None where there is none.
    """

    folder: Path
    name: str
    modified: float
    thumbnail: Path | None = None
    dataset: Path | None = None


def recent_projects() -> list[RecentProject]:
    """Projects in the projects folder, and those opened elsewhere, newest first."""
    folders = dict.fromkeys([*_in_projects_dir(), *_remembered()])
    found = [project for folder in folders if (project := _look_at(folder)) is not None]
    return sorted(found, key=lambda project: project.modified, reverse=True)


def remember(folder: Path) -> None:
    """Note a project that was opened outside the projects folder."""
    folder = folder.absolute()
    if folder.parent == paths.projects_dir().absolute():
        return
    others = [item for item in _remembered() if item != folder]
    _FILE.write({"projects": [str(item) for item in (folder, *others)][:_MOST]})


def _in_projects_dir() -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from sorted(paths.projects_dir().absolute().glob(f"*{SUFFIX}"))


def _remembered() -> list[Path]:
    try:
        return [Path(item) for item in _FILE.read().get("projects", ())]
    except TypeError:
        return []


def _look_at(folder: Path) -> RecentProject | None:
    manifest, dataset = folder / MANIFEST, folder / DATASET
    try:
        modified = manifest.stat().st_mtime
    except (OSError, ValueError):
        return None
    pictures = (folder / THUMBNAIL, folder / AUTOSAVE_THUMBNAIL)
    return RecentProject(
        folder,
        # Of a damaged project its folder: opening will fall back to an older save.
        spoken_name(manifest, folder.stem),
        modified,
        next((picture for picture in pictures if picture.exists()), None),
        dataset if dataset.is_dir() else None,
    )
