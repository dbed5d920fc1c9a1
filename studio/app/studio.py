"""The whole program without its window: every session, and what goes between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio import paths
from studio.app import exchange, model_shelf, thumbnails
from studio.app.canvas_aids import CanvasAids
from studio.app.canvas_renderer import CanvasRenderer
from studio.app.dataset_session import DatasetSession
from studio.app.direction_session import DirectionSession
from studio.app.doctor_session import DoctorSession
from studio.app.document_session import DocumentSession
from studio.app.edit_recipes import EditRecipes
from studio.app.edit_steps import EditSteps
from studio.app.engine_host import EngineHost
from studio.app.exchange_session import ExchangeSession
from studio.app.garbage import Garbage
from studio.app.lanes import BEHIND, LAST, Job, Lane, once
from studio.app.latent_session import LatentSession
from studio.app.layer_rendering import render_single_layer
from studio.app.layer_session import LayerSession
from studio.app.likeness import Likeness
from studio.app.loose_pictures import LoosePictures
from studio.app.notifications import Notifications
from studio.app.originality import Originality
from studio.app.painting import Painting
from studio.app.project_session import ProjectSession
from studio.app.seen_session import SeenSession
from studio.app.selection_session import SelectionSession
from studio.app.steering_session import SteeringSession
from studio.app.time_machine import TimeMachine
from studio.app.training_session import TrainingSession
from studio.app.undo_memory import UndoMemory
from studio.core.control import RunControl
from studio.core.tile_files import TileFiles
from studio.engine.api import Engine, load_engine
from studio.project.recent import DATASET, RecentProject

if TYPE_CHECKING:
    from studio.app.art_session import ArtSession
    from studio.app.atlas_session import AtlasSession
    from studio.app.batch_session import BatchSession
    from studio.app.breeding_session import BreedingSession
    from studio.app.drag_session import DragSession
    from studio.app.inversion_session import InversionSession
    from studio.app.looks import Looks
    from studio.app.model_fill import ModelFill
    from studio.app.model_import import ModelImport
    from studio.app.tile_preview import TilePreview
    from studio.app.timeline_session import TimelineSession


@dataclass(frozen=True, slots=True)
class Starts:
    """Where work can begin."""

    recent: tuple[RecentProject, ...]
    samples: tuple[exchange.SampleSet, ...]


class Studio(QObject):
    """Owns lanes and sessions; made once, closed once. Lives in the GUI thread.

    Emits `models_changed()` when `models` (what the library holds) is new.
    """

    models_changed = Signal()

    def __init__(
        self, load: Callable[[], Engine] = load_engine, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._garbage = Garbage(self)
        self.host = EngineHost(load)
        self.lanes = {name: Lane(name, self) for name in ("render", "edits")}
        behind = ("train", "io", "art", "film", "seen")
        self.lanes |= {name: Lane(name, self, niceness=BEHIND) for name in behind}
        self.lanes["check"] = Lane("check", self, niceness=LAST)
        self.notifications = Notifications(self)
        self.documents = DocumentSession(self)
        self.canvas = CanvasRenderer(self.documents, self.lanes["edits"], self)
        self.edits = EditSteps(self.documents, self.canvas, self.notifications)
        self.layers = LayerSession(self.documents, self.lanes["edits"], self.notifications, self)
        self.aids = CanvasAids(self.documents, self)
        self.selections = SelectionSession(
            self.documents, self.lanes["edits"], self.notifications, self
        )
        self.undo_memory = UndoMemory(
            self.documents, TileFiles(paths.cache_dir()), self.lanes["io"], self
        )
        self.painting = Painting(
            self.documents, self.canvas, self.lanes["edits"], self.notifications, self
        )
        self.dataset = DatasetSession(self.host, self.lanes["io"], self.notifications, self)
        self.doctor = DoctorSession(
            self.host, self.lanes["check"], self.dataset, self.notifications, self
        )
        self.training = TrainingSession(self.host, self.lanes["train"], self.notifications, self)
        self.latent = LatentSession(
            self.documents, self.host, self.lanes["render"], self.notifications, self
        )
        directions = DirectionSession(
            self.documents, self.host, self.lanes["io"], self.latent, self.notifications
        )
        self.steering = SteeringSession(self.latent, directions)
        self.likeness = Likeness(
            self.host, self.lanes["io"], self.latent, self.dataset, self.notifications
        )
        self.originality = Originality(self.host, self.lanes["seen"], self.latent, self.dataset)
        self.loose_pictures = LoosePictures(self.latent, self.lanes["seen"], self.notifications)
        self.project = ProjectSession(self.documents, self.lanes["io"], self.notifications, self)
        self.exchange = ExchangeSession(
            self.documents,
            self.project,
            self.dataset,
            self.host,
            self.lanes["io"],
            self.notifications,
            self,
        )
        self.seen = SeenSession(
            self.project, self.latent, self.lanes["seen"], self.notifications, lambda: self.models
        )
        self.recipes = EditRecipes(self.documents, self.notifications)
        self.time_machine = TimeMachine(
            self.host, self.lanes["io"], self.training, self.project, self.notifications
        )
        self.models: tuple[model_shelf.ModelFacts, ...] = ()
        self._connect()

    # --- What no window needs to begin with is made when it is first asked for ---

    @cached_property
    def art(self) -> ArtSession:
        from studio.app.art_session import ArtSession

        return ArtSession(
            self.host, self.lanes["art"], self.documents, self.canvas, self.notifications
        )

    @cached_property
    def batch(self) -> BatchSession:
        from studio.app.batch_session import BatchSession

        return BatchSession(self.lanes["io"], self.notifications, self)

    @cached_property
    def model_fill(self) -> ModelFill:
        from studio.app.model_fill import ModelFill

        return ModelFill(self.documents, self.latent, self.lanes["render"], self.notifications)

    @cached_property
    def looks(self) -> Looks:
        from studio.app.looks import Looks

        return Looks(self.documents, self.latent.memory, self.lanes["render"], self.notifications)

    @cached_property
    def model_import(self) -> ModelImport:
        from studio.app.model_import import ModelImport

        made = ModelImport(self.host, self.lanes["io"], self.notifications, self)
        made.imported.connect(self._explore)
        return made

    @cached_property
    def inversion(self) -> InversionSession:
        from studio.app.inversion_session import InversionSession

        inversion = InversionSession(self.latent, self.host, self.lanes, self.notifications)
        inversion.model_made.connect(self.refresh_models)
        return inversion

    @cached_property
    def drags(self) -> DragSession:
        from studio.app.drag_session import DragSession

        return DragSession(self.latent, self.lanes["render"], self.notifications)

    @cached_property
    def timeline(self) -> TimelineSession:
        from studio.app.timeline_session import TimelineSession

        return TimelineSession(self.latent, self.host, self.lanes, self.notifications)

    @cached_property
    def atlas(self) -> AtlasSession:
        from studio.app.atlas_session import AtlasSession

        lane = self.lanes["render"]
        return AtlasSession(self.latent, self.dataset, self.project, lane, self.notifications)

    @cached_property
    def breeding(self) -> BreedingSession:
        from studio.app.breeding_session import BreedingSession

        return BreedingSession(self.latent, self.lanes["render"], self.notifications)

    @cached_property
    def tile(self) -> TilePreview:
        from studio.app.tile_preview import TilePreview

        return TilePreview(self.documents, self.lanes["art"])

    def _connect(self) -> None:
        self.project.opened.connect(self._open_parts)
        self.project.closed.connect(self._close_parts)
        self.training.model_written.connect(self._follow_training)
        self.training.model_finished.connect(self._keep_model)
        self.training.model_found.connect(self._keep_if_nothing_is_explored)
        self.time_machine.model_made.connect(self._explore)

    def warm_up(self) -> None:
        """What can wait for the first paint: the engine's import, and tidying up."""
        self.undo_memory.sweep()
        self.lanes["render"].submit(Job(once(lambda _control: self.host.get())))

    def close(self) -> None:
        """End all work: training writes its checkpoint. Blocks until every lane has ended."""
        self.training.stop()
        self.canvas.close()
        self.undo_memory.close()
        for lane in self.lanes.values():
            lane.close()
        self.loose_pictures.close()
        self.project.close()
        self._garbage.close()

    # --- Project and its parts ---

    def new_project(self, sources: Sequence[Path], name: str = "") -> None:
        """A new project that learns from `sources` (files and folders)."""
        self.project.create(name or _name_from(sources))
        self.dataset.take_in(sources)

    def _open_parts(self) -> None:
        folder = self.project.folder
        assert folder is not None
        self.dataset.open(folder / DATASET)
        self.training.open(folder / "runs")
        self.refresh_models()

    def _close_parts(self) -> None:
        self.training.close()
        self.dataset.close()
        self.latent.close_model()

    # --- Models ---

    def refresh_models(self) -> None:
        def show(models: tuple[model_shelf.ModelFacts, ...]) -> None:
            self.models = models
            self.models_changed.emit()

        self._io(lambda _control: model_shelf.all_models(), show)

    def _follow_training(self, model: Path) -> None:
        """Explore what is being learned, unless a finished model is in view."""
        if self.latent.card is None:
            self.latent.open_model("")  # the one that was chosen cannot be shown
        if not self.documents.document.explorer.model:
            self.latent.explore_file(model)

    def _keep_if_nothing_is_explored(self, model: Path) -> None:
        """The window was closed, or died, while training: what was learned is there to explore."""
        if not self.documents.document.explorer.model:
            self._keep_model(model)

    def _keep_model(self, model: Path) -> None:
        name, samples = self.project.name, tuple(self.training.samples)

        def show(sha256: str) -> None:
            self.latent.follow_kept(sha256)
            self.refresh_models()

        self._io(lambda _control: model_shelf.keep(model, name, samples), show)

    def _explore(self, sha256: str) -> None:
        self.latent.open_model(sha256)
        self.refresh_models()

    def rename_model(self, sha256: str, name: str) -> None:
        self._change_models(lambda: model_shelf.rename(sha256, name))

    def remove_model(self, sha256: str) -> None:
        """Move a model of the library to the trash."""
        self._change_models(lambda: model_shelf.remove(sha256))

    def blend_models(
        self,
        first: model_shelf.ModelFacts,
        second: model_shelf.ModelFacts,
        share: float,
        from_px: int = 0,
    ) -> None:
        """Make a model that is `share` (0 to 1) the second, from a level on; and explore it."""
        name = f"{first.name} with {second.name}"

        def work(_control: RunControl) -> str:
            engine = self.host.get()
            return model_shelf.keep_made(
                lambda out: engine.blend(first.path, second.path, share, out, from_px), name
            )

        self._io(work, self._explore)

    def _change_models(self, change: Callable[[], None]) -> None:
        self._io(lambda _control: change(), lambda _none: self.refresh_models())

    # --- What the welcome screen shows ---

    def look_up_starts(self, show: Callable[[Starts], None]) -> None:
        """Find recent projects and sample sets in the background."""
        self._io(lambda _control: Starts(tuple(self.project.recent()), self.sample_sets()), show)

    def load_thumbnails(
        self, files: Sequence[Path], side: int, show: Callable[[Path, QImage], None]
    ) -> Job[thumbnails.Found]:
        """Read small pictures in the background; see `studio.app.thumbnails`."""
        return thumbnails.load_thumbnails(self.lanes["io"], files, side, show)

    # --- Canvas ---

    def start_from_layer(self) -> None:
        """Find the active layer's picture in the latent space of the model."""
        layer = self.documents.active_layer
        if layer is not None:
            picked, document = layer, self.documents.document
            self.inversion.start_from(
                lambda control: render_single_layer(picked, document, control), picked.name
            )

    # --- Samples that come with the program ---

    def sample_sets(self) -> tuple[exchange.SampleSet, ...]:
        return exchange.sample_sets(paths.resources_dir() / "samples")

    def open_sample(self, sample: exchange.SampleSet) -> None:
        self.new_project([sample.folder], sample.title)
        self.training.recipe_suggested.emit(sample.recipe)

    def _io(self, work: Callable[[RunControl], object], show: Callable[..., None]) -> None:
        self.lanes["io"].submit(Job(once(work), on_event=show, on_failed=self.notifications.failed))


def _name_from(sources: Sequence[Path]) -> str:
    """A project's name from what was dropped: the folder's, or that of the files' folder."""
    first = Path(sources[0]).resolve()
    return (first if first.is_dir() else first.parent).name or "Untitled"
