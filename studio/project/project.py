"""A project on disk: a folder of immutable blobs and one small file that is replaced at a save.

::

    <name>.studio/
        project.json         the saved state          project.json.bak   the one before
        autosave.json        what was done since      thumbnail.png      for the welcome screen
        blobs/<ab>/<sha256>  rasters                  lock               who has it open
        dataset/             pictures to learn from   runs/<n>/          training, one folder each

A crash at any moment leaves the old state or the new one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio import __version__
from studio.codec.write import write_image
from studio.core.control import RunControl
from studio.core.document import Document
from studio.core.files import (
    atomic_folder,
    read_json,
    sweep_stale_temps,
    told_as_studio_error,
    write_bytes_atomic,
    write_json_atomic,
)
from studio.core.image import Image
from studio.core.raster import Raster
from studio.errors import StudioError
from studio.project.blobs import BlobStore, blobs_in, missing
from studio.project.lock import ProjectLock
from studio.project.manifest import MALFORMED, Json, document_from_json, document_to_json
from studio.project.recent import AUTOSAVE_THUMBNAIL, MANIFEST, THUMBNAIL, remember

SCHEMA = 1
PREVIOUS = "project.json.bak"
AUTOSAVE = "autosave.json"
BROKEN = "project.json.broken"  # a manifest that could not be read in full, kept for rescue
RUNS = "runs"

_OURS = ("schema", "app", "revision", "name", "document", "explorer", "view")


@dataclass(frozen=True)
class ProjectState:
    """Everything that a save keeps, beside the folders ``dataset`` and ``runs``.

    `explorer` and `view` (window layout, zoom, active layer) are JSON that belongs to others;
    `extra` is what a manifest held that this version does not know, kept for the one that does.
    """

    name: str = "Untitled"
    document: Document = field(default_factory=Document)
    explorer: Mapping[str, Any] = field(default_factory=dict)
    view: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


class Project:
    """Owns an open project's folder and its lock until `close`.

    Any thread may call any method; saves wait for one another.
    """

    def __init__(self, folder: Path, lock: ProjectLock | None) -> None:
        """Use `create` or `open`."""
        self._folder = folder
        self._file_lock = lock
        self._blobs = BlobStore(folder / "blobs")
        self._saving = threading.RLock()
        self._revision = 0  # counts saves and autosaves, so that no clock is trusted
        self._saved_revision = 0
        self._last_good = b""  # the manifest that becomes the previous one at the next save

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def read_only(self) -> bool:
        """Whether nothing can be saved: of a newer version, or without write permission."""
        return self._file_lock is None

    @property
    def _called(self) -> str:
        return f"The project “{self._folder.stem}”"

    # --- Create, open, close ---

    @classmethod
    def create(cls, folder: Path, state: ProjectState) -> Project:
        """Make the folder, which must not exist or be empty, and save `state` in it.

        Raises:
            StudioError: there is something already, or the disk refused.
        """
        with told_as_studio_error(f"The folder “{folder.name}” could not be made"):
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise StudioError(f"“{folder.name}” exists already.", "Choose another name.")
        project = cls(folder, ProjectLock(folder))
        try:
            project.save(state)
        except BaseException:
            project.close()
            shutil.rmtree(folder, ignore_errors=True)
            raise
        remember(folder)
        return project

    @classmethod
    def open(cls, folder: Path) -> tuple[Project, ProjectState, tuple[str, ...]]:
        """The project, its saved state, and a sentence for each thing that could not be read.

        A damaged manifest falls back to the previous one. A project of a newer version, or on a
        disk that cannot be written, opens `read_only`.

        Raises:
            StudioError: no project, in use elsewhere, or damaged beyond both manifests.
        """
        if not (folder / MANIFEST).is_file() and not (folder / PREVIOUS).is_file():
            raise StudioError(f"“{folder.name}” is not a project folder.", "Choose another one.")
        project = cls(folder, ProjectLock(folder) if os.access(folder, os.W_OK) else None)
        try:
            state, problems = project._load()
            if not project.read_only:
                project._tidy()
        except BaseException:
            project.close()
            raise
        remember(folder)
        return project, state, problems

    def close(self) -> None:
        """Let go of the folder. An autosave stays, and is offered at the next opening."""
        if self._file_lock is not None:
            self._file_lock.release()

    def save_as(self, folder: Path) -> None:
        """Copy everything on disk to a new folder and go on there; then `save` what is unsaved.

        Raises:
            StudioError: `folder` exists, or the disk refused.
        """
        if folder.exists():
            raise StudioError(f"“{folder.name}” exists already.", "Choose another name.")
        with self._saving:
            with atomic_folder(folder) as temp:
                left_out = shutil.ignore_patterns("lock", ".*.tmp")
                shutil.copytree(self._folder, temp, ignore=left_out, dirs_exist_ok=True)
            lock = ProjectLock(folder)
            self.close()
            self._folder, self._file_lock = folder, lock
            self._blobs.folder = folder / "blobs"
        remember(folder)

    # --- Save ---

    def save(
        self,
        state: ProjectState,
        thumbnail: Image | None = None,
        control: RunControl | None = None,
    ) -> None:
        """Make `state` the saved one; rasters that have not changed are not written again.

        Without a `thumbnail`, the project has none from now on.

        Raises:
            StudioError: the disk refused, or the project is read-only; the old state stands.
            Cancelled: `control` was cancelled; the old state stands.
        """
        with self._saving:
            manifest = self._manifest(state, control or RunControl())
            if self._last_good:
                write_bytes_atomic(self._folder / PREVIOUS, self._last_good, self._called)
            write_json_atomic(self._folder / MANIFEST, manifest, self._called)
            self._last_good = (self._folder / MANIFEST).read_bytes()
            self._revision = self._saved_revision = manifest["revision"]
            self._blobs.forget_unused()
            self.discard_recovery()
            self._show_as(THUMBNAIL, thumbnail)

    def autosave(self, state: ProjectState, thumbnail: Image | None = None) -> None:
        """Write `state` beside the saved one, never over it.

        Raises:
            StudioError: the disk refused, or the project is read-only.
        """
        with self._saving:
            manifest = self._manifest(state, RunControl())
            write_json_atomic(self._folder / AUTOSAVE, manifest, self._called)
            self._revision = manifest["revision"]
            self._blobs.forget_unused()
            self._show_as(AUTOSAVE_THUMBNAIL, thumbnail)

    @property
    def has_thumbnail(self) -> bool:
        """Whether there is a picture of what was saved."""
        return (self._folder / THUMBNAIL).exists()

    def _show_as(self, name: str, thumbnail: Image | None) -> None:
        """Write or remove a picture; the state is safe, so a disk that refuses is not told."""
        with contextlib.suppress(StudioError, OSError):
            if thumbnail is None:
                (self._folder / name).unlink(missing_ok=True)
            else:
                write_image(self._folder / name, thumbnail)

    def _manifest(self, state: ProjectState, control: RunControl) -> Json:
        """The state as JSON, all its rasters on disk."""
        if self.read_only:
            raise StudioError(
                f"“{self._folder.stem}” is open read-only.", "Save it under another name."
            )

        def put(raster: Raster) -> Json:
            control.check()
            return self._blobs.put(raster)

        return {
            **state.extra,
            "schema": SCHEMA,
            "app": __version__,
            "revision": self._revision + 1,
            "name": state.name,
            "document": document_to_json(state.document, put),
            "explorer": dict(state.explorer),
            "view": dict(state.view),
        }

    # --- Recovery ---

    def has_recovery(self) -> bool:
        """Whether there is an autosave newer than the save that was opened."""
        return self._newer_autosave() is not None

    def recovery(self) -> ProjectState | None:
        """The autosaved state where it is newer than the saved one and can be read."""
        data = self._newer_autosave()
        if data is None:
            return None
        try:
            state, _problems = self._state(data)
        except MALFORMED:
            return None
        return state

    def discard_recovery(self) -> None:
        """Remove the autosave."""
        for name in (AUTOSAVE, AUTOSAVE_THUMBNAIL):
            with contextlib.suppress(OSError):
                (self._folder / name).unlink(missing_ok=True)

    def _newer_autosave(self) -> Json | None:
        try:
            data: Json = read_json(self._folder / AUTOSAVE)
            return data if int(data["revision"]) > self._saved_revision else None
        except (StudioError, *MALFORMED):
            return None

    # --- Read ---

    def _load(self) -> tuple[ProjectState, tuple[str, ...]]:
        failure: Exception | None = None
        for name, notice in (
            (MANIFEST, ()),
            (PREVIOUS, ("The last save is damaged; the one before it was opened.",)),
        ):
            try:
                return self._load_manifest(name, notice)
            except (StudioError, *MALFORMED) as error:
                failure = failure or error
        raise StudioError(
            f"The project “{self._folder.stem}” is damaged: {failure}",
            "Restore its folder from a backup.",
        )

    def _load_manifest(
        self, name: str, notice: tuple[str, ...]
    ) -> tuple[ProjectState, tuple[str, ...]]:
        data = read_json(self._folder / name)
        if int(data["schema"]) > SCHEMA:
            self.close()
            self._file_lock = None
            notice = (*notice, "This project is of a newer version: look at it, or save a copy.")
        state, problems = self._state(data)
        if problems and not self.read_only:
            write_json_atomic(self._folder / BROKEN, data)
        self._revision = self._saved_revision = int(data["revision"])
        self._last_good = (self._folder / name).read_bytes()
        return state, (*notice, *problems)

    def _state(self, data: Mapping[str, Any]) -> tuple[ProjectState, tuple[str, ...]]:
        """The state of a manifest; a raster that cannot be read is transparent, and named."""
        unreadable: dict[int, str] = {}

        def get(reference: Mapping[str, Any]) -> Raster:
            try:
                return self._blobs.get(reference)
            except StudioError as error:
                raster = missing(reference)
                unreadable[id(raster)] = error.message
                return raster

        document, problems = document_from_json(data["document"], get)
        state = ProjectState(
            name=str(data["name"]),
            document=document,
            explorer=dict(data["explorer"]),
            view=dict(data["view"]),
            extra={key: value for key, value in data.items() if key not in _OURS},
        )
        lost = tuple(
            f"The layer “{layer.name}” is incomplete. {unreadable[id(raster)]}"
            for layer in document.layers
            for raster in (layer.raster, layer.mask, *(step.mask for step in layer.edits))
            if id(raster) in unreadable
        )
        return state, (*problems, *lost)

    def _tidy(self) -> None:
        """Remove what killed processes left, and blobs that nothing has needed for a day."""
        self._blobs.forget_unused()
        with contextlib.suppress(OSError):
            sweep_stale_temps(self._folder)
            keep: set[str] = set()
            for name in (MANIFEST, PREVIOUS, AUTOSAVE, BROKEN):
                with contextlib.suppress(FileNotFoundError):
                    keep |= blobs_in((self._folder / name).read_bytes())
            self._blobs.collect(keep)
