"""Files in and out of the open document, in the background, told when they are done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.app import exchange, layered_file
from studio.app.dataset_session import DatasetSession
from studio.app.document_session import DocumentSession
from studio.app.engine_host import EngineHost
from studio.app.export_plan import ExportPlan, write_export
from studio.app.lanes import Job, Lane, once
from studio.app.likeness import copies_in
from studio.app.notifications import Notifications
from studio.app.project_session import ProjectSession
from studio.core.canvas_size import CanvasSize
from studio.core.control import RunControl
from studio.core.document import Document, Layer, arranged
from studio.core.layer_tree import with_new_ids
from studio.core.raster import Raster
from studio.errors import StudioError

UNTITLED = "Untitled"


class ExchangeSession(QObject):
    """Imports, opens, saves and exports. Lives in the GUI thread, works in `lane`.

    Emits `exported(Path)` for every file that was written. `last_plan` is the last export of the
    open project.
    """

    exported = Signal(Path)

    def __init__(  # noqa: PLR0913  (what it goes between)
        self,
        documents: DocumentSession,
        project: ProjectSession,
        dataset: DatasetSession,
        host: EngineHost,
        lane: Lane,
        notifications: Notifications,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._documents = documents
        self._project = project
        self._dataset = dataset
        self._host = host
        self._lane = lane
        self._notifications = notifications
        self.last_plan: ExportPlan | None = None
        project.closed.connect(self._forget)

    def _forget(self) -> None:
        self.last_plan = None

    def remembered_plan(self, folder: Path) -> ExportPlan:
        """How this project was exported the last time, into `folder`."""
        plan = ExportPlan(folder, self._project.name or "Picture")
        return plan.with_json(self._project.view.get("export"))

    # --- In ---

    def import_pictures(self, files: Sequence[Path], longest: int | None = None) -> None:
        """Put picture files onto the canvas as layers; a bad one is told, the rest go on.

        A picture that carries its recipe brings the layers that it was made of.
        Drawings (SVG) get `longest` px on their longest side.
        """

        def work(_control: RunControl) -> Iterator[tuple[str, Document] | Exception]:
            for file in files:
                try:
                    yield file.stem, exchange.read_alive(file, longest, self._host)
                except Exception as error:  # noqa: BLE001  (one bad file must not stop the rest)
                    yield error

        def take(item: tuple[str, Document] | Exception) -> None:
            if isinstance(item, Exception):
                self._notifications.failed(item)
            else:
                self._add(*item)

        self._lane.submit(Job(work, on_event=take, on_failed=self._notifications.failed))

    def _add(self, name: str, picture: Document) -> None:
        document = self._documents.document
        if any(document.has_layer(layer.id) for layer in picture.layers):
            picture = with_new_ids(picture)
        if len(picture.layers) == 1:
            self._documents.add_layer(exchange.centered(picture.layers[0], document))
            return
        added = exchange.centered_all(picture, document)
        whole = replace(document, layers=arranged((*document.layers, *added)))
        self._documents.commit(whole, f"Add {name}")
        self._documents.set_active(added[-1].id if added else "")

    def look_into(self, sources: Sequence[Path], then: Callable[[], None]) -> None:
        """Do `then` once it is known that there are pictures in files and folders.

        Where there are none that is told, and nothing is made of them.
        """
        self._run(lambda _control: exchange.require_pictures(sources), lambda _none: then())

    def open_picture(self, file: Path, longest: int | None = None) -> None:
        """Make a new project whose canvas is the picture, with its layers where it has them.

        A picture that carries its recipe is a variation: its layers are made again.
        """
        self._run(
            lambda _control: exchange.read_alive(file, longest, self._host),
            partial(self._begin, file.stem),
        )

    def new_canvas(self, size: CanvasSize) -> None:
        """Make a new project with an empty canvas, and one layer to paint on."""
        ground = Layer(Raster(size.width, size.height), "Layer 1")
        self._begin(UNTITLED, Document(size.width, size.height, (ground,), dpi=size.dpi))

    def _begin(self, name: str, document: Document) -> None:
        try:
            self._project.create(name)
        except StudioError as error:  # the folder cannot be made
            self._notifications.failed(error)
        else:
            self._documents.reset(document)

    def open_variation(self, file: Path) -> None:
        """Open an exported picture with its recipe: layers, edits and latents where it has them."""
        self._run(lambda _control: exchange.read_variation(file, self._host), self._show_variation)

    def _show_variation(self, variation: exchange.Variation) -> None:
        if self._project.project is None:
            self._project.create(variation.name)
        kept = self._documents.document.explorer.favorites
        explorer = replace(variation.document.explorer, favorites=kept)
        document = replace(variation.document, explorer=explorer)
        self._documents.commit(document, f"Open {variation.name} as a variation")
        if not variation.complete:
            self._notifications.post(
                f"{variation.name} came back as one flattened layer.",
                "Some layers were imported pictures, or their model is not here or too old.",
                "attention",
            )

    # --- Out ---

    def save_layered(self, file: Path) -> None:
        """Write all layers into an OpenRaster file."""
        document = self._documents.document

        def write(control: RunControl) -> None:
            layered_file.write_layered(document, file, control)

        self._run(write, lambda _none: self._tell_exported(file))

    def export(self, plan: ExportPlan) -> None:
        """Write what `plan` says, remember it with the project, then tell of copies in it."""
        document, layer = self._documents.document, self._documents.active_layer
        info = self._dataset.info
        self.last_plan = plan
        self._project.view = {**self._project.view, "export": plan.to_json()}

        def work(control: RunControl) -> Iterator[Callable[[], None]]:
            files = tuple(write_export(plan, document, layer, control))
            yield partial(self._tell_exported, *files)
            if info is not None and (copies := copies_in(self._host, info.folder, document)):
                yield partial(self._tell_of_copies, copies)

        self._lane.submit(
            Job(work, on_event=lambda tell: tell(), on_failed=self._notifications.failed)
        )

    def _tell_exported(self, *files: Path) -> None:
        what = files[0].name if len(files) == 1 else f"{len(files)} pictures"
        self._notifications.post(f"Exported {what}.", f"To {files[0].parent}.", "good")
        for file in files:
            self.exported.emit(file)

    def _tell_of_copies(self, layers: tuple[str, ...]) -> None:
        names = ", ".join(f"“{name}”" for name in layers)
        what = "looks like a copy" if len(layers) == 1 else "look like copies"
        self._notifications.post(
            f"{names} {what} of images that the model learned from.",
            "Use the export only where you may use those.",
            "attention",
        )

    def _run(self, work: Callable[[RunControl], object], show: Callable[..., None]) -> None:
        self._lane.submit(Job(once(work), on_event=show, on_failed=self._notifications.failed))
