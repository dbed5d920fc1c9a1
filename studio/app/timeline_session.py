"""The film of the explorer's timeline: made in the background, small first, played and exported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from studio.app.engine_host import EngineHost
from studio.app.lanes import Job, Lane, LatestWins, Work
from studio.app.latent_pictures import SHEETS_AFTER
from studio.app.latent_session import LatentSession
from studio.app.notifications import Notifications
from studio.app.qimage import to_qimage
from studio.codec.animation import write_animation, write_sequence, write_sprite_sheet
from studio.codec.metadata import SourceType
from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.core.timeline import KeyFrame, Orbit, Timeline
from studio.engine.api import Generator

FORMATS = {
    "gif": "Animated GIF",
    "png": "Animated PNG",
    "webp": "Animated WebP",
    "mp4": "MP4 film (AV1)",
    "sequence": "PNG sequence",
    "sheet": "Sprite sheet with JSON",
}
_AFTER_SHEETS = SHEETS_AFTER - 1
_CHUNK = 8  # frames at a time: a drag need not wait longer
_FILM_BYTES = 192 * 2**20
_GENERATED: SourceType = "trainedAlgorithmicMedia"

_Take: TypeAlias = list[tuple[int, QImage]]  # place in the film and picture


class TimelineSession(QObject):
    """Owns the film of `LatentSession.state.timeline`. Lives in the GUI thread.

    Emits `film_changed()` when `film` has new pictures, `exporting_changed()` when an export
    begins or ends, and `exported(Path)`; `written` counts its frames. Intents are steps of the
    undo stack.
    """

    film_changed = Signal()
    exporting_changed = Signal()
    exported = Signal(Path)

    def __init__(
        self,
        latent: LatentSession,
        host: EngineHost,
        lanes: dict[str, Lane],
        notifications: Notifications,
    ) -> None:
        super().__init__(latent)
        self._latent = latent
        self._host = host
        self._lane = lanes["film"]
        self._notifications = notifications
        self._jobs: LatestWins[_Take] = LatestWins(lanes["render"], priority=_AFTER_SHEETS)
        self._shown: tuple[str, Timeline] | None = None
        self._export: Job[int] | None = None
        self.written = 0
        self.film: list[QImage | None] = []

    @property
    def timeline(self) -> Timeline:
        return self._latent.state.timeline

    # --- The film ---

    def follow(self) -> None:
        """Make the film of the timeline, unless it is there or being made."""
        card, timeline = self._latent.card, self.timeline
        if card is None or self._shown == (card.sha256, timeline):
            return
        self._shown = card.sha256, timeline
        old, count = self.film, timeline.frame_count
        # Until the new pictures are there, the old ones stand in, stretched to the new length.
        self.film = [old[place * len(old) // count] if old else None for place in range(count)]
        self.film_changed.emit()
        self._jobs.request(self._shoot(card.path, timeline), self._take, on_failed=self._failed)

    def _shoot(self, model: Path, timeline: Timeline) -> Work[_Take]:
        def work(control: RunControl) -> Iterator[_Take]:
            generator = self._latent.memory.get(model)
            points = timeline.frames(generator.vectors)
            size = generator.card.size
            sides = [size // 2, None] if size > 64 else [None]
            for side in sides:
                for start in range(0, len(points), _CHUNK):
                    generator = self._latent.memory.get(model)  # another may be in between
                    images = generator.sample(points[start : start + _CHUNK], side, control)
                    frames = (_bounded(to_qimage(image), len(points)) for image in images)
                    yield list(enumerate(frames, start))

        return work

    def _take(self, frames: _Take) -> None:
        for place, picture in frames:
            self.film[place] = picture
        self.film_changed.emit()

    def _failed(self, error: Exception) -> None:
        self._notifications.failed(error)

    # --- Intents ---

    def change(self, text: str, timeline: Timeline, merge_key: str = "") -> None:
        """Another timeline, as one step; steps of one `merge_key` are one."""
        self._latent.change(text, merge_key, timeline=timeline)

    def add_key(self, point: LatentPoint, place: int | None = None) -> None:
        """Another key frame before the one at `place`; None: at the end."""
        keys = list(self.timeline.keys)
        keys.insert(len(keys) if place is None else place, KeyFrame(point))
        self.change("Add key frame", replace(self.timeline, keys=tuple(keys), orbit=None))

    def remove_key(self, key: int) -> None:
        keys = [kept for place, kept in enumerate(self.timeline.keys) if place != key]
        self.change("Remove key frame", self.timeline.with_keys(keys))

    def circle(self, seed: int | None = None) -> None:
        """Go round in a circle from the picture in view; `seed` picks another plane for it."""
        orbit = self.timeline.orbit
        if orbit is None or seed is None:
            radius, seconds = (orbit.radius, orbit.seconds) if orbit else (0.4, 3.0)
            orbit = Orbit(self._latent.state.point, radius, seconds)
        else:
            orbit = replace(orbit, seed=seed)
        self.change("Circle", replace(self.timeline, orbit=orbit))

    def end_gesture(self) -> None:
        self._latent.end_gesture()

    # --- Export ---

    @property
    def is_exporting(self) -> bool:
        return self._export is not None

    def export(self, target: Path, form: str) -> None:
        """Write every frame at full size; `form` is one of `FORMATS`.

        `target` is a file, of a sequence its first: the others get numbers behind its name.
        """
        card, timeline = self._latent.card, self.timeline
        if card is None or not timeline.frame_count or self.is_exporting:
            return
        path, host = card.path, self._host

        def work(control: RunControl) -> Iterator[int]:
            frames = self._counted(_frames(host.get().load(path), timeline, control))
            _write(target, form, frames, timeline.fps, control)
            yield self.written

        def told(count: int) -> None:
            what = f"Exported {target.name}, {count} frames."
            self._notifications.post(what, f"To {target.parent}.", "good")
            self.exported.emit(target)

        def end() -> None:
            self._export = None
            self.exporting_changed.emit()

        def failed(error: Exception) -> None:
            end()
            self._failed(error)

        self.written = 0
        job = Job(work, on_event=told, on_done=end, on_failed=failed, heard_after_cancel=True)
        self._export = self._lane.submit(job)
        self.exporting_changed.emit()

    def cancel_export(self) -> None:
        """Stop writing; nothing is left of an unfinished file."""
        if self._export is not None:
            self._export.cancel()

    def _counted(self, frames: Iterator[Image]) -> Iterator[Image]:
        for self.written, frame in enumerate(frames, start=1):
            yield frame


def _frames(generator: Generator, timeline: Timeline, control: RunControl) -> Iterator[Image]:
    points = timeline.frames(generator.vectors)
    for start in range(0, len(points), _CHUNK):
        yield from generator.sample(points[start : start + _CHUNK], None, control)


def _write(target: Path, form: str, frames: Iterator[Image], fps: int, control: RunControl) -> None:
    if form == "sequence":
        write_sequence(target.parent, target.stem, frames, control, _GENERATED)
    elif form == "sheet":
        write_sprite_sheet(target, frames, fps, control, source=_GENERATED)
    else:
        write_animation(target, frames, fps, control, source=_GENERATED)


def _bounded(picture: QImage, count: int) -> QImage:
    """As large as all frames can be in memory together."""
    share = (_FILM_BYTES / max(1, count * picture.sizeInBytes())) ** 0.5
    if share >= 1.0:
        return picture
    return picture.scaledToWidth(
        max(1, int(picture.width() * share)), Qt.TransformationMode.SmoothTransformation
    )
