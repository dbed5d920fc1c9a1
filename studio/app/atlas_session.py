"""The atlas of the model in view: landmarks, training images on it, and where one is."""

from __future__ import annotations

from collections.abc import Generator as Making
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app.dataset_session import DatasetSession
from studio.app.lanes import Lane, LatestWins, Work, once
from studio.app.latent_pictures import SHEETS_AFTER
from studio.app.latent_session import LatentSession
from studio.app.notifications import Notifications
from studio.app.project_session import ProjectSession
from studio.app.qimage import qimage_of_pixels8
from studio.core.atlas import LatentMap, Place, Projection
from studio.core.control import RunControl
from studio.core.image import Image, from_pixels8, on_white
from studio.core.latent import LatentPoint, Vector
from studio.engine.api import Generator, ModelCard, open_dataset
from studio.project.atlas_files import ATLAS, AtlasFiles

_IN_W, _IN_PICTURES = 600, 240  # landmarks: vectors are cheap, pictures are not
_FIRST_SEED = 500_000  # far from the seeds that people look at
_LOOK = 16  # px: the side of the pictures that are compared
_PINNED = 240  # training images at most
_PIN_SIDE = 96  # px of their pictures
_CHUNK = 8
_PINS_AT_ONCE = 40


@dataclass(frozen=True, slots=True)
class Pin:
    """A training image, and its place in the map: near what looks most like it."""

    place: Place
    image: QImage
    name: str


_Found: TypeAlias = float | LatentMap | list[Pin]  # a share of the work is told as a number


class AtlasSession(QObject):
    """Makes the map when a page asks for it. Lives in the GUI thread; emits `changed()`.

    Models with a mapping network are mapped by w. In the z of the others all directions are as
    wide, so their map is one of what their pictures look like. A finished map stays with the
    project; one that is still being made is given up with `leave`.
    """

    changed = Signal()

    def __init__(
        self,
        latent: LatentSession,
        dataset: DatasetSession,
        project: ProjectSession,
        lane: Lane,
        notifications: Notifications,
    ) -> None:
        super().__init__(latent)
        self._latent = latent
        self._dataset = dataset
        self._project = project
        self._notifications = notifications
        self._building: LatestWins[_Found] = LatestWins(lane, priority=SHEETS_AFTER - 1)
        self._locating: LatestWins[Place] = LatestWins(lane, priority=SHEETS_AFTER, steady=True)
        self._made_for = ("", "")  # the model, and the dataset whose images are pinned
        self._located: LatentPoint | None = None
        self.share: float | None = None  # of the map that is being made
        self.map: LatentMap | None = None
        self.pins: list[Pin] = []
        self.here: Place | None = None
        self.visited: list[Place] = []

    def follow(self) -> None:
        """Make the map of the model in view, and find the picture in view on it."""
        card, info = self._latent.card, self._dataset.info
        if card is None:
            return
        wanted = card.sha256, "" if info is None else info.fingerprint
        if wanted != self._made_for:
            if card.sha256 != self._made_for[0]:
                self.map, self.here, self.visited, self._located = None, None, [], None
            self._made_for, self.pins = wanted, []
            self.share = 0.0 if self.map is None else None
            self.changed.emit()
            self._building.request(self._build(card), self._take, on_failed=self._failed)
        elif self.map is not None and self._latent.state.point != self._located:
            self._locate(card.path, self.map.projection, self._latent.state.point)

    def leave(self) -> None:
        """Nobody looks any more: what is not done is given up."""
        if self.share is not None:
            self._building.cancel()
            self._made_for, self.share = ("", ""), None

    # --- Intents ---

    def go_to(self, place: Place) -> None:
        """Look at a place of the map; a drag is one step."""
        if self.map is not None:
            point = self._as_seen(self.map.point_at(place))
            self.here, self._located = place, point
            self._latent.change("Go on the map", "atlas", point=point)

    def end_drag(self) -> None:
        self._latent.end_gesture()
        if self.here is not None:
            self.visited.append(self.here)
            self.changed.emit()

    def go_to_unexplored(self) -> None:
        """Go as far as can be from where one was, and from the training images."""
        self._jump(self.unexplored)

    def go_between(self) -> None:
        """Go to the middle of the last two places that one stayed at."""
        self._jump(self.between)

    @property
    def unexplored(self) -> Place | None:
        """Where `go_to_unexplored` leads."""
        if self.map is None:
            return None
        known = [*self.visited, *(pin.place for pin in self.pins)]
        x, y = self.map.places[self.map.unexplored(known)]
        return float(x), float(y)

    @property
    def between(self) -> Place | None:
        """Where `go_between` leads."""
        if len(self.visited) < 2:
            return None
        (x, y), (other_x, other_y) = self.visited[-2:]
        return (x + other_x) / 2, (y + other_y) / 2

    def _jump(self, place: Place | None) -> None:
        if place is not None:
            self.go_to(place)
            self.end_drag()

    def _as_seen(self, point: LatentPoint) -> LatentPoint:
        state = self._latent.state
        return point.asked(state.prompt).with_truncation(state.truncation)

    # --- In the lane ---

    def _build(self, card: ModelCard) -> Work[_Found]:
        info, known, files = self._dataset.info, self.map, self._files()
        kept = None if self._latent.learning else files  # the next step makes another model

        def work(control: RunControl) -> Iterator[_Found]:
            found = known or (files.read(card.sha256) if files else None)
            if found is None:
                found = yield from self._make(card.path, control)
                if kept is not None:
                    kept.keep(card.sha256, found)
            yield found
            if info is not None:
                yield from _pins(found, info.folder, control)

        return work

    def _files(self) -> AtlasFiles | None:
        project = self._project.project
        if project is None or project.read_only:
            return None
        return AtlasFiles(project.folder / ATLAS)

    def _make(self, path: Path, control: RunControl) -> Making[float, None, LatentMap]:
        """A few landmarks at a time: whoever is dragging may go first."""
        generator = self._latent.memory.get(path)
        in_w = generator.card.has_mapping
        count = _IN_W if in_w else _IN_PICTURES
        points = [LatentPoint.of_seed(_FIRST_SEED + number) for number in range(count)]
        looks: list[Vector] = []
        for start in range(0, count, _CHUNK):
            looks += _looks(generator, points[start : start + _CHUNK], control)
            yield (start + _CHUNK) / count
            generator = self._latent.memory.get(path)
        vectors = list(generator.vectors(points, "w")) if in_w else looks
        projection = Projection.of(vectors)
        places = projection.places(vectors)
        return LatentMap(tuple(points), places, projection, np.stack(looks))

    def _take(self, found: _Found) -> None:
        if isinstance(found, float):
            self.share = found
        elif isinstance(found, LatentMap):
            self.map, self.share = found, None
            self.follow()
        else:
            self.pins += found
        self.changed.emit()

    def _locate(self, path: Path, projection: Projection, point: LatentPoint) -> None:
        self._located = point

        def find(control: RunControl) -> Place:
            return _places(projection, _vectors(self._latent.memory.get(path), [point], control))[0]

        def take(place: Place) -> None:
            self.here = place
            self.visited.append(place)
            self.changed.emit()

        self._locating.request(once(find), take, on_failed=self._failed)

    def _failed(self, error: Exception) -> None:
        self._notifications.failed(error)


def _vectors(
    generator: Generator, points: Sequence[LatentPoint], control: RunControl
) -> list[Vector]:
    """What the map compares: w, or small pictures."""
    if generator.card.has_mapping:
        return list(generator.vectors(points, "w"))
    return _looks(generator, points, control)


def _looks(
    generator: Generator, points: Sequence[LatentPoint], control: RunControl
) -> list[Vector]:
    whole = [point.with_truncation(1.0) for point in points]
    return [_look(image) for image in generator.sample(whole, _LOOK, control)]


def _look(image: Image) -> Vector:
    """The picture on white at `_LOOK` px, as a vector."""
    seen = on_white(image)
    for axis in (0, 1):
        starts = np.linspace(0, seen.shape[axis], _LOOK, endpoint=False).astype(int)
        widths = np.diff(starts, append=seen.shape[axis]).clip(1)
        shape = [1, 1, 1]
        shape[axis] = _LOOK
        seen = np.add.reduceat(seen, starts, axis=axis) / widths.reshape(shape)
    vector: Vector = seen.astype(np.float32).ravel()
    return vector


def _places(projection: Projection, vectors: Sequence[Vector]) -> list[Place]:
    return [(float(x), float(y)) for x, y in projection.places(vectors)]


def _pins(found: LatentMap, folder: Path, control: RunControl) -> Iterator[list[Pin]]:
    info, pixels = open_dataset(folder)
    chosen = np.unique(np.linspace(0, info.count - 1, min(_PINNED, info.count)).astype(int))
    for start in range(0, len(chosen), _PINS_AT_ONCE):
        control.check()
        indices = [int(index) for index in chosen[start : start + _PINS_AT_ONCE]]
        pictures = [np.asarray(pixels[index]) for index in indices]
        places = found.places_of_looks([_look(from_pixels8(picture)) for picture in pictures])
        step = max(1, info.size // _PIN_SIDE)
        yield [
            Pin((float(x), float(y)), qimage_of_pixels8(picture[::step, ::step]), info.names[i])
            for i, (x, y), picture in zip(indices, places, pictures, strict=True)
        ]
