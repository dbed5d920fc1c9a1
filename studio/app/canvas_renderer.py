"""The document as the screen shows it: display tiles made in a lane, newest document first."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, QRect, QRectF, QTimer, Signal
from PySide6.QtGui import QImage

from studio.app.canvas_job import Batch, Task, paint
from studio.app.canvas_tiles import TileKey, TileQueue, TileStore, keys_in, overview_level
from studio.app.document_session import DocumentSession
from studio.app.haste import HASTE, Detail, Haste
from studio.app.lanes import Job, Lane
from studio.app.layer_forms import LayerForms
from studio.app.layer_rendering import LayerForm, SteadyLevels
from studio.app.layer_thumbnails import LayerThumbnails
from studio.app.layer_transform import LayerBox, quad_step
from studio.app.live_tiles import LiveTiles, seen_color
from studio.app.selection_outline import SelectionLook, SelectionOutline
from studio.core.change import DocumentChange
from studio.core.document import Document, Layer
from studio.core.image import NOWHERE, Rect
from studio.core.param_values import Color
from studio.core.raster import TILE
from studio.core.steady_parts import SteadyParts
from studio.edits.render import has_draft
from studio.edits.render_cache import RenderCache

TILE_BYTES = 256 * 2**20
PATIENCE_MS = 250  # an outdated render this old that shows nothing yet gives way to the newest
STROKE_MS = 400  # after the last dab, until what is out of view follows
STEADY_MS = 3000  # after the last change, until what stays the same is composited anew


class CanvasRenderer(QObject):
    """Keeps display tiles of the session's document, and where its layers appear.

    Lives in the GUI thread; pixels are made in `lane`. Emits `updated(QRect)` with the document
    px whose tiles are new, `forms_changed()` when layers appear elsewhere or fail in other ways,
    `thumbnail_changed(str)` with a layer's id, `outline_changed()` with a new selection.
    """

    updated = Signal(QRect)
    forms_changed = Signal()
    thumbnail_changed = Signal(str)
    outline_changed = Signal()

    def __init__(self, session: DocumentSession, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._lane = lane
        self._cache = RenderCache()
        self._store = TileStore(TILE_BYTES)
        self._live = LiveTiles(self._store, self._cache)
        self._steady = SteadyLevels(SteadyParts)  # of the jobs, of which one runs at a time
        self._forms = LayerForms()
        self._picture = session.document  # the newest document that looks different
        self._made = 0  # how many pictures there were
        self._shown: tuple[int, Rect] | None = None
        self._task: Task | None = None
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._lose_patience)
        self._haste = Haste(self)
        self._haste.timeout.connect(self._end_haste)
        self._strokes = QTimer(self, singleShot=True, interval=STROKE_MS)  # runs: somebody paints
        self._strokes.timeout.connect(self._live.forget)
        self._strokes.timeout.connect(self._pump)
        self._calm = QTimer(self, singleShot=True, interval=STEADY_MS)  # runs: something changes
        self._calm.timeout.connect(self._forget_steady)
        self._thumbnails = LayerThumbnails(session, lane, self._cache, self)
        self._thumbnails.changed.connect(self.thumbnail_changed)
        self._outline = SelectionOutline(session, lane, self)
        self._outline.changed.connect(self.outline_changed)
        session.changed.connect(self._follow)

    # --- What the view asks ---

    def show_region(self, level: int, region: Rect) -> None:
        """Say which part of the document is in view, at which level: it is made first."""
        if (level, region) != self._shown:
            self._shown = (level, region)
            self._pump()

    def tile(self, level: int, column: int, row: int) -> QImage | None:
        """The display tile as it is known; a null image is transparent, None not yet made."""
        return self._store.get(TileKey(level, column, row))

    def best(self, level: int, column: int, row: int) -> tuple[QImage, QRectF] | None:
        """What to show for a tile: the newest image there is, and the part of it to stretch."""
        coarsest = max(overview_level(self._picture.rect), level + HASTE)
        return self._store.best(TileKey(level, column, row), coarsest)

    def rendered_rect(self, layer: Layer) -> Rect:
        """Where a layer of the document appears with its edits, in document px, as last seen."""
        return self._forms.rect_in(self._session.document, layer)

    def rendered_box(self, layer: Layer) -> LayerBox:
        """The same as an upright rectangle and how far it is turned: where the handles are."""
        return self._forms.box(self._session.document, layer)

    def rendered_base(self, layer: Layer) -> Rect | None:
        """The same but for the last step that moved its corners; None: not known yet."""
        return self._forms.base(layer) if quad_step(layer) else self.rendered_rect(layer)

    def layers_at(self, x: int, y: int) -> tuple[str, ...]:
        """Ids of the visible layers that show at a document px, from top to bottom."""
        return self._forms.at(self._session.document, x, y)

    def layer_thumbnail(self, layer_id: str) -> QImage | None:
        """A small picture of the layer with its edits; None while it is being made."""
        return self._thumbnails.get(layer_id)

    def mask_thumbnail(self, layer_id: str) -> QImage | None:
        """The same of the layer's mask."""
        return self._thumbnails.get(layer_id, mask=True)

    def color_at(self, x: int, y: int) -> Color | None:
        """The color that is seen at a document px; None where nothing is, or not yet."""
        level = self._shown[0] if self._shown else 0
        return seen_color(self._picture, self._cache, level, x, y)

    @property
    def selection_look(self) -> SelectionLook:
        """What to show of the selection, as far as it was traced."""
        return self._outline.look

    @property
    def render_problems(self) -> dict[str, tuple[str, ...]]:
        """By layer id: a sentence for each edit that failed and was left out."""
        return self._forms.problems

    @property
    def lane(self) -> Lane:
        """Where pixels are made."""
        return self._lane

    @property
    def idle(self) -> bool:
        """Whether everything that the view needs is up to date."""
        return self._task is None and not self._haste.isActive()

    @property
    def tile_bytes(self) -> int:
        """What the display tiles take."""
        return self._store.nbytes

    def close(self) -> None:
        """Stop working; call before the lane is closed."""
        self._session.changed.disconnect(self._follow)
        self._thumbnails.close()
        self._shown = None
        self._haste.stop()
        self._strokes.stop()
        self._calm.stop()
        self._drop_task()

    # --- Following the document ---

    def show_live(self, layer: Layer, rect: Rect) -> None:
        """Show a layer of the document with other pixels, which changed inside `rect`.

        What can be composited at once is; the rest comes from the lane. The next change of the
        document is shown in its place.
        """
        document = self._session.document
        around = document.edited_groups(layer)
        if layer.is_edited or around:
            rect = self._forms.seen_rect(document, layer)
            self._draft([layer, *around])
        self._show_instead(document.update_layer(layer.id, lambda _: layer), rect)

    def hide_live(self, layer_ids: Collection[str]) -> None:
        """Leave layers out until the document changes."""
        picture, rect = self._session.document, NOWHERE
        for layer_id in layer_ids:
            layer = picture.layer(layer_id)
            rect = rect.union(self._forms.rect_in(picture, layer))
            rect = rect.union(self._forms.seen_rect(picture, layer))
            picture = picture.update_layer(layer_id, lambda item: replace(item, visible=False))
        self._show_instead(picture, rect)

    def _show_instead(self, picture: Document, rect: Rect) -> None:
        """Show another picture than the document, which differs inside `rect`."""
        self._strokes.start()
        self._picture = picture
        self._made += 1
        if self._shown is not None:
            level, region = self._shown
            seen = rect.intersect(region)
            tiles = self._live.repainted(self._picture, level, seen)
            self._store.mark_stale(rect)
            for key, image in tiles.items():
                self._store.put(key, image, self._made)
            self.updated.emit(_qrect(rect))
        self._pump()

    def _follow(self, session_change: DocumentChange) -> None:
        change = DocumentChange(self._picture, session_change.after)
        repainted = change.repainted
        if not (change.resized or repainted):
            return
        self._picture = change.after
        self._made += 1
        self._calm.start()
        if change.resized or not change.shares_layers:
            self._store.clear()
            self.updated.emit(_qrect(change.before.rect.union(change.after.rect)))
        for layer_id in repainted:
            self._mark_change(change, layer_id)
        self._forms.forget(change.after)
        layers = [found for key in repainted if (found := _find(change.after, key))]
        self._draft(it for layer in layers for it in (layer, *change.after.edited_groups(layer)))
        if self._task is not None and self._task.overdue:
            self._hurry()
        self._pump()

    def _mark_change(self, change: DocumentChange, layer_id: str) -> None:
        if change.only_pixels(layer_id):
            for rect in change.repainted_rects(layer_id):
                self._store.mark_stale(rect)
            return
        for document in (change.before, change.after):
            layer = _find(document, layer_id)
            if layer is not None and document.is_shown(layer):
                self._store.mark_stale(self._forms.seen_rect(document, layer))

    def _learn(self, layer_id: str, form: LayerForm) -> bool:
        """Note how a layer was seen; True if that is news."""
        layer = _find(self._picture, layer_id)
        if layer is None:
            return False
        before = self._forms.rect(layer)
        news = self._forms.learn(layer, form)
        if news and layer.edits:
            self._store.mark_stale(before)
            self._store.mark_stale(self._forms.rect(layer))
        return news

    # --- Making tiles ---

    def _pump(self) -> None:
        """Refill the running job, or start one if there is anything to make."""
        keys = self._missing()
        if self._task is not None:
            self._task.queue.refill(keys)
        elif keys or (self._shown and self._forms.any_unseen(self._picture)):
            self._start(keys)

    def _missing(self) -> list[TileKey]:
        """Tiles to make: in view, then those of the overview, then those around the view."""
        if self._shown is None:
            return []
        region = self._shown[1]
        level, everything = self._detail.level, self._picture.rect
        wanted = dict.fromkeys(keys_in(level, region.intersect(everything)))
        outdated = self._task is not None and self._task.picture is not self._picture
        busy = self._strokes.isActive() or self._haste.isActive()
        if not (outdated or busy):
            overview = keys_in(overview_level(everything), everything)
            margin = region.outset(TILE << level).intersect(everything)
            wanted |= dict.fromkeys([*overview, *keys_in(level, margin)])
        drafts = self._made if self._detail.is_draft else None
        return [key for key in wanted if not self._store.is_fresh(key, drafts)]

    @property
    def _detail(self) -> Detail:
        return self._haste.detail(self._shown[0] if self._shown else 0)

    def _start(self, keys: list[TileKey]) -> None:
        queue = TileQueue()
        queue.refill(keys)
        detail = self._detail
        work = paint(self._picture, self._cache, self._steady, detail, queue)
        job = Job(work, on_event=self._take, on_done=self._done, on_failed=self._failed)
        self._task = Task(job, self._picture, self._made, queue, detail)
        self._patience.start()
        self._lane.submit(job)

    def _take(self, batch: Batch) -> None:
        task = self._task
        assert task is not None
        task.painting = True
        news = [self._learn(layer_id, form) for layer_id, form in batch.forms.items()]
        passing = task.detail.is_draft or task.picture is not self._picture
        for key, image in batch.tiles:
            if passing and self._store.is_fresh(key):
                continue  # a stroke was quicker
            self._store.put(key, image, task.made, stale=passing)
        if any(news):
            self.forms_changed.emit()
        if batch.tiles:
            self.updated.emit(_qrect(Rect.around(key.rect for key, _ in batch.tiles)))
        self._pump()

    def _done(self) -> None:
        self._task = None
        self._patience.stop()
        self._pump()

    def _failed(self, _error: Exception) -> None:
        """A bug, already logged by the lane: wait for the next change, not to fail in a loop."""
        self._task = None
        self._patience.stop()

    def _lose_patience(self) -> None:
        task = self._task
        if task is not None:
            task.overdue = True
            self._hurry()
            self._pump()

    def _draft(self, changed: Iterable[Layer]) -> None:
        """Show drafts while these layers change, if one of them is sooner to be seen so."""
        if self._haste.isActive():
            self._haste.start()
        elif self._shown and any(has_draft(layer, self._shown[0]) for layer in changed):
            self._haste.begin()
            if self._task is not None and not self._task.painting:
                self._drop_task()

    def _hurry(self) -> None:
        """Give up an overdue job for the newest picture, and show that one coarser meanwhile."""
        task = self._task
        if task is None or task.painting or task.picture is self._picture:
            return
        if not self._haste.is_coarsest:  # even the coarse picture is slow: better late than never
            self._drop_task()
            self._haste.begin(coarser=True)

    def _end_haste(self) -> None:
        """Go on to the picture as it is, once the draft is shown."""
        if self._task is None:
            self._pump()
        else:
            self._haste.start()

    def _forget_steady(self) -> None:
        """Free the memory; a job that runs goes on with the old one."""
        self._steady = SteadyLevels(SteadyParts)

    def _drop_task(self) -> None:
        self._patience.stop()
        if self._task is not None:
            self._task.job.cancel()
            self._task = None


def _find(document: Document, layer_id: str) -> Layer | None:
    return document.layer(layer_id) if document.has_layer(layer_id) else None


def _qrect(rect: Rect) -> QRect:
    return QRect(rect.x, rect.y, rect.width, rect.height)
