"""An animation through latent space, as plain data: key frames or a circle, and their frames."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from studio.core.arcs import lerp, orthogonal_to, slerp, unit_of
from studio.core.latent import LatentPoint, LatentSpace, Vector

Easing: TypeAlias = Literal["smooth", "linear", "in", "out", "hold"]
Way: TypeAlias = Literal["straight", "round"]
FindVectors: TypeAlias = Callable[[Sequence[LatentPoint], LatentSpace], Sequence[Vector]]

EASINGS: tuple[Easing, ...] = get_args(Easing)
MOST_FRAMES = 3000
LEAST_SECONDS = 0.05  # from a key to the next
_ORBIT_DRAWS = 4  # random points that span the plane of a circle

_EASE: Mapping[str, Callable[[float], float]] = {
    "smooth": lambda t: t * t * (3.0 - 2.0 * t),
    "linear": lambda t: t,
    "in": lambda t: t * t,
    "out": lambda t: t * (2.0 - t),
    "hold": lambda _t: 0.0,
}


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """A picture on the timeline; `seconds` until the next one, `easing` on the way to it."""

    point: LatentPoint
    seconds: float = 1.0
    easing: Easing = "smooth"


@dataclass(frozen=True, slots=True)
class Orbit:
    """A circle in latent space that starts and ends at `center`'s own picture.

    `radius` is in units of the usual distance between two pictures; `seed` picks the plane.
    """

    center: LatentPoint
    radius: float = 0.4
    seconds: float = 3.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """Key frames, or an `orbit` instead of them, at `fps` frames a second.

    `way` is how a picture becomes the next: straight, or round on an arc about the origin, in w
    (the space where the model blends) or in z. `loop` goes on from the last key to the first.
    """

    keys: tuple[KeyFrame, ...] = ()
    orbit: Orbit | None = None
    fps: int = 24
    loop: bool = True
    way: Way = "straight"
    space: LatentSpace = "w"

    @property
    def closed(self) -> bool:
        return self.orbit is not None or self.loop

    @property
    def seconds(self) -> float:
        if self.orbit is not None:
            return self.orbit.seconds
        return sum(key.seconds for key in self._starts)

    @property
    def frame_count(self) -> int:
        """Exactly so many frames are played and exported."""
        if self.orbit is None and len(self.keys) < 2:
            return len(self.keys)
        return min(MOST_FRAMES, max(2, round(self.seconds * self.fps)))

    @property
    def _starts(self) -> tuple[KeyFrame, ...]:
        """The keys from which there is a way to another."""
        if len(self.keys) < 2:
            return ()
        return self.keys if self.loop else self.keys[:-1]

    def with_key(self, point: LatentPoint) -> Timeline:
        """With another picture at the end; key frames are what is shown then."""
        return replace(self, keys=(*self.keys, KeyFrame(point)), orbit=None)

    def with_keys(self, keys: Sequence[KeyFrame]) -> Timeline:
        return replace(self, keys=tuple(keys))

    def with_changed(self, key: int, **changes: Any) -> Timeline:
        """With other values of one key."""
        keys = list(self.keys)
        keys[key] = replace(keys[key], **changes)
        return self.with_keys(keys)

    def with_key_at(self, key: int, time: float) -> Timeline:
        """With a key reached at another time; those beside it stay. The first is always at 0."""
        if not 0 < key < len(self.keys):
            return self
        before, after = self.time_of(key - 1), self.time_of(key + 1)
        last = key == len(self.keys) - 1
        latest = math.inf if last and not self.loop else after - LEAST_SECONDS
        time = min(latest, max(before + LEAST_SECONDS, time))
        moved = self.with_changed(key - 1, seconds=time - before)
        if last and not self.loop:
            return moved
        return moved.with_changed(key, seconds=after - time)

    def lasting(self, seconds: float) -> Timeline:
        """As long as told; key frames keep their shares of it."""
        if self.orbit is not None:
            return replace(self, orbit=replace(self.orbit, seconds=seconds))
        if not self.seconds:
            return self
        factor = seconds / self.seconds
        return self.with_keys([replace(key, seconds=key.seconds * factor) for key in self.keys])

    def time_of(self, key: int) -> float:
        """When a key is reached, in seconds."""
        return sum(earlier.seconds for earlier in self.keys[:key])

    def frames(self, find_vectors: FindVectors) -> tuple[LatentPoint, ...]:
        """The point of every frame.

        A loop's last frame is one step before its first, so that it plays on without a stop.
        `find_vectors` are a generator's; they are asked for only where the way needs them.
        """
        if self.orbit is not None:
            return _circle(self.orbit, self.space, self.frame_count, find_vectors)
        if len(self.keys) < 2:
            return tuple(key.point for key in self.keys)
        legs = self._legs(find_vectors)
        return tuple(self._at(time, legs) for time in self._times())

    def _times(self) -> list[float]:
        count = self.frame_count
        step = self.seconds / (count if self.loop else count - 1)
        return [frame * step for frame in range(count)]

    def _legs(self, find_vectors: FindVectors) -> list[Callable[[float], LatentPoint]]:
        points = [key.point for key in self.keys]
        ends = [*points[1:], points[0]]
        space = self.space if all(map(_known_in_z, points)) else "w"
        if self.way == "straight" and space == "w":
            return [_blend(a, b) for a, b in zip(points, ends, strict=True)]
        vectors = list(find_vectors(points, space))
        others = [*vectors[1:], vectors[0]]
        move = slerp if self.way == "round" else lerp
        return [
            _along(_blend(a, b), space, partial(move, one, other))
            for a, b, one, other in zip(points, ends, vectors, others, strict=True)
        ]

    def _at(self, time: float, legs: Sequence[Callable[[float], LatentPoint]]) -> LatentPoint:
        starts = list(itertools.accumulate((key.seconds for key in self._starts), initial=0.0))
        leg = min(len(self._starts) - 1, max(i for i, start in enumerate(starts) if start <= time))
        share = min(1.0, (time - starts[leg]) / max(1e-9, self.keys[leg].seconds))
        if not self.loop and leg == len(self._starts) - 1 and share >= 1.0 - 1e-9:
            return self.keys[-1].point
        return legs[leg](_EASE[self.keys[leg].easing](share))

    def fitted(self, dimension: int) -> Timeline:
        """What of it a model with latents of `dimension` numbers can show."""
        keys = tuple(key for key in self.keys if key.point.fits(dimension))
        orbit = self.orbit if self.orbit and self.orbit.center.fits(dimension) else None
        return replace(self, keys=keys, orbit=orbit)

    def to_json(self) -> dict[str, Any]:
        return {
            "keys": [_key_to_json(key) for key in self.keys],
            "orbit": None if self.orbit is None else _orbit_to_json(self.orbit),
            "fps": self.fps,
            "loop": self.loop,
            "way": self.way,
            "space": self.space,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Timeline:
        """The inverse of `to_json`.

        Raises:
            KeyError, TypeError, ValueError: the data is not a timeline.
        """
        orbit = data["orbit"]
        return cls(
            keys=tuple(_key_from_json(key) for key in data["keys"]),
            orbit=None if orbit is None else _orbit_from_json(orbit),
            fps=int(data["fps"]),
            loop=bool(data["loop"]),
            way="round" if data["way"] == "round" else "straight",
            space="z" if data["space"] == "z" else "w",
        )


def _blend(first: LatentPoint, second: LatentPoint) -> Callable[[float], LatentPoint]:
    def at(share: float) -> LatentPoint:
        return LatentPoint.blend((first, second), (1.0 - share, share))

    return at


def _along(
    blend: Callable[[float], LatentPoint], space: LatentSpace, vector: Callable[[float], Vector]
) -> Callable[[float], LatentPoint]:
    """All else blends as ever; only the place goes another way."""
    return lambda share: _moved(blend(share), vector(share), space)


def _moved(point: LatentPoint, vector: Vector, space: LatentSpace) -> LatentPoint:
    there = LatentPoint.of_vector(vector, space, prompt=point.prompt)
    return replace(point, anchors=there.anchors, weights=there.weights)


def _known_in_z(point: LatentPoint) -> bool:
    return all(anchor.seed is not None or anchor.space == "z" for anchor in point.anchors)


def _circle(
    orbit: Orbit, space: LatentSpace, count: int, find_vectors: FindVectors
) -> tuple[LatentPoint, ...]:
    """``center + r ((cos a - 1) u + sin a v)``, where ``u`` and ``v`` are orthonormal.

    In w, ``r`` is `Orbit.radius` of the distance between random pictures. In z, all of the circle
    is as long as the center: the plane of ``u`` and ``v`` cuts the sphere of that length.
    """
    space = space if _known_in_z(orbit.center) else "w"
    draws = [LatentPoint.of_seed(7919 * orbit.seed + i) for i in range(_ORBIT_DRAWS)]
    center, *others = map(np.asarray, find_vectors([orbit.center, *draws], space))
    first, second = others[0] - others[1], others[2] - others[3]
    radius = orbit.radius * float(np.linalg.norm(first) + np.linalg.norm(second)) / 2.0
    basis = [unit_of(center)] if space == "z" else []
    u = unit_of(orthogonal_to(first, basis))
    v = unit_of(orthogonal_to(second, [*basis, u]))
    if space == "z":
        share = min(1.0, orbit.radius)
        radius = share * float(np.linalg.norm(center))
        u = share * basis[0] + math.sqrt(1.0 - share * share) * u
    points = []
    for frame in range(count):
        angle = 2.0 * math.pi * frame / count
        place = center + radius * ((math.cos(angle) - 1.0) * u + math.sin(angle) * v)
        points.append(_moved(orbit.center, place.astype(np.float32), space))
    return tuple(points)


def _key_to_json(key: KeyFrame) -> dict[str, Any]:
    return {"point": key.point.to_json(), "seconds": key.seconds, "easing": key.easing}


def _key_from_json(data: Mapping[str, Any]) -> KeyFrame:
    easing: Easing = next((name for name in EASINGS if name == data["easing"]), "smooth")
    return KeyFrame(LatentPoint.from_json(data["point"]), float(data["seconds"]), easing)


def _orbit_to_json(orbit: Orbit) -> dict[str, Any]:
    return {
        "center": orbit.center.to_json(),
        "radius": orbit.radius,
        "seconds": orbit.seconds,
        "seed": orbit.seed,
    }


def _orbit_from_json(data: Mapping[str, Any]) -> Orbit:
    return Orbit(
        LatentPoint.from_json(data["center"]),
        float(data["radius"]),
        float(data["seconds"]),
        int(data["seed"]),
    )
