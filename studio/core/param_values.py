"""Values of parameters that are more than a number or a word: what they mean, and as JSON data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.json_numbers import share

Color: TypeAlias = tuple[float, float, float]
Numbers: TypeAlias = NDArray[np.floating[Any]]

MOST_PARTS = 64  # points of a curve, stops of a gradient, colors of a palette


@dataclass(frozen=True, slots=True)
class LayerRef:
    """Another layer of the document, by its id; an empty one says that none is chosen."""

    layer: str = ""

    @classmethod
    def read(cls, value: Any) -> LayerRef:
        """From ``{"layer": id}`` or, on the command line, a file's name."""
        if isinstance(value, cls):
            return value
        text = value["layer"] if isinstance(value, Mapping) else value
        if not isinstance(text, str):
            raise TypeError
        return cls(text)

    def to_json(self) -> Any:
        return {"layer": self.layer}


def references(params: Mapping[str, Any]) -> Iterator[str]:
    """Ids of the layers that JSON params refer to."""
    for value in params.values():
        if isinstance(value, Mapping) and isinstance(value.get("layer"), str) and value["layer"]:
            yield value["layer"]


@dataclass(frozen=True, slots=True)
class Curve:
    """A tone curve through points (x, y) in [0, 1], x rising; level beyond its ends.

    Between points it follows a cubic that never overshoots (Fritsch, Carlson, "Monotone Piecewise
    Cubic Interpolation", 1980, with the harmonic means of Fritsch, Butland 1984).
    """

    points: tuple[tuple[float, float], ...] = ((0.0, 0.0), (1.0, 1.0))

    @classmethod
    def read(cls, value: Any) -> Curve:
        """From ``[[x, y], …]`` or ``x,y;x,y``."""
        if isinstance(value, cls):
            return value
        points = [(_unit(x), _unit(y)) for x, y in map(_numbers, _parts(value))]
        if len(points) < 2 or any(a[0] >= b[0] for a, b in pairwise(points)):
            raise ValueError
        return cls(tuple(points))

    def to_json(self) -> Any:
        return [list(point) for point in self.points]

    def __call__(self, values: Numbers) -> Numbers:
        """The curve at `values`, any shape."""
        x, y = np.array(self.points).T
        slopes = _slopes(x, y)
        place = np.clip(values, x[0], x[-1])
        left = np.clip(np.searchsorted(x, place, "right") - 1, 0, len(x) - 2)
        width = x[left + 1] - x[left]
        t = (place - x[left]) / width
        rise = y[left + 1] - y[left]
        start, end = slopes[left] * width, slopes[left + 1] * width
        result: Numbers = y[left] + t * (
            start + t * (3 * rise - 2 * start - end + t * (start + end - 2 * rise))
        )
        return result


def _slopes(x: Numbers, y: Numbers) -> Numbers:
    """Slope at each point: zero at peaks, else a weighted harmonic mean of both sides."""
    width, secant = np.diff(x), np.diff(y) / np.diff(x)
    if len(x) == 2:
        return np.repeat(secant, 2)
    left, right = 2 * width[1:] + width[:-1], width[1:] + 2 * width[:-1]
    same_way = secant[:-1] * secant[1:] > 0
    one, two = (np.where(same_way, part, 1.0) for part in (secant[:-1], secant[1:]))
    inner = np.where(same_way, (left + right) / (left / one + right / two), 0.0)
    return np.concatenate([_end(secant[0], inner[0]), inner, _end(secant[-1], inner[-1])])


def _end(secant: float, inner: float) -> Numbers:
    """The slope of a parabola at a curve's end, held within what cannot overshoot."""
    slope = 1.5 * secant - 0.5 * inner
    limit = 3.0 * abs(secant)
    return np.array([0.0 if slope * secant <= 0 else min(max(slope, -limit), limit)])


@dataclass(frozen=True, slots=True)
class Gradient:
    """Colors at places in [0, 1], places rising; blended in between, level beyond its ends."""

    stops: tuple[tuple[float, Color], ...]

    @classmethod
    def read(cls, value: Any) -> Gradient:
        """From ``[[place, color], …]`` or ``place:#rrggbb;place:#rrggbb``."""
        if isinstance(value, cls):
            return value
        pairs = [part.split(":") if isinstance(part, str) else part for part in _parts(value)]
        stops = [(_unit(place), read_color(color)) for place, color in pairs]
        if len(stops) < 2 or any(a[0] > b[0] for a, b in pairwise(stops)):
            raise ValueError
        return cls(tuple(stops))

    def to_json(self) -> Any:
        return [[place, list(color)] for place, color in self.stops]

    def __call__(self, values: Numbers) -> Numbers:
        """Colors ``[..., 3]`` at `values` of any shape."""
        places = [place for place, _ in self.stops]
        channels = zip(*(color for _, color in self.stops), strict=True)
        return np.stack([np.interp(values, places, channel) for channel in channels], axis=-1)


@dataclass(frozen=True, slots=True)
class Palette:
    """A few colors, in an order."""

    colors: tuple[Color, ...]

    @classmethod
    def read(cls, value: Any) -> Palette:
        """From ``[color, …]`` or ``#rrggbb;#rrggbb``."""
        if isinstance(value, cls):
            return value
        colors = tuple(map(read_color, _parts(value)))
        if not colors:
            raise ValueError
        return cls(colors)

    def to_json(self) -> Any:
        return [list(color) for color in self.colors]


def read_color(value: Any) -> Color:
    """From ``#rrggbb`` or three numbers in [0, 1]."""
    if isinstance(value, str) and value.startswith("#") and len(value) == 7:
        red, green, blue = (int(value[i : i + 2], 16) / 255 for i in (1, 3, 5))
    else:
        red, green, blue = map(_unit, _numbers(value))
    return red, green, blue


def _parts(value: Any) -> list[Any]:
    parts = value.split(";") if isinstance(value, str) else list(value)
    if len(parts) > MOST_PARTS:
        raise ValueError
    return parts


def _numbers(value: Any) -> Iterable[Any]:
    return value.split(",") if isinstance(value, str) else value


def _unit(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError
    return share(value)
