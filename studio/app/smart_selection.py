"""An object from a few strokes: superpixels, a random walk between them, and the picture's edges.

Pure: callable from any lane.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.app.edge_refinement import EdgeFinder, edge_finder, refined
from studio.app.selection import bounds, from_coverage
from studio.core.image import Image, Pixels8, Rect, from_pixels8
from studio.core.oklab import to_oklab
from studio.core.raster import Raster
from studio.edits.pixels import resized

Labels = NDArray[np.int64]

SIDE = 640  # px: the picture is looked at no larger than this
SEGMENTS = 1600
CONTRAST = 0.3  # of two colors, relative to the mean, at which a border is hard to cross
BANDWIDTH = 0.05  # of the density of colors, in Oklab
SAMPLES = 400  # px of the strokes that stand for their colors
UNSEEN = 0.2  # weight of what no stroke touches, as background, beside strokes on that
TRUST = 0.02  # in colors, against the walk's neighbors
SPECK = 0.002  # share of the picture: a smaller hole is closed


@dataclass(frozen=True)
class Stroke:
    """A scribble over what is meant, or over what is not: ``float [N, 2]`` of x, y in px."""

    points: NDArray[np.float64]
    radius: float
    wanted: bool


@dataclass(frozen=True)
class Superpixels:
    """A picture in small pieces of like color (SLIC: Achanta et al. 2012).

    `color` is ``float32 [h, w, 3]`` in Oklab, `labels` ``[h, w]``, `means` ``[n, 3]``; `edges`
    ``[m, 2]`` are the pairs that touch, `weights` how easily a walk steps from one to the other.
    `area` is the part of the picture that is not transparent: only that is looked at. `scale` is
    the small size relative to the full one, `finder` what knows its edges.
    """

    finder: EdgeFinder
    color: Image
    labels: Labels
    means: Image
    edges: Labels
    weights: NDArray[np.float64]
    area: Rect
    scale: float


def superpixels(pixels: Pixels8) -> Superpixels:
    """Cut up ``uint8 [H, W, 4]``; takes about half a second, once a picture."""
    import skimage as ski

    area = _opaque_area(pixels)
    pixels = pixels[area.slices]
    height, width, _ = pixels.shape
    scale = min(1.0, SIDE / max(height, width))
    step = max(1, int(1.0 / scale / 2))  # antialiasing of a few px is enough
    guide = resized(
        from_pixels8(pixels[::step, ::step]),
        max(1, round(height * scale)),
        max(1, round(width * scale)),
    )
    color = to_oklab(guide[..., :3])
    labels = ski.segmentation.slic(
        color,
        SEGMENTS,
        compactness=0.08,
        max_num_iter=6,
        sigma=0.7,
        convert2lab=False,
        start_label=0,
    )
    means = _means(np.dstack([color, guide[..., 3:]]), labels)
    edges, lengths = _neighbors(labels)
    apart = ((means[edges[:, 0]] - means[edges[:, 1]]) ** 2).sum(axis=1)
    weights = lengths * np.exp(-apart / (CONTRAST * max(float(apart.mean()), 1e-6)))
    return Superpixels(
        edge_finder(guide[..., :3]), color, labels, means, edges, weights + 1e-6, area, scale
    )


def select_object(pixels: Pixels8, cut: Superpixels, strokes: Sequence[Stroke]) -> Raster | None:
    """The object under the wanted strokes, as a selection of the size of `pixels`."""
    marks = _marks(cut, strokes)
    if not (marks == 1).any():
        return None
    share = _walk(cut, marks)
    small = _one_object(share[cut.labels] >= 0.5, marks)
    seen = pixels[cut.area.slices]
    coverage = np.zeros(pixels.shape[:2], np.uint8)
    coverage[cut.area.slices] = np.minimum(refined(seen, cut.finder, small), seen[..., 3])
    return from_coverage(coverage)


def _opaque_area(pixels: Pixels8) -> Rect:
    """The smallest rectangle with all that shows; everything where nothing does."""
    height, width, _ = pixels.shape
    shown = from_coverage(pixels[..., 3])
    return Rect(0, 0, width, height) if shown is None else bounds(shown)


def _means(values: Image, labels: Labels) -> Image:
    count = np.bincount(labels.ravel())
    sums = [np.bincount(labels.ravel(), plane.ravel()) for plane in np.moveaxis(values, 2, 0)]
    return (np.stack(sums, axis=1) / np.maximum(count, 1)[:, None]).astype(np.float32)


def _neighbors(labels: Labels) -> tuple[Labels, NDArray[np.float64]]:
    """Pairs of labels that touch, and the length of their common border."""
    pairs = np.concatenate(
        [
            np.stack([labels[:, 1:].ravel(), labels[:, :-1].ravel()], axis=1),
            np.stack([labels[1:].ravel(), labels[:-1].ravel()], axis=1),
        ]
    )
    pairs = np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1)
    edges, lengths = np.unique(pairs, axis=0, return_counts=True)
    return edges, lengths.astype(np.float64)


def _marks(cut: Superpixels, strokes: Sequence[Stroke]) -> NDArray[np.int8]:
    """``[h, w]``: 1 under wanted strokes, -1 under the others, 0 elsewhere."""
    from skimage.draw import disk

    marks = np.zeros(cut.labels.shape, np.int8)
    for stroke in strokes:
        radius = max(1.0, stroke.radius * cut.scale)
        points = (stroke.points - cut.area[:2]) * cut.scale
        for x, y in _along(points, radius):
            marks[disk((y, x), radius + 0.5, shape=marks.shape)] = 1 if stroke.wanted else -1
    return marks


def _along(points: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """`points` with more between them, at most `step` apart."""
    if len(points) < 2:
        return points
    lengths = np.hypot(*np.diff(points, axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(lengths)])
    wanted = np.linspace(0.0, at[-1], max(2, int(np.ceil(at[-1] / step)) + 1))
    return np.stack([np.interp(wanted, at, points[:, i]) for i in (0, 1)], axis=1)


def _walk(cut: Superpixels, marks: NDArray[np.int8]) -> NDArray[np.float64]:
    """The probability that a walk from each superpixel first comes to a wanted stroke.

    Random walker with priors: Grady 2005, "Multilabel random walker image segmentation using prior
    models", eq. 12; the priors are densities of the strokes' colors.
    """
    from scipy.sparse import coo_array, diags_array
    from scipy.sparse.linalg import spsolve

    count = len(cut.means)
    first, second = cut.edges.T
    adjacent = coo_array((cut.weights, (first, second)), (count, count))
    adjacent = (adjacent + adjacent.T).tocsr()
    degree = adjacent.sum(axis=1)
    likely = _likelihood(cut, marks)
    trust = TRUST * degree.mean()
    system: Any = diags_array(degree + trust) - adjacent
    wanted = trust * likely
    votes = np.bincount(cut.labels.ravel(), marks.ravel(), count)
    seeded = np.bincount(cut.labels.ravel(), np.abs(marks).ravel(), count) > 0
    value = (votes > 0).astype(np.float64)
    free = ~seeded
    share = value.copy()
    if free.any():
        system = system.tocsr()
        right = wanted[free] - system[free][:, seeded] @ value[seeded]
        share[free] = spsolve(system[free][:, free].tocsc(), right)
    return share


def _likelihood(cut: Superpixels, marks: NDArray[np.int8]) -> NDArray[np.float64]:
    """How much more each superpixel's color is like that of the wanted strokes, 0 to 1.

    What no stroke touches counts too: a stroke on one thing in the background says nothing about
    the rest of it.
    """
    wanted, unwanted = _density(cut, marks == 1), _density(cut, marks == 0)
    if (marks == -1).any():
        unwanted = UNSEEN * unwanted + (1 - UNSEEN) * _density(cut, marks == -1)
    likely: NDArray[np.float64] = (wanted + 1e-4) / (wanted + unwanted + 2e-4)
    return likely


def _density(cut: Superpixels, where: NDArray[np.bool_]) -> NDArray[np.float64]:
    """A kernel density of the colors at `where`, at each superpixel's mean."""
    colors = cut.color[where]
    if len(colors) > SAMPLES:
        colors = colors[np.linspace(0, len(colors) - 1, SAMPLES).astype(int)]
    apart = ((cut.means[:, None, :3] - colors[None]) ** 2).sum(axis=2)
    density: NDArray[np.float64] = np.exp(-apart / (2.0 * BANDWIDTH**2)).mean(axis=1)
    return density


def _one_object(inside: NDArray[np.bool_], marks: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Only what is connected to a wanted stroke, without small holes."""
    import skimage as ski

    pieces = ski.measure.label(inside, connectivity=1)
    kept = np.isin(pieces, np.unique(pieces[(marks == 1) & inside]))
    holes = ski.measure.label(~(inside & kept), connectivity=1)
    small = np.bincount(holes.ravel()) < SPECK * inside.size
    small[np.unique(holes[marks == -1])] = False
    small[0] = False
    found: NDArray[np.bool_] = (inside & kept) | small[holes]
    return found
