"""Fills: what a fill layer is made of, small values that give pixels at any size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from studio.core.image import Image, Pixels8, Rect, to_pixels8
from studio.core.json_numbers import share
from studio.core.raster import TILE, Raster, Tile, TileIndex

Rgba: TypeAlias = tuple[float, float, float, float]  # straight sRGB and alpha, in [0, 1]
Place: TypeAlias = tuple[float, float]  # x and y, as shares of width and height
Shape: TypeAlias = Literal["linear", "radial"]


@dataclass(frozen=True, slots=True)
class SolidFill:
    """One color everywhere."""

    color: Rgba = (0.5, 0.5, 0.5, 1.0)

    def image(self, rect: Rect, _width: int, _height: int) -> Image:
        """`rect` of the fill at that size: straight RGBA."""
        return np.full((rect.height, rect.width, 4), self.color, np.float32)


@dataclass(frozen=True, slots=True)
class GradientFill:
    """Colors from `start` to `end`; beyond them the first and the last one go on.

    `stops` are places in [0, 1], rising, with their colors. Between two of them the color is
    interpolated premultiplied, so that what fades out keeps its hue. A `radial` one is a circle
    in px around `start` that reaches `end`.
    """

    stops: tuple[tuple[float, Rgba], ...] = (
        (0.0, (0.0, 0.0, 0.0, 1.0)),
        (1.0, (1.0, 1.0, 1.0, 1.0)),
    )
    shape: Shape = "linear"
    start: Place = (0.5, 0.0)
    end: Place = (0.5, 1.0)

    def image(self, rect: Rect, width: int, height: int) -> Image:
        """`rect` of the fill at that size: straight RGBA."""
        way = self._way(rect, width, height)
        places = [at for at, _ in self.stops]
        colors = np.array([color for _, color in self.stops], np.float32)
        colors[:, :3] *= colors[:, 3:]
        out = np.empty((rect.height, rect.width, 4), np.float32)
        for channel in range(4):
            out[..., channel] = np.interp(way, places, colors[:, channel])
        np.divide(out[..., :3], out[..., 3:], out=out[..., :3], where=out[..., 3:] > 0.0)
        return out

    def _way(self, rect: Rect, width: int, height: int) -> Image:
        """How far each px lies on the way from start (0) to end (1): ``[H, W]``."""
        size = np.array([width, height], np.float32)
        start, span = np.array(self.start) * size, (np.array(self.end) - self.start) * size
        x = np.arange(rect.x, rect.right, dtype=np.float32) + 0.5 - float(start[0])
        y = np.arange(rect.y, rect.bottom, dtype=np.float32)[:, None] + 0.5 - float(start[1])
        length = max(float(np.hypot(*span)), 1e-6)
        if self.shape == "radial":
            return np.asarray(np.hypot(x, y) / length, np.float32)
        return np.asarray((x * float(span[0]) + y * float(span[1])) / length**2, np.float32)


Fill: TypeAlias = SolidFill | GradientFill


class FilledRaster(Raster):
    """A raster whose pixels are made from a fill whenever they are read: it takes no memory."""

    __slots__ = ("fill",)

    def __init__(self, width: int, height: int, fill: Fill) -> None:
        super().__init__(width, height)
        self.fill = fill

    @property
    def is_8bit(self) -> bool:
        return False

    def tile(self, index: TileIndex) -> Tile | None:
        """Another object each time: nothing is kept."""
        square = Rect(index[0] * TILE, index[1] * TILE, TILE, TILE)
        return self.read(square.intersect(self.rect))

    def read(self, rect: Rect | None = None) -> Image:
        if rect is None:
            rect = self.rect
        inside = rect.intersect(self.rect)
        image = self.fill.image(inside, self.width, self.height)
        if inside == rect:
            return image
        out = np.zeros((rect.height, rect.width, 4), np.float32)
        out[inside.translated(-rect.x, -rect.y).slices] = image
        return out

    def pixels8(self, rect: Rect | None = None) -> Pixels8:
        return to_pixels8(self.read(rect))

    def with_patch(self, x: int, y: int, image: Image) -> Raster:
        """What is painted on is pixels from then on."""
        return Raster.from_pixels8(self.pixels8()).with_patch(x, y, image)

    def half(self) -> Raster:
        if self._half is None:
            self._half = FilledRaster((self.width + 1) // 2, (self.height + 1) // 2, self.fill)
        return self._half


def fill_to_json(fill: Fill) -> dict[str, Any]:
    if isinstance(fill, SolidFill):
        return {"color": list(fill.color)}
    stops = [[at, list(color)] for at, color in fill.stops]
    ends = {"start": list(fill.start), "end": list(fill.end)}
    return {"shape": fill.shape, "stops": stops, **ends}


def fill_from_json(data: Mapping[str, Any]) -> Fill:
    """The inverse of `fill_to_json`.

    Raises:
        KeyError, TypeError, ValueError: not a fill.
    """
    if "color" in data:
        return SolidFill(_color(data["color"]))
    if data["shape"] not in ("linear", "radial") or not data["stops"]:
        raise ValueError("not a gradient")
    stops = sorted((share(at), _color(color)) for at, color in data["stops"])
    return GradientFill(tuple(stops), data["shape"], _place(data["start"]), _place(data["end"]))


def _color(values: Any) -> Rgba:
    red, green, blue, alpha = (share(value) for value in values)
    return red, green, blue, alpha


def _place(values: Any) -> Place:
    x, y = (float(value) for value in values)
    if not np.isfinite([x, y]).all():
        raise ValueError(f"not a place: {values}")
    return x, y
