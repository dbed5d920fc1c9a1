"""What was looked at in the explorer: remembered by itself, found again, and returned to."""

from __future__ import annotations

import gc
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage

from studio.app.lanes import Job, Lane, LatestWins, Work, once
from studio.app.latent_session import LatentSession
from studio.app.model_shelf import ModelFacts
from studio.app.notifications import Notifications
from studio.app.project_session import ProjectSession
from studio.app.qimage import pixels8_of_qimage, qimage_of_pixels8
from studio.app.seen_filter import SeenFilter
from studio.codec.thumbnail import decode_thumbnail, encode_thumbnail
from studio.core.control import RunControl
from studio.core.latent import LatentPoint
from studio.errors import StudioError
from studio.project.seen import SEEN, Key, SeenEntry, SeenLog, digest_of

REST_MS = 700  # a picture that stays so long was looked at
THUMBNAIL_SIDE = 96  # px
_KEPT = 3000  # thumbnails in memory: about 80 MB
_SHELF = 16  # thumbnails at a time
_SEARCH_FIRST = 10  # of the priorities on the lane


@dataclass(frozen=True, slots=True)
class SeenPicture:
    point: LatentPoint
    image: QImage


class SeenSession(QObject):
    """Owns the log of the open project. Lives in the GUI thread; files are worked on in its lane.

    Emits `changed()` when `found` is new, and `pictures_came()` when more of them can be shown.
    What is still being trained is not remembered: its models are gone with the next step.
    """

    changed = Signal()
    pictures_came = Signal()

    def __init__(
        self,
        project: ProjectSession,
        latent: LatentSession,
        lane: Lane,
        notifications: Notifications,
        models: Callable[[], Sequence[ModelFacts]],
    ) -> None:
        super().__init__(latent)
        self._project = project
        self._latent = latent
        self._lane = lane
        self._notifications = notifications
        self._models = models
        self._log: SeenLog | None = None
        self._entries: dict[Key, SeenEntry] = {}
        self._pictures: OrderedDict[Key, SeenPicture | None] = OrderedDict()  # None: damaged
        self._shelves: LatestWins[dict[Key, SeenPicture | None]] = LatestWins(lane, steady=True)
        self._searches: LatestWins[list[SeenEntry]] = LatestWins(lane, priority=_SEARCH_FIRST)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._remember_in_view)
        self._favorites = latent.state.favorites
        self._returned_to: Key | None = None
        self._starred: set[str] = set()
        self.filter = SeenFilter()
        self.found: list[SeenEntry] = []
        latent.preview_changed.connect(self._await_rest)
        latent.state_changed.connect(self._follow)
        project.opened.connect(self._open)
        project.closed.connect(self._close)

    def __len__(self) -> int:
        return len(self._entries)

    # --- Finding ---

    def set_filter(self, wanted: SeenFilter) -> None:
        self.filter = wanted
        self._find()

    def is_starred(self, entry: SeenEntry) -> bool:
        return entry.digest in self._starred

    def digest_in_view(self) -> str:
        """By which the entry of the picture in view is known."""
        return digest_of(self._latent.state.point)

    def picture(self, entry: SeenEntry) -> SeenPicture | None:
        """The picture, if it is in memory; `want` brings it there."""
        return self._pictures.get(entry.key)

    def want(self, entries: Sequence[SeenEntry]) -> None:
        """Load pictures that come into view; the newest wish wins."""
        missing = [entry for entry in entries if entry.key not in self._pictures]
        if missing and self._log is not None:
            self._shelves.request(_shelves(self._log, missing), self._take_shelf)

    def _take_shelf(self, pictures: dict[Key, SeenPicture | None]) -> None:
        self._pictures.update(pictures)
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)
        self.pictures_came.emit()

    def _find(self) -> None:
        """Look through all entries, in the lane; what was found before is shown until then."""
        names = {model.sha256: model.name for model in self._models()}
        entries, wanted = list(self._entries.values()), self.filter
        starred = self._starred = {digest_of(point) for point in self._favorites}

        def show(found: list[SeenEntry]) -> None:
            self.found = found
            self.changed.emit()

        work = once(lambda _control: wanted.choose(entries, starred, names, time.time()))
        self._searches.request(work, show)

    # --- Intents ---

    def return_to(self, entry: SeenEntry) -> None:
        """Look at a picture again, in its model; it stays where it is among the others."""
        self._returned_to = entry.key
        self._with_point(entry, lambda point: self._latent.pick(point, entry.model))

    def toggle_star(self, entry: SeenEntry) -> None:
        """A star is a favorite of the explorer; it is undone like one."""
        self._with_point(entry, self._latent.toggle_favorite)

    def set_tags(self, entry: SeenEntry, tags: Sequence[str]) -> None:
        log = self._log
        if log is not None:
            self._write(lambda _control: log.tag(entry, tags), last=False)

    def _with_point(self, entry: SeenEntry, use: Callable[[LatentPoint], None]) -> None:
        log = self._log
        if log is None:
            return
        work = once(lambda _control: log.load(entry)[0])
        self._lane.submit(Job(work, on_event=use, on_failed=self._notifications.failed))

    # --- Remembering ---

    def _await_rest(self) -> None:
        if self._log is not None:
            self._rest.start()

    def _follow(self) -> None:
        self._await_rest()
        if self._latent.state.favorites is not self._favorites:
            self._favorites = self._latent.state.favorites
            self._find()

    def _remember_in_view(self) -> None:
        latent, live = self._latent, self._latent.pictures.live
        if QGuiApplication.mouseButtons():
            self._rest.start()  # it does not rest yet
        elif live.shown != latent.state.point or live.image is None:
            return  # it is on its way
        elif latent.card is not None and not latent.learning:
            self.remember(latent.state.point, latent.card.sha256, live.image)

    def remember(self, point: LatentPoint, model: str, image: QImage) -> None:
        """Put a picture at the end of the log, or bring it there if it was seen before."""
        log, project = self._log, self._project.project
        if log is None or project is None or project.read_only:
            return
        known = self._entries.get((model, digest_of(point)))
        now = int(time.time())
        if known is not None:
            if known.key not in (self._returned_to, next(reversed(self._entries))):
                self._write(lambda _control: log.see_again(known, now))
            return
        small = _small(image)
        self._write(
            lambda _control: log.add(point, model, now, encode_thumbnail(pixels8_of_qimage(small)))
        )

    def _write(self, work: Callable[[RunControl], SeenEntry], *, last: bool = True) -> None:
        log = self._log

        def take(entry: SeenEntry) -> None:
            if log is not self._log:  # another project was opened
                return
            if last:
                self._entries.pop(entry.key, None)
            self._entries[entry.key] = entry
            self._find()

        self._lane.submit(Job(once(work), on_event=take, on_failed=self._notifications.failed))

    # --- The project ---

    def _open(self) -> None:
        folder = self._project.folder
        assert folder is not None
        self._close()
        log = self._log = SeenLog(folder / SEEN)

        def take(entries: dict[Key, SeenEntry]) -> None:
            if log is self._log:
                self._entries = entries
                gc.freeze()  # going through all of these would stop the window for 100 ms
                self._find()

        work = once(lambda _control: {entry.key: entry for entry in log.read()})
        self._lane.submit(Job(work, on_event=take, on_failed=self._notifications.failed))

    def _close(self) -> None:
        self._rest.stop()
        self._shelves.cancel()
        self._searches.cancel()
        self._log = None
        self._entries = {}
        self._pictures.clear()
        self.found = []
        self.changed.emit()


def _shelves(log: SeenLog, entries: Sequence[SeenEntry]) -> Work[dict[Key, SeenPicture | None]]:
    def work(control: RunControl) -> Iterator[dict[Key, SeenPicture | None]]:
        for start in range(0, len(entries), _SHELF):
            control.check()
            yield {entry.key: _load(log, entry) for entry in entries[start : start + _SHELF]}

    return work


def _load(log: SeenLog, entry: SeenEntry) -> SeenPicture | None:
    try:
        point, data = log.load(entry)
        return SeenPicture(point, qimage_of_pixels8(decode_thumbnail(data)))
    except StudioError:
        return None


def _small(image: QImage) -> QImage:
    if max(image.width(), image.height()) <= THUMBNAIL_SIDE:
        return image
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return image.scaled(THUMBNAIL_SIDE, THUMBNAIL_SIDE, keep, smooth)
