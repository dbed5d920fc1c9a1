"""What edit operations share: color without alpha, filters without dark fringes, resizing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from studio.core.image import Image, join_alpha, luma, split_alpha
from studio.edits.parallel import ROWS, bands, each, each_band

# What arithmetic makes of an image: of any precision, perhaps outside [0, 1].
Raw: TypeAlias = NDArray[np.floating[Any]]
Tile: TypeAlias = tuple[slice, slice]  # rows and columns

_TONES = 65536
_COUNTED = 2_000_000  # px are enough to know how often each tone comes
# Below this alpha a color cannot be told from rounding noise.
_LEAST_ALPHA = np.float32(1e-5)
# A Gaussian of more px than this is computed on a smaller picture: nobody sees the difference.
_WIDEST_SIGMA = 8.0


def clipped(image: Raw) -> Image:
    """Values into [0, 1], as ``float32``."""
    return np.clip(image, 0.0, 1.0).astype(np.float32, copy=False)


def map_color(image: Image, function: Callable[[Image], Raw]) -> Image:
    """Apply `function` to the color channels, one or three; alpha passes through."""
    color, alpha = split_alpha(image)
    return join_alpha(clipped(function(color)), alpha)


def map_pixels(image: Image, function: Callable[..., Raw], *beside: Image) -> Image:
    """Like `map_color`, for a `function` that looks at one px at a time: works on bands of rows,
    several at once. Of arrays that are given `beside` it gets the same rows.
    """
    out = np.empty(image.shape, np.float32)

    def work(rows: slice) -> None:
        color, alpha = split_alpha(image[rows])
        color_out, alpha_out = split_alpha(out[rows])
        found = function(color, *(other[rows] for other in beside))
        np.clip(found, 0.0, 1.0, out=color_out, casting="same_kind")
        if alpha is not None and alpha_out is not None:
            alpha_out[...] = alpha

    each_band(len(image), work)
    return out


def map_tones(image: Image, function: Callable[[Image], Raw]) -> Image:
    """Apply a tone curve, the same for every color channel, by a table of 65,536 tones."""
    table = clipped(function(tones()))
    return map_pixels(image, lambda color: table[tone_index(color)])


def tones() -> Image:
    """The 65,536 tones that tables are made for, from 0 to 1."""
    return np.linspace(0.0, 1.0, _TONES, dtype=np.float32)


def tone_index(values: Image) -> NDArray[np.uint16]:
    """Where values in [0, 1] lie among 65,536 tones."""
    return (values * np.float32(_TONES - 1) + np.float32(0.5)).astype(np.uint16)


def map_rgb(image: Image, function: Callable[[Image], Raw]) -> Image:
    """Like `map_pixels`, but `function` always gets three channels; a gray picture stays gray."""
    if image.shape[2] != 1:
        return map_pixels(image, function)
    return luma(clipped(function(np.repeat(image, 3, axis=2))))


def premultiplied(image: Image) -> Image:
    """Color times alpha: what must be averaged, so that transparent pixels weigh nothing."""
    color, alpha = split_alpha(image)
    if alpha is None:
        return color
    out = np.empty(image.shape, np.float32)

    def work(rows: slice) -> None:
        np.multiply(color[rows], alpha[rows], out=out[rows, :, :3])
        out[rows, :, 3:] = alpha[rows]

    each_band(len(out), work)
    return out


def straight(image: Image) -> Image:
    """The inverse of `premultiplied`, clipped to [0, 1]."""
    color, alpha = split_alpha(image)
    if alpha is None:
        return clipped(color)
    out = np.empty(image.shape, np.float32)

    def work(rows: slice) -> None:
        part, opacity = out[rows], alpha[rows]
        np.divide(color[rows], np.maximum(opacity, _LEAST_ALPHA), out=part[..., :3])
        part[..., :3] *= opacity > _LEAST_ALPHA
        part[..., 3:] = opacity
        np.clip(part, 0.0, 1.0, out=part)

    each_band(len(out), work)
    return out


def map_premultiplied(image: Image, function: Callable[[Image], Image]) -> Image:
    """Apply a filter that mixes neighbors to all channels, alpha included, without fringes."""
    return straight(function(premultiplied(image)))


def map_planes(image: Image, function: Callable[[Image], Image]) -> Image:
    """Apply `function` to each channel ``[H, W]`` on its own, to several at once."""
    planes = list(np.moveaxis(image, 2, 0))

    def work(channels: slice) -> None:
        planes[channels] = [function(np.ascontiguousarray(plane)) for plane in planes[channels]]

    each_band(len(planes), work, rows=1)
    return np.stack(planes, axis=2)


def map_tiles(
    image: Image, function: Callable[[Tile], Image], *, margin: int, side: int = 512
) -> Image:
    """Compute a result like `image` tile by tile, several at once.

    `function` gets the rows and columns to look at, `margin` more than `side` all around: what it
    gives for the margin is thrown away.
    """
    out = np.empty_like(image)
    height, width = image.shape[:2]
    side = max(side, 4 * margin)

    def work(tile: Tile) -> None:
        rows, columns = tile
        top, left = max(rows.start - margin, 0), max(columns.start - margin, 0)
        found = function((slice(top, rows.stop + margin), slice(left, columns.stop + margin)))
        inner = found[rows.start - top :, columns.start - left :]
        out[tile] = inner[: rows.stop - rows.start, : columns.stop - columns.start]

    each([(r, c) for r in bands(height, side) for c in bands(width, side)], work)
    return out


def opaque_luma(image: Image) -> Image:
    """Brightness ``[H, W]``; transparent pixels get the mean, so that they do not distort it."""
    brightness = luma(image)[..., 0]
    _, alpha = split_alpha(image)
    if alpha is None:
        return brightness
    weight = alpha[..., 0]
    mean = np.float32((brightness * weight).sum() / max(float(weight.sum()), 1e-6))
    return brightness * weight + mean * (1.0 - weight)


def tone_shares(counts: Image) -> Raw:
    """Share of px below each tone, half of those of the tone itself included."""
    total = np.cumsum(counts, dtype=np.float64)
    shares: Raw = (total - counts / 2.0) / max(total[-1], 1e-6)
    return shares


def tone_counts(image: Image, channels: int) -> Image:
    """How often each of 65,536 tones comes, by channel ``[channels, 65536]``, weighted by alpha.

    A gray picture counts for every channel; for one channel, brightness counts. Of a large
    picture every so many px are counted.
    """
    step = max(1, math.isqrt(image.shape[0] * image.shape[1] // _COUNTED))
    color, alpha = split_alpha(image[::step, ::step])
    if channels == 1:
        color = luma(color)
    weights = None if alpha is None else alpha.ravel()
    counts = [
        np.bincount(tone_index(plane).ravel(), weights, _TONES)
        for plane in np.moveaxis(color, 2, 0)
    ]
    return np.broadcast_to(np.array(counts, np.float32), (channels, _TONES))


def resized(image: Image, height: int, width: int, *, smooth: bool = True) -> Image:
    """``[H, W, C]`` at another size; smooth is bilinear and antialiased, else nearest pixel.

    The same as `skimage.transform.resize`, in bands, several at once.
    """
    size = (height, width)
    if image.shape[:2] == size:
        return image
    if not smooth:
        nearest: Image = ski.transform.resize(image, size, 0, mode="edge", anti_aliasing=False)
        return nearest.astype(np.float32, copy=False)
    down, across = (
        max(0.0, (old / new - 1.0) / 2.0) for old, new in zip(image.shape, size, strict=False)
    )
    soft = blur(image, down) if math.isclose(down, across) else _gaussian(image, down, across)
    return _stretched(_stretched(soft, height, axis=0), width, axis=1)


def blur(image: Image, sigma: float) -> Image:
    """Gaussian blur of each channel; `sigma` in px. Edges are continued.

    A wide blur is computed at a smaller size: variances add up, so what the means of blocks and
    the straight lines between them blur already is left out of the Gaussian.
    """
    if sigma <= 0.0:
        return image
    factor = int(2.0 * sigma / _WIDEST_SIGMA)
    if factor <= 1 or sigma <= _WIDEST_SIGMA:
        return _gaussian(image, sigma, sigma)
    height, width, _ = image.shape
    means, lines = (factor**2 - 1) / 12.0, factor**2 / 6.0
    rest = math.sqrt(sigma**2 - means - lines) / factor
    small = _gaussian(_block_means(image, factor), rest, rest)
    tall = _stretched(small, height, axis=0, factor=factor)
    return _stretched(tall, width, axis=1, factor=factor)


def slope_blur(image: Image, sigma: float, scale: float) -> Image:
    """What slopes are measured in by a Sobel filter: `image` at `scale`, blurred by `sigma` px.

    The filter blurs by about half a squared px itself, which is more of a smaller picture: there
    the Gaussian blurs less by that.
    """
    return blur(image, math.sqrt(max(0.0, sigma**2 - (1.0 - scale**2) / 2.0)))


def _gaussian(image: Image, down: float, across: float) -> Image:
    margin = int(3.0 * down + 0.5)
    out = np.empty(image.shape, np.float32)

    def work(rows: slice) -> None:
        first = max(rows.start - margin, 0)
        part = ski.filters.gaussian(
            image[first : rows.stop + margin],
            (down, across),
            mode="nearest",
            truncate=3.0,
            channel_axis=2,
            preserve_range=True,
        )
        out[rows] = part[rows.start - first : rows.stop - first]

    each_band(len(image), work, rows=max(2 * ROWS, 16 * margin))
    return out


def _block_means(image: Image, side: int) -> Image:
    """The mean of each block of `side` by `side` px; the picture's edge is continued."""
    height, width, channels = image.shape
    padding = ((0, -height % side), (0, -width % side), (0, 0))
    padded = np.pad(image, padding, mode="edge") if height % side or width % side else image
    rows, columns = padded.shape[0] // side, padded.shape[1] // side
    out = np.empty((rows, columns, channels), np.float32)

    def work(band: slice) -> None:
        part = padded[band.start * side : band.stop * side]
        out[band] = part.reshape(-1, side, columns, side, channels).mean(axis=(1, 3))

    each_band(rows, work, rows=max(1, ROWS // side))
    return out


def _stretched(image: Image, length: int, *, axis: int, factor: float = 0.0) -> Image:
    """One axis of another `length`, along straight lines between px.

    `factor` is how many times as long the axis becomes, if it is not just what fits.
    """
    factor = factor or length / image.shape[axis]
    place = (np.arange(length, dtype=np.float32) + np.float32(0.5)) / np.float32(factor) - 0.5
    before = np.clip(np.floor(place).astype(np.intp), 0, image.shape[axis] - 1)
    after = np.minimum(before + 1, image.shape[axis] - 1)
    share = np.clip(place - before, 0.0, 1.0).astype(np.float32)
    if axis == 0:
        out = np.empty((length, *image.shape[1:]), np.float32)
    else:
        out = np.empty((image.shape[0], length, image.shape[2]), np.float32)

    def work(rows: slice) -> None:
        if axis == 0:
            one, two, weight = image[before[rows]], image[after[rows]], share[rows, None, None]
        else:
            one, two, weight = image[rows][:, before], image[rows][:, after], share[None, :, None]
        np.multiply(two - one, weight, out=out[rows])
        out[rows] += one

    each_band(len(out), work)
    return out
