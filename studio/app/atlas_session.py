"""The atlas of the model in view: landmarks, training images on it, and where one is."""

from __future__ import annotations

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
from studio.app.qimage import qimage_of_pixels8
from studio.core.atlas import LatentMap, Place, Projection
from studio.core.control import RunControl
from studio.core.image import Image, Pixels8, from_pixels8
from studio.core.latent import LatentPoint, Vector
from studio.engine.api import Generator, open_dataset

_IN_W, _IN_PICTURES = 600, 240  # landmarks: vectors are cheap, pictures are not
_FIRST_SEED = 500_000  # far from the seeds that people look at
_LOOK = 16  # px: the side of the pictures that are compared
_PINNED = 120  # training images at most
_CHUNK = 8


@dataclass(frozen=True, slots=True)
class Pin:
    """A training image, and the place in the map to which the model encodes it."""

    place: Place
    point: LatentPoint
    image: QImage
    name: str


_Found: TypeAlias = LatentMap | list[Pin]


class AtlasSession(QObject):
    """Makes the map when a page asks for it. Lives in the GUI thread; emits `changed()`.

    Models with a mapping network are mapped by w. In the z of the others all directions are as
    wide, so their map is one of what their pictures look like.
    """

    changed = Signal()

    def __init__(
        self,
        latent: LatentSession,
        dataset: DatasetSession,
        lane: Lane,
        notifications: Notifications,
    ) -> None:
        super().__init__(latent)
        self._latent = latent
        self._dataset = dataset
        self._notifications = notifications
        self._building: LatestWins[_Found] = LatestWins(lane, priority=SHEETS_AFTER - 1)
        self._locating: LatestWins[Place] = LatestWins(lane, priority=SHEETS_AFTER, steady=True)
        self._made_for = ""
        self._located: LatentPoint | None = None
        self.map: LatentMap | None = None
        self.pins: list[Pin] = []
        self.here: Place | None = None
        self.visited: list[Place] = []

    def follow(self) -> None:
        """Make the map of the model in view, and find the picture in view on it."""
        card = self._latent.card
        if card is None:
            return
        if card.sha256 != self._made_for:
            self._made_for = card.sha256
            self.map, self.pins, self.here, self.visited = None, [], None, []
            self._located = None
            self.changed.emit()
            self._building.request(self._build(card.path), self._take, on_failed=self._failed)
        elif self.map is not None and self._latent.state.point != self._located:
            self._locate(card.path, self.map.projection, self._latent.state.point)

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
        if self.map is not None:
            known = [*self.visited, *(pin.place for pin in self.pins)]
            x, y = self.map.places[self.map.unexplored(known)]
            self.go_to((float(x), float(y)))
            self.end_drag()

    def go_between(self) -> None:
        """Go to the middle of the last two places that one stayed at."""
        if len(self.visited) > 1:
            (x, y), (other_x, other_y) = self.visited[-2:]
            self.go_to(((x + other_x) / 2, (y + other_y) / 2))
            self.end_drag()

    def _as_seen(self, point: LatentPoint) -> LatentPoint:
        state = self._latent.state
        return point.asked(state.prompt).with_truncation(state.truncation)

    # --- In the lane ---

    def _build(self, path: Path) -> Work[_Found]:
        info = self._dataset.info
        folder = None if info is None else info.folder

        def work(control: RunControl) -> Iterator[_Found]:
            generator = self._latent.memory.get(path)
            count = _IN_W if generator.card.has_mapping else _IN_PICTURES
            points = [LatentPoint.of_seed(_FIRST_SEED + number) for number in range(count)]
            vectors: list[Vector] = []
            for start in range(0, count, _CHUNK):
                vectors += _vectors(generator, points[start : start + _CHUNK], control)
                if start + _CHUNK < count:
                    yield []  # whoever is dragging may go first
                    generator = self._latent.memory.get(path)
            projection = Projection.of(vectors)
            yield LatentMap(tuple(points), projection.places(vectors), projection)
            if generator.card.can_encode and folder is not None:
                yield from _pins(generator, folder, projection, control)

        return work

    def _take(self, found: _Found) -> None:
        if isinstance(found, LatentMap):
            self.map = found
            self.follow()
        elif found:
            self.pins += found
        else:
            return
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
    whole = [point.with_truncation(1.0) for point in points]
    images = generator.sample(whole, _LOOK, control)
    return [_look(image) for image in images]


def _look(image: Image) -> Vector:
    """The picture at about `_LOOK` px, as a vector; transparency is part of it."""
    steps = [max(1, side // _LOOK) for side in image.shape[:2]]
    height, width = (side // step * step for side, step in zip(image.shape, steps, strict=False))
    blocks = image[:height, :width].reshape(
        height // steps[0], steps[0], width // steps[1], steps[1], -1
    )
    vector: Vector = blocks.mean(axis=(1, 3)).astype(np.float32).ravel()
    return vector


def _places(projection: Projection, vectors: Sequence[Vector]) -> list[Place]:
    return [(float(x), float(y)) for x, y in projection.places(vectors)]


def _pins(
    generator: Generator, folder: Path, projection: Projection, control: RunControl
) -> Iterator[list[Pin]]:
    info, pixels = open_dataset(folder)
    chosen = np.unique(np.linspace(0, info.count - 1, min(_PINNED, info.count)).astype(int))
    for start in range(0, len(chosen), _CHUNK):
        indices = [int(index) for index in chosen[start : start + _CHUNK]]
        points = [_encoded(generator, np.asarray(pixels[i]), control) for i in indices]
        places = _places(projection, _vectors(generator, points, control))
        yield [
            Pin(place, point, qimage_of_pixels8(np.asarray(pixels[i])), info.names[i])
            for i, place, point in zip(indices, places, points, strict=True)
        ]


def _encoded(generator: Generator, picture: Pixels8, control: RunControl) -> LatentPoint:
    *_, found = generator.invert(from_pixels8(picture), control)
    assert found.point is not None, "the last event has one"
    return found.point
