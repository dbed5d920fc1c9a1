"""The latent explorer: a model, the place in its latent space, and pictures as soon as possible."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app.document_session import DocumentSession
from studio.app.engine_host import EngineHost
from studio.app.lanes import Job, Lane, LatestWins, once
from studio.app.latent_layers import placed_layer, steered
from studio.app.latent_pictures import VIEW_FIRST, ExplorerPictures, ModelMemory
from studio.app.notifications import Notifications
from studio.core.change import DocumentChange
from studio.core.control import RunControl
from studio.core.document import Document
from studio.core.explorer import ExplorerState
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.core.words import unknown_words
from studio.engine.api import ModelCard
from studio.project import library

_OTHER_MODEL = "Explore another model"
RANDOM_SEEDS = 10_000  # short enough to remember and to type


class LatentSession(QObject):
    """Owns the loaded model and the pictures of `DocumentSession.document.explorer`.

    Lives in the GUI thread. Intents change the explorer's state through the document session, so
    they are undone and saved like any edit; pictures follow. Emits `model_changed()`
    when `card` is new, or `loading` while there is none; `state_changed()` when anything of
    `state` is new, and one signal for each kind of picture.
    `comparison_wanted(LatentPoint)` asks whoever can to hold a picture beside the person's own.
    """

    model_changed = Signal()
    state_changed = Signal()
    preview_changed = Signal()
    grid_changed = Signal()
    corners_changed = Signal()
    ends_changed = Signal()
    favorites_changed = Signal()
    comparison_wanted = Signal(LatentPoint)

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
        self._lane = lane
        self._notifications = notifications
        self.memory = ModelMemory(host)
        self._model_jobs: LatestWins[ModelCard] = LatestWins(lane, priority=VIEW_FIRST)
        self._growing: Path | None = None  # the file of a model that is being trained
        self.card: ModelCard | None = None
        self.loading = False  # a model is on its way
        self.pictures = ExplorerPictures(self.memory, lane, self._notifications.failed, self)
        self.pictures.live.changed.connect(self.preview_changed)
        self.pictures.grid.changed.connect(self.grid_changed)
        self.pictures.corners.changed.connect(self.corners_changed)
        self.pictures.ends.changed.connect(self.ends_changed)
        self.pictures.favorites.changed.connect(self.favorites_changed)
        documents.changed.connect(self._follow)

    # --- What is shown ---

    @property
    def state(self) -> ExplorerState:
        return self._documents.document.explorer

    @property
    def learning(self) -> bool:
        """Whether the model in view is still being trained."""
        return self.card is not None and self.card.path == self._growing

    @property
    def preview(self) -> QImage | None:
        """The picture of `state.point`."""
        return self.pictures.live.image

    @property
    def grid(self) -> list[QImage | None]:
        """The pictures of `state.grid`; None where one is being made."""
        return self.pictures.grid.pictures

    @property
    def corners(self) -> list[QImage | None]:
        """The pictures of the pad's corners."""
        return self.pictures.corners.pictures

    @property
    def ends(self) -> list[QImage | None]:
        """The first and the last picture of the interpolation."""
        return self.pictures.ends.pictures

    @property
    def favorites(self) -> list[QImage | None]:
        """The pictures of `state.favorites`."""
        return self.pictures.favorites.pictures

    # --- Model ---

    def open_model(self, sha256: str) -> None:
        """Explore a model of the library."""
        if sha256 == self.state.model and self.card is None:
            self._load_chosen()  # it was missing, and has come into the library since
        else:
            self._documents.end_gesture()
            self.change(_OTHER_MODEL, "model", model=sha256)

    def follow_kept(self, sha256: str) -> None:
        """The model that was being trained is finished and in the library: explore it there.

        Where it was in view already, going on with it is no step of the history.
        """

        def keep(document: Document) -> Document:
            explorer = document.explorer
            if explorer.model:
                return document
            return replace(document, explorer=replace(explorer, model=sha256))

        self._growing = None
        self._documents.amend(keep)
        if self.state.model != sha256:
            self.open_model(sha256)

    def explore_file(self, path: Path) -> None:
        """Explore a model file that is still being trained; it is read again at each call."""
        self._growing = path
        self._load(path, anew=True)

    def close_model(self) -> None:
        self._model_jobs.cancel()
        self._growing = None
        self._drop_model()

    def _load_chosen(self) -> None:
        """The model of the state, else the one that is being trained, else none."""
        sha256 = self.state.model
        path = library.find_model(sha256) if sha256 else self._growing
        if path is not None:
            self._load(path)
            return
        self._model_jobs.cancel()
        self._drop_model()
        if sha256:
            self._notifications.post(
                "The model of this project is not in the library.",
                "Train again, or copy the model file into the models folder.",
                "attention",
            )

    def _load(self, path: Path, *, anew: bool = False) -> None:
        work = once(lambda _control: self.memory.get(path, anew=anew).card)
        self._model_jobs.request(work, self._loaded, on_failed=self._not_loaded)
        self.loading = True
        if self.card is None:
            self.model_changed.emit()

    def _not_loaded(self, error: Exception) -> None:
        self.loading = False
        self.model_changed.emit()
        self._notifications.failed(error)

    def _loaded(self, card: ModelCard) -> None:
        self.card, self.loading = card, False
        self.pictures.forget()
        fitted = self.state.fitted(card.latent_dim, card.prompts)
        self._documents.set_explorer(fitted, _OTHER_MODEL, "model")  # still the same step
        self.model_changed.emit()
        self.pictures.show(card.path, self.state)

    def _drop_model(self) -> None:
        self.card, self.loading = None, False
        self.pictures.clear()
        self.model_changed.emit()

    # --- Intents: where to look ---

    def pick(self, point: LatentPoint, model: str | None = None) -> None:
        """Look at a picture: its truncation and prompt become the sheet's; `model` None: as now."""
        self._look_at(point, f"Look at {point.describe()}", model)

    def go_to_seed(self, seed: int) -> None:
        """Look at a seed; the sheet starts with it unless it is there already."""
        seed = max(0, seed)
        point = self.state.seed_point(seed)
        first = self.state.first_seed if point in self.state.grid else seed
        self.change(f"Look at {point.describe()}", point=point, first_seed=first)

    def show_seeds(self, first_seed: int) -> None:
        """Page to another part of the endless sheet; turning pages is one undo step."""
        self.change("Other seeds", "seeds", first_seed=max(0, first_seed))

    def set_truncation(self, truncation: float) -> None:
        point = self.state.point.with_truncation(truncation)
        self.change("Truncation", "truncation", truncation=truncation, point=point)

    def ask_for(self, prompt: str) -> None:
        """Ask for a class, or with words; typing is one undo step."""
        words = self.card is not None and self.card.words
        text = "Other words" if words else f"Ask for {f'“{prompt}”' if prompt else 'anything'}"
        self._documents.set_explorer(self.state.asking(prompt), text, "prompt")

    def unknown_words(self, prompt: str) -> list[str]:
        """What of a prompt the model has never read in a caption."""
        return unknown_words(prompt, frozenset(self.card.words)) if self.card else []

    def drag_pad(self, x: float, y: float) -> None:
        """Go to a place in the pad, 0 to 1 from the top left."""
        moved = replace(self.state, pad=(min(1.0, max(0.0, x)), min(1.0, max(0.0, y))))
        self._documents.set_explorer(replace(moved, point=moved.pad_point), "Drag the pad", "pad")

    def set_corner(self, corner: int, point: LatentPoint) -> None:
        """Pin a picture to a corner of the pad: top left, top right, bottom left, bottom right."""
        corners = tuple(point if i == corner else old for i, old in enumerate(self.state.corners))
        self._set_corners(corners, "Pin a corner", follow=self.state.is_on_pad)

    def roll_corner(self, corner: int) -> None:
        self.set_corner(corner, self.random_point())

    def roll_corners(self) -> None:
        corners = [self.random_point() for _ in self.state.corners]
        self._set_corners(corners, "Other corners", follow=True)

    def _set_corners(self, points: Sequence[LatentPoint], text: str, *, follow: bool) -> None:
        """`follow`: look at what is under the pad's handle then."""
        moved = replace(self.state, corners=tuple(points))
        point = moved.pad_point if follow else moved.point
        self._documents.set_explorer(replace(moved, point=point), text)

    def set_pick(self, end: int, point: LatentPoint) -> None:
        """Choose the first (0) or the last (1) picture of the interpolation."""
        first, last = self.state.picks
        picks = (point, last) if end == 0 else (first, point)
        self._set_picks(picks, "Pick a picture", follow=self.state.is_between)

    def roll_picks(self) -> None:
        picks = self.random_point(), self.random_point()
        self._set_picks(picks, "Other pictures", follow=True)

    def swap_picks(self) -> None:
        """Exchange the ends; the picture between them stays the same."""
        first, last = self.state.picks
        self.change("Swap the pictures", picks=(last, first), mix=1.0 - self.state.mix)

    def _set_picks(
        self, picks: tuple[LatentPoint, LatentPoint], text: str, *, follow: bool
    ) -> None:
        """`follow`: look at what is between them then."""
        moved = replace(self.state, picks=picks)
        point = moved.mix_point if follow else moved.point
        self._documents.set_explorer(replace(moved, point=point), text)

    def set_mix(self, mix: float) -> None:
        moved = replace(self.state, mix=min(1.0, max(0.0, mix)))
        self._documents.set_explorer(replace(moved, point=moved.mix_point), "Interpolate", "mix")

    def toggle_favorite(self, point: LatentPoint) -> None:
        kept = self.state.favorites
        if point in kept:
            self.change("Remove favorite", favorites=tuple(p for p in kept if p != point))
        else:
            self.change("Keep as favorite", favorites=(*kept, point))

    def end_gesture(self) -> None:
        """The mouse was let go: what comes now is an undo step of its own."""
        self._documents.end_gesture()

    def random_point(self) -> LatentPoint:
        return LatentPoint.of_seed(self.random_seed(), self.state.truncation)

    def random_seed(self) -> int:
        return secrets.randbelow(RANDOM_SEEDS)

    def _look_at(self, point: LatentPoint, text: str, model: str | None = None) -> None:
        now = self.state
        there = replace(
            now,
            model=now.model if model is None else model,
            point=point,
            truncation=point.truncation,
            prompt=point.prompt or now.prompt,
        )
        self._documents.set_explorer(there, text)

    def change(self, text: str, merge_key: str = "", **changes: object) -> None:
        """Change fields of `state`, as one step; steps of one `merge_key` are one."""
        self._documents.set_explorer(replace(self.state, **changes), text, merge_key)  # type: ignore[arg-type]

    # --- Pictures follow ---

    def _follow(self, change: DocumentChange) -> None:
        if not change.explorer:
            return
        if change.after.explorer.model != change.before.explorer.model:
            self._load_chosen()
        elif self.card is not None:
            self.pictures.show(self.card.path, self.state)
        self.state_changed.emit()

    # --- Between canvas and latent space ---

    def place_on_canvas(
        self, point: LatentPoint | None = None, center: tuple[float, float] | None = None
    ) -> None:
        """Make a layer of a point (default: the one in view); it remembers its model and latent.

        `center` is in document px; without one it is the middle of the canvas.
        """
        placed = point or self.state.point

        def add(image: Image, card: ModelCard) -> None:
            layer = placed_layer(self._documents.document, image, card, placed, center)
            self._documents.add_layer(layer, f"Place {placed.describe()}")

        self.with_picture(placed, add, keep=True)

    def steer_layer(self, layer_id: str) -> None:
        """Make a generated layer's pixels anew from the point in view; its edits stay."""
        point = self.state.point

        def change(image: Image, card: ModelCard) -> None:
            document = self._documents.document
            if document.has_layer(layer_id):
                changed = document.update_layer(
                    layer_id, lambda layer: steered(layer, image, card, point)
                )
                self._documents.commit(changed, f"Change to {point.describe()}")

        self.with_picture(point, change, keep=True)

    def open_layer(self, layer_id: str) -> None:
        """Go to where a generated layer came from: its model and its latent."""
        provenance = self._documents.document.layer(layer_id).provenance
        if provenance.point is not None:
            point = provenance.point
            self._look_at(point, f"Open {point.describe()}", provenance.model)

    def with_picture(
        self, point: LatentPoint, use: Callable[[Image, ModelCard], None], *, keep: bool = False
    ) -> None:
        """Hand over a point's picture and its model's card; `keep`: the library has it then."""
        if self.card is None:
            return
        path = self.card.path

        def work(control: RunControl) -> tuple[Image, ModelCard]:
            generator = self.memory.kept(path) if keep else self.memory.get(path)
            return generator.sample([point], None, control)[0], generator.card

        job = Job(
            once(work),
            on_event=lambda result: use(*result),
            on_failed=self._notifications.failed,
            priority=VIEW_FIRST,
        )
        self._lane.submit(job)
