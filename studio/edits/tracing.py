"""A picture as a vector drawing: few colors, their outlines, smooth curves along these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from studio.core.control import RunControl
from studio.core.curve_fit import fit_outline
from studio.core.image import Image, split_alpha, to_rgba
from studio.core.oklab import from_oklab, to_oklab
from studio.core.params import param
from studio.core.shapes import Drawing, Outline, Shape
from studio.edits.pixels import resized

Labels: TypeAlias = NDArray[np.intp]  # [H, W]: the color of each px, -1 where transparent

_LONGEST = 1024  # px of a side at which outlines are looked for
_LARGEST = 2.0  # times as large: what is antialiased shows finer outlines so
_SAMPLED = 20_000  # colors that the palette is learned from
_ROUNDS = 12
_SMOOTH = 0.7  # px: the stairs of px are smoothed before they are followed
_THIN = 1.5  # px: a color that is nowhere wider comes from antialiasing
_BEYOND = 4  # px
_FEWEST = 6  # points of an outline; what has fewer is a speck


@dataclass(frozen=True)
class Tracing:
    """How a picture becomes a drawing."""

    colors: int = param(8, "Colors", 2, 64)
    detail: float = param(
        0.6, "Tolerance", 0.2, 5.0, 0.1, "px", help="How far a curve may be from the outline."
    )
    speck: int = param(16, "Least area", 0, 2000, 1, help="In px; smaller specks are left out.")


def trace(image: Image, settings: Tracing, control: RunControl) -> Drawing:
    """The picture as flat shapes. Each also lies under those above it, so that no gap shows.

    Raises:
        Cancelled: `control` asked for it.
    """
    height, width = image.shape[:2]
    share = min(_LARGEST, _LONGEST / max(height, width))
    rgba = resized(to_rgba(image), max(1, round(height * share)), max(1, round(width * share)))
    color, alpha = split_alpha(rgba)
    assert alpha is not None
    palette, labels = _quantized(color, alpha[..., 0] >= 0.5, settings.colors)
    labels = _without_specks(labels, settings.speck * share**2, _THIN * share)
    areas = np.bincount(labels[labels >= 0], minlength=len(palette))
    order = [int(index) for index in np.argsort(-areas) if areas[index]]
    shapes = []
    for place, index in enumerate(order):
        control.check()
        covered = np.isin(labels, order[place:])
        outlines = _outlines(covered, settings.detail * share, 1.0 / share)
        if outlines:
            red, green, blue = palette[index].tolist()
            shapes.append(Shape((red, green, blue), outlines))
    return Drawing(width, height, tuple(shapes))


def _quantized(color: Image, opaque: NDArray[np.bool_], count: int) -> tuple[Image, Labels]:
    """The palette ``[count, 3]`` that suits the opaque px best, and which color each px has."""
    lab = to_oklab(color)
    labels = np.full(opaque.shape, -1, np.intp)
    seen = lab[opaque]
    if not len(seen):
        return np.zeros((0, 3), np.float32), labels
    sample = seen[:: max(1, len(seen) // _SAMPLED)]
    centers = _spread_out(sample, count)
    for _ in range(_ROUNDS):  # Lloyd's algorithm
        which = _nearest(sample, centers)
        found = [sample[which == i].mean(axis=0) for i in range(len(centers)) if (which == i).any()]
        centers = np.stack(found)
    which = _nearest(seen, centers)
    labels[opaque] = which
    # The middle one of each, so that flat colors stay as they are whatever mixes at their edges.
    members = [seen[which == i] for i in range(len(centers))]
    middles = [
        np.median(own, axis=0) if len(own) else center
        for own, center in zip(members, centers, strict=True)
    ]
    return from_oklab(np.stack(middles).astype(np.float32)), labels


def _spread_out(colors: Image, count: int) -> Image:
    """Colors that are far from one another, the first of them the most usual."""
    chosen = [np.median(colors, axis=0)]
    apart = np.full(len(colors), np.inf, np.float32)
    for _ in range(count - 1):
        apart = np.minimum(apart, ((colors - chosen[-1]) ** 2).sum(axis=1))
        if apart.max() < 1e-6:
            break
        chosen.append(colors[int(apart.argmax())])
    return np.stack(chosen).astype(np.float32)


def _nearest(colors: Image, centers: Image) -> Labels:
    nearest: Labels = ((centers**2).sum(axis=1) - 2.0 * colors @ centers.T).argmin(axis=1)
    return nearest


def _without_specks(labels: Labels, area: float, thin: float) -> Labels:
    """What is smaller than `area` px, or nowhere wider than `thin`, takes the color next to it.

    Between two colors an antialiased edge has others, which nobody drew.
    """
    import scipy.ndimage as ndi

    parts = ski.measure.label(labels + 1, background=-1, connectivity=1)
    depth = ndi.distance_transform_edt(~ski.segmentation.find_boundaries(parts, mode="inner"))
    index = np.arange(parts.max() + 1)
    widths = 2.0 * ndi.maximum(depth, parts, index) + 2.0
    speck = ((np.bincount(parts.ravel()) < area) | (widths <= thin))[parts]
    if not speck.any() or speck.all():
        return labels
    nearest = ndi.distance_transform_edt(speck, return_distances=False, return_indices=True)
    whole: Labels = labels[tuple(nearest)]
    return whole


def _outlines(covered: NDArray[np.bool_], tolerance: float, enlarge: float) -> tuple[Outline, ...]:
    """Around the covered px, in px of the full size."""
    import scipy.ndimage as ndi

    # What reaches the edge of the picture goes on over it, and is cut off straight afterwards.
    beyond = np.pad(covered.astype(np.float32), _BEYOND, mode="edge")
    soft = ndi.gaussian_filter(np.pad(beyond, _BEYOND), _SMOOTH)
    contours = [line for line in ski.measure.find_contours(soft, 0.5) if len(line) > _FEWEST]
    # Rows come first, and px have their middle at whole numbers.
    limits = np.array(covered.shape[::-1], np.float64)
    lines = [np.clip(line[:, ::-1] + 0.5 - 2 * _BEYOND, 0.0, limits) for line in contours]
    lines = [line[:-1][np.abs(np.diff(line, axis=0)).max(axis=1) > 0.0] for line in lines]
    return tuple(
        fit_outline(line, max(tolerance, 0.1)) * enlarge for line in lines if len(line) > _FEWEST
    )
