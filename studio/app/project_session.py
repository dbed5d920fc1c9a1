"""The open project on disk: new, open, save, autosave, recover, close."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from studio.app import model_shelf
from studio.app.document_session import DocumentSession
from studio.app.lanes import Job, Lane, once
from studio.app.layer_rendering import render_document
from studio.app.notifications import Notifications
from studio.core.control import RunControl
from studio.core.document import Document
from studio.core.explorer import ExplorerState
from studio.core.image import Image
from studio.errors import StudioError
from studio.paths import projects_dir
from studio.project.lock import ProjectLock
from studio.project.project import Project, ProjectState
from studio.project.recent import RecentProject, recent_projects

AUTOSAVE_MS = 20_000  # a kill loses at most this much, far below the minute that is promised
THUMBNAIL_SIDE = 320


@dataclass(frozen=True, slots=True)
class OpenedProject:
    """What came out of a project folder: its state, and what could not be read."""

    project: Project
    state: ProjectState
    problems: tuple[str, ...] = ()


class ProjectSession(QObject):
    """Owns the open `Project`, knows whether it is saved, and autosaves it.

    Lives in the GUI thread. Emits `opened()` and `closed()`, `saved()`, `dirty_changed(bool)`,
    `recovery_offered()` when an autosave is newer than the save, and `view_wanted()` right before
    a save so that the window can put its layout into `view`.
    """

    opened = Signal()
    closed = Signal()
    saved = Signal()
    dirty_changed = Signal(bool)
    recovery_offered = Signal()
    view_wanted = Signal()

    def __init__(
        self, documents: DocumentSession, lane: Lane, notifications: Notifications, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._documents = documents
        self._lane = lane
        self._notifications = notifications
        self.project: Project | None = None
        self.view: Mapping[str, Any] = {}
        self._state = ProjectState()
        self._saved_document: Document | None = None
        self._autosaved_document: Document | None = None
        self._timer = QTimer(self, interval=AUTOSAVE_MS)
        self._timer.timeout.connect(self.autosave)
        documents.changed.connect(lambda _change: self._tell_dirty())

    # --- What is open ---

    @property
    def name(self) -> str:
        return self._state.name

    @property
    def folder(self) -> Path | None:
        return self.project.folder if self.project else None

    @property
    def dirty(self) -> bool:
        return self.project is not None and self._documents.document is not self._saved_document

    @property
    def has_unsaved_work(self) -> bool:
        """Whether more was changed than what the explorer shows."""
        saved, document = self._saved_document, self._documents.document
        if not self.dirty or saved is None:
            return self.dirty
        return replace(document, explorer=saved.explorer, selection=saved.selection) != saved

    @property
    def has_news(self) -> bool:
        """Whether a save would change anything, be it only the window's layout."""
        self.view_wanted.emit()
        kept = {key: value for key, value in self._state.view.items() if key in self.view}
        return self.project is not None and (self.dirty or kept != self.view)

    def set_autosave_seconds(self, seconds: int) -> None:
        self._timer.setInterval(seconds * 1000)

    def recent(self) -> Sequence[RecentProject]:
        return recent_projects()

    def put_away(self, folder: Path, on_done: Callable[[], None]) -> None:
        """Move a project that nobody has open to the system's trash; a failure is told."""

        def work(_control: RunControl) -> None:
            ProjectLock(folder).release()
            model_shelf.move_to_trash(folder)
            if folder.exists():
                raise StudioError(
                    f"“{folder.stem}” could not be moved to the trash.",
                    f"Remove its folder in {folder.parent}.",
                )

        self._lane.submit(
            Job(
                once(work),
                on_event=lambda _none: on_done(),
                on_failed=self._notifications.failed,
            )
        )

    # --- Open and close ---

    def create(self, name: str, folder: Path | None = None) -> None:
        """Make a project in the projects folder (or `folder`) and open it.

        Raises:
            StudioError: the folder cannot be made.
        """
        place = folder or free_folder(projects_dir(), name)
        state = ProjectState(name=name, document=Document())
        self._take(OpenedProject(Project.create(place, state), state))

    def open(self, folder: Path) -> None:
        """Open a project in the background; a failure is told and changes nothing."""

        def work(_control: RunControl) -> OpenedProject:
            project, state, problems = Project.open(folder)
            with contextlib.suppress(StudioError):  # it opens without its models too
                model_shelf.bring_home(folder / "runs", _models_of(state), state.name)
            return OpenedProject(project, state, problems)

        self._lane.submit(
            Job(once(work), on_event=self._take, on_failed=self._notifications.failed)
        )

    def close(self) -> None:
        """Let go of the project; unsaved work stays in its autosave."""
        if self.project is None:
            return
        self._timer.stop()
        self.project.close()
        self.project = None
        self._state = ProjectState()
        self._documents.reset(Document())
        self.closed.emit()

    def _take(self, opened: OpenedProject) -> None:
        self.close()
        self.project = opened.project
        self._show(opened.state)
        self._timer.start()
        for problem in opened.problems:
            self._notifications.post(problem, tone="attention")
        if opened.project.read_only and not opened.problems:
            self._notifications.post(
                f"{self.name} can be looked at but not changed where it is.",
                "Save it under another name to keep what you do.",
                "attention",
            )
        self.opened.emit()
        if opened.project.has_recovery():
            self.recovery_offered.emit()

    def _show(self, state: ProjectState) -> None:
        self._state = state
        self.view = state.view
        document = replace(state.document, explorer=_explorer_of(state))
        self._documents.reset(document, str(state.view.get("active_layer", "")))
        self._saved_document = self._autosaved_document = document
        self._tell_dirty()

    def recover(self) -> None:
        """Take the autosaved state, which is newer than the last save."""
        if self.project is not None and (state := self.project.recovery()) is not None:
            saved = self._saved_document
            self._show(state)
            self._saved_document = saved
            self._tell_dirty()

    def discard_recovery(self) -> None:
        """Give up what was autosaved since the last save."""
        if self.project is not None:
            self.project.discard_recovery()

    # --- Save ---

    def save(
        self,
        on_done: Callable[[], None] | None = None,
        on_failed: Callable[[], None] | None = None,
    ) -> None:
        """Write the project in the background; the old state stays until the new one is whole.

        A failure is told; then `on_failed` is called.
        """
        project = self.project
        if project is None:
            return
        self.view_wanted.emit()
        state = self._current_state()

        def work(control: RunControl) -> ProjectState:
            project.save(state, thumbnail=_thumbnail(state.document, control))
            return state

        def done(saved: ProjectState) -> None:
            self._state = saved
            self._saved_document = self._autosaved_document = saved.document
            self._tell_dirty()
            self.saved.emit()
            if on_done is not None:
                on_done()

        def failed(error: Exception) -> None:
            self._notifications.failed(error)
            if on_failed is not None:
                on_failed()

        self._lane.submit(Job(once(work), on_event=done, on_failed=failed))

    def save_as(self, folder: Path) -> None:
        """Copy the project to a new folder, go on there, and save what is unsaved."""
        project = self.project
        if project is None:
            return

        def moved(_none: None) -> None:
            self._state = replace(self._state, name=folder.stem)
            self.opened.emit()
            self.save()

        self._lane.submit(
            Job(
                once(lambda _control: project.save_as(folder)),
                on_event=moved,
                on_failed=self._notifications.failed,
            )
        )

    def rename(self, name: str) -> None:
        self._state = replace(self._state, name=name)
        self.save()

    def autosave(self) -> None:
        """Write what changed since the last save beside it, never over it."""
        project, document = self.project, self._documents.document
        if project is None or project.read_only or document is self._autosaved_document:
            return
        state = self._current_state()

        def work(control: RunControl) -> Document:
            picture = None if project.has_thumbnail else _thumbnail(state.document, control)
            project.autosave(state, picture)
            return state.document

        def done(written: Document) -> None:
            self._autosaved_document = written

        self._lane.submit(Job(once(work), on_event=done, on_failed=self._notifications.failed))

    def save_emergency_copy(self) -> None:
        """Write an autosave here and now: the program is about to break."""
        if self.project is not None and self.dirty and not self.project.read_only:
            self.project.autosave(self._current_state())

    def _current_state(self) -> ProjectState:
        document = self._documents.document
        return replace(
            self._state,
            document=document,
            explorer=document.explorer.to_json(),
            view={**self.view, "active_layer": self._documents.active_id},
        )

    def _tell_dirty(self) -> None:
        self.dirty_changed.emit(self.dirty)


def _models_of(state: ProjectState) -> frozenset[str]:
    """The sha256 of every model that the project needs."""
    models = {layer.provenance.model for layer in state.document.layers}
    return frozenset(models | {_explorer_of(state).model})


def _explorer_of(state: ProjectState) -> ExplorerState:
    try:
        return ExplorerState.from_json(state.explorer)
    except (KeyError, TypeError, ValueError):
        return ExplorerState()


def _thumbnail(document: Document, control: RunControl) -> Image | None:
    """The document at about `THUMBNAIL_SIDE` px, for the list of recent projects.

    None where nothing lies on the canvas: the list then shows what the project learns from.
    """
    if not document.layers:
        return None
    level = 0
    while max(document.width, document.height) >> (level + 1) >= THUMBNAIL_SIDE:
        level += 1
    return render_document(document, control, level)


def free_folder(parent: Path, name: str) -> Path:
    """A folder ``<name>.studio`` in `parent` that does not exist yet.

    Raises:
        StudioError: the name holds nothing that a file name can.
    """
    safe = "".join(c for c in name if c.isalnum() or c in " -_().").strip(" .")[:80]
    if not safe:
        raise StudioError(f"“{name}” cannot be the name of a project.", "Use letters or digits.")
    folder, number = parent / f"{safe}.studio", 2
    while folder.exists():
        folder, number = parent / f"{safe} {number}.studio", number + 1
    return folder
