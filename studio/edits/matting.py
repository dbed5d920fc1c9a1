"""What stands before the background: found by color and by edges, without a trained network."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.oklab import to_oklab
from studio.edits.pixels import Tile, map_tiles
from studio.edits.saliency import saliency

Mask: TypeAlias = NDArray[np.bool_]
Plane: TypeAlias = NDArray[np.float32]  # [H, W]

_BORDER = 0.02  # of a side: what is as near to the edge tells what the background is
_COLORS = 6  # Gaussians that describe the object, and the background
_ROUNDS = 4
_BINDING = 60.0  # how strongly alike neighbors are held together, against what colors say
_FLOOR = 1e-3  # of the bond between neighbors that are nothing alike
_SMALLEST = 0.02  # of the object's area: what is smaller is neither a piece of it nor a hole
_BROADEST = 1e-4  # least variance of a color
_FEWEST = 4  # px that a Gaussian is made of


def object_likelihood(image: Image, maybe: Mask, control: RunControl) -> Plane:
    """How likely each px of ``image [H, W, 3]`` belongs to the object, 0 to 1.

    What is not `maybe` is background for certain, and so is the border but for what an object
    touches of it: they tell its colors. After GrabCut (Rother, Kolmogorov, Blake 2004) with a
    random walker that has priors (Grady 2005, "Multilabel random walker image segmentation using
    prior models") in place of the cut: its edges are soft.
    """
    lab = to_oklab(image) * np.array([1.0, 2.0, 2.0], np.float32)
    bonds = _bonds(lab)
    behind, contrast = saliency(lab)
    maybe = maybe & ~(_at_border(maybe) & (behind > 0.5))
    likely = _first_guess(lab, maybe, contrast)
    for _ in range(_ROUNDS):
        control.check()
        inside = likely > 0.5
        if min(inside.sum(), (~inside).sum()) < _FEWEST:
            break
        own, ground = _Colors.of(lab[inside]), _Colors.of(lab[~inside])
        odds = np.clip(own.log_density(lab) - ground.log_density(lab), -6.0, 6.0)
        prior = np.where(maybe, 1.0 / (1.0 + np.exp(-odds)), 0.0).astype(np.float32)
        likely = _walked(prior, ~maybe, bonds)
    inside = likely > 0.5
    pieces = _pieces(inside)
    kept: Plane = np.where(pieces & ~inside, 1.0, np.where(inside & ~pieces, 0.0, likely))
    return kept.astype(np.float32)


def refined(alpha: Plane, image: Image, radius: int) -> Plane:
    """`alpha` with its edges moved to those of ``image [H, W, 3]``: a guided filter.

    He, Sun, Tang 2010, "Guided image filtering", with brightness as the guide.
    """
    import scipy.ndimage as ndi

    def mean(plane: Plane) -> Plane:
        smooth: Plane = ndi.uniform_filter(plane, 2 * radius + 1, mode="nearest")
        return smooth

    def fitted(tile: Tile) -> Image:
        part, guide = alpha[tile], to_oklab(image[tile])[..., 0]
        middle, goal = mean(guide), mean(part)
        slope = (mean(guide * part) - middle * goal) / (mean(guide**2) - middle**2 + 1e-4)
        moved: Image = np.clip(mean(slope) * guide + mean(goal - slope * middle), 0.0, 1.0)
        return moved[..., None]

    return map_tiles(alpha[..., None], fitted, margin=2 * radius + 1)[..., 0]


def object_colors(image: Image, alpha: Plane, radius: float) -> Image:
    """The object's own color where the background shines through its edge.

    Forte 2021, "Approximate fast foreground colour estimation", equations 4 to 7.
    """
    import scipy.ndimage as ndi

    def spread(colors: Image, weights: Plane) -> Image:
        total = ndi.gaussian_filter(colors * weights[..., None], (radius, radius, 0))
        share = ndi.gaussian_filter(weights, radius)[..., None]
        color: Image = total / np.maximum(share, 1e-5)
        return color

    def cleaned(tile: Tile) -> Image:
        part, weights = image[tile], alpha[tile]
        own, ground = spread(part, weights), spread(part, 1.0 - weights)
        opacity = weights[..., None]
        rest = part - opacity * own - (1.0 - opacity) * ground
        colors: Image = np.clip(own + opacity * rest, 0.0, 1.0)
        return colors

    return map_tiles(image, cleaned, margin=math.ceil(4.0 * radius) + 1)


@dataclass(frozen=True)
class _Colors:
    """A mixture of Gaussians: weights, means and inverse covariances."""

    log_weights: Plane
    means: Plane
    precisions: Plane

    @classmethod
    def of(cls, colors: Plane) -> _Colors:
        """Of ``[N, 3]``; after Orchard & Bouman 1991, "Color quantization of images"."""
        groups = [colors[:: max(1, len(colors) // 5000)]]
        while len(groups) < _COLORS:
            widest = max(range(len(groups)), key=lambda i: _spread(groups[i]))
            parts = _split(groups[widest])
            if min(map(len, parts)) < _FEWEST:
                break
            groups[widest : widest + 1] = parts
        covariances = np.stack([np.cov(group.T) + _BROADEST * np.eye(3) for group in groups])
        shares = np.array([len(group) for group in groups]) / sum(map(len, groups))
        logs = np.log(shares) - 0.5 * np.linalg.slogdet(covariances)[1]
        means = np.stack([group.mean(axis=0) for group in groups])
        return cls(logs, means, np.linalg.inv(covariances))

    def log_density(self, lab: Image) -> Plane:
        apart = lab[..., None, :] - self.means
        squares = np.einsum("...ki,kij,...kj->...k", apart, self.precisions, apart)
        density: Plane = np.logaddexp.reduce(self.log_weights - 0.5 * squares, axis=-1)
        return density


def _spread(colors: Plane) -> float:
    """How much a Gaussian would leave unsaid of them."""
    return float(np.linalg.eigvalsh(np.cov(colors.T))[-1]) * len(colors)


def _split(colors: Plane) -> list[Plane]:
    """In two, across the direction in which they differ most."""
    middle = colors.mean(axis=0)
    along = np.linalg.eigh(np.cov(colors.T))[1][:, -1]
    above = (colors - middle) @ along > 0.0
    return [colors[above], colors[~above]]


def _first_guess(lab: Image, maybe: Mask, contrast: Plane) -> Plane:
    """What is unlike the background, or not reached from it without crossing edges, is the object.

    The ways are longer through colors that the background does not have.
    """
    steps = ski.filters.sobel(lab, axis=(0, 1)).sum(axis=2)
    unlike = np.clip(-_Colors.of(lab[~maybe]).log_density(lab), 0.0, None)
    unlike /= max(float(np.percentile(unlike, 95)), 1e-6)
    paths = ski.graph.MCP_Geometric(steps + 0.02 + 0.1 * np.clip(unlike, 0.0, 2.0))
    reach, _ = paths.find_costs(np.argwhere(~maybe))
    reach = np.where(maybe, reach, 0.0)
    score = reach / max(float(reach.max()), 1e-6) + contrast
    inside = score[maybe]
    limit = ski.filters.threshold_otsu(inside) if inside.size and np.ptp(inside) > 0 else 0.0
    return (maybe & (score > limit)).astype(np.float32)


def _at_border(plane: Mask) -> Mask:
    rows, columns = (max(1, round(side * _BORDER)) for side in plane.shape)
    border = np.ones_like(plane)
    border[rows:-rows, columns:-columns] = False
    return border


def _bonds(lab: Image) -> tuple[Plane, Plane]:
    """How alike each px is to the one to its right, and to the one below."""
    across = (np.diff(lab, axis=1) ** 2).sum(axis=2)
    down = (np.diff(lab, axis=0) ** 2).sum(axis=2)
    usual = 2.0 * float((across.mean() + down.mean()) / 2.0) + 1e-6
    return np.exp(-across / usual) + _FLOOR, np.exp(-down / usual) + _FLOOR


def _walked(prior: Plane, fixed: Mask, bonds: tuple[Plane, Plane]) -> Plane:
    """What neighbors and `prior` agree on; `fixed` px keep it."""
    from scipy.sparse import coo_array, diags_array
    from scipy.sparse.linalg import spsolve

    index = np.arange(prior.size).reshape(prior.shape)
    pairs = ((index[:, :-1], index[:, 1:], bonds[0]), (index[:-1], index[1:], bonds[1]))
    one = np.concatenate([pair[0].ravel() for pair in pairs])
    two = np.concatenate([pair[1].ravel() for pair in pairs])
    weight = _BINDING * np.concatenate([pair[2].ravel() for pair in pairs])
    links = coo_array((weight, (one, two)), shape=(prior.size, prior.size))
    links = links + links.T
    trust = np.where(fixed, 1e6, 1.0).ravel()
    system = diags_array(links.sum(axis=1) + trust) - links
    solved: Plane = spsolve(system.tocsc(), trust * prior.ravel())
    return solved.reshape(prior.shape).astype(np.float32)


def _pieces(inside: Mask) -> Mask:
    """The object's larger pieces, and the small holes in them."""
    pieces = _large(inside, float(inside.sum()))
    return ~_large(~pieces, float(pieces.sum()))


def _large(inside: Mask, whole: float) -> Mask:
    """The connected parts that are no specks against `whole` px."""
    labels = ski.measure.label(inside, connectivity=1)
    kept: Mask = np.bincount(labels.ravel()) >= max(1.0, _SMALLEST * whole)
    kept[0] = False
    parts: Mask = kept[labels]
    return parts
