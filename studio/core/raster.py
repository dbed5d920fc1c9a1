"""An immutable picture in 256-px tiles: an edit copies the tiles it touches and shares the rest.

Tiles are ``uint8`` where the pixels came from 8 bits (a quarter of the memory), else ``float32``;
a missing tile is transparent black, and one with fewer channels than the raster is opaque color or
grey. A half-size picture per level is kept beside each tile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.image import NOWHERE, Image, Pixels8, Rect, from_pixels8, to_pixels8

TILE = 256

Tile: TypeAlias = NDArray[Any]  # uint8 or float32 [<=TILE, <=TILE, C], read-only
TileIndex: TypeAlias = tuple[int, int]  # column, row


class Raster:
    """Pixels of `width` by `height` px with 1, 3 or 4 `channels`. Never changes; share it freely.

    Thread-safe: reading allocates, and the only state that is written late is the half-size cache.
    """

    __slots__ = ("_half", "_older_half", "_tiles", "channels", "height", "width")

    def __init__(
        self, width: int, height: int, channels: int = 4, tiles: Mapping[TileIndex, Tile] = {}
    ) -> None:
        self.width = width
        self.height = height
        self.channels = channels
        self._tiles = dict(tiles)
        self._half: Raster | None = None
        self._older_half: tuple[Raster, Rect] | None = None  # and where it is not true any more

    @classmethod
    def from_image(cls, image: Image) -> Raster:
        """A raster of an *Image*, kept at full precision."""
        return cls._cut(image)

    @classmethod
    def from_pixels8(cls, pixels8: Pixels8) -> Raster:
        """A raster of ``uint8 [H, W, C]``, kept in 8 bits."""
        return cls._cut(pixels8)

    @classmethod
    def solid(cls, width: int, height: int, pixel: Sequence[float]) -> Raster:
        """A raster of one color, in 8 bits; its tiles share their memory."""
        raster = cls(width, height, len(pixel))
        full = _frozen(np.tile(to_pixels8(np.array(pixel, np.float32)), (TILE, TILE, 1)))
        for index, rect in raster.tile_rects(raster.rect):
            raster._tiles[index] = full[: rect.height, : rect.width]
        return raster

    @classmethod
    def _cut(cls, array: Tile) -> Raster:
        height, width, channels = array.shape
        raster = cls(width, height, channels)
        for index, rect in raster.tile_rects(Rect(0, 0, width, height)):
            raster._tiles[index] = _frozen(array[rect.slices].copy())
        return raster

    @property
    def rect(self) -> Rect:
        return Rect(0, 0, self.width, self.height)

    @property
    def is_8bit(self) -> bool:
        """Whether every tile holds 8-bit pixels, so that `pixels8` loses nothing."""
        return all(tile.dtype == np.uint8 for tile in self._tiles.values())

    @property
    def nbytes(self) -> int:
        """Bytes held by the tiles (shared ones count here as well)."""
        return sum(tile.nbytes for tile in self._tiles.values())

    def tile(self, index: TileIndex) -> Tile | None:
        """The stored tile, for identity comparison; None where transparent."""
        return self._tiles.get(index)

    def tiles_of_all_sizes(self) -> Iterator[Tile]:
        """Every stored tile, those of the half sizes that are known too."""
        yield from self._tiles.values()
        half, _ = self._known_half
        if half is not None:
            yield from half.tiles_of_all_sizes()

    def exchange_tiles(self, same: Mapping[int, Tile]) -> None:
        """Hold other arrays of the very same pixels; `same` has them by the id of those at hand.

        The one thing that changes in a raster: where its pixels lie, in memory or on the disk.
        """
        for index, tile in self._tiles.items():
            if id(tile) in same:
                self._tiles[index] = same[id(tile)]
        half, _ = self._known_half
        if half is not None:
            half.exchange_tiles(same)

    def tile_rects(self, rect: Rect) -> Iterator[tuple[TileIndex, Rect]]:
        """Index and rectangle (inside the raster) of every tile that `rect` touches."""
        area = rect.intersect(self.rect)
        if area.is_empty:
            return
        for row in range(area.y // TILE, (area.bottom - 1) // TILE + 1):
            for column in range(area.x // TILE, (area.right - 1) // TILE + 1):
                tile = Rect(column * TILE, row * TILE, TILE, TILE)
                yield (column, row), tile.intersect(self.rect)

    def read(self, rect: Rect | None = None) -> Image:
        """*Image* of `rect` (default: everything); outside the raster it is transparent black."""
        if rect is None:
            rect = self.rect
        out = np.zeros((rect.height, rect.width, self.channels), np.float32)
        for target, part in self._parts(rect):
            _lay(from_pixels8(part) if part.dtype == np.uint8 else part, out[target], 1.0)
        return out

    def pixels8(self, rect: Rect | None = None) -> Pixels8:
        """``uint8 [H, W, C]`` of `rect` (default: everything)."""
        if rect is None:
            rect = self.rect
        out = np.zeros((rect.height, rect.width, self.channels), np.uint8)
        for target, part in self._parts(rect):
            _lay(part if part.dtype == np.uint8 else to_pixels8(part), out[target], 255)
        return out

    def _parts(self, rect: Rect) -> Iterator[tuple[tuple[slice, slice], Tile]]:
        """Where in an array of `rect` each stored piece goes, and the piece."""
        for index, tile_rect in self.tile_rects(rect):
            tile = self._tiles.get(index)
            if tile is None:
                continue
            area = tile_rect.intersect(rect)
            source = area.translated(-tile_rect.x, -tile_rect.y)
            yield area.translated(-rect.x, -rect.y).slices, tile[source.slices]

    def with_patch(self, x: int, y: int, image: Tile) -> Raster:
        """A raster with `image` written at (x, y); only the touched tiles are copied.

        What lies outside the raster is ignored. `image` is an *Image* or ``uint8``, with the
        raster's channels. Tiles of 8 bits stay so under a patch of 8 bits. Half sizes that are
        known are patched as well, when they are next asked for.
        """
        patch = Rect(x, y, image.shape[1], image.shape[0])
        tiles = dict(self._tiles)
        for index, tile_rect in self.tile_rects(patch):
            tile = self._writable_tile(index, tile_rect, image.dtype)
            area = patch.intersect(tile_rect)
            part = image[area.translated(-x, -y).slices]
            if part.dtype != tile.dtype:
                part = from_pixels8(part)
            tile[area.translated(-tile_rect.x, -tile_rect.y).slices] = part
            tiles[index] = _frozen(tile)
        patched = Raster(self.width, self.height, self.channels, tiles)
        half, outdated = self._known_half
        if half is not None:
            patched._older_half = (half, outdated.union(patch.intersect(self.rect)))
        return patched

    def _writable_tile(self, index: TileIndex, rect: Rect, dtype: np.dtype[Any]) -> Tile:
        """A copy of a tile that can hold what it has and pixels of `dtype`."""
        tile = self._tiles.get(index)
        if tile is None:
            return np.zeros((rect.height, rect.width, self.channels), dtype)
        if tile.dtype == dtype and tile.shape[2] == self.channels:
            return tile.copy()
        return self.pixels8(rect) if tile.dtype == dtype == np.uint8 else self.read(rect)

    def _patched_half(self, half: Raster, area: Rect) -> Raster:
        """An older `half` with what lies under `area` made anew."""
        if area.is_empty:
            return half
        x, y = area.x // 2, area.y // 2
        source = Rect.from_edges(2 * x, 2 * y, -(-area.right // 2) * 2, -(-area.bottom // 2) * 2)
        return half.with_patch(x, y, self._halved(source.intersect(self.rect)))

    def reframed(self, columns: int, rows: int, width: int, height: int) -> Raster:
        """The same pixels moved by so many tiles, on `width` by `height` px; whole tiles shared."""
        frame = Raster(width, height, self.channels)
        for index, rect in frame.tile_rects(frame.rect):
            tile = self._tiles.get((index[0] - columns, index[1] - rows))
            if tile is not None:
                frame._tiles[index] = frame._fitted(tile, rect)
        return frame

    def _fitted(self, tile: Tile, rect: Rect) -> Tile:
        """A tile cut, or padded with transparent black, to the size of `rect`."""
        if tile.shape[:2] == (rect.height, rect.width):
            return tile
        fitted = np.zeros((rect.height, rect.width, self.channels), tile.dtype)
        part = tile[: rect.height, : rect.width]
        opaque = 255 if tile.dtype == np.uint8 else 1
        _lay(part, fitted[: part.shape[0], : part.shape[1]], opaque)
        return _frozen(fitted)

    def as_rgba(self) -> Raster:
        """The same pixels in four channels, opaque where there was no alpha; half sizes too.

        Tiles are shared: one gets its alpha when it is first patched.
        """
        if self.channels == 4:
            return self
        raster = Raster(self.width, self.height, 4, self._tiles)
        half, outdated = self._known_half
        raster._older_half = None if half is None else (half.as_rgba(), outdated)
        return raster

    def half(self) -> Raster:
        """The raster at half size (box filter over premultiplied color), made once and kept."""
        known, outdated = self._known_half
        if self._half is None:
            self._half = self._shrink() if known is None else self._patched_half(known, outdated)
            self._older_half = None
        return self._half

    @property
    def _known_half(self) -> tuple[Raster | None, Rect]:
        """The newest half size there is, and the rectangle where it is not true any more."""
        older, half = self._older_half, self._half  # in this order: another thread may finish it
        if half is not None or older is None:
            return half, NOWHERE
        return older

    def level(self, level: int) -> Raster:
        """The raster at ``1 / 2**level`` of its size."""
        raster = self
        for _ in range(level):
            raster = raster.half()
        return raster

    def _shrink(self) -> Raster:
        width, height = (self.width + 1) // 2, (self.height + 1) // 2
        small = Raster(width, height, self.channels)
        for index, rect in small.tile_rects(small.rect):
            source = Rect(rect.x * 2, rect.y * 2, rect.width * 2, rect.height * 2)
            if any(self._tiles.get(i) is not None for i, _ in self.tile_rects(source)):
                small._tiles[index] = _frozen(self._halved(source.intersect(self.rect)))
        return small

    def _halved(self, rect: Rect) -> Tile:
        """`rect` at half size. Averaging bytes is ten times as fast, and exact where opaque."""
        if any(part.dtype != np.uint8 for _, part in self._parts(rect)):
            return _halve(_evened(self.read(rect)))
        pixels8 = _evened(self.pixels8(rect))
        if self.channels == 4 and pixels8[..., 3].min() < 255:
            return _halve8(pixels8)
        return _box8(pixels8)


def _evened(tile: Tile) -> Tile:
    """`tile` with its last row and column repeated where a side is odd."""
    height, width, _ = tile.shape
    if height % 2 == 0 and width % 2 == 0:
        return tile
    return np.pad(tile, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def _halve(image: Image) -> Image:
    if image.shape[2] == 4:
        weights = image[..., 3:]
        premultiplied = _box(np.concatenate([image[..., :3] * weights, weights], axis=2))
        alpha = premultiplied[..., 3:]
        premultiplied[..., :3] /= np.maximum(alpha, 1e-6)
        return premultiplied
    return _box(image)


def _halve8(pixels8: Pixels8) -> Pixels8:
    """The same from bytes, a channel at a time; sums of products of bytes are exact in float32."""
    alpha = pixels8[..., 3].astype(np.float32)
    total = _box(alpha)
    share = 1.0 / np.maximum(total, 0.25)
    half = np.empty((*total.shape, 4), np.uint8)
    for channel in range(3):
        half[..., channel] = _box(pixels8[..., channel] * alpha) * share + 0.5
    half[..., 3] = total + 0.5
    return half


def _box(image: Image) -> Image:
    """The mean of each 2x2 block."""
    return (image[::2, ::2] + image[1::2, ::2] + image[::2, 1::2] + image[1::2, 1::2]) * 0.25


def _box8(pixels8: Pixels8) -> Pixels8:
    """The mean of each 2x2 block of bytes, rounded to nearest."""
    rows = np.add(pixels8[::2], pixels8[1::2], dtype=np.uint16)
    total = rows[:, ::2] + rows[:, 1::2]
    return ((total + 2) >> 2).astype(np.uint8)


def _lay(part: Tile, target: Tile, opaque: float) -> None:
    """Write pixels to `target`; those that come without the alpha that it has are `opaque`."""
    if part.shape[2] == target.shape[2]:
        target[:] = part
        return
    for channel in range(3):  # one at a time: four times as fast
        target[..., channel] = part[..., channel % part.shape[2]]
    target[..., 3] = opaque


def _frozen(tile: Tile) -> Tile:
    tile.flags.writeable = False
    return tile
