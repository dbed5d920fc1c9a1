"""The latent explorer: a model, the place in its latent space, and pictures as soon as possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app.document_session import DocumentSession
from studio.app.engine_host import EngineHost
from studio.app.lanes import Job, Lane, LatestWins, once
from studio.app.notifications import Notifications
from studio.app.qimage import to_qimage
from studio.core.change import DocumentChange
from studio.core.control import RunControl
from studio.core.document import EditStep, Layer, Provenance
from studio.core.explorer import GRID_SEEDS, ExplorerState
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.core.raster import Raster
from studio.engine.api import Generator, ModelCard
from studio.project import library

PREVIEW_FIRST, GRID_AFTER = 10, 0  # priorities on the render lane
GRID_ROW = 4  # pictures a batch: small enough that a drag need not wait for it
PLACED_SHARE = 0.5  # of the canvas's shorter side: big enough to see, small enough to arrange


class LatentSession(QObject):
    """Owns the loaded model and the pictures of `DocumentSession.document.explorer`.

    Lives in the GUI thread. Intents change the explorer's state through the document session, so
    they are undone and saved like any edit; pictures follow. Emits `model_changed()`,
    `grid_changed()`, `preview_changed()`, `favorites_changed()` and `busy_changed(bool)`.
    """

    model_changed = Signal()
    grid_changed = Signal()
    preview_changed = Signal()
    favorites_changed = Signal()
    busy_changed = Signal(bool)

    def __init__(
        self,
        documents: DocumentSession,
        host: EngineHost,
        lane: Lane,
        notifications: Notifications,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._documents = documents
        self._host = host
        self._lane = lane
        self._notifications = notifications
        self._grid_jobs: LatestWins[object] = LatestWins(lane, priority=GRID_AFTER)
        self._preview_jobs: LatestWins[object] = LatestWins(lane, priority=PREVIEW_FIRST)
        self._favorite_jobs: LatestWins[object] = LatestWins(lane, priority=GRID_AFTER)
        self._model_path: Path | None = None
        self._generators: dict[Path, Generator] = {}  # only touched in the lane
        self.card: ModelCard | None = None
        self.grid: list[QImage | None] = [None] * GRID_SEEDS
        self.preview: QImage | None = None
        self.favorites: list[QImage | None] = []
        documents.changed.connect(self._follow)

    @property
    def state(self) -> ExplorerState:
        return self._documents.document.explorer

    # --- Model ---

    def open_model(self, sha256: str) -> None:
        """Explore a model of the library."""
        self._change("Explore another model", model=sha256)

    def explore_file(self, path: Path) -> None:
        """Explore a model file that is still being trained; it is read again at each call."""
        self._load(path, fresh=True)

    def _load_chosen(self) -> None:
        sha256 = self.state.model
        path = library.find_model(sha256) if sha256 else None
        if path is not None:
            self._load(path)
        elif sha256:
            self._notifications.post(
                "The model of this project is not in the library.",
                "Train again, or copy the model file into the models folder.",
                "attention",
            )

    def _load(self, path: Path, *, fresh: bool = False) -> None:
        def work(_control: RunControl) -> ModelCard:
            if fresh:
                self._generators.pop(path, None)
            return self._generator(path).card

        self._lane.submit(
            Job(once(work), on_event=self._loaded, on_failed=self._failed, priority=PREVIEW_FIRST)
        )

    def _loaded(self, card: ModelCard) -> None:
        self._model_path = card.path
        self.card = card
        self.model_changed.emit()
        self.refresh()

    def close_model(self) -> None:
        self._model_path = None
        self.card = None
        self.grid = [None] * GRID_SEEDS
        self.preview = None
        self.favorites = []
        self.model_changed.emit()

    def _generator(self, path: Path) -> Generator:
        """The loaded model; runs in the lane. Only the newest one is kept in memory."""
        if path not in self._generators:
            generator = self._host.get().load(path)
            self._generators.clear()
            self._generators[path] = generator
        return self._generators[path]

    # --- Intents: where to look ---

    def pick(self, point: LatentPoint) -> None:
        """Look at one picture: it becomes the point in view."""
        self._change(f"Look at {point.describe()}", point=point)

    def show_seeds(self, first_seed: int) -> None:
        self._change("Other seeds", first_seed=max(0, first_seed))

    def set_truncation(self, truncation: float) -> None:
        point = self.state.point.with_truncation(truncation)
        self._change("Truncation", "truncation", truncation=truncation, point=point)

    def drag_pad(self, x: float, y: float) -> None:
        """Go to a place in the pad, 0 to 1 from the top left."""
        moved = replace(self.state, pad=(min(1.0, max(0.0, x)), min(1.0, max(0.0, y))))
        self._documents.set_explorer(replace(moved, point=moved.pad_point), "Drag the pad", "pad")

    def set_corner(self, corner: int, point: LatentPoint) -> None:
        corners = tuple(point if i == corner else old for i, old in enumerate(self.state.corners))
        moved = replace(self.state, corners=corners)
        self._documents.set_explorer(replace(moved, point=moved.pad_point), "Pin a corner")

    def set_corners(self, points: Sequence[LatentPoint]) -> None:
        moved = replace(self.state, corners=tuple(points))
        self._documents.set_explorer(replace(moved, point=moved.pad_point), "Other corners")

    def set_pick(self, end: int, point: LatentPoint) -> None:
        """Choose the first (0) or the last (1) picture of the interpolation."""
        first, last = self.state.picks
        picks = (point, last) if end == 0 else (first, point)
        moved = replace(self.state, picks=picks)
        self._documents.set_explorer(replace(moved, point=moved.mix_point), "Pick a picture")

    def set_mix(self, mix: float) -> None:
        moved = replace(self.state, mix=min(1.0, max(0.0, mix)))
        self._documents.set_explorer(replace(moved, point=moved.mix_point), "Interpolate", "mix")

    def toggle_favorite(self, point: LatentPoint) -> None:
        kept = self.state.favorites
        if point in kept:
            self._change("Remove favorite", favorites=tuple(p for p in kept if p != point))
        else:
            self._change("Keep as favorite", favorites=(*kept, point))

    def end_gesture(self) -> None:
        """The mouse was let go: show the point in view at full size, and end the undo step."""
        self._documents.end_gesture()
        self.refresh_preview()

    def _change(self, text: str, merge_key: str = "", **changes: object) -> None:
        state = replace(self.state, **changes)  # type: ignore[arg-type]
        self._documents.set_explorer(state, text, merge_key)

    # --- Pictures follow ---

    def _follow(self, change: DocumentChange) -> None:
        if not change.explorer:
            return
        old, new = change.before.explorer, change.after.explorer
        if new.model != old.model:
            self._load_chosen()
            return
        if (new.first_seed, new.truncation) != (old.first_seed, old.truncation):
            self._refresh_grid()
        if new.point != old.point:
            self.refresh_preview()
        if new.favorites != old.favorites:
            self._refresh_favorites()

    def refresh(self) -> None:
        """Make all pictures anew, the one in view first."""
        self.refresh_preview()
        self._refresh_grid()
        self._refresh_favorites()

    def refresh_preview(self) -> None:
        point = self.state.point

        def show(image: QImage) -> None:
            self.preview = image
            self.preview_changed.emit()

        self._sample(self._preview_jobs, _low_then_full(point), show)

    def _refresh_grid(self) -> None:
        self._fill(self._grid_jobs, self.state.grid, self.grid, self.grid_changed.emit)

    def _refresh_favorites(self) -> None:
        points = self.state.favorites
        self.favorites = [None] * len(points)
        self.favorites_changed.emit()
        self._fill(self._favorite_jobs, points, self.favorites, self.favorites_changed.emit)

    def _fill(
        self,
        jobs: LatestWins[object],
        points: Sequence[LatentPoint],
        target: list[QImage | None],
        tell: Callable[[], None],
    ) -> None:
        def show(row: tuple[int, list[QImage]]) -> None:
            start, images = row
            target[start : start + len(images)] = images
            tell()

        self._sample(jobs, _row_by_row(points), show)

    def _sample(
        self,
        jobs: LatestWins[object],
        make: Callable[[Generator, RunControl], Iterator[object]],
        show: Callable[..., None],
    ) -> None:
        path = self._model_path
        if path is None:
            return

        def work(control: RunControl) -> Iterator[object]:
            yield from make(self._generator(path), control)

        jobs.request(work, show, on_failed=self._failed)

    def _failed(self, error: Exception) -> None:
        self.busy_changed.emit(False)
        self._notifications.failed(error)

    # --- Between canvas and latent space ---

    def place_on_canvas(self, point: LatentPoint | None = None) -> None:
        """Make a layer of the point in view; it remembers its model and latent."""
        self._with_full_picture(point or self.state.point, self._add_layer)

    def _add_layer(self, image: Image, card: ModelCard, point: LatentPoint) -> None:
        document = self._documents.document
        side = min(document.width, document.height) * PLACED_SHARE
        percent = max(100.0, round(side / card.size) * 100.0)
        x, y = (document.width - card.size) // 2, (document.height - card.size) // 2
        edits = () if percent == 100.0 else (EditStep("scale", _scale_params(percent)),)
        self._documents.add_layer(
            Layer(
                Raster.from_image(image),
                point.describe().capitalize(),
                x,
                y,
                edits=edits,
                provenance=Provenance("generated", card.family, card.sha256, point),
            ),
            f"Place {point.describe()}",
        )

    def steer_layer(self, layer_id: str) -> None:
        """Make a generated layer's pixels anew from the point in view; its edits stay."""

        def change(image: Image, card: ModelCard, point: LatentPoint) -> None:
            document = self._documents.document
            if not document.has_layer(layer_id):
                return
            provenance = Provenance("generated", card.family, card.sha256, point)
            raster = Raster.from_image(image)
            changed = document.update_layer(
                layer_id, lambda layer: replace(layer, raster=raster, provenance=provenance)
            )
            self._documents.commit(changed, f"Change to {point.describe()}")

        self._with_full_picture(self.state.point, change)

    def open_layer(self, layer_id: str) -> None:
        """Go to where a generated layer came from: its model and its latent."""
        provenance = self._documents.document.layer(layer_id).provenance
        if provenance.point is not None:
            point = provenance.point
            self._change(
                f"Open {point.describe()}",
                model=provenance.model,
                point=point,
                truncation=point.truncation,
            )

    def start_from(self, render: Callable[[RunControl], Image]) -> None:
        """Encode a picture (a layer as it looks now) and go to its latent."""
        path = self._model_path
        if path is None:
            return
        self.busy_changed.emit(True)

        def work(control: RunControl) -> LatentPoint:
            return self._generator(path).encode(render(control))

        def found(point: LatentPoint) -> None:
            self.busy_changed.emit(False)
            self.pick(point)

        self._lane.submit(
            Job(once(work), on_event=found, on_failed=self._failed, priority=PREVIEW_FIRST)
        )

    def _with_full_picture(
        self, point: LatentPoint, use: Callable[[Image, ModelCard, LatentPoint], None]
    ) -> None:
        path = self._model_path
        if path is None:
            return

        def work(control: RunControl) -> tuple[Image, ModelCard]:
            generator = self._generator(path)
            library.add_model(path)  # a placed layer must find its model again
            return generator.sample([point], None, control)[0], generator.card

        def done(result: tuple[Image, ModelCard]) -> None:
            use(*result, point)

        self._lane.submit(
            Job(once(work), on_event=done, on_failed=self._failed, priority=PREVIEW_FIRST)
        )


def _low_then_full(point: LatentPoint) -> Callable[[Generator, RunControl], Iterator[object]]:
    """The same picture twice: small at once, then whole (dropped when a newer one is wanted)."""

    def make(generator: Generator, control: RunControl) -> Iterator[object]:
        low = generator.card.size // 2
        yield to_qimage(generator.sample([point], low, control)[0])
        yield to_qimage(generator.sample([point], None, control)[0])

    return make


def _row_by_row(
    points: Sequence[LatentPoint],
) -> Callable[[Generator, RunControl], Iterator[object]]:
    def make(generator: Generator, control: RunControl) -> Iterator[object]:
        for start in range(0, len(points), GRID_ROW):
            images = generator.sample(points[start : start + GRID_ROW], None, control)
            yield start, [to_qimage(image) for image in images]

    return make


def _scale_params(percent: float) -> dict[str, object]:
    return {"width": percent, "height": percent}
